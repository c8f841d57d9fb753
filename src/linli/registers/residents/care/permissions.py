"""Who decides about proposals: the unit that gives the service, nobody else."""

from linli.core.actor import EXECUTING, Actor, Function

from ..models import CareEntry
from ..models.scope import WORKING

GIVING = WORKING | EXECUTING


def can_see_care(actor: Actor) -> bool:
    """Whoever may belong to a unit that gives such a service; which rows then is ``visible_to``."""
    return actor.function in GIVING


def can_decide_care(actor: Actor, entry: CareEntry) -> bool:
    """People of the unit that gives the service."""
    return actor.function in GIVING and actor.unit_id is not None and actor.unit_id == entry.unit_id


def can_propose_care(actor: Actor) -> bool:
    """The nightly job: it proposes and lets lapse, it confirms nothing."""
    return actor.function == Function.SYSTEM
