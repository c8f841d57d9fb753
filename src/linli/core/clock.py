"""The only source of time in services; the demo and the tests may set it, nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """Return the present instant, aware, in Beijing time."""
    return _set_to.get() or datetime.now(BEIJING)


def today() -> date:
    """Return today's date in Beijing."""
    return now().date()


def local_date(instant: datetime) -> date:
    """Return the date in Beijing of an aware instant."""
    return instant.astimezone(BEIJING).date()


def local_midnight(day: date) -> datetime:
    """Return the instant at which ``day`` begins in Beijing."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def clock_set(instant: datetime | None) -> None:
    """Set the clock to an aware instant, or let it run again (``None``); for the demo and the tests."""
    if instant is not None and instant.tzinfo is None:
        raise ValueError("the clock takes an aware instant")
    _set_to.set(instant.astimezone(BEIJING) if instant else None)


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an instant inside a ``with`` block; for the demo and the tests."""
    before = _set_to.get()
    clock_set(instant)
    try:
        yield
    finally:
        _set_to.set(before)


def clock_forward(by: timedelta) -> None:
    """Move a clock that has been set forward by ``by``; for the demo and the tests."""
    clock_set(now() + by)
