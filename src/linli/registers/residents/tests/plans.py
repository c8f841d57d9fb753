"""A building of committee A with people in it, written straight into the tables, names sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.service import record, service
from linli.foundation.places.models import Building, Compound, Part, PartKind, Stair
from linli.registers.residents.models import (
    Establishment,
    Household,
    Membership,
    Occupancy,
    Resident,
    SearchToken,
)
from linli.registers.residents.sealing import sealed_set
from linli.registers.residents.services.upkeep import tokens_write
from tests.people import Cast

RECORDED = local_midnight(date(2026, 1, 1))


@dataclass
class Plan:
    """What was built, by room number."""

    cast: Cast
    building: Building
    parts: dict[str, Part] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)


def compound_make(cast: Cast, place: str = "committee_a_place", name: str = "桂花苑") -> Compound:
    """Make a compound of a committee."""
    committee = cast.places[place]
    assert committee.parent is not None
    return Compound.objects.create(
        name=name,
        street=committee.parent,
        committee=committee,
        is_committee_confirmed=True,
        area_path=committee.path,
        pinyin="guihuayuan",
        initials="ghy",
    )


def building_make(
    cast: Cast, *, floors: int = 3, rooms: int = 2, stairs: int = 1, place: str = "committee_a_place"
) -> Plan:
    """Make building 1号楼: ``stairs`` stairs with ``floors`` × ``rooms`` dwellings, all vacant."""
    compound = Compound.objects.filter(area_path=cast.places[place].path).first()
    compound = compound or compound_make(cast, place)
    building = Building.objects.create(compound=compound, name="1号楼", sort_key="0001", floors=floors)
    plan = Plan(cast, building)
    for number in range(1, stairs + 1):
        stair = Stair.objects.create(building=building, name=f"{number}单元", sort_key=f"{number:04}")
        for floor in range(1, floors + 1):
            for room in range(1, rooms + 1):
                name = f"{floor}{room:02}"
                key = name if stairs == 1 else f"{number}-{name}"
                plan.parts[key] = part_make(building, name, stair=stair, floor=floor)
    return plan


def part_make(building: Building, name: str, **given: Any) -> Part:
    """Make one part of a building."""
    compound = building.compound
    return Part.objects.create(
        building=building,
        compound=compound,
        area_path=compound.area_path,
        name=name,
        sort_key=name.rjust(6, "0"),
        **given,
    )


def person_make(plan: Plan, born: date | None, sex: str = "f", **given: Any) -> Resident:
    """Make a person of the building's committee; ``name``, ``phone`` are sealed."""
    compound = plan.building.compound
    personal = {name: given.pop(name) for name in ("name", "phone", "number") if name in given}
    person = Resident(
        **{
            "birth_month": born,
            "sex": sex,
            "area_path": compound.area_path,
            "place_code": compound.area_path.rstrip("/").split("/")[-1],
            "county_code": "990101",
            "compound": compound,
            "created_at": RECORDED,
            "updated_at": RECORDED,
            **given,
        }
    )
    if personal:
        sealed_set(person, **personal)
    person.save()
    return person


@service
def people_findable(*, actor: Actor, people: list[Resident]) -> None:
    """Write what people are found by; the register's own services do so by themselves."""
    tokens_write(residents=people)
    record("resident.tokens", people[0], touched=[SearchToken])


def household_make(
    plan: Plan, room: str, *people: Resident, tenure: str = "owner", since: date | None = date(2020, 1, 1)
) -> Household:
    """Let people live in a room as one household, the first of them its head."""
    compound = plan.building.compound
    household = Household.objects.create(
        area_path=compound.area_path, compound=compound, created_at=RECORDED, updated_at=RECORDED
    )
    Occupancy.objects.create(
        part=plan.parts[room], household=household, tenure=tenure, from_on=since, recorded_at=RECORDED
    )
    for place, person in enumerate(people):
        relation = Membership.Relation.CHILD if place else Membership.Relation.HEAD
        Membership.objects.create(
            household=household, resident=person, relation=relation, from_on=since, recorded_at=RECORDED
        )
    plan.households[room] = household
    return household


def shop_make(plan: Plan, name: str = "桂花便利店") -> Establishment:
    """Let a shop use a part on the ground floor."""
    compound = plan.building.compound
    part = part_make(plan.building, "底层商铺", kind=PartKind.SHOP)
    firm = Establishment.objects.create(
        name=name,
        kind="零售",
        pinyin="guihuabianlidian",
        area_path=compound.area_path,
        compound=compound,
        created_at=RECORDED,
        updated_at=RECORDED,
    )
    Occupancy.objects.create(part=part, establishment=firm, recorded_at=RECORDED)
    plan.parts["shop"] = part
    return firm
