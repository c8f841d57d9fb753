"""Who may do what about whistles."""

from linli.core.actor import Actor, Function

from ..permissions import COMMITTEE_OR_STREET
from .models import Call, Whistle


def can_whistle_at(actor: Actor, area_path: str) -> bool:
    """Call units: committee or street of the place."""
    return can_whistle(actor) and actor.covers(area_path)


def can_whistle(actor: Actor) -> bool:
    """Whether the actor calls units at all: people of a committee or a street."""
    return actor.function in COMMITTEE_OR_STREET and actor.unit_id is not None


def can_run_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Run it on the spot, finish, cancel, rate: the unit that called, or the street of the place."""
    if not can_whistle_at(actor, whistle.area_path):
        return False
    return actor.unit_id == whistle.unit_id or actor.function == Function.STREET


def can_work_call(actor: Actor, call: Call) -> bool:
    """Check in, say what was done, answer a rating: people of the unit that was called."""
    return actor.is_staff and actor.unit_id is not None and actor.unit_id == call.unit_id


def can_see_figures(actor: Actor) -> bool:
    """How units came and worked: whoever governs, over their areas."""
    return actor.is_governing
