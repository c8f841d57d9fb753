"""Files of compounds: read by the general names of their columns, positions into WGS-84; no database."""

import csv
import gzip
import hashlib
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.core.geometry import Datum, to_wgs84

from .models import YEARS, HousingType

BYTES_MAX = 64 << 20  # unpacked
_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "小区", "小区名称", "名称", "楼盘", "楼盘名称"),
    "address": ("address", "地址", "小区地址"),
    "district": ("district", "county", "区", "区县", "行政区"),
    "town": ("town", "street", "街道", "街镇", "乡镇", "街道乡镇"),
    "code": ("code", "town_code", "street_code", "区划代码", "街镇代码", "代码"),
    "committee": ("committee", "居委", "居委会", "居村委会"),
    "built": ("built", "built_year", "build_year", "year", "建成年份", "建成年代", "竣工年份"),
    "housing_type": ("housing_type", "house_type", "房屋类型"),
    "datum": ("datum", "坐标系"),
    "id": ("id", "编号"),
    "key": ("核对码", "source_key"),
}
_POSITION = {"lng": ("lng", "lon", "longitude", "经度"), "lat": ("lat", "latitude", "纬度")}
# A file that has a position twice says it in WGS-84 too: that is the better one.
_DATUMS = ("wgs84", "gcj02", "bd09")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_TYPES = {str(label): value for value, label in HousingType.choices} | {v: v for v in HousingType.values}


@dataclass(frozen=True, slots=True)
class CompoundRow:
    """A compound as a file names it; a position is whole and in WGS-84, or None."""

    number: int
    key: str
    name: str
    address: str = ""
    district: str = ""
    town: str = ""
    code: str = ""
    committee: str = ""
    position: tuple[float, float] | None = None
    built_year: int | None = None
    housing_type: str = ""


@dataclass(slots=True)
class CompoundFile:
    """The rows of a file, and what was wrong with others, in words with their line."""

    source: str
    rows: list[CompoundRow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _text(path: Path) -> str:
    """Return a file's text, whatever of the usual it is packed and written in."""
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as opened:
            raw = opened.read(BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise InvalidInput(_("没有找到文件 %s。") % path, hint=_("请核对路径。")) from error
    except (OSError, EOFError) as error:
        raise InvalidInput(_("%s 读不出来：压缩文件已损坏。") % path.name) from error
    if len(raw) > BYTES_MAX:
        raise InvalidInput(_("%s 太大了。") % path.name, hint=_("请分成几个文件装入。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(_("%s 的编码读不懂。") % path.name, hint=_("请另存为 UTF-8 编码的 CSV。"))


def _columns(head: list[str], path: Path) -> dict[str, str]:
    """Return which column of the file is which of ours."""
    known = {name.strip().lower(): name for name in head}
    found = {
        ours: known[word] for ours, words in _COLUMNS.items() for word in reversed(words) if word in known
    }
    for ours, words in _POSITION.items():
        for word in reversed(words):
            for datum in ("", *reversed(_DATUMS)):
                if name := known.get(f"{word}_{datum}" if datum else word):
                    found[ours] = name
                    found[f"{ours}_datum"] = datum
    if "name" not in found:
        raise InvalidInput(
            _("%s 里没有小区名称这一列。") % path.name,
            hint=_(
                "第一行写列名：小区（name）、经度（lng）、纬度（lat）、区（district）、街镇（street）、代码（code）。"
            ),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """How one file's cells become rows."""

    source: str
    columns: Mapping[str, str]
    datum: Datum

    def cell(self, cells: Mapping[str, str | None], ours: str) -> str:
        return (cells.get(self.columns.get(ours, "")) or "").strip()

    def position(self, cells: Mapping[str, str | None]) -> tuple[float, float] | None:
        """Return the position in WGS-84; raises ``ValueError`` for what is none."""
        texts = self.cell(cells, "lng"), self.cell(cells, "lat")
        if texts == ("", ""):
            return None
        lng, lat = (float(text) for text in texts)
        if not (math.isfinite(lng) and math.isfinite(lat) and abs(lng) <= 180 and abs(lat) <= 90):
            raise ValueError
        said = self.columns.get("lng_datum") or self.cell(cells, "datum").lower().replace("-", "")
        x, y = to_wgs84(lng, lat, Datum(said) if said else self.datum)
        return round(float(x), 6), round(float(y), 6)

    def key(self, cells: Mapping[str, str | None], position: tuple[float, float] | None) -> str:
        """Return by what the same compound is known in the next file."""
        if known := self.cell(cells, "key"):
            return known[:64]
        if number := self.cell(cells, "id"):
            return f"{self.source}:{number}"[:64]
        where = "{:.4f},{:.4f}".format(*position) if position else self.cell(cells, "town")
        text = "|".join(
            (self.cell(cells, "name"), self.cell(cells, "district") if not position else "", where)
        )
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    def row(self, number: int, cells: Mapping[str, str | None]) -> CompoundRow:
        """Return one row; raises ``InvalidInput`` that says what is wrong with it."""
        name = " ".join(self.cell(cells, "name").split())
        if not name or len(name) > 80:
            raise InvalidInput(_("第%d行：小区名称为空或超过80个字") % number)
        try:
            position = self.position(cells)
        except ValueError as error:
            raise InvalidInput(_("第%(n)d行：%(name)s的坐标不对") % {"n": number, "name": name}) from error
        year = _YEAR.search(self.cell(cells, "built"))
        return CompoundRow(
            number=number,
            key=self.key(cells, position),
            name=name,
            address=self.cell(cells, "address")[:160],
            district=self.cell(cells, "district")[:60],
            town=self.cell(cells, "town")[:60],
            code=self.cell(cells, "code")[:15],
            committee=self.cell(cells, "committee")[:60],
            position=position,
            built_year=int(year[1]) if year and YEARS[0] <= int(year[1]) <= YEARS[1] else None,
            housing_type=_TYPES.get(self.cell(cells, "housing_type"), ""),
        )


def _mark(text: str) -> str:
    """Return what stands between the columns of a file."""
    return max(",\t;|", key=text.split("\n", 1)[0].count)


def compounds_read(path: Path, source: str = "", datum: Datum = Datum.WGS84) -> CompoundFile:
    """Read a CSV file of compounds (also .gz): columns by their general names, Chinese or English.

    ``source`` is what the compounds are said to be from (the file's name without its endings).
    ``datum`` is that of positions whose columns do not say it. Rows without a name or with a broken
    position are left out and named in ``faults``; a file without names is refused whole.
    """
    text = _text(path)
    lines = csv.DictReader(io.StringIO(text), delimiter=_mark(text))
    found = CompoundFile((source or path.name.split(".")[0])[:30])
    try:
        reader = _Reader(found.source, _columns(list(lines.fieldnames or ()), path), datum)
        for number, cells in enumerate(lines, start=2):
            try:
                found.rows.append(reader.row(number, cells))
            except InvalidInput as fault:
                found.faults.append(fault.message)
    except csv.Error as error:
        hint = _("请另存为 UTF-8 编码的 CSV。")
        raise InvalidInput(_("%s 不是 CSV 文件。") % path.name, hint=hint) from error
    return found
