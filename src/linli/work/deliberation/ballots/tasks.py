"""What happens by itself: the state of a ballot follows the clock."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Refusal

from .models import Ballot
from .services.counting import ballot_close, ballot_open
from .workflow import RUNNING, State

logger = logging.getLogger(__name__)
ACTOR = system("ballots")


def follow_clock() -> int:
    """Write down which ballots have opened and which are over; returns how many moved."""
    now = clock.now()
    over = Ballot.objects.filter(state__in=RUNNING, closes_at__lte=now)
    moved = _each(over.values_list("public_id", flat=True), ballot_close)
    begun = Ballot.objects.filter(state=State.FROZEN, opens_at__lte=now, closes_at__gt=now)
    return moved + _each(begun.values_list("public_id", flat=True), ballot_open)


def _each(keys: Any, act: Callable[..., Ballot]) -> int:
    """Call a service for each ballot on its own; one refusal does not stop the others."""
    done = 0
    for key in list[UUID](keys):
        try:
            act(actor=ACTOR, ballot_id=key)
        except Refusal as refusal:
            logger.warning("ballot %s: %s", key, refusal.message)
        else:
            done += 1
    return done
