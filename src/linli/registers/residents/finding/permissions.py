"""Who may look for people, and be shown personal values: those who work with people, in their areas."""

from linli.core.actor import Actor, Function

SEARCHING = frozenset({Function.GRID_WORKER, Function.COMMITTEE, Function.STREET})


def can_find_people(actor: Actor) -> bool:
    """Grid workers, committees and streets; district and city govern by numbers."""
    return actor.function in SEARCHING


def can_reveal_people(actor: Actor) -> bool:
    """The same; of whom, says ``visible_to``."""
    return can_find_people(actor)
