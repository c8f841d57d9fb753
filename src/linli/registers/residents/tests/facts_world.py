"""A person and a household of the registry for the tests of facts, ownership and care."""

from datetime import date

from linli.core import clock
from linli.core.crypto import key_ring
from linli.foundation.places.models import Building, Compound, Part
from linli.registers.residents.models import Household, Membership, Occupancy, Resident
from tests.people import Cast

SINCE = date(2020, 1, 1)


def resident_at(path: str, *, birth_month: date | None = None, **more: object) -> Resident:
    """Make a person who stands at a place, with a data key of their own."""
    now = clock.now()
    fields = {"place_code": path.rstrip("/").split("/")[-1], "data_key": key_ring().key_new(), **more}
    return Resident.objects.create(
        area_path=path, birth_month=birth_month, created_at=now, updated_at=now, **fields
    )


def household_at(path: str, *members: Resident, part: Part | None = None) -> Household:
    """Make a household of people who live together, in a part if one is given."""
    now = clock.now()
    home = Household.objects.create(
        area_path=path, place_code=path.rstrip("/").split("/")[-1], created_at=now, updated_at=now
    )
    for place, member in enumerate(members):
        relation = Membership.Relation.HEAD if place == 0 else Membership.Relation.OTHER_KIN
        Membership.objects.create(
            household=home, resident=member, relation=relation, from_on=SINCE, recorded_at=now
        )
    if part is not None:
        Occupancy.objects.create(part=part, household=home, from_on=SINCE, recorded_at=now)
    return home


def compound_at(cast: Cast, place: str = "committee_a_place", name: str = "桂花苑") -> Compound:
    """Make a compound of a committee."""
    division = cast.places[place]
    return Compound.objects.create(
        name=name, street=division.parent, committee=division, area_path=division.path
    )


def parts_of(compound: Compound, *names: str, kind: str = "dwelling") -> list[Part]:
    """Make a building with parts of these names."""
    building, _made = Building.objects.get_or_create(compound=compound, name="1号")
    return [
        Part.objects.create(
            compound=compound, building=building, name=name, kind=kind, area_path=compound.area_path
        )
        for name in names
    ]
