"""When a failed delivery is tried again: values in, values out."""

from datetime import timedelta

MOST_ATTEMPTS = 8


def retry_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 30 s, doubled each time, at most a day."""
    doubled = 1 << (max(attempts, 1) - 1)
    return min(timedelta(seconds=30) * doubled, timedelta(days=1))
