"""Pure decisions about whistles: values in, values out; no database, request or clock."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from linli.core.geometry import haversine_m

DATA = Path(__file__).parent / "data" / "whistles.yaml"
MARKS = {"✔": "", "○": "（待复核）", "✘": "（建议值）"}


@functools.cache
def _content() -> Any:
    return yaml.safe_load(DATA.read_text(encoding="utf-8"))


def setting(name: str) -> int:
    """Return a setting of ``data/whistles.yaml``."""
    return int(_content()["settings"][name]["value"])


def come_within(cause: str) -> timedelta:
    """Return the least time that a unit has from the call until it must be there."""
    return timedelta(minutes=_content()["causes"][cause]["come_minutes"])


def cause_source(cause: str) -> str:
    """Return by which rule a cause has its limit, with how sure that is."""
    row = _content()["causes"][cause]
    return f"{row['source']}{MARKS[row['mark']]}"


def check_in_due(cause: str, called_at: datetime, gather_at: datetime) -> datetime:
    """Return until when a unit must have checked in: the hour of gathering with some grace, or what the
    cause leaves it from the call, whichever is later."""
    grace = timedelta(minutes=setting("grace_minutes"))
    return max(gather_at + grace, called_at + come_within(cause))


def gather_refusal(gather_at: datetime, now: datetime) -> str | None:
    """Return why nobody can be called to such an hour, or ``None``."""
    if gather_at <= now:
        return _("集合时间必须晚于现在。")
    if gather_at > now + timedelta(days=setting("ahead_days")):
        return _("最多提前%d天吹哨，请把时间改近一些。") % setting("ahead_days")
    return None


def early_refusal(gather_at: datetime, now: datetime, words: str) -> str | None:
    """Return why it is too early to check in, or ``None``; ``words`` are the hour as people read it."""
    if now < gather_at - timedelta(minutes=setting("early_minutes")):
        return _("还没到报到的时候：集合时间是%(at)s，提前%(n)d分钟起可以报到。") % {
            "at": words,
            "n": setting("early_minutes"),
        }
    return None


def clock_refusal(last: datetime | None, now: datetime, words: str) -> str | None:
    """Return why nothing is written down when the clock stands before what was last written, or ``None``.

    A small step back, as of a clock set right, is passed over; ``words`` are the last instant as read.
    """
    if last is None or last - now <= timedelta(minutes=setting("clock_minutes")):
        return None
    return _("服务器的时间比上一条记录（%(last)s）还早，不能办理，什么都没有改动。") % {"last": words}


def metres_between(lng_a: float, lat_a: float, lng_b: float, lat_b: float) -> int:
    """Return how far two positions lie apart, in whole metres."""
    return round(float(haversine_m(lng_a, lat_a, lng_b, lat_b)))


def distance_refusal(metres: int) -> str | None:
    """Return why somebody is not on the spot, or ``None``."""
    if metres <= setting("radius_metres"):
        return None
    far = f"{metres / 1000:.1f}{_('公里')}" if metres >= 1000 else f"{metres}{_('米')}"
    return _("您离集合地点约%(far)s，不能按位置报到。请到场后再试，或扫现场的二维码。") % {"far": far}


def units_refusals(chosen: Iterable[int], lead: int | None) -> dict[str, str]:
    """Return what is wrong with who is called: nobody, somebody twice, or a lead who is not called."""
    ids = list(chosen)
    if not ids:
        return {"units": _("请至少选择一个单位。")}
    if len(set(ids)) != len(ids):
        return {"units": _("同一个单位只能选一次。")}
    if lead is None and len(ids) > 1:
        return {"lead": _("请了几个单位，请选一个牵头。")}
    if lead is not None and lead not in ids:
        return {"lead": _("牵头单位要从所请的单位里选。")}
    return {}


@dataclass(slots=True)
class UnitRow:
    """How one unit answered the calls of a period; every rate has its denominator beside it."""

    name: str
    called: int = 0
    came: int = 0
    on_time: int = 0
    absent: int = 0
    waiting: int = 0
    led: int = 0
    rated: int = 0
    coming_good: int = 0
    work_good: int = 0
    improper: int = 0

    @property
    def settled(self) -> int:
        """The calls of which it is known whether the unit came."""
        return self.called - self.waiting

    @property
    def came_percent(self) -> float | None:
        """Of the settled calls, how many it came to."""
        return percent(self.came, self.settled)

    @property
    def on_time_percent(self) -> float | None:
        """Of the settled calls, how many it came to in time."""
        return percent(self.on_time, self.settled)

    @property
    def work_percent(self) -> float | None:
        """Of the rated calls, of how many the work was good or fair."""
        return percent(self.work_good, self.rated)

    @property
    def coming_percent(self) -> float | None:
        """Of the rated calls, of how many the coming was good or fair."""
        return percent(self.coming_good, self.rated)


def percent(part: int, whole: int) -> float | None:
    """Return a share in per cent, to one decimal; ``None`` where nothing was counted."""
    return round(100 * part / whole, 1) if whole else None
