"""Who may read, write, publish and confirm decision tables."""

from linli.core.actor import Actor, Function, Scope
from linli.foundation.places.models import Level
from linli.foundation.places.rules import division_level, path_codes

from .models import DecisionTable, DecisionVersion

# Which levels have tables of their own, and down to which division their area reaches.
LEVELS = {Function.STREET: Level.STREET, Function.DISTRICT: Level.COUNTY, Function.CITY: Level.CITY}
ABOVE = {
    Function.STREET: (Function.STREET,),
    Function.DISTRICT: (Function.DISTRICT, Function.CITY),
    Function.CITY: (Function.CITY,),
}


def own_area(actor: Actor) -> str:
    """Return the path of the street, district or city for which the actor keeps tables; "" for others."""
    if actor.function not in LEVELS or not actor.areas:
        return ""
    deepest = LEVELS[actor.function]
    codes = [code for code in path_codes(actor.areas[0]) if division_level(code) <= deepest]
    return "".join(f"{code}/" for code in codes)


def can_see_tables(actor: Actor) -> bool:
    """Whoever governs: the committee reads by which rules its matters go out."""
    return actor.is_governing


def can_ask_tables(actor: Actor, area: str) -> bool:
    """Whoever governs the place, or a system that reads its matters, asks what the tables would say."""
    return (actor.is_governing or actor.grants(Scope.MATTERS_READ)) and actor.covers(area)


def can_open_table(actor: Actor) -> bool:
    """Street, district and city each for their own area."""
    return bool(own_area(actor))


def can_draft_table(actor: Actor, table: DecisionTable) -> bool:
    """Those of the same level and area write drafts."""
    return actor.function == table.level and own_area(actor) == table.area_path


def can_publish_table(actor: Actor, table: DecisionTable) -> bool:
    """The administrator; a district's or city's version then waits for a second person."""
    return can_draft_table(actor, table) and actor.is_unit_admin


def needs_second_person(table: DecisionTable) -> bool:
    """Whether a version is confirmed by somebody else before it is published."""
    return table.level != Function.STREET


def can_confirm_version(actor: Actor, version: DecisionVersion) -> bool:
    """Somebody of the same level or above over the area, never the person who proposed it."""
    table = version.table
    if actor.function not in ABOVE[Function(table.level)] or not actor.is_staff:
        return False
    return actor.covers(table.area_path) and version.proposed_by_id not in actor.person_ids


def can_switch_direct(actor: Actor) -> bool:
    """The street's administrator says whether rows marked 直接派遣 act."""
    return actor.function == Function.STREET and actor.is_unit_admin and bool(own_area(actor))


def can_check_tables(actor: Actor) -> bool:
    """The machine looks after the tables by itself."""
    return actor.function == Function.SYSTEM
