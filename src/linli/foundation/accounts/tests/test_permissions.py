"""Who may manage which unit, role by role and unit by unit."""

from dataclasses import replace

import pytest

from linli.core.actor import Actor
from linli.foundation.accounts import permissions
from linli.foundation.accounts.selectors import account_scope, unit_scope
from tests.people import SETUP, Cast

UNITS = ("committee_a", "committee_b", "other_committee", "street_unit", "district_unit", "chengguan", "wuye")
MANAGES = {
    # who                units that they manage; everybody else manages none
    "worker": {"committee_a"},
    "worker_b": {"committee_b"},
    "street": {"street_unit", "committee_a", "committee_b", "chengguan", "wuye"},
    "other_street": {"other_committee"},
    "district": set(UNITS),
    "city": set(UNITS),
    "department": {"chengguan"},
    "property": {"wuye"},
    "operator": set(UNITS),
}
NOBODY = (
    "visitor",
    "resident",
    "worker2",
    "grid_worker",
    "street2",
    "department2",
    "supervisor",
    "other_district",
)


@pytest.mark.parametrize("name", [*MANAGES, *NOBODY])
def test_who_manages_which_unit(cast: Cast, name: str) -> None:
    actor = cast.actor(name)
    managed = {key for key in UNITS if permissions.can_manage_unit(actor, cast.units[key])}
    assert managed == MANAGES.get(name, set())


@pytest.mark.parametrize("name", [*MANAGES, *NOBODY])
def test_the_scope_of_lists_is_the_same_rule(cast: Cast, name: str) -> None:
    actor = cast.actor(name)
    managed = {unit.pk for unit in cast.units.values() if permissions.can_manage_unit(actor, unit)}
    assert set(unit_scope(actor).values_list("pk", flat=True)) == managed


@pytest.mark.parametrize("name", [*MANAGES, *NOBODY])
def test_a_unit_is_changed_from_above_only(cast: Cast, name: str) -> None:
    actor = cast.actor(name)
    changed = {key for key in UNITS if permissions.can_change_unit(actor, cast.units[key])}
    own = {key for key in UNITS if cast.units[key].pk == actor.unit_id}
    outside = set() if name == "operator" else own
    assert changed == MANAGES.get(name, set()) - outside


def grants(actor: Actor, cast: Cast, unit: str, function: str, *places: str) -> bool:
    paths = tuple(cast.places[place].path for place in places)
    return permissions.can_grant_role(actor, cast.units[unit], function, paths)


def test_roles_stay_inside_the_unit(cast: Cast) -> None:
    worker = cast.actor("worker")
    assert grants(worker, cast, "committee_a", "committee")
    assert grants(worker, cast, "committee_a", "grid_worker", "committee_a_place")
    assert not grants(worker, cast, "committee_a", "street")
    assert not grants(worker, cast, "committee_a", "operator")
    assert not grants(worker, cast, "committee_a", "committee", "committee_b_place")
    assert not grants(worker, cast, "committee_a", "committee", "street_place")
    assert not grants(worker, cast, "committee_b", "committee")
    assert not grants(cast.actor("street"), cast, "operations", "operator")
    assert grants(SETUP, cast, "operations", "operator")


def test_nobody_resets_a_superior(cast: Cast) -> None:
    worker, street = cast.actor("worker"), cast.actor("street")
    assert permissions.can_manage_account(worker, cast.accounts["worker2"])
    assert not permissions.can_manage_account(worker, cast.accounts["street2"])
    assert permissions.can_manage_account(street, cast.accounts["worker"])
    assert not permissions.can_manage_account(street, cast.accounts["resident"])


def test_somebody_with_a_role_above_is_out_of_reach_below(cast: Cast) -> None:
    from linli.foundation.accounts.services import role_grant

    role_grant(
        actor=SETUP, person=cast.person("worker2"), unit=cast.units["district_unit"], function="district"
    )
    assert not permissions.can_manage_account(cast.actor("worker"), cast.accounts["worker2"])
    assert permissions.can_manage_account(cast.actor("city"), cast.accounts["worker2"])


def test_a_deputy_names_no_deputy(cast: Cast) -> None:
    role = cast.role("worker2")
    assert permissions.can_set_deputyship(cast.actor("worker2"), role)
    assert permissions.can_set_deputyship(cast.actor("worker"), role)
    assert permissions.can_set_deputyship(cast.actor("street"), role)
    assert not permissions.can_set_deputyship(cast.actor("grid_worker"), role)
    standing_in = replace(cast.actor("worker"), deputy_for=cast.person("grid_worker").pk)
    assert not permissions.can_set_deputyship(standing_in, role)


def test_lists_show_staff_of_the_scope_only(cast: Cast) -> None:
    names = set(account_scope(cast.actor("worker")).values_list("username", flat=True))
    assert names == {"worker", "worker2", "grid-worker"}
    assert not account_scope(cast.actor("worker2")).exists()
    assert "resident" not in account_scope(cast.actor("operator")).values_list("username", flat=True)
