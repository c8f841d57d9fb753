"""What happens by itself: every body's lawful dates are looked at, and people warned before one passes."""

from linli.core.actor import system

from .services import bodies_watch


def dates_watch() -> int:
    """Look at every body, batch by batch; returns how many batches there were."""
    actor, batches, last = system("bodies"), 0, 0
    while last := bodies_watch(actor=actor, after_id=last):
        batches += 1
    return batches
