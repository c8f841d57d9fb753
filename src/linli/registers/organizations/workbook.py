"""Reading and writing the workbook of units and staff."""

from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from linli.core.errors import InvalidInput

from .rules import (
    STAFF_COLUMNS,
    STAFF_SHEET,
    UNIT_COLUMNS,
    UNIT_LABELS,
    UNIT_SHEET,
    Row,
    rows_under_head,
)

MOST_BYTES = 2 * 1024 * 1024
NEEDED = frozenset({"名称", "职能", "区划代码", "单位", "姓名", "用户名"})
NOTES = (
    "怎样填写",
    "1. 带 * 的列必填；列的先后可以变，列名不要改。",
    "2. 职能从这些里选：" + "、".join(UNIT_LABELS) + "。居村委会和街镇的人员还可以填“网格员”。",
    "3. 区划代码：街镇9位、居村委12位，多个用逗号隔开。人员不填区划代码，表示负责单位的全部区域。",
    "4. 同名单位、已有用户名的行不会重复添加，可以放心再次导入。",
    "5. 一行有问题，整个文件都不会导入；请按提示改好后再传。",
)


def workbook_read(upload: BinaryIO, size: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of both sheets; raises ``InvalidInput`` for what is no such workbook."""
    if size > MOST_BYTES:
        raise InvalidInput(_("文件超过2 MB，请分成几个文件导入。"))
    try:
        book = CalamineWorkbook.from_filelike(upload)
    except (CalamineError, ValueError, OSError) as error:
        raise InvalidInput(
            _("这不是Excel工作簿（.xlsx），或文件已损坏。"), hint=_("请用模板另存一份再传。")
        ) from error
    names = set(book.sheet_names)
    if not names & {UNIT_SHEET, STAFF_SHEET}:
        raise InvalidInput(_("文件里没有“单位”或“人员”工作表。"), hint=_("请下载模板，按模板填写。"))
    return _rows(book, UNIT_SHEET, UNIT_COLUMNS), _rows(book, STAFF_SHEET, STAFF_COLUMNS)


def _rows(book: Any, name: str, columns: tuple[str, ...]) -> list[Row]:
    if name not in book.sheet_names:
        return []
    return rows_under_head(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), columns)


def template_write() -> bytes:
    """Return an empty workbook with the two sheets and a page that says how to fill them in."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold, wrap = book.add_format({"bold": True, "bg_color": "#E8F1F0"}), book.add_format({"text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for name, columns in ((UNIT_SHEET, UNIT_COLUMNS), (STAFF_SHEET, STAFF_COLUMNS)):
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(columns) - 1, 18, text)
        sheet.write_row(0, 0, [f"{column}*" if column in NEEDED else column for column in columns], bold)
        sheet.freeze_panes(1, 0)
    notes = book.add_worksheet(_("说明"))
    notes.set_column(0, 0, 90, wrap)
    notes.write_column(0, 0, NOTES)
    book.close()
    return buffer.getvalue()
