"""Who assesses the impact on personal information."""

from linli.core.actor import Actor, Function

from ..models import Assessment

ABOVE = frozenset({Function.STREET, Function.DISTRICT, Function.CITY})


def can_assess(actor: Actor) -> bool:
    """Administrators of streets, districts and the city, and operators: whoever decides on the processing."""
    return actor.function == Function.OPERATOR or (actor.function in ABOVE and actor.is_unit_admin)


def can_judge(actor: Actor, assessment: Assessment) -> bool:
    """The unit that made it judges and concludes it; others read it."""
    return can_assess(actor) and assessment.unit_id == actor.unit_id
