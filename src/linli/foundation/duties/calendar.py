"""The holiday calendar that clocks run over: the package's years, overlaid by those that were loaded.

A year that came with the package needs no row; loading it puts the rows in its place. Each process
keeps the calendar for ten minutes, so that a year loaded elsewhere is seen within that time.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from linli.core.timelimits import Due, Limit, WorkHours, due_at

from .builtin import builtin_days, builtin_years
from .models import Holiday, HolidayYear

HOURS = WorkHours()
KEEP_SECONDS = 600


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """Days that differ from the plain week, and the years whose official notice has been loaded."""

    years: frozenset[int]
    days: Mapping[date, bool]

    def is_workday(self, day: date) -> bool:
        """Whether people work on this day; a year that is not covered knows weekends only."""
        return self.days.get(day, day.weekday() < 5)

    def covers(self, year: int) -> bool:
        """Whether the holidays of this year have been loaded."""
        return year in self.years


_kept: tuple[float, HolidayCalendar] | None = None


def holiday_calendar() -> HolidayCalendar:
    """Return the calendar: loaded years as loaded, the package's other years as it has them."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        _kept = (time.monotonic(), _read())
    return _kept[1]


def _read() -> HolidayCalendar:
    loaded = set(HolidayYear.objects.values_list("year", flat=True))
    brought = set(builtin_years()) - loaded
    days = {day.on: day.is_workday for year in brought for day in builtin_days(year)}
    if loaded:
        days.update(Holiday.objects.values_list("on", "is_workday"))
    return HolidayCalendar(frozenset(loaded | brought), days)


def calendar_forget() -> None:
    """Read the table again next time (after a year was loaded)."""
    global _kept
    _kept = None


def limit_due(start: datetime, limit: Limit) -> Due:
    """Return when a limit that starts at ``start`` ends, over the loaded holidays."""
    return due_at(start, limit, holiday_calendar(), HOURS)
