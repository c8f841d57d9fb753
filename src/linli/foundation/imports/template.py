"""The empty workbook of a target: a sheet to fill in, and one that says what each column takes."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from .targets import Field, Kind, Target

HEADED, SAID = "数据", "填写说明"
FORMS = {
    Kind.DATE: "2026-03-01",
    Kind.INSTANT: "2026-03-01 09:30",
    Kind.NUMBER: "12.5",
}


def template_file(target: Target) -> bytes:
    """Return the workbook (xlsx); its heads are words that the import knows by itself."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(HEADED)
    heads = [_head(item) for item in target.fields]
    sheet.write_row(0, 0, heads, bold)
    sheet.set_column(0, len(heads) - 1, 16)
    sheet.freeze_panes(1, 0)
    said = book.add_worksheet(SAID)
    said.write_row(0, 0, [_("列"), _("必填"), _("怎么填")], bold)
    for row, item in enumerate(target.fields, 1):
        said.write_row(row, 0, [_head(item), _("必填") if item.is_required else "", _how(item)], plain)
    said.set_column(0, 0, 20)
    said.set_column(1, 1, 8)
    said.set_column(2, 2, 80)
    book.close()
    return buffer.getvalue()


def _head(item: Field) -> str:
    return item.words[0] if item.words else str(item.label)


def _how(item: Field) -> str:
    parts = [str(item.help)] if item.help else []
    if item.choices is not None:
        parts.append(_("填其中一个：%s。") % "、".join(str(words) for _value, words in item.choices()))
    if item.kind in FORMS:
        parts.append(_("例如 %s。") % FORMS[item.kind])
    if item.kind == Kind.PLACE:
        parts.append(_("居村委或街镇的名称，或区划代码。"))
    if item.is_fixable:
        parts.append(_("整份文件都一样的，可以不写这一列，上传后再选。"))
    return " ".join(parts)
