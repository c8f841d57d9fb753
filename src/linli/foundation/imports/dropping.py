"""Columns that the platform has no use for and no right to: left out before anything of a file is kept."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from .reading import Line, Lines, Table, folded

# Ethnicity, religion, political views and membership: neither asked, nor kept, nor shown (PIPL 6, 28).
_DROPPED = re.compile(
    "民族|族别|族裔|宗教|信仰|信教|教徒|政治面貌|政治身份|政治成份|政治成分|党员|党派|党籍|党龄|入党|党组织|党支部"
    "|团员|入团|共青团|群众身份|工会会员|ethnic|religio|politic|partymember"
)


def dropped_of(table: Table) -> tuple[str, ...]:
    """Return the headers of a table that are left out."""
    return tuple(header for header in table.headers if _DROPPED.search(folded(header)))


def without_dropped(table: Table) -> Table:
    """Return the table without these columns, and say which they were."""
    dropped = dropped_of(table)
    if not dropped:
        return table
    kept = [at for at, header in enumerate(table.headers) if header not in dropped]
    names = "、".join(dropped)
    note = _("这几列没有读取，也不会保存：%s。平台不收集民族、宗教信仰、政治面貌这类信息。") % names
    headers = tuple(table.headers[at] for at in kept)
    return replace(
        table,
        headers=headers,
        notes=(*table.notes, note),
        lines=_lines(table.lines, len(table.headers), kept),
    )


def _lines(lines: Lines, width: int, kept: list[int]) -> Lines:
    """Cut the columns out of every line; what stands beyond the head stays, so that its row is noticed."""

    def cut() -> Iterator[Line]:
        for cells in lines():
            count = len(cells)
            yield (*(cells[at] for at in kept if at < count), *cells[width:])

    return cut


def table_bytes(table: Table) -> bytes:
    """Return a table as CSV with every row in its old line, for keeping in place of the file as it came."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, cells in enumerate(table.lines(), 1):
        is_head = number == table.head_line
        writer.writerow(table.headers if is_head else cells or [""])
    return text.getvalue().encode()
