"""What happens by itself every night: proposals, expiry, reminders."""

from linli.core import clock
from linli.core.actor import system

from .rules import care_rules
from .services import Night, care_gaps_keep, care_propose, care_settle
from .situations import candidates

BATCH = 1_000
MACHINE = system("care")


def care_nightly() -> Night:
    """End what is over, then look at everybody whom a rule could propose, a batch at a time."""
    while care_settle(actor=MACHINE) > 0:
        continue
    total, last = Night(), 0
    possible = candidates(care_rules().on(clock.today()), clock.today())
    while ids := list(possible.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        night = care_propose(actor=MACHINE, resident_ids=ids)
        total.proposed += night.proposed
        total.lapsed += night.lapsed
        total.unknown += night.unknown
        total.gaps += night.gaps
        last = ids[-1]
    care_gaps_keep(actor=MACHINE, gaps=total.gaps)
    return total
