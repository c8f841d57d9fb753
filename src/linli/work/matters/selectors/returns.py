"""Where a matter may go back to, from where it was sent back, and how often that happened."""

from django.db.models import F

from ..models import Matter, MatterEvent
from ..workflow import PASSED, SENT_BACK_FROM, STRAIGHT_BACK_FROM, State

SENDING_BACK = frozenset({"send_back", "return_back"})


def steps_passed(matter: Matter) -> list[State]:
    """Return the earlier steps that a matter has passed in this round and may go back to, first first."""
    events = matter.events.filter(round=matter.round)
    been = set(events.values_list("to_state", flat=True)) | set(events.values_list("from_state", flat=True))
    if matter.round > 1:
        been -= {str(State.REPORTED)}  # what was opened again was accepted long ago
        been |= {str(State.ACCEPTED)}
    return [to for to in PASSED if str(to) in been and matter.state in SENT_BACK_FROM[to]]


def sent_back_last(matter: Matter) -> MatterEvent | None:
    """Return the step that sent the matter back, if nothing has moved it since and the way back is open."""
    moved = matter.events.filter(round=matter.round).exclude(from_state=F("to_state")).exclude(from_state="")
    last = moved.order_by("-recorded_at", "-id").first()
    if last is None or last.verb not in SENDING_BACK or last.to_state != matter.state:
        return None
    open_from = STRAIGHT_BACK_FROM.get(State(last.from_state), ())
    return last if matter.state in open_from else None


def times_sent_back(matter: Matter) -> int:
    """Return how often a matter was sent back in this round."""
    return matter.events.filter(round=matter.round, verb="send_back").count()
