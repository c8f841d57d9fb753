"""What a cell means: instants in the ways people write them, numbers. Values in, values out."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from linli.core.clock import BEIJING

EARLIEST, LATEST = 1980, 2100
EARLIEST_DAY = 1850  # days of birth and of building lie further back than what happened
EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=BEIJING)
SERIALS = (29_000, 73_000)  # the years above, as a sheet counts days
_TIME = (
    r"(?:[T\s]*(?P<noon>上午|下午|中午|晚上|AM|PM)?\s*(?P<hour>\d{1,2})[:：时点](?P<minute>\d{1,2})?分?"
    r"(?:[:：]?(?P<second>\d{1,2})(?:\.\d+)?秒?)?\s*(?P<half>AM|PM|A\.M\.|P\.M\.)?)?"
)
_ZONE = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-/.年]\s*(?P<month>\d{{1,2}})[-/.月]\s*(?P<day>\d{{1,2}})[日号]?{_TIME}{_ZONE}", re.I
)
_YEAR_LAST = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<year>\d{{4}}){_TIME}", re.I)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


class Ambiguous(ValueError):
    """A date of which nobody said whether its day or its month comes first."""


def instant_of(text: str, order: str = "", *, is_end: bool = False) -> datetime:
    """Return an instant in Beijing time; raises ``ValueError``, ``Ambiguous`` where the order is needed.

    Reads ISO 8601, 2026年3月5日 14时05分, 2026/3/5 14:05, 20260305140500, 04/12/2018 11:11:26 AM and the
    serial number of a sheet (46086.5). ``order`` is ``month`` or ``day`` first. A day alone begins at
    midnight, or (``is_end``) ends at 23:59:59.
    """
    plain = " ".join(text.split())
    if _SERIAL.fullmatch(plain) and SERIALS[0] <= float(plain) < SERIALS[1]:
        return _of_serial(float(plain), is_end)
    found = _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain) or _YEAR_LAST.fullmatch(plain)
    if found is None:
        raise ValueError(text)
    parts = found.groupdict()
    if "a" in parts:
        parts["month"], parts["day"] = _ordered(int(parts["a"]), int(parts["b"]), order)
    year = int(parts["year"])
    if not EARLIEST <= year <= LATEST:
        raise ValueError(text)
    day = datetime(year, int(parts["month"]), int(parts["day"]), tzinfo=_zone(parts.get("zone")))
    return (day + _clock(parts, is_end)).astimezone(BEIJING)


def date_of(text: str, order: str = "") -> str:
    """Return a day as ISO text (2026-03-05) in the same ways of writing; a time of day is left out."""
    try:
        day = date.fromisoformat(text)  # what most files write, in a tenth of the time
    except ValueError:
        day = _date_read(" ".join(text.split()), order)
    if not EARLIEST_DAY <= day.year <= LATEST:
        raise ValueError(text)
    return day.isoformat()


def _date_read(plain: str, order: str) -> date:
    if _SERIAL.fullmatch(plain) and float(plain) < SERIALS[1]:
        return (EXCEL_EPOCH + timedelta(days=int(float(plain)))).date()
    found = _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain) or _YEAR_LAST.fullmatch(plain)
    if found is None:
        raise ValueError(plain)
    parts = found.groupdict()
    if "a" in parts:
        parts["month"], parts["day"] = _ordered(int(parts["a"]), int(parts["b"]), order)
    return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))


def _of_serial(serial: float, is_end: bool) -> datetime:
    if is_end and serial.is_integer():
        serial += 1 - 1 / 86_400
    return EXCEL_EPOCH + timedelta(seconds=round(serial * 86_400))


def _ordered(a: int, b: int, order: str) -> tuple[int, int]:
    """Return month and day."""
    if a > 12 or (order == "day" and b <= 12):
        return b, a
    if b > 12 or order == "month" or a == b:
        return a, b
    raise Ambiguous(f"{a}/{b}")


def _zone(name: str | None) -> tzinfo:
    if not name:
        return BEIJING
    if name in "Zz":
        return UTC
    hours, minutes = int(name[1:3]), int(name[-2:])
    return timezone((1 if name[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _clock(parts: dict[str, str | None], is_end: bool) -> timedelta:
    if not parts.get("hour"):
        return timedelta(days=1, seconds=-1) if is_end else timedelta()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or parts.get("noon") or "").upper().replace(".", "")
    if half in ("PM", "下午", "晚上", "中午") and 1 <= hour < (3 if half == "中午" else 12):
        hour += 12
    elif half in ("AM", "上午") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{hour}:{minute}:{second}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def date_order(texts: Iterable[str]) -> str:
    """Return which comes first in the dates of a column that end in the year, where they tell: or ``""``."""
    for text in texts:
        found = _YEAR_LAST.fullmatch(" ".join(text.split()))
        if found and (int(found["a"]) > 12) != (int(found["b"]) > 12):
            return "day" if int(found["a"]) > 12 else "month"
    return ""


def needs_order(texts: Iterable[str]) -> bool:
    """Whether any date of a column can be read both ways."""
    found = (_YEAR_LAST.fullmatch(" ".join(text.split())) for text in texts)
    return any(hit and int(hit["a"]) <= 12 and int(hit["b"]) <= 12 and hit["a"] != hit["b"] for hit in found)


def number_of(text: str) -> float:
    """Return a number, thousands separated or not; raises ``ValueError``."""
    value = float(text.replace(",", "").replace("，", ""))
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value
