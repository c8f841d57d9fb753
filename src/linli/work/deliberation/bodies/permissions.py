"""Who may do what about bodies."""

from linli.core.actor import Actor, Function

from .models import Body

KEEPING = frozenset({Function.COMMITTEE, Function.STREET})


def can_keep_bodies(actor: Actor) -> bool:
    """Whether the actor keeps bodies at all: people of a committee or a street."""
    return actor.function in KEEPING and actor.unit_id is not None


def can_keep_bodies_at(actor: Actor, area_path: str) -> bool:
    """Found a body in a place: committee or street of that place; of a street's own bodies the street."""
    return can_keep_bodies(actor) and actor.covers(area_path)


def can_keep_body(actor: Actor, body: Body) -> bool:
    """Keep a body's register: committee or street of its place."""
    return can_keep_bodies_at(actor, body.area_path)


def can_see_bodies(actor: Actor) -> bool:
    """Open the list: who governs or oversees, and grid workers."""
    return actor.is_governing or actor.function in (Function.SUPERVISOR, Function.GRID_WORKER)


def can_watch_bodies(actor: Actor) -> bool:
    """Look at every body's lawful dates: the worker."""
    return actor.function == Function.SYSTEM
