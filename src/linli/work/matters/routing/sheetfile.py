"""The rows of a table in a file that people edit: read by their headings, whatever their order."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.core.words import in_house_language
from linli.foundation.imports.reading import folded, table_read

from . import rules
from .cells import MAIN, columns_of


def rows_read(content: bytes, subject: str) -> list[dict[str, str]]:
    """Return each row's cells as they were typed; raises ``InvalidInput`` that says what is wrong.

    Lines that hold nothing but their first cell (the mark below an exported list) are no rows.
    """
    by_head = {folded(str(column.label)): column.code for column in columns_of(subject)}
    with in_house_language():  # a file that was exported by somebody who reads another language
        by_head |= {folded(str(column.label)): column.code for column in columns_of(subject)}
    table = table_read(content, words=frozenset(by_head), most_rows=rules.MOST_ROWS + 20)
    codes = [by_head.get(folded(head), "") for head in table.headers]
    if MAIN[subject] not in codes:
        label = next(column.label for column in columns_of(subject) if column.code == MAIN[subject])
        raise InvalidInput(_("文件里没有“%s”这一列。") % label, hint=_("请先导出一份，照它的表头填写。"))
    found = []
    for row in table.rows():
        cells = {code: text.strip() for code, text in zip(codes, row.cells, strict=False) if code}
        if any(cells.values()):
            found.append(cells)
    return found
