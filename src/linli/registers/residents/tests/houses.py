"""A compound with two dwellings and the people in them, made directly, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.core import clock
from linli.foundation.places.models import Building, Compound, Part
from linli.registers.residents.linking.services import door_code_enter, door_codes_make
from linli.registers.residents.models import Guardian, Household, Membership, Occupancy, Resident
from linli.registers.residents.sealing import key_values, sealed_set
from tests.people import Cast


@dataclass
class House:
    """桂花新村1号: 101室 with three generations, 102室 empty."""

    compound: Compound
    building: Building
    home: Part
    empty: Part
    household: Household
    father: Resident
    mother: Resident
    child: Resident


def part_make(building: Building, name: str) -> Part:
    """Make a dwelling."""
    compound = building.compound
    return Part.objects.create(
        compound=compound, building=building, name=name, sort_key=name, floor=1, area_path=compound.area_path
    )


def resident_row(
    part: Part, name: str, number: str = "", phone: str = "", birth: date | None = None
) -> Resident:
    """Make a person of the register where a dwelling is."""
    now = clock.now()
    row = Resident(
        place_code=part.area_path.rstrip("/").split("/")[-1],
        area_path=part.area_path,
        compound=part.compound,
        county_code="990101",
        number_kind="id" if number else "",
        source="worker",
        created_at=now,
        updated_at=now,
    )
    for field, value in key_values(row).items():
        setattr(row, field, value)
    sealed_set(row, name=name, number=number, phone=phone, birth=birth)
    row.save()
    return row


def household_row(part: Part) -> Household:
    """Make a household that lives in a dwelling."""
    now = clock.now()
    row = Household(area_path=part.area_path, compound=part.compound, created_at=now, updated_at=now)
    for field, value in key_values(row).items():
        setattr(row, field, value)
    row.save()
    Occupancy.objects.create(part=part, household=row, from_on=date(2020, 1, 1), recorded_at=now)
    return row


def member_add(household: Household, resident: Resident, relation: str) -> Membership:
    """Let a person belong to a household."""
    return Membership.objects.create(
        household=household,
        resident=resident,
        relation=relation,
        from_on=date(2020, 1, 1),
        recorded_at=clock.now(),
    )


def house_make(cast: Cast) -> House:
    """Make the compound in committee A, and a family of three in 101室."""
    compound = Compound.objects.create(
        name="桂花新村",
        street=cast.places["street_place"],
        committee=cast.places["committee_a_place"],
        is_committee_confirmed=True,
        area_path=cast.places["committee_a_place"].path,
        pinyin="guihuaxincun",
        initials="ghxc",
    )
    building = Building.objects.create(compound=compound, name="1号", sort_key="1")
    home, empty = part_make(building, "101"), part_make(building, "102")
    father = resident_row(home, "王建国", "310101196003071237", "13912345678", date(1960, 3, 7))
    mother = resident_row(home, "李秀英", "", "", date(1962, 5, 1))
    child = resident_row(home, "王小宝", "", "", date(2018, 6, 1))
    household = household_row(home)
    for person, relation in ((father, "head"), (mother, "spouse"), (child, "grandchild")):
        member_add(household, person, relation)
    Guardian.objects.create(ward=child, guardian=father, kind="grandparent", recorded_at=clock.now())
    return House(compound, building, home, empty, household, father, mother, child)


def house_linked(cast: Cast) -> House:
    """Make the house, and tie the account of ``resident`` to the father by a code from the letter box."""
    made = house_make(cast)
    codes = door_codes_make(
        actor=cast.actor("worker"), building_id=made.building.public_id, part_id=made.home.public_id
    )
    door_code_enter(actor=cast.actor("resident"), code=codes[0].code, name="王建国", birth=date(1960, 3, 7))
    return made
