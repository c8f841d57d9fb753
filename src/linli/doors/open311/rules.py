"""Pure decisions of GeoReport v2: instants, windows, statuses, lists of codes; values in, values out."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.clock import BEIJING
from linli.core.errors import InvalidInput

SPAN = timedelta(days=90)
MOST = 1000
STATUSES = ("open", "closed")
YEARS = range(2000, 2101)
MOST_METRES = 50_000
METRES_A_DEGREE = 111_195
# A plus sign that nobody encoded arrives as a blank.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, both ends included; an end that is ``None`` is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """What lies within so many metres of a position (WGS-84 degrees)."""

    lng: float
    lat: float
    metres: float


def refused(name: str, words: str) -> InvalidInput:
    """Return the refusal of one parameter by the name that its sender knows."""
    return InvalidInput(words, details={name: words})


def instant_of(name: str, text: str) -> datetime | None:
    """Return the instant that a parameter names, ``None`` where it is empty; without a zone it is Beijing's.

    Raises ``InvalidInput`` with an example.
    """
    plain = _LOST_PLUS.sub("+", text.strip())
    if not plain:
        return None
    try:
        found = datetime.fromisoformat(plain)
    except ValueError as error:
        words = _("“%s”不是日期。请写成 2026-11-26T09:00:00+08:00（W3C 格式）。") % text[:40]
        raise refused(name, words) from error
    if found.year not in YEARS:
        raise refused(name, _("年份应在2000到2100之间。"))
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def window_of(start: datetime | None, end: datetime | None, now: datetime) -> Window:
    """Return the stretch of 90 days at most that a list is asked for.

    With one end the other lies 90 days off, with none it is the last 90 days.
    """
    if start and end:
        if start > end:
            raise refused("start_date", _("start_date 不能晚于 end_date。"))
        if end - start > SPAN:
            raise refused("end_date", _("start_date 到 end_date 最多90天，请分段查询。"))
    if start:
        return Window(start, end or start + SPAN)
    return Window((end or now) - SPAN, end)


def listed(text: str) -> list[str]:
    """Return the values of a parameter that takes several, separated by commas, each once."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def statuses_of(text: str) -> list[str]:
    """Return the statuses asked for; raises ``InvalidInput``."""
    asked = listed(text)
    if strange := [value for value in asked if value not in STATUSES]:
        raise refused("status", _("status 只能是 open 或 closed，不能是“%s”。") % strange[0][:40])
    return asked


def uuids_of(values: Collection[str]) -> list[UUID]:
    """Return the ids among values; what is none names nothing here."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def number_of(name: str, text: str, least: float, most: float) -> float | None:
    """Return the number that a parameter names, ``None`` where it is empty; raises ``InvalidInput``."""
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        facts = {"name": name, "least": f"{least:g}", "most": f"{most:g}"}
        raise refused(name, _("%(name)s 应是%(least)s到%(most)s之间的数字。") % facts)
    return found


def whole_of(name: str, text: str, least: int, most: int, otherwise: int) -> int:
    """Return the whole number that a parameter names; raises ``InvalidInput``."""
    found = number_of(name, text, least, most)
    if found is None:
        return otherwise
    if found != int(found):
        raise refused(name, _("%s 应是整数。") % name)
    return int(found)


def circle_of(lng: str, lat: str, radius: str) -> Circle | None:
    """Return the circle asked for; all three parameters or none, else ``InvalidInput``."""
    x, y = number_of("long", lng, -180, 180), number_of("lat", lat, -90, 90)
    metres = number_of("radius", radius, 1, MOST_METRES)
    if x is None and y is None and metres is None:
        return None
    if x is None or y is None or metres is None:
        raise refused("radius", _("按位置查询要同时给出 lat、long 和 radius（米）。"))
    return Circle(x, y, metres)


def can_be_kept(text: str) -> bool:
    """Whether a database can keep a text: no NUL, no half of a character."""
    return not any(c == "\0" or unicodedata.category(c) == "Cs" for c in text)


def name_joined(first: str, last: str) -> str:
    """Return a full name in the order of its script: 王小明, Ann Lee."""
    first, last = first.strip(), last.strip()
    if (first + last).isascii():
        return f"{first} {last}".strip()
    return f"{last}{first}"
