"""Grid workers whose area is a grid: what lies in their buildings, and nothing else of the committee."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Building, Division, Level, Part
from linli.registers.residents import services
from linli.registers.residents.finding.services import resident_reveal, residents_search
from linli.registers.residents.models import (
    Establishment,
    Household,
    Membership,
    Occupancy,
    Owner,
    Ownership,
    RegisterEvent,
    Resident,
)
from linli.registers.residents.rounding import rounded
from linli.registers.residents.selectors import (
    CountFilters,
    HouseholdFilters,
    PeopleFilters,
    building_plan,
    compound_choices,
    household_list,
    people_list,
    resident_counts,
    visible_building,
)
from linli.registers.residents.tests.persons import person
from linli.registers.residents.tests.plans import RECORDED, Plan, building_make, household_make, shop_make
from tests.people import Cast, place_make

pytestmark = pytest.mark.django_db
TABLES: tuple[Any, ...] = (Resident, Household, Establishment, Ownership, Part)


@pytest.fixture
def grids(cast: Cast) -> list[Division]:
    above = cast.places["committee_a_place"]
    return [place_make(f"{above.code}00{n}", f"第{n}网格", Level.GRID, above) for n in (1, 2, 3)]


def worker(cast: Cast, *grids: Division) -> Actor:
    return cast.actor("grid_worker").with_areas(tuple(grid.path for grid in grids))


def house(cast: Cast, name: str, *grids: Division) -> Plan:
    """A building of committee A with a family and a shop in it, and an owner who lives nowhere."""
    plan = building_make(cast, floors=1)
    Building.objects.filter(pk=plan.building.pk).update(name=name)
    plan.building.grids.set(grids)
    household_make(plan, "101", _person(cast, "王小明"), _person(cast, "李小红"))
    shop_make(plan)
    _title(plan, "102", _person(cast, "赵业主"))
    return plan


def mine_area(cast: Cast) -> Division:
    return cast.places["committee_a_place"]


def _person(cast: Cast, name: str) -> Resident:
    return person(cast.places["committee_a_place"], name)


def _title(plan: Plan, room: str, owner: Resident) -> Ownership:
    part = plan.parts[room]
    title = Ownership.objects.create(
        part=part, registered_area=8000, area_path=part.area_path, compound=part.compound,
        recorded_at=RECORDED, updated_at=RECORDED,
    )  # fmt: skip
    Owner.objects.create(ownership=title, resident=owner)
    return title


def seen(actor: Actor) -> dict[str, set[int]]:
    return {
        rows.__name__: set(rows.objects.visible_to(actor).values_list("pk", flat=True)) for rows in TABLES
    }


def lying_in(buildings: set[int]) -> dict[str, set[int]]:
    """What belongs to buildings, found row by row."""
    found: dict[str, set[int]] = {rows.__name__: set() for rows in TABLES}
    for part in Part.objects.filter(building__in=buildings):
        found["Part"].add(part.pk)
        for lived in part.occupancies.filter(to_on__isnull=True):
            if lived.establishment_id:
                found["Establishment"].add(lived.establishment_id)
            if lived.household_id:
                found["Household"].add(lived.household_id)
                members = Membership.objects.filter(household=lived.household_id, to_on__isnull=True)
                found["Resident"] |= set(members.values_list("resident_id", flat=True))
        for title in part.ownerships.all():
            found["Ownership"].add(title.pk)
            found["Resident"] |= {row.resident_id for row in title.owners.all() if row.resident_id}
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.sets(st.integers(0, 2)), min_size=3, max_size=3),
    mine=st.sets(st.integers(0, 2), min_size=1),
    moved=st.booleans(),
)
def test_a_grid_worker_sees_the_rows_of_their_buildings_and_no_other(
    city: tuple[Cast, list[Division], list[Plan]],
    places: list[set[int]],
    mine: set[int],
    moved: bool,
) -> None:
    cast, grids, plans = city
    for plan, inside in zip(plans, places, strict=True):
        plan.building.grids.set([grids[n] for n in inside])
    home = plans[1] if moved else plans[0]  # the family of the first may have moved to the second
    Occupancy.objects.filter(household=plans[0].households["101"]).update(part=home.parts["101"])
    held = {plan.building.pk for plan, inside in zip(plans, places, strict=True) if inside & mine}
    assert seen(worker(cast, *(grids[n] for n in mine))) == lying_in(held)
    everything = lying_in({plan.building.pk for plan in plans})
    for who in ("worker", "grid_worker", "street"):
        assert seen(cast.actor(who)) == everything, who


@pytest.fixture
def city(cast: Cast, grids: list[Division]) -> tuple[Cast, list[Division], list[Plan]]:
    return cast, grids, [house(cast, f"第{n}楼") for n in (1, 2, 3)]


def test_a_building_in_two_grids_is_seen_by_both(cast: Cast, grids: list[Division]) -> None:
    plan = house(cast, "甲楼", grids[0], grids[1])
    for grid in grids[:2]:
        assert visible_building(worker(cast, grid), plan.building.public_id) == plan.building
        assert seen(worker(cast, grid))["Household"] == {plan.households["101"].pk}
    with pytest.raises(NotFound):
        visible_building(worker(cast, grids[2]), plan.building.public_id)
    assert seen(worker(cast, *grids)) == seen(worker(cast, grids[0])) == seen(cast.actor("worker"))


def test_lists_plan_counts_and_search_hold_to_the_grid(cast: Cast, grids: list[Division]) -> None:
    mine, theirs = house(cast, "甲楼", grids[0]), house(cast, "乙楼", grids[1])
    actor = worker(cast, grids[0])
    (compound,) = compound_choices(actor)
    assert list(compound.buildings.all()) == [mine.building]
    assert compound_choices(worker(cast, grids[2])) == []
    assert building_plan(actor, visible_building(actor, mine.building.public_id)).people == 2
    with pytest.raises(NotFound):
        visible_building(actor, theirs.building.public_id)
    for area in ("", grids[0].path):
        assert people_list(actor, PeopleFilters(area=area)).count() == 3
        assert household_list(actor, HouseholdFilters(area=area)).count() == 1
    assert len(residents_search(actor=actor, words="王小明").hits) == 1
    assert len(residents_search(actor=cast.actor("worker"), words="王小明").hits) == 2
    counted = Resident.objects.countable_by(actor)
    assert set(counted) == set(Resident.objects.visible_to(actor))
    for plan in (mine, theirs):
        for _ in range(5):  # so that the numbers are large enough to be shown
            household_make(plan, "102", _person(cast, "陈一"))
    in_grid = resident_counts(cast.actor("street"), grids[0], CountFilters()).people
    in_committee = resident_counts(cast.actor("street"), mine_area(cast), CountFilters()).people
    assert (in_grid, in_committee) == (rounded(8), rounded(16))


def test_values_are_opened_and_acts_done_in_ones_grid_alone(cast: Cast, grids: list[Division]) -> None:
    mine, theirs = house(cast, "甲楼", grids[0]), house(cast, "乙楼", grids[1])
    actor = worker(cast, grids[0])
    own, other = (plan.households["101"].memberships.first() for plan in (mine, theirs))
    assert own is not None and other is not None
    given: dict[str, Any] = {"actor": actor, "fields": ["name"], "purpose": "visit"}
    assert resident_reveal(resident_id=own.resident.public_id, **given) == {"name": "王小明"}
    with pytest.raises(NotFound):
        resident_reveal(resident_id=other.resident.public_id, **given)
    act: dict[str, Any] = {"actor": actor, "version": 1, "on": date(2026, 3, 1)}
    into = {"household_id": str(mine.households["101"].public_id)}
    with pytest.raises(NotFound):
        services.resident_move_away(resident_id=str(other.resident.public_id), **act)
    with pytest.raises(NotFound):
        services.household_move(
            household_id=str(mine.households["101"].public_id),
            part_id=str(theirs.parts["102"].public_id),
            **act,
        )
    assert not RegisterEvent.objects.exists()
    services.household_move(part_id=str(mine.parts["102"].public_id), **into, **act)
    assert Occupancy.objects.get(household=mine.households["101"], to_on=None).part == mine.parts["102"]


def test_who_left_from_the_grid_stays_in_sight_and_the_act_can_be_taken_back(
    cast: Cast, grids: list[Division]
) -> None:
    mine = house(cast, "甲楼", grids[0])
    actor = worker(cast, grids[0])
    row = mine.households["101"].memberships.exclude(relation="head").get()
    act: dict[str, Any] = {"actor": actor, "version": 1, "on": date(2026, 3, 1)}
    services.resident_move_away(resident_id=str(row.resident.public_id), **act)
    gone = Resident.objects.get(pk=row.resident_id)
    assert gone.state != Resident.State.HERE
    assert gone.pk in seen(actor)["Resident"] and gone.pk not in seen(worker(cast, grids[1]))["Resident"]
    event = RegisterEvent.objects.visible_to(actor).filter(resident=gone).get()
    assert not RegisterEvent.objects.visible_to(worker(cast, grids[1])).exists()
    services.act_undo(actor=actor, act_id=event.act)
    gone.refresh_from_db()
    assert gone.state == Resident.State.HERE


def test_areas_that_are_no_grids_are_asked_as_ever(cast: Cast, grids: list[Division]) -> None:
    for who in ("worker", "grid_worker", "street"):
        actor = cast.actor(who)
        for rows in TABLES[:4]:
            plain = rows.objects.filter(in_areas("area_path", actor.areas))
            assert str(rows.objects.visible_to(actor).query) == str(plain.query)
