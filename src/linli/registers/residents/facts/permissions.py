"""Who may write facts down and who may have a sensitive one opened."""

from linli.core.actor import Actor, Function
from linli.foundation.places.models.grids import reaches

from ..models.scope import WORKING
from .dictionary import FactKey


def can_record_facts(actor: Actor, area_path: str) -> bool:
    """Those who work with people, in their areas."""
    return actor.function in WORKING and reaches(actor, area_path)


def can_reveal_fact(actor: Actor, line: FactKey, purpose: str) -> bool:
    """A plain value always; a sensitive one only for a purpose that its line names."""
    return actor.function in WORKING and (not line.is_sensitive or purpose in line.reveal)


def can_read_in_bulk(actor: Actor) -> bool:
    """Machines that match and propose; people read one subject at a time."""
    return actor.function == Function.SYSTEM
