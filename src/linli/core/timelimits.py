"""Time limits of the law: minutes, hours, work hours, working days, days, months over a calendar.

Counting follows Civil Code art. 201 and 203: the day of the event does not count; a limit in days or
months whose last day is a day off runs on to the next working day; administrative limits in days are
working days (Administrative Licensing Law art. 82). Hours and minutes run from the event itself.
"""

import calendar as months
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from .clock import BEIJING


class LimitUnit(StrEnum):
    """What a limit is counted in."""

    MINUTE = "minute"
    HOUR = "hour"
    WORK_HOUR = "workhour"
    WORKING_DAY = "workday"
    DAY = "day"
    MONTH = "month"


class Calendar(Protocol):
    """Which days are working days; the duties room fills this in from its holiday table."""

    def is_workday(self, day: date) -> bool:
        """Whether people work on this day; weekends are assumed where the year is not covered."""

    def covers(self, year: int) -> bool:
        """Whether the holidays of this year have been loaded."""


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Working periods of a day, in order; the trade standard does not define them, so a setting."""

    periods: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    @property
    def end(self) -> time:
        """The close of business, at which limits in days fall due."""
        return self.periods[-1][1]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many units, with the words of its source (``Shanghai rule, art. 7``)."""

    amount: int
    unit: LimitUnit
    source: str = ""

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a limit is at least one unit")


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends; ``is_provisional`` (暂定) when a year it passes through has no calendar."""

    at: datetime
    is_provisional: bool


def due_at(start: datetime, limit: Limit, calendar: Calendar, hours: WorkHours | None = None) -> Due:
    """Return when ``limit`` ends if it starts at the aware instant ``start``."""
    hours = hours or WorkHours()
    start = start.astimezone(BEIJING)
    at = _COUNT[limit.unit](start, limit.amount, calendar, hours)
    years = range(start.year, at.year + 1)
    needs_calendar = limit.unit not in (LimitUnit.MINUTE, LimitUnit.HOUR)
    return Due(at, needs_calendar and not all(calendar.covers(year) for year in years))


def due_after_pause(
    due: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    unit: LimitUnit,
    calendar: Calendar,
    hours: WorkHours | None = None,
) -> datetime:
    """Return when a limit ends that stood still from ``paused_at`` to ``resumed_at``.

    What was left when it stopped is left when it goes on, in the limit's own unit: time for minutes and
    hours, working time for work hours, working days, or days (months count their days left). A limit that
    was over before the pause stays over. The day of resuming does not count (Civil Code art. 201).
    """
    hours = hours or WorkHours()
    due, paused, resumed = (moment.astimezone(BEIJING) for moment in (due, paused_at, resumed_at))
    if due <= paused or resumed <= paused:
        return due
    if unit in (LimitUnit.MINUTE, LimitUnit.HOUR):
        return due + (resumed - paused)
    if unit is LimitUnit.WORK_HOUR:
        return _work_time(resumed, _work_time_between(paused, due, calendar, hours), calendar, hours)
    days = [paused.date() + timedelta(days=n + 1) for n in range((due.date() - paused.date()).days)]
    if unit is LimitUnit.WORKING_DAY:
        left = sum(calendar.is_workday(day) for day in days)
        if left:
            return _working_days(resumed, left, calendar, hours)
    return _close(_next_workday(resumed.date() + timedelta(days=len(days)), calendar), hours)


def _minutes(start: datetime, amount: int, calendar: Calendar, hours: WorkHours) -> datetime:
    return start + timedelta(minutes=amount)


def _hours(start: datetime, amount: int, calendar: Calendar, hours: WorkHours) -> datetime:
    return start + timedelta(hours=amount)


def _close(day: date, hours: WorkHours) -> datetime:
    return datetime.combine(day, hours.end, BEIJING)


def _next_workday(day: date, calendar: Calendar) -> date:
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def _working_days(start: datetime, amount: int, calendar: Calendar, hours: WorkHours) -> datetime:
    day = start.date()
    for _ in range(amount):
        day = _next_workday(day + timedelta(days=1), calendar)
    return _close(day, hours)


def _days(start: datetime, amount: int, calendar: Calendar, hours: WorkHours) -> datetime:
    return _close(_next_workday(start.date() + timedelta(days=amount), calendar), hours)


def _months(start: datetime, amount: int, calendar: Calendar, hours: WorkHours) -> datetime:
    index = start.month - 1 + amount
    year, month = start.year + index // 12, index % 12 + 1
    day = date(year, month, min(start.day, months.monthrange(year, month)[1]))
    return _close(_next_workday(day, calendar), hours)


def _work_hours(start: datetime, amount: int, calendar: Calendar, hours: WorkHours) -> datetime:
    return _work_time(start, timedelta(hours=amount), calendar, hours)


def _work_periods(day: date, hours: WorkHours) -> list[tuple[datetime, datetime]]:
    return [
        (datetime.combine(day, opens, BEIJING), datetime.combine(day, closes, BEIJING))
        for opens, closes in hours.periods
    ]


def _work_time_between(start: datetime, end: datetime, calendar: Calendar, hours: WorkHours) -> timedelta:
    total, day = timedelta(), start.date()
    while day <= end.date():
        for opens, closes in _work_periods(day, hours) if calendar.is_workday(day) else ():
            total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


def _work_time(start: datetime, left: timedelta, calendar: Calendar, hours: WorkHours) -> datetime:
    day = start.date()
    while True:
        day = _next_workday(day, calendar)
        for opens, end in _work_periods(day, hours):
            begin = max(start, opens)
            if begin >= end:
                continue
            if left <= end - begin:
                return begin + left
            left -= end - begin
        day += timedelta(days=1)


_COUNT: dict[LimitUnit, Callable[[datetime, int, Calendar, WorkHours], datetime]] = {
    LimitUnit.MINUTE: _minutes,
    LimitUnit.HOUR: _hours,
    LimitUnit.WORK_HOUR: _work_hours,
    LimitUnit.WORKING_DAY: _working_days,
    LimitUnit.DAY: _days,
    LimitUnit.MONTH: _months,
}
