"""Who assesses the impact on personal information."""

from linli.core.actor import Actor, Function

ABOVE = frozenset({Function.STREET, Function.DISTRICT, Function.CITY})


def can_assess(actor: Actor) -> bool:
    """Administrators of streets, districts and the city, and operators: whoever decides on the processing."""
    return actor.function == Function.OPERATOR or (actor.function in ABOVE and actor.is_unit_admin)
