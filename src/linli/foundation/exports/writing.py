"""Writing a list as CSV or XLSX: row by row, in memory that does not grow with the list."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from linli.core.clock import BEIJING
from linli.core.listing import Column, Kind

from . import rules

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file says about itself: its title, (label, value) facts, and for what it may be used.

    ``is_open`` for open data: a text file then ends with its last row, so that machines read it as it is.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    closing: str = ""
    is_open: bool = False

    def with_rows(self, rows: int) -> list[tuple[str, str]]:
        """Return the facts with the number of rows that were written."""
        return [*self.facts, (_("行数"), str(rows))]

    def line(self, rows: int) -> str:
        """Return all of it in one line."""
        return rules.mark_line(self.with_rows(rows), self.closing)


def csv_write(
    path: Path, columns: Sequence[Column], chunks: Iterable[list[Any]], mark: Mark, tell: Tell
) -> int:
    """Write a text file that spreadsheets open (UTF-8 with a byte order mark); returns the rows written."""
    rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([rules.guarded(str(column.label)) for column in columns])
        for chunk in chunks:
            writer.writerows(
                [rules.plain_cell(column.read(row), column.kind) for column in columns] for row in chunk
            )
            rows += len(chunk)
            tell(rows)
        if not mark.is_open:
            writer.writerow([rules.guarded(rules.text_of(mark.line(rows)))])
    return rows


class Sheet:
    """One XLSX file under way; text is always written as text, whatever it looks like."""

    def __init__(self, path: Path, columns: Sequence[Column], mark: Mark) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet(_("数据"))
        self._columns, self._mark, self._row = columns, mark, 0
        self._formats = {
            Kind.DATE: self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            Kind.INSTANT: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        }
        self._head()

    def _head(self) -> None:
        sheet, last = self._sheet, len(self._columns) - 1
        bold = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F2F0"})
        for number, column in enumerate(self._columns):
            sheet.set_column(number, number, column.width)
        for number, column in enumerate(self._columns):
            sheet.write_string(0, number, str(column.label), bold)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        who = rules.header_text("，".join(value for _label, value in self._mark.facts[:3]))
        sheet.set_header(f"&L{rules.header_text(self._mark.title)}&R{who}")
        sheet.set_footer(f"&L{rules.header_text(self._mark.closing)}&R&P / &N")
        self._last = last

    def add(self, row: Any) -> None:
        """Write one row."""
        self._row += 1
        for number, column in enumerate(self._columns):
            self._cell(number, column.read(row), column.kind)

    def _cell(self, number: int, value: Any, kind: Kind) -> None:
        if value is None or value == "":
            return
        if kind == Kind.NUMBER and rules.is_number(value):
            self._sheet.write_number(self._row, number, value)
        elif kind == Kind.INSTANT and isinstance(value, datetime):
            naive = value.astimezone(BEIJING).replace(tzinfo=None, second=0, microsecond=0)
            self._sheet.write_datetime(self._row, number, naive, self._formats[kind])
        elif kind == Kind.DATE and isinstance(value, date):
            self._sheet.write_datetime(self._row, number, rules.day_of(value), self._formats[kind])
        else:
            self._sheet.write_string(self._row, number, rules.sheet_text(rules.text_of(value)))

    def finish(self) -> int:
        """Write the mark, on a sheet of its own and below the rows, and close; returns the rows."""
        if self._row:
            self._sheet.autofilter(0, 0, self._row, self._last)
        grey = self._book.add_format({"font_color": "#666666"})
        self._sheet.write_string(self._row + 2, 0, rules.text_of(self._mark.line(self._row)), grey)
        about = self._book.add_worksheet(_("导出说明"))
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 80)
        facts = [
            (_("列表"), self._mark.title),
            *self._mark.with_rows(self._row),
            (_("提示"), self._mark.closing),
        ]
        for number, (label, value) in enumerate(fact for fact in facts if fact[1]):
            about.write_string(number, 0, label)
            about.write_string(number, 1, rules.text_of(value))
        self._book.close()
        return self._row


def xlsx_write(
    path: Path, columns: Sequence[Column], chunks: Iterable[list[Any]], mark: Mark, tell: Tell
) -> int:
    """Write a spreadsheet; returns the rows written."""
    sheet = Sheet(path, columns, mark)
    rows = 0
    for chunk in chunks:
        for row in chunk:
            sheet.add(row)
        rows += len(chunk)
        tell(rows)
    return sheet.finish()


WRITERS = {"csv": csv_write, "xlsx": xlsx_write}


def every(step: int, tell: Tell) -> Tell:
    """Return a ``Tell`` that passes on no more than one number in ``step`` rows."""
    told = 0

    def inner(rows: int) -> None:
        nonlocal told
        if rows - told >= step:
            told = rows
            tell(rows)

    return inner
