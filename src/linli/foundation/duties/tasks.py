"""What happens by itself: the built-in years, reminders and overdue marks."""

from linli.core.actor import system

from .builtin import builtin_days, builtin_source, builtin_years
from .models import HolidayYear
from .services import calendar_load


def calendar_fill() -> list[int]:
    """Load every built-in year that the table lacks; a year loaded by hand is left as it is."""
    have = set(HolidayYear.objects.values_list("year", flat=True))
    missing = [year for year in builtin_years() if year not in have]
    for year in missing:
        calendar_load(
            actor=system("calendar"), year=year, source=builtin_source(year), days=builtin_days(year)
        )
    return missing
