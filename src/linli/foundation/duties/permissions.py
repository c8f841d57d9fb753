"""Who may do what with duties and the holiday calendar."""

from linli.core.actor import Actor, Function
from linli.foundation.places.models import Level
from linli.foundation.places.rules import division_level, path_codes


def can_load_calendar(actor: Actor) -> bool:
    """Operators, and the machine at start-up, load a year's holidays."""
    return actor.function in (Function.OPERATOR, Function.SYSTEM)


def can_climb(actor: Actor) -> bool:
    """Only the machine lets duties climb."""
    return actor.function == Function.SYSTEM


LADDER_LEVELS = {Function.STREET: Level.STREET, Function.DISTRICT: Level.COUNTY}


def can_set_ladder(actor: Actor, area_path: str) -> bool:
    """An administrator of a street or district sets the ladder of its own division."""
    return actor.is_unit_admin and area_path in ladder_areas(actor)


def ladder_areas(actor: Actor) -> list[str]:
    """Return the divisions of an actor's own level: those whose ladder an administrator there sets."""
    level = LADDER_LEVELS.get(actor.function)
    return [area for area in actor.areas if area and division_level(path_codes(area)[-1]) == level]


def can_see_ladder(actor: Actor) -> bool:
    """Those who govern, who watch and who run the machine see what happens to what is not done."""
    return actor.is_governing or actor.function in (Function.OPERATOR, Function.SUPERVISOR)
