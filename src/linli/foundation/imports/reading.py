"""From the bytes of a file to a table: kind and encoding by content, the head found, lines one by one."""

import csv
import gzip
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as daytime
from io import BytesIO, TextIOWrapper
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from python_calamine import CalamineError, CalamineWorkbook

from linli.core.errors import InvalidInput

from .workbook import MOST_COLUMNS, MOST_UNPACKED, too_many_columns, too_many_rows, workbook_guard

Line = tuple[str, ...]
Lines = Callable[[], Iterator[Line]]
LOOKED_AT = 30
MOST_MERGED = 20_000
LONGEST_CELL = 1_000_000
DELIMITERS = ",\t;|"
_PIECE = 1 << 20
_DROPPED = dict.fromkeys(map(ord, "\u200b\ufeff\u200e\u200f"))
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", gettext_noop("图片")),
    (b"\xff\xd8\xff", gettext_noop("图片")),
    (b"GIF8", gettext_noop("图片")),
    (b"Rar!", gettext_noop("压缩包")),
    (b"7z\xbc\xaf", gettext_noop("压缩包")),
    (b"{\\rtf", gettext_noop("文档")),
)


class RawRow(NamedTuple):
    """One line below the head: its number in the file (the head's own line counts) and its cells.

    ``decided``: what a person decided about it on an earlier try, field → choice.
    """

    number: int
    cells: Line
    decided: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table; ``total`` counts the lines that hold anything."""

    headers: Line
    head_line: int
    total: int
    encoding: str
    notes: tuple[str, ...]
    lines: Lines

    def rows(self) -> Iterator[RawRow]:
        """Yield the lines below the head that hold anything, in order, the same every time."""
        for number, cells in enumerate(islice(self.lines(), self.head_line, None), self.head_line + 1):
            if any(cells):
                yield RawRow(number, cells)


def table_read(content: bytes, *, words: frozenset[str], most_rows: int, total: int | None = None) -> Table:
    """Return a file's table; raises ``InvalidInput`` that says what is wrong and what to do.

    ``words`` are header words that are known, folded (``folded``): the head is the line with most of them.
    ``total`` is how many rows a file has that was counted when it came.
    """
    content = _unzipped(content)
    if not content.strip():
        raise InvalidInput(_("这个文件是空的。"), hint=_("请重新选择文件。"))
    for start, what in _OTHERS:
        if content.startswith(start):
            raise InvalidInput(
                _("这是%s，不是表格。") % _(what), hint=_("请上传.xlsx、.xls或.csv；压缩包请先解压。")
            )
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        lines, encoding, notes = _workbook_lines(content, most_rows)
    else:
        lines, encoding, notes = _text_lines(content)
    return _table(lines, encoding, notes, words, most_rows, total)


def _unzipped(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    most = min(MOST_UNPACKED, max(200 * len(content), 1 << 20))
    try:
        with gzip.open(BytesIO(content)) as file:
            plain = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(_("压缩文件已损坏。"), hint=_("请重新压缩，或解压后上传。")) from error
    if len(plain) > most:
        raise InvalidInput(_("这个文件解压后大得不正常，没有打开。"), hint=_("请解压后分成几个文件上传。"))
    return plain


def folded(text: str) -> str:
    """Return the spelling in which headers and words of a file are compared: NFKC, lower, letters only."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in plain if c.isalnum())


# -- the head ---------------------------------------------------------------------
def _table(
    lines: Lines, encoding: str, notes: list[str], words: frozenset[str], most_rows: int, total: int | None
) -> Table:
    top = list(islice(lines(), LOOKED_AT))
    at = _head_at(top, words)
    headers = _headers(top[at])
    if len(headers) > MOST_COLUMNS:
        raise too_many_columns()
    if total is None:
        total = _counted(islice(lines(), at + 1, None), most_rows)
    if at:
        notes.append(_("表头在第%d行，上面的行没有导入。") % (at + 1))
    return Table(headers, at + 1, total, encoding, tuple(notes), lines)


def _counted(lines: Iterator[Line], most_rows: int) -> int:
    total = 0
    for cells in lines:
        total += any(cells)
        if total > most_rows:
            raise too_many_rows(most_rows)
    if not total:
        raise InvalidInput(_("表头下面没有内容。"), hint=_("请检查文件，另存后再上传。"))
    return total


def _head_at(top: Sequence[Line], words: frozenset[str]) -> int:
    known = [len({folded(cell) for cell in line} & words) for line in top]
    if known and max(known) >= 2:
        return known.index(max(known))
    filled = [len({cell for cell in line if cell}) for line in top]
    widest = max(filled, default=0)
    for at, count in enumerate(filled):
        if count >= max(2, widest / 2):
            return at
    raise InvalidInput(
        _("没有找到表头：文件里没有两列以上的内容。"),
        hint=_("请确认第一行是列名，列之间用逗号或制表符隔开。"),
    )


def _headers(line: Line) -> Line:
    """Return the column names: blanks named by their place, repeated ones numbered."""
    names: list[str] = []
    kept = list(line)
    while kept and not kept[-1]:
        kept.pop()
    for place, cell in enumerate(kept, 1):
        name = " ".join(cell.split())[:80] or _("第%d列") % place
        count = sum(1 for other in names if other == name or other.startswith(f"{name} ("))
        names.append(f"{name} ({count + 1})" if count else name)
    return tuple(names)


# -- text ---------------------------------------------------------------------------
def encoding_of(content: bytes) -> str:
    """Return the encoding of a text by its content; raises ``InvalidInput`` where none fits."""
    if content.startswith(b"\xef\xbb\xbf"):
        return _fits(content, "utf-8-sig")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _fits(content, "utf-16")
    if b"\0" in content[:4096]:
        return _fits(
            content, "utf-16-le" if content[1:400:2].count(0) > content[:400:2].count(0) else "utf-16-be"
        )
    for name in ("utf-8", "gb18030"):
        if _decodes(content, name) and (name == "utf-8" or _looks_chinese(content)):
            return name
    raise _unreadable()


def _unreadable() -> InvalidInput:
    return InvalidInput(
        _("认不出这个文件的文字编码。"),
        hint=_("请用Excel或WPS打开，另存为.xlsx，或另存为“CSV UTF-8”再上传。"),
    )


def _fits(content: bytes, name: str) -> str:
    if not _decodes(content, name) or (name.startswith("utf-16") and not _is_text(content, name)):
        raise _unreadable()
    return name


def _decodes(content: bytes, name: str) -> bool:
    try:
        with TextIOWrapper(BytesIO(content), name, newline="") as text:
            while text.read(_PIECE):
                pass
    except UnicodeError:
        return False
    return True


def _is_text(content: bytes, name: str) -> bool:
    sample = content[:4096].decode(name, errors="ignore")
    odd = sum(1 for c in sample if unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\r\n\t")
    return odd * 20 <= len(sample)


def _looks_chinese(content: bytes) -> bool:
    """Other old encodings decode as GB18030 too, but to characters that hardly anybody writes."""
    sample = [c for c in content[:200_000].decode("gb18030", errors="ignore") if ord(c) > 127]
    common = sum(1 for c in sample if _is_common(c))
    return common * 10 >= len(sample) * 8


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _text_lines(content: bytes) -> tuple[Lines, str, list[str]]:
    encoding = encoding_of(content)
    with TextIOWrapper(BytesIO(content), encoding, newline="") as text:
        delimiter = delimiter_of(text.read(200_000))

    def lines() -> Iterator[Line]:
        csv.field_size_limit(LONGEST_CELL)
        with TextIOWrapper(BytesIO(content), encoding, newline="") as opened:
            try:
                for cells in csv.reader(opened, delimiter=delimiter):
                    yield tuple([cell.strip() if cell.isprintable() else cell_text(cell) for cell in cells])
            except csv.Error as error:
                raise InvalidInput(
                    _("文件里有一格长得不正常，多半是引号没有成对。"),
                    hint=_("请用Excel或WPS打开检查，另存为.xlsx再上传。"),
                ) from error

    return lines, encoding, []


def delimiter_of(text: str) -> str:
    """Return the character that cuts most of the first lines into the same number of cells."""
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        rows = list(islice(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), 50))
        widths = [len(row) for row in rows if len(row) > 1]
        score = max((widths.count(width) * min(width, 50) for width in set(widths)), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best


# -- workbooks ----------------------------------------------------------------------
def _workbook_lines(content: bytes, most_rows: int) -> tuple[Lines, str, list[str]]:
    if content.startswith(b"PK"):
        workbook_guard(content, most_rows)
    sheet, notes = _sheet(content)
    offset = sheet.start[1] if sheet.start else 0
    if offset + sheet.width > MOST_COLUMNS:
        raise too_many_columns()
    merged = _merged(sheet)
    if merged:
        notes.append(_("有%d处合并单元格，已按左上角的内容补齐。") % len(merged))

    def lines() -> Iterator[Line]:
        fill = _Fill(merged)
        for number, cells in enumerate(sheet.iter_rows()):
            yield fill.line(number, [*[""] * offset, *map(cell_text, cells)])

    return lines, "", notes


def _sheet(content: bytes) -> tuple[Any, list[str]]:
    """Return the first sheet that holds anything."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        names = book.sheet_names
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                others = len(names) > 1
                return sheet, [_("读取的是工作表“%s”，其余工作表没有导入。") % name] if others else []
    except CalamineError as error:
        raise _not_a_workbook() from error
    except BaseException as error:  # the reader's own panic is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _not_a_workbook() from error
    raise InvalidInput(_("工作簿里没有内容。"), hint=_("请检查文件，另存后再上传。"))


def _not_a_workbook() -> InvalidInput:
    return InvalidInput(
        _("这个Excel文件已损坏、加了密码或不是表格。"),
        hint=_("请用Excel或WPS打开，去掉密码，另存为.xlsx再上传。"),
    )


Range = tuple[tuple[int, int], tuple[int, int]]


def _merged(sheet: Any) -> list[Range]:
    """Return what is merged over more than one row: a title over the columns of its own line is none."""
    ranges = [span for span in sheet.merged_cell_ranges or () if span[1][0] > span[0][0]]
    if len(ranges) > MOST_MERGED:
        raise InvalidInput(
            _("合并单元格太多，没有打开。"), hint=_("请在Excel里取消合并单元格，另存后再上传。")
        )
    return sorted(ranges)


class _Fill:
    """Fills merged cells with what stands in their upper left corner, line by line."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._waiting = list(reversed(ranges))
        self._open: list[tuple[Range, str]] = []

    def line(self, number: int, cells: list[str]) -> Line:
        while self._waiting and self._waiting[-1][0][0] <= number:
            span = self._waiting.pop()
            self._open.append((span, cells[span[0][1]] if span[0][1] < len(cells) else ""))
        for (upper, lower), value in self._open:
            for column in range(upper[1], min(lower[1] + 1, len(cells))):
                cells[column] = value if number <= lower[0] else cells[column]
        self._open = [held for held in self._open if held[0][1][0] > number]
        return tuple(cells)


def cell_text(cell: Any) -> str:
    """Return a cell as plain text: whole numbers without a point, instants as ISO, formulas never run."""
    if isinstance(cell, str):
        if cell.isprintable():  # neither line ends nor marks that nobody sees
            return cell.strip()
        return cell.replace("\0", "").translate(_DROPPED).replace("\xa0", " ").replace("\r\n", "\n").strip()
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | daytime):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
