"""Ages: of a day of birth, or of the month of birth, which is all that stands in clear; pure."""

from datetime import date
from typing import overload

DAYS_NEW = 90  # for so long a household that moved in counts as new here
ADULT = 18  # Civil Code art. 17
MINOR_UNDER = 14  # Personal Information Protection Law art. 28, 31: only with a guardian
OLD = 60

# The usual bands of population figures: (first age, last age or None).
BANDS: tuple[tuple[int, int | None], ...] = (*((start, start + 4) for start in range(0, 85, 5)), (85, None))


@overload
def age_on(born: date, day: date) -> int: ...


@overload
def age_on(born: date | None, day: date) -> int | None: ...


def age_on(born: date | None, day: date) -> int | None:
    """Return how many birthdays somebody has had; who was born on 29 February has theirs on 1 March.

    Of a month of birth (its first day) a birthday counts from the month's first. Unknown stays None.
    """
    if born is None:
        return None
    return max(day.year - born.year - ((day.month, day.day) < (born.month, born.day)), 0)


def months_of_ages(first: int | None, last: int | None, day: date) -> tuple[date | None, date | None]:
    """Return the months [from, before) in which somebody was born who is ``first`` to ``last`` on a day."""
    before = None if first is None else _months_back(day, first * 12 - 1)
    start = None if last is None else _months_back(day, (last + 1) * 12 - 1)
    return start, before


def band_of(age: int) -> int:
    """Return the place in ``BANDS`` of an age."""
    return min(age // 5, len(BANDS) - 1)


def band_words(band: tuple[int, int | None]) -> str:
    """Return a band as figures write it: 0–4, 85+."""
    first, last = band
    return f"{first}+" if last is None else f"{first}–{last}"


def _months_back(day: date, months: int) -> date:
    """Return the first of the month so many months before the day's; years before 1 are year 1."""
    total = day.year * 12 + day.month - 1 - months
    return date(max(total // 12, 1), total % 12 + 1, 1)
