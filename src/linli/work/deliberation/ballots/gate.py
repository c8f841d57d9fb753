"""How many votes one process takes at the same moment: the rest are told at once when to come again.

Whoever waits in line for a database that is busy waits longer than they would by asking again, and keeps
everybody else's pages waiting too. The same request key makes the second asking the same vote.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from linli.core.errors import Overloaded

WAIT = 2.0  # seconds in line at most
_places = threading.BoundedSemaphore(max(settings.VOTES_AT_ONCE, 1))


@contextmanager
def vote_place() -> Iterator[None]:
    """Hold one of the places for taking a vote; raises ``Overloaded`` where none comes free in time."""
    if not _places.acquire(timeout=WAIT):
        raise Overloaded(details={"retry_after": 2 + secrets.randbelow(5)})
    try:
        yield
    finally:
        _places.release()
