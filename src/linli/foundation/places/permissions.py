"""Who may change the register of places."""

from linli.core.actor import Actor, Function

from .models import Building, Compound, Division, DivisionChange, Level

_KEEPERS = frozenset({Function.COMMITTEE, Function.STREET, Function.SYSTEM})
_PLACERS = frozenset({Function.STREET, Function.DISTRICT, Function.CITY, Function.OPERATOR, Function.SYSTEM})


def can_load_divisions(actor: Actor) -> bool:
    """Divisions and boundaries are loaded by the operator or a machine acting for one."""
    return actor.function in (Function.OPERATOR, Function.SYSTEM)


def can_see_places(actor: Actor) -> bool:
    """The register's pages are for governing functions and the operator."""
    return actor.is_governing or actor.function in (Function.OPERATOR, Function.SYSTEM)


def can_keep_places(actor: Actor) -> bool:
    """Compounds and buildings are kept by committees and streets."""
    return actor.function in _KEEPERS


def can_add_compound(actor: Actor, street: Division, committee: Division | None) -> bool:
    """A street adds anywhere in its area, a committee in its own."""
    return can_keep_places(actor) and actor.covers((committee or street).path)


def can_edit_compound(actor: Actor, compound: Compound) -> bool:
    """Whoever's area the compound lies in; until its committee is confirmed that is the street's."""
    return can_keep_places(actor) and actor.covers(compound.area_path)


def can_edit_building(actor: Actor, building: Building) -> bool:
    """Buildings, stairs and parts are kept by whoever keeps their compound."""
    return can_edit_compound(actor, building.compound)


def can_place_compounds(actor: Actor) -> bool:
    """Whether an actor may say where compounds without a street are; which of them is a matter of sight."""
    return actor.function in _PLACERS


def can_place_compound(actor: Actor, street: Division) -> bool:
    """Streets and above place what is shown to them in their own area, operators anywhere."""
    if actor.function in (Function.OPERATOR, Function.SYSTEM):
        return True
    return can_place_compounds(actor) and actor.covers(street.path)


def can_confirm_committee(actor: Actor, compound: Compound, committee: Division) -> bool:
    """The committee claims an unassigned compound of its street as its own; the street decides otherwise."""
    if not can_keep_places(actor) or committee.parent_id != compound.street_id:
        return False
    is_free = not compound.is_committee_confirmed or actor.covers(compound.area_path)
    return actor.covers(committee.path) and is_free


# Who decides about a level's divisions, by law or custom of the place; all of them as administrators.
_DECIDE = {
    Level.GRID: frozenset({Function.STREET, Function.DISTRICT, Function.CITY}),
    Level.COMMITTEE: frozenset({Function.DISTRICT, Function.CITY}),
    Level.STREET: frozenset({Function.CITY}),
    Level.COUNTY: frozenset({Function.CITY}),
}


def can_change_divisions(actor: Actor, level: int, scope: str) -> bool:
    """Grids: the street; committees: the district; streets and above: the city; operators: any."""
    if actor.function in (Function.OPERATOR, Function.SYSTEM):
        return True
    decides = _DECIDE.get(Level(level), frozenset())
    return actor.is_unit_admin and actor.function in decides and actor.covers(scope)


def can_plan_division_change(actor: Actor) -> bool:
    """Whether an actor may plan any change at all; what and where is checked with the plan."""
    if actor.function in (Function.OPERATOR, Function.SYSTEM):
        return True
    return actor.is_unit_admin and actor.function in _DECIDE[Level.GRID]


def can_handle_division_change(actor: Actor, change: DivisionChange) -> bool:
    """Whether an actor may cancel a change or let it take effect."""
    return can_change_divisions(actor, change.level, change.scope)


def can_confirm_division_change(actor: Actor, change: DivisionChange) -> bool:
    """Another person who might have planned it."""
    is_another = actor.person_id is not None and actor.person_id != change.planned_by
    return can_handle_division_change(actor, change) and is_another
