"""Who may do what about assessments."""

from linli.core.actor import Actor, Function

from ..bodies.models import Body
from ..bodies.permissions import can_keep_body
from .models import Assessment


def can_enter_assessment(actor: Actor, body: Body) -> bool:
    """Enter the sums of an assessment: who keeps the committee's register, in person."""
    return actor.person_id is not None and can_keep_body(actor, body)


def can_confirm_assessment(actor: Actor, assessment: Assessment) -> bool:
    """Compare and publish: another person than who entered, of the place or overseeing it."""
    if actor.person_id is None or assessment.entered_by_id in actor.person_ids:
        return False
    oversees = actor.function == Function.SUPERVISOR and actor.covers(assessment.area_path)
    return oversees or can_keep_body(actor, assessment.body)


def can_see_assessments(actor: Actor) -> bool:
    """Open the list at the desk: who governs or oversees."""
    return actor.is_governing or actor.function == Function.SUPERVISOR
