"""Who may change the register of places."""

from linli.core.actor import Actor, Function

from .models import Compound, Division

_KEEPERS = frozenset({Function.COMMITTEE, Function.STREET, Function.SYSTEM})


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


def can_confirm_committee(actor: Actor, compound: Compound, committee: Division) -> bool:
    """The committee claims an unassigned compound of its street as its own; the street decides otherwise."""
    if not can_keep_places(actor) or committee.parent_id != compound.street_id:
        return False
    is_free = not compound.is_committee_confirmed or actor.covers(compound.area_path)
    return actor.covers(committee.path) and is_free
