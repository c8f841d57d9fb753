"""The ladder of a duty that is not done: which rung it stands on and when the next is due. Pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from django.utils.translation import gettext_lazy as _

from linli.core.timelimits import Limit, LimitUnit

from .rules import amber_instant

LEVELS = ("street", "district", "city")


class Rung(IntEnum):
    """How far a duty has climbed; HANDED and SUPERVISED come again at every level."""

    NONE = 0
    REMINDED = 1
    AMBER = 2
    RED = 3
    HANDED = 4
    SUPERVISED = 5


RUNG_WORDS = {
    Rung.REMINDED: _("提醒"),
    Rung.AMBER: _("临近时限"),
    Rung.RED: _("超过时限"),
    Rung.HANDED: _("上交"),
    Rung.SUPERVISED: _("督办"),
}


class Kind(StrEnum):
    """Which of the two ladders a duty climbs, by the unit of its limit."""

    DAY = "day"
    HOUR = "hour"


KIND_WORDS = {Kind.DAY: _("按天计算的时限"), Kind.HOUR: _("按分钟、小时计算的时限")}


def kind_of(limit_unit: str) -> Kind:
    """Return the ladder's kind; a duty with a date and no limit counts in days."""
    return Kind.HOUR if limit_unit in (LimitUnit.MINUTE, LimitUnit.HOUR) else Kind.DAY


@dataclass(frozen=True, slots=True)
class Ladder:
    """The figures of one version for one kind; ``above`` names who takes over from whom."""

    version: str
    source: str
    mark: str
    remind: int
    amber: int
    remind_lead: timedelta
    hand_up: Limit
    stages: Mapping[str, Limit]
    supervise: Limit
    above: Mapping[str, str]

    def amber_at(self, opened_at: datetime, due_at: datetime) -> datetime:
        """Return when the clock turns amber."""
        return amber_instant(opened_at, due_at, self.amber)

    def first_at(self, opened_at: datetime, due_at: datetime, amber_at: datetime) -> datetime:
        """Return when the first rung is due: the reminder, or amber where the two lie close together."""
        remind_at = opened_at + (due_at - opened_at) * self.remind / 100
        return remind_at if amber_at - remind_at >= self.remind_lead else amber_at


@dataclass(frozen=True, slots=True)
class Climb:
    """One rung up: who has it now, and what the next rung waits for.

    ``wait`` and ``stage`` run from the moment of climbing; amber waits for the duty's own limit instead, and
    without ``wait`` nothing comes after.
    """

    rung: Rung
    held_by: str
    wait: Limit | None = None
    stage: Limit | None = None


def climb(ladder: Ladder, phase: int, *, rung: int, function: str, held_by: str) -> Climb:
    """Return the step that a duty takes now, whose clock is amber or red (``phase``)."""
    if rung < Rung.RED:
        if phase < Rung.RED:
            return Climb(Rung.AMBER, "")
        return Climb(Rung.RED, "", ladder.hand_up if function in ladder.above else None)
    holder = held_by or function
    if rung == Rung.HANDED:
        return Climb(Rung.SUPERVISED, held_by, ladder.supervise if holder in ladder.above else None)
    above = ladder.above.get(holder)
    if above is None:
        return Climb(Rung(rung), held_by)
    stage = ladder.stages.get(above, ladder.supervise)
    return Climb(Rung.HANDED, above, stage, stage=stage)


PERCENTS, WAITS = ("remind", "amber"), ("hand_up", "street", "district", "city", "supervise")
MOST = {Kind.DAY: 60, Kind.HOUR: 7 * 24 * 60}


def rule_faults(
    kind: Kind, valid_from: date, today: date, reason: str, figures: Mapping[str, int]
) -> dict[str, str]:
    """Return what is wrong with a street's or district's own ladder, by field; empty when it is fit."""
    faults: dict[str, object] = {
        name: _("请填写 1 到 99 之间的百分比。") for name in PERCENTS if not 0 < figures[name] < 100
    }
    if not faults and figures["remind"] >= figures["amber"]:
        faults["amber"] = _("变黄要晚于提醒：请填写更大的百分比。")
    for name in WAITS:
        if not 0 < figures[name] <= MOST[kind]:
            faults[name] = _("请填写 1 到 %d 之间的整数。") % MOST[kind]
    if valid_from <= today:
        faults["valid_from"] = _("最早从明天起生效；已有的待办仍按原来的规定。")
    if not reason.strip():
        faults["reason"] = _("请写明依据，例如文件的名称和文号。")
    return {name: str(words) for name, words in faults.items()}


LEVEL_WORDS = {"committee": _("居委会"), "street": _("街镇"), "district": _("区"), "city": _("市")}
