"""Who keeps titles."""

from linli.core.actor import Actor
from linli.foundation.places.models.grids import reaches

from ..models.scope import WORKING


def can_keep_titles(actor: Actor, area_path: str) -> bool:
    """Those who work with people, in their areas."""
    return actor.function in WORKING and reaches(actor, area_path)


def can_see_titles(actor: Actor) -> bool:
    """Whoever sees rows of the registry."""
    return actor.function in WORKING
