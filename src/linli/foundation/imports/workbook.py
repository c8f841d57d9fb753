"""Looking at a workbook before it is read: what it would unpack to, and how far its sheets reach.

A reader of workbooks lays a sheet out as one rectangle in memory, so a single cell in the last corner, or
a member that unpacks to gigabytes, must be found first. Everything here works in pieces of bounded size.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

PIECE = 1 << 20
MOST_UNPACKED = 600 * 1024 * 1024
MOST_RATIO = 150
RATIO_COUNTS_FROM = 10 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_COLUMNS = 500
MOST_CELLS = 30_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW = re.compile(rb'<(?:\w+:)?row\b(?:[^>]*?\sr="(\d+)")?')
_WIDE_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\sr="([A-Z]{2,3})\d+"')
_OVERLAP = 400  # longer than any opening tag that is looked for


def too_many_rows(most: int) -> InvalidInput:
    """Return the refusal of a file with more rows than the limit."""
    return InvalidInput(
        _("文件超过%(most)s行，没有导入。") % {"most": f"{most:,}"},
        hint=_("请按年份或区域分成几个文件；确需一次导入的，请运维人员调高上限。"),
    )


def too_many_columns() -> InvalidInput:
    """Return the refusal of a file with more columns than the limit."""
    return InvalidInput(
        _("文件超过%d列，没有导入。") % MOST_COLUMNS, hint=_("请删去不需要的列，另存后再上传。")
    )


def _bomb() -> InvalidInput:
    return InvalidInput(
        _("这个文件解压后大得不正常，没有打开。"), hint=_("请用Excel或WPS打开，另存为新的.xlsx再上传。")
    )


def _broken() -> InvalidInput:
    return InvalidInput(
        _("这个Excel文件已损坏或加了密码，没有打开。"),
        hint=_("请用Excel或WPS打开，去掉密码，另存为.xlsx再上传。"),
    )


def workbook_guard(content: bytes, most_rows: int) -> None:
    """Refuse (``InvalidInput``) a workbook that is none, unpacks to too much, or reaches too far."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _broken() from error
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise InvalidInput(
            _("这不是Excel工作簿（.xlsx）。"), hint=_("请另存为.xlsx或CSV再上传；压缩包请先解压。")
        )
    if any(member.flag_bits & 1 for member in members):
        raise _broken()
    _claims_checked(members)
    for member in members:
        _member_checked(content, member, most_rows)


def _claims_checked(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _bomb()
    for member in members:
        if member.file_size > RATIO_COUNTS_FROM and member.file_size > MOST_RATIO * member.compress_size:
            raise _bomb()


def _member_checked(content: bytes, member: zipfile.ZipInfo, most_rows: int) -> None:
    is_sheet = bool(_SHEET.fullmatch(member.filename))
    reach = _Reach(most_rows)
    try:
        for piece in _unpacked(content, member):
            if is_sheet:
                reach.look(piece)
    except (zlib.error, IndexError, ValueError) as error:
        raise _broken() from error


class _Reach:
    """How far a sheet reaches, noted piece by piece; raises as soon as it is too far."""

    def __init__(self, most_rows: int) -> None:
        self.most_rows, self.rows, self.columns, self._tail = most_rows, 0, 1, b""

    def look(self, piece: bytes) -> None:
        text = self._tail + piece
        for found in _ROW.finditer(text):
            row = int(found[1]) if found[1] else self.rows + 1
            self.rows = max(self.rows, row)
        if self.rows > self.most_rows + 100:  # some lines above the head do not count
            raise too_many_rows(self.most_rows)
        for found in _WIDE_CELL.finditer(text):
            self.columns = max(self.columns, _column_number(found[1]))
        if self.columns > MOST_COLUMNS:
            raise too_many_columns()
        if self.rows * self.columns > MOST_CELLS:
            raise _bomb()
        self._tail = text[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a member ourselves: what its head claims is compared with what really comes out."""
    at = member.header_offset
    start = at + 30 + int.from_bytes(content[at + 26 : at + 28], "little")
    start += int.from_bytes(content[at + 28 : at + 30], "little")
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        pieces: Iterator[bytes] = (bytes(packed[n : n + PIECE]) for n in range(0, len(packed), PIECE))
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflated(packed)
    else:
        raise ValueError("a packing that workbooks do not use")
    came = 0
    for piece in pieces:
        came += len(piece)
        if came > member.file_size:
            raise _bomb()
        yield piece


def _inflated(packed: memoryview) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    for n in range(0, len(packed), PIECE):
        waiting = bytes(packed[n : n + PIECE])
        while waiting:
            yield machine.decompress(waiting, PIECE)
            waiting = machine.unconsumed_tail
