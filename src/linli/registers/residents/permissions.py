"""Who may do what with the registry; who sees which rows stands in ``models.scope``."""

from linli.core.actor import GOVERNING, Actor, Scope

from .models.scope import WORKING


def can_see_rows(actor: Actor) -> bool:
    """Those who go from door to door: grid workers, committees, streets, each in their areas."""
    return actor.function in WORKING


def can_see_counts(actor: Actor) -> bool:
    """Whoever governs, and systems that were granted it; small numbers are hidden from all of them."""
    return actor.function in GOVERNING or actor.grants(Scope.REGISTRY_COUNT)
