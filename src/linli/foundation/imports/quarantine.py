"""The file of rows that wait: written with reasons, read back corrected."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter

from .models import QuarantinedRow
from .reading import Table, folded

LINE, WHY = "行号", "原因"
RISKY = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _lines(headers: Sequence[str], rows: Iterable[QuarantinedRow]) -> Iterator[list[str]]:
    yield [LINE, WHY, *headers]
    for row in rows:
        cells = json.loads(row.cells_text)[: len(headers)]
        yield [str(row.number), " ".join(row.reasons), *cells]


def as_xlsx(headers: Sequence[str], rows: Iterable[QuarantinedRow]) -> bytes:
    """Return a workbook in which every cell is text, whatever it begins with."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold = book.add_format({"bold": True, "bg_color": "#E8F1F0"})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("待改的行")
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 48)
    sheet.set_column(2, max(len(headers) + 1, 2), 18, text)
    sheet.freeze_panes(1, 2)
    for at, line in enumerate(_lines(headers, rows)):
        for place, cell in enumerate(line):
            sheet.write_string(at, place, cell[:32_767], bold if at == 0 else text)
    book.close()
    return buffer.getvalue()


def as_csv(headers: Sequence[str], rows: Iterable[QuarantinedRow]) -> bytes:
    """Return UTF-8 with a mark at its head; a cell that a sheet would run as a formula gets a quote."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for line in _lines(headers, rows):
        writer.writerow([f"'{cell}" if cell.startswith(RISKY) else cell for cell in line])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


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
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell
