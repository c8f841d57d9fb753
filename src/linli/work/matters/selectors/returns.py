"""Where a matter may go back to, from where it was sent back, and how often that happened."""

from collections.abc import Sequence

from ..models import Matter, MatterEvent
from ..workflow import PASSED, SENT_BACK_FROM, STRAIGHT_BACK_FROM, State

SENDING_BACK = frozenset({"send_back", "return_back"})
Trail = Sequence[MatterEvent]


def trail_of(matter: Matter) -> Trail:
    """Return the steps of a matter's present round, oldest first, with where each led (one query)."""
    rows = matter.events.filter(round=matter.round).order_by("recorded_at", "id")
    return list(rows.only("matter_id", "verb", "at", "from_state", "to_state"))


def steps_passed(matter: Matter, trail: Trail) -> list[State]:
    """Return the earlier steps that a matter has passed in this round and may go back to, first first."""
    been = {state for event in trail for state in (event.from_state, event.to_state)}
    if matter.round > 1:
        been -= {str(State.REPORTED)}  # what was opened again was accepted long ago
        been |= {str(State.ACCEPTED)}
    return [to for to in PASSED if str(to) in been and matter.state in SENT_BACK_FROM[to]]


def sent_back_last(matter: Matter, trail: Trail) -> MatterEvent | None:
    """Return the step that sent the matter back, if nothing has moved it since and the way back is open."""
    moved = [event for event in trail if event.from_state and event.from_state != event.to_state]
    last = moved[-1] if moved else None
    if last is None or last.verb not in SENDING_BACK or last.to_state != matter.state:
        return None
    open_from = STRAIGHT_BACK_FROM.get(State(last.from_state), ())
    return last if matter.state in open_from else None


def times_sent_back(trail: Trail) -> int:
    """Return how often a matter was sent back in this round."""
    return sum(1 for event in trail if event.verb == "send_back")
