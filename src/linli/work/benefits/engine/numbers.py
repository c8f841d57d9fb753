"""Reckoning with whole numbers and days as the law counts them. Pure; ``columnar`` says it in columns."""

from __future__ import annotations


def years_between(since: int, today: int) -> int | None:
    """Return completed years (周岁): complete on the day after the birthday; unknown for a day to come."""
    return None if since > today else max(0, (today - since - 1) // 10000)


def months_between(since: int, today: int, is_calendar: bool = False) -> int | None:
    """Return completed months, or the difference of the calendar months; unknown for a day to come."""
    if since > today:
        return None
    months = _month(today) - _month(since)
    if is_calendar:
        return months
    return max(0, months - (today % 100 <= since % 100))


def _month(day: int) -> int:
    return day // 10000 * 12 + day // 100 % 100


def share(left: int, right: int) -> int | None:
    """Return a share rounded half up to the whole number; unknown where it is shared by nobody."""
    return None if right == 0 else (2 * left + right) // (2 * right)
