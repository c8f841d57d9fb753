"""Years whose holidays come with the package ``chinesecalendar``; years it lacks are never guessed."""

from collections.abc import Sequence
from importlib.metadata import version

from chinese_calendar import constants
from django.utils.translation import gettext as _

from .rules import CalendarDay

FIRST_YEAR = 2025


def builtin_years() -> list[int]:
    """Return the years from ``FIRST_YEAR`` on that the package knows."""
    return sorted({day.year for day in constants.holidays if day.year >= FIRST_YEAR})


def builtin_days(year: int) -> Sequence[CalendarDay]:
    """Return the package's days of one year in order; empty where it does not know the year."""
    table = [(constants.holidays, False), (constants.workdays, True)]
    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    days = [
        CalendarDay(on, is_workday, names.get(name, name))
        for known, is_workday in table
        for on, name in known.items()
        if on.year == year
    ]
    return sorted(days, key=lambda day: day.on)


def builtin_source(year: int) -> str:
    """Name the notice and where its dates were taken from."""
    return _("国务院办公厅关于%(year)s年部分节假日安排的通知（chinesecalendar %(version)s）") % {
        "year": year,
        "version": version("chinesecalendar"),
    }
