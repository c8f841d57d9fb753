"""When a duty turns amber or red, the law behind its clock in words, a year's holidays: pure decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.timelimits import LimitUnit

UNIT_WORDS = {
    LimitUnit.MINUTE: gettext_lazy("分钟"),
    LimitUnit.HOUR: gettext_lazy("小时"),
    LimitUnit.WORK_HOUR: gettext_lazy("个工作小时"),
    LimitUnit.WORKING_DAY: gettext_lazy("个工作日"),
    LimitUnit.DAY: gettext_lazy("天"),
    LimitUnit.MONTH: gettext_lazy("个月"),
}


class Colour(StrEnum):
    """The clock's colour as the ``c-clock`` component names it."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


AMBER_PERCENT = 75
LEAST_LEAD = timedelta(minutes=30)


def amber_instant(opened_at: datetime, due_at: datetime, percent: int = AMBER_PERCENT) -> datetime:
    """Return when a duty turns amber: so much of its time is used up, and at least half an hour before."""
    lead = max((due_at - opened_at) * (100 - percent) / 100, LEAST_LEAD)
    return max(opened_at, due_at - lead)


def remind_instant(opened_at: datetime, due_at: datetime | None) -> datetime | None:
    """Return when something with a limit turns amber by the plain share of its time."""
    return None if due_at is None else amber_instant(opened_at, due_at)


def duty_colour(now: datetime, due_at: datetime | None, remind_at: datetime | None) -> Colour:
    """Return red once it is over, amber from the reminder on, green before and without a limit."""
    if due_at is not None and now > due_at:
        return Colour.RED
    return Colour.AMBER if remind_at is not None and now >= remind_at else Colour.GREEN


def law_words(amount: int | None, unit: str, source: str) -> str:
    """Return the limit and the rule behind it: ``…第七条（时限5个工作日）``; empty where there is neither."""
    limit = ""
    if amount and unit:
        limit = _("时限%(amount)d%(unit)s") % {"amount": amount, "unit": UNIT_WORDS[LimitUnit(unit)]}
    return (
        _("%(source)s（%(limit)s）") % {"source": source, "limit": limit}
        if source and limit
        else source or limit
    )


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day off, or a weekend day that is worked (调休), with the holiday's name."""

    on: date
    is_workday: bool
    name: str


@dataclass(frozen=True, slots=True)
class CalendarSpan:
    """Neighbouring days off of one name, both ends included."""

    name: str
    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def calendar_spans(days: Iterable[CalendarDay]) -> list[CalendarSpan]:
    """Return days in order as spans of neighbouring days of one name."""
    spans: list[CalendarSpan] = []
    for day in days:
        last = spans[-1] if spans else None
        if last and last.name == day.name and day.on - last.last == timedelta(days=1):
            spans[-1] = CalendarSpan(last.name, last.first, day.on)
        else:
            spans.append(CalendarSpan(day.name, day.on, day.on))
    return spans


def calendar_faults(year: int, days: Iterable[CalendarDay]) -> list[str]:
    """Return what is wrong with a year's list, in words that say what to mend; empty when it is fit."""
    listed = sorted(days, key=lambda day: day.on)
    if not any(not day.is_workday for day in listed):
        return [_("这一年一个休假日也没有，请核对文件是否完整。")]
    faults = []
    for position, day in enumerate(listed):
        if day.on.year != year:
            faults.append(_("%(day)s不在%(year)d年，一次只装入一年。") % {"day": day.on, "year": year})
        if position and listed[position - 1].on == day.on:
            faults.append(_("%s出现了两次，请删去重复的一行。") % day.on)
        if day.is_workday and day.on.weekday() < 5:
            faults.append(_("%s本来就是工作日，不能写成调休上班。") % day.on)
    return faults
