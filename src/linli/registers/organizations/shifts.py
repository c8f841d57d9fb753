"""When shifts begin and end: pure decisions, no database, request or clock."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from linli.core.clock import BEIJING

DAY = timedelta(days=1)
# shift → (begins, how long); the night shift ends on the next morning, 带班 answers for the whole day
HOURS = {
    "lead": (time(0, 0), DAY),
    "day": (time(8, 30), timedelta(hours=9)),
    "night": (time(17, 30), timedelta(hours=15)),
}


def shift_span(on: date, kind: str) -> tuple[datetime, datetime]:
    """Return when a shift begins and when it ends (the end excluded)."""
    begins, length = HOURS[kind]
    start = datetime.combine(on, begins, BEIJING)
    return start, start + length


def shifts_at(at: datetime) -> Iterator[tuple[date, str]]:
    """Yield the day and the kind of every shift that holds at an instant."""
    today = at.astimezone(BEIJING).date()
    for on in (today - DAY, today):
        for kind in HOURS:
            start, end = shift_span(on, kind)
            if start <= at < end:
                yield on, kind


def week_of(day: date) -> list[date]:
    """Return the seven days of a day's week, Monday first."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]
