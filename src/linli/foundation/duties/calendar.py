"""The holiday calendar that clocks run over: read from the table, kept for a minute."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from linli.core.timelimits import Due, Limit, WorkHours, due_at

from .models import Holiday, HolidayYear

HOURS = WorkHours()
KEEP_SECONDS = 60


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
    """Return the calendar; a year loaded by another process is seen within a minute."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        years = frozenset(HolidayYear.objects.values_list("year", flat=True))
        _kept = (time.monotonic(), HolidayCalendar(years, dict(Holiday.objects.values_list("on", "is_workday"))))
    return _kept[1]


def calendar_forget() -> None:
    """Read the table again next time (after a year was loaded)."""
    global _kept
    _kept = None


def limit_due(start: datetime, limit: Limit) -> Due:
    """Return when a limit that starts at ``start`` ends, over the loaded holidays."""
    return due_at(start, limit, holiday_calendar(), HOURS)
