"""The empty workbook of a 权责清单: a sheet to fill in, and one that says how each column is written."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from .reading import HEADS

LEVELS = ("一级", "二级", "三级")
WIDTHS = {"questions": 40, "guidance": 40, "limits": 30, "source": 30}


def _said() -> list[tuple[str, str]]:
    return [
        (
            LEVELS[0],
            _("必填。级数不限，可以再加“四级”；也可以只用一列“路径”，写成：市容 > 违建 > 正在搭建。"),
        ),
        (LEVELS[1], _("下一级。不分的留空。")),
        (LEVELS[2], _("最细一级：一行就是一类事。不同目录下可以同名。")),
        (HEADS["code"][0], _("可不填，系统按路径生成。填了的请保持不变，换版本时凭它认出同一类。")),
        (HEADS["affair_class"][0], _("通常属于哪一类：大事、小事或私事。")),
        (HEADS["unit_kind"][0], _("主责单位的类别，例如：城管、房管、物业、街镇。")),
        (HEADS["co_kinds"][0], _("配合的单位类别，用顿号隔开，例如：规资、街镇。")),
        (
            HEADS["limits"][0],
            _(
                "环节、数字、单位、核实标记、（依据），几个时限用分号隔开。"
                "例如：到场2小时✔（某规定第7条）；办理5个工作日○。"
                "单位有：分钟、小时、工作小时、工作日、天、个月。"
                "环节写受理、签收、到场、办理、协商、核查的，会作为这一类事的时限。"
            ),
        ),
        (
            HEADS["questions"][0],
            _(
                "反映时要问的问题，一行一个。例如：[injured] 有没有人受伤？{单选:有|没有} 必答；"
                "下一行：[how_many] 几个人？{数字} 当[injured]=有。"
                "种类有：单选、多选、文字、数字、日期。方括号里的代号用字母。"
            ),
        ),
        (HEADS["guidance"][0], _("承办人要知道的：先做什么、找谁、注意什么。")),
        (HEADS["words"][0], _("居民会怎么说，用顿号隔开。系统凭它推荐类别。")),
        (HEADS["is_never_public"][0], _("填“是”或留空。")),
        (HEADS["hides_reporter"][0], _("填“是”或留空。")),
        (HEADS["source"][0], _("这一行的依据：法律法规第几条，或哪份清单。")),
        (HEADS["mark"][0], _("✔已核实、○待复核、✘建议值。标✔的必须写依据。")),
    ]


def template_file() -> bytes:
    """Return the workbook (xlsx); its heads are those that ``reading`` knows."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet, said = book.add_worksheet(_("权责清单")), book.add_worksheet(_("填写说明"))
    rows = _said()
    codes = {words[0]: code for code, words in HEADS.items()}
    for place, (head, _how) in enumerate(rows):
        sheet.write_string(0, place, head, bold)
        sheet.set_column(place, place, WIDTHS.get(codes.get(head, ""), 14))
    sheet.freeze_panes(1, 0)
    said.write_row(0, 0, [_("列"), _("怎么填")], bold)
    for number, (head, how) in enumerate(rows, 1):
        said.write_row(number, 0, [head, how], plain)
    said.set_column(0, 0, 18)
    said.set_column(1, 1, 100)
    book.close()
    return buffer.getvalue()
