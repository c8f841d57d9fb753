"""Days since 1970-01-01 as calendar parts, over whole arrays."""

from datetime import date

import numpy as np

from .draws import Ints

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return (day - EPOCH).days


def calendar_parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Return year, month and day of the month."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    month = (months - years).astype(np.int64) + 1
    return years.astype(np.int64) + 1970, month, (dates - months).astype(np.int64) + 1


def ages_on(births: Ints, as_of: int) -> Ints:
    """Return completed years on a day."""
    year, month, day = calendar_parts(births)
    now = calendar_parts(np.array([as_of]))
    return now[0] - year - ((month * 100 + day) > (now[1] * 100 + now[2]))


def month_before(as_of: int) -> str:
    """Return the last whole month before a day (``2026-10``)."""
    months = np.datetime64(as_of, "D").astype("datetime64[M]") - 1
    return str(months)
