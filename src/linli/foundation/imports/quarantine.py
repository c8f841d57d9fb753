"""The file of rows that wait: written with reasons, read back corrected."""

import json
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.listing import Column, Kind
from linli.foundation.exports.rules import guarded
from linli.foundation.exports.writing import Mark, csv_write, xlsx_write

from .models import Import, QuarantinedRow
from .reading import Table, folded

LINE, WHY = "行号", "原因"
SHAPES = {
    "xlsx": (xlsx_write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (csv_write, "text/csv; charset=utf-8"),
}


def _cell(place: int, row: tuple[QuarantinedRow, list[str]]) -> str:
    return row[1][place] if place < len(row[1]) else ""


def _columns(headers: Sequence[str]) -> list[Column]:
    return [
        Column(LINE, lambda row: row[0].number, Kind.NUMBER, 8),
        Column(WHY, lambda row: " ".join(row[0].reasons), width=48),
        *(Column(header, partial(_cell, place)) for place, header in enumerate(headers)),
    ]


def quarantine_file(shape: str, job: Import, rows: Sequence[QuarantinedRow], actor: Actor) -> bytes:
    """Return the rows as ``xlsx`` or ``csv``, marked with who took them and when; no cell is a formula."""
    write, _media_type = SHAPES[shape]
    facts = [(_("下载人"), actor.name), (_("时间"), clock.now().strftime("%Y-%m-%d %H:%M"))]
    closing = _("改好后上传回同一次导入；仅限工作使用，用完删除")
    mark = Mark(_("待改的行：%s") % job.name, facts, closing)
    dressed: list[Any] = [(row, json.loads(row.cells_text)) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        write(path, _columns(job.headers), [dressed], mark, lambda done: None)
        return path.read_bytes()


def cells_corrected(table: Table, headers: Sequence[str]) -> dict[int, list[str | None]]:
    """Return row number → cells in the order of ``headers``; ``None`` where the file lacks the column."""
    spelled = [folded(header) for header in table.headers]
    if folded(LINE) not in spelled:
        return {}
    at = spelled.index(folded(LINE))
    places = {header: place for place, header in enumerate(table.headers)}
    found: dict[int, list[str | None]] = {}
    for row in table.rows():
        cells = [*row.cells, *[""] * len(table.headers)]
        if cells[at].isascii() and cells[at].isdigit():
            found[int(cells[at])] = [
                _unguarded(cells[places[header]]) if header in places else None for header in headers
            ]
    return found


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) != cell[1:] else cell
