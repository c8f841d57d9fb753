"""What happens to keys by itself: sealed when the time is up, destroyed when the result is final."""

from linli.core import clock
from linli.core.actor import system

from .selectors import to_close, to_destroy
from .services import sealed_close, sealed_destroy

ACTOR = system("secret")


def follow() -> int:
    """Seal and destroy whatever is due; returns how many keys moved."""
    closing, ending = to_close(clock.now()), to_destroy()
    for ceremony in closing:
        sealed_close(actor=ACTOR, ballot_id=ceremony.ballot.public_id)
    for ceremony in ending:
        sealed_destroy(actor=ACTOR, ballot_id=ceremony.ballot.public_id)
    return len(closing) + len(ending)
