"""Who may do what about meetings."""

from linli.core.actor import Actor, Function

from .models import Meeting

ORGANISING = frozenset({Function.COMMITTEE, Function.STREET})


def can_call_meetings(actor: Actor) -> bool:
    """Whether the actor calls meetings at all: people of a committee or a street."""
    return actor.function in ORGANISING and actor.unit_id is not None


def can_run_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Prepare, call, lead and write the minutes: the unit that calls, or the street of the place."""
    if not can_call_meetings(actor) or not actor.covers(meeting.area_path):
        return False
    return actor.unit_id == meeting.unit_id or actor.function == Function.STREET


def can_help_meeting(actor: Actor, meeting: Meeting) -> bool:
    """Tell people and note who comes: who runs it, and grid workers of the place."""
    is_near = actor.function == Function.GRID_WORKER and actor.covers(meeting.area_path)
    return is_near or can_run_meeting(actor, meeting)


def can_override_notice(actor: Actor, meeting: Meeting) -> bool:
    """Let a meeting be called later than the law allows, with a reason: the street of the place."""
    return actor.function == Function.STREET and can_run_meeting(actor, meeting)
