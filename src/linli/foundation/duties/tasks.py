"""What happens by itself: duties that are not done climb the ladder."""

from linli.core.actor import system
from linli.foundation.accounts.selectors import Holders

from .services import BATCH, duties_climb, ladder_clock_check


def mark_overdue() -> int:
    """Let every duty whose next rung is due climb it, batch by batch; returns how many climbed.

    May be killed at any moment: what was not committed is still due, what was is not.
    """
    actor = system("reminders")
    ladder_clock_check(actor=actor)
    holders = Holders()
    climbed = total = duties_climb(actor=actor, holders=holders)
    while climbed >= BATCH:
        climbed = duties_climb(actor=actor, holders=holders)
        total += climbed
    return total
