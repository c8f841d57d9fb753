"""Rolls of some buildings or single stairs: whose flats lie there vote, with what they own there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from linli.core.errors import Conflict, InvalidInput, NotFound
from linli.foundation.places.models import Building, Part, Stair
from linli.foundation.places.services import stair_remove
from linli.registers.residents.models import Resident
from linli.registers.residents.owning.rules import OwnerEntry
from linli.registers.residents.owning.services import ownership_register
from linli.registers.residents.tests.plans import Plan, building_make, household_make, person_make
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.ballots.rollsources import parts_chosen
from linli.work.deliberation.ballots.scope import scope_words
from linli.work.deliberation.ballots.services import making, rolls
from tests.people import Cast

from .hall import Hall

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]
ROOMS = ("1-101", "1-102", "2-101", "2-102")


@dataclass
class Stairs:
    """A building with two stairs of two flats; one woman owns a flat in each and lives in the first."""

    hall: Hall
    plan: Plan
    people: dict[str, Resident] = field(default_factory=dict)

    def stair(self, number: int) -> Stair:
        return Stair.objects.get(building=self.plan.building, name=f"{number}单元")

    def made(self, *stairs: Stair, **more: Any) -> Ballot:
        given = {
            "compound_id": self.plan.building.compound.public_id,
            "building_ids": (),
            "stair_ids": [stair.public_id for stair in stairs],
            **more,
        }
        return self.hall.made(**given)

    def listed(self, *stairs: Stair, **more: Any) -> list[tuple[str, int]]:
        """Return label and area of each row."""
        ballot = self.made(*stairs, **more)
        rolls.roll_build(actor=self.hall.who("worker"), ballot_id=ballot.public_id)
        rows = Elector.objects.filter(ballot=ballot).order_by("number")
        return list(rows.values_list("label", "area"))


@pytest.fixture
def stairs(cast: Cast, clock: Any) -> Stairs:
    plan = building_make(cast, stairs=2, floors=1)
    found = Stairs(Hall(cast, plan), plan)
    names = {"1-101": "王秀兰", "1-102": "李国强", "2-102": "赵大海"}
    for room, name in names.items():
        found.people[room] = person_make(plan, date(1970, 1, 1), name=name)
        household_make(plan, room, found.people[room])
    found.people["2-101"] = found.people["1-101"]
    for room in ROOMS:
        owners = [OwnerEntry(found.people[room].pk)]
        ownership_register(actor=cast.actor("worker"), part_id=plan.parts[room].pk, area=6_000, owners=owners)
    return found


def test_of_a_stair_only_its_owners_stand_with_what_they_own_there(stairs: Stairs) -> None:
    assert stairs.listed(stairs.stair(1)) == [("王**", 6_000), ("李**", 6_000)]
    assert stairs.listed(stairs.stair(2)) == [("王**", 6_000), ("赵**", 6_000)]


def test_two_stairs_are_the_building(stairs: Stairs) -> None:
    both = stairs.listed(stairs.stair(1), stairs.stair(2))
    assert both == [("王**", 12_000), ("李**", 6_000), ("赵**", 6_000)]
    whole = stairs.listed(building_ids=[stairs.plan.building.public_id])
    assert whole == both


def test_residents_and_households_of_a_stair(stairs: Stairs) -> None:
    said = {"rule_key": "residents_meeting", "way": "named"}
    assert [name for name, _area in stairs.listed(stairs.stair(2), **said)] == ["赵**"]
    said["rule_key"] = "residents_meeting_households"
    assert [name for name, _area in stairs.listed(stairs.stair(1), **said)] == ["王**", "李**"]
    assert len(stairs.listed(**said)) == 3  # the whole compound


def test_what_it_is_about_is_said_in_words(stairs: Stairs) -> None:
    assert scope_words(stairs.made(stairs.stair(2))) == "桂花苑1号楼2单元"
    whole = stairs.made(building_ids=[stairs.plan.building.public_id])
    assert scope_words(whole) == "桂花苑1号楼"


def test_what_does_not_fit_is_refused(stairs: Stairs, unchanged: Unchanged) -> None:
    elsewhere = Building.objects.create(compound=building_other(stairs), name="9号楼", sort_key="9")
    far = Stair.objects.create(building=elsewhere, name="1单元")
    unchanged()
    with pytest.raises(InvalidInput, match="不属于这个小区"):
        stairs.made(far)
    with pytest.raises(InvalidInput, match="整幢选上"):
        stairs.made(stairs.stair(1), building_ids=[stairs.plan.building.public_id])
    with pytest.raises(InvalidInput, match="哪几个单元"):
        stairs.made()
    with pytest.raises(InvalidInput, match="不能只选几幢楼"):
        stairs.made(stairs.stair(1), rule_key="owners_general")
    unchanged()


def building_other(stairs: Stairs) -> Any:
    compound = stairs.plan.building.compound
    compound.pk, compound.id = None, None
    compound.public_id = compound._meta.get_field("public_id").get_default()
    compound.name = "别的小区"
    compound.save(force_insert=True)
    stairs.plan.building.refresh_from_db()
    return compound


def test_another_stair_takes_the_roll_away(stairs: Stairs) -> None:
    ballot = stairs.made(stairs.stair(1))
    worker = stairs.hall.who("worker")
    ballot = rolls.roll_build(actor=worker, ballot_id=ballot.public_id)
    draft = stairs.hall.draft(
        compound_id=stairs.plan.building.compound.public_id,
        building_ids=(),
        stair_ids=[stairs.stair(2).public_id],
    )
    said = {"ballot_id": ballot.public_id, "version": ballot.version}
    ballot = making.ballot_edit(actor=worker, **said, draft=draft)
    assert not Elector.objects.filter(ballot=ballot).exists()
    ballot = rolls.roll_build(actor=worker, ballot_id=ballot.public_id)
    said = {"ballot_id": ballot.public_id, "version": ballot.version}
    making.ballot_edit(actor=worker, **said, draft=draft)  # the same again keeps it
    assert Elector.objects.filter(ballot=ballot).count() == 2


def test_somebody_of_another_stair_is_not_added(stairs: Stairs, unchanged: Unchanged) -> None:
    ballot = stairs.made(stairs.stair(1))
    worker = stairs.hall.who("worker")
    ballot = rolls.roll_build(actor=worker, ballot_id=ballot.public_id)
    making.ballot_announce(actor=worker, ballot_id=ballot.public_id, version=ballot.version)
    unchanged()
    with pytest.raises(InvalidInput, match="范围内的房屋"):
        rolls.elector_add(
            actor=worker,
            ballot_id=ballot.public_id,
            reason="凭产权证",
            name="周某",
            part_id=stairs.plan.parts["2-102"].public_id,
            area=6_000,
        )
    unchanged()
    assert parts_chosen(ballot) != parts_chosen(stairs.made(stairs.stair(2)))


def test_the_page_offers_the_stairs_of_a_compound(stairs: Stairs) -> None:
    client = stairs.hall.cast.client("worker")
    compound = stairs.plan.building.compound.public_id
    address = reverse("ballots:new", args=["owners_part_general"]) + f"?compound={compound}"
    assert "1号楼2单元" in client.get(address).content.decode()
    draft = stairs.hall.draft()
    said = {
        "title": "2单元修门禁",
        "questions": "同意修门禁",
        "stairs": [str(stairs.stair(2).public_id)],
        "opens_at": f"{draft.opens_at:%Y-%m-%dT%H:%M}",
        "closes_at": f"{draft.closes_at:%Y-%m-%dT%H:%M}",
        "channels": ["paper"],
    }
    text = client.post(address, said, follow=True).content.decode()
    assert "桂花苑1号楼2单元" in text
    edit = client.get(reverse("ballots:edit", args=[Ballot.objects.get().public_id])).content.decode()
    assert f'value="{stairs.stair(2).public_id}" id="id_stairs_1" checked' in edit.replace(
        ' class="form-check-input"', ""
    )


def test_residents_ballots_are_narrowed_from_their_page(stairs: Stairs) -> None:
    client = stairs.hall.cast.client("worker")
    address = reverse("ballots:new", args=["residents_meeting"])
    assert "只限一个小区" in client.get(address).content.decode()
    assert "桂花苑" in client.get(f"{address}?narrow=1").content.decode()
    compound = stairs.plan.building.compound.public_id
    assert "1号楼1单元" in client.get(f"{address}?compound={compound}").content.decode()
    plain = client.get(reverse("ballots:new", args=["residents_representatives"])).content.decode()
    assert "只限一个小区" not in plain


def test_a_building_that_is_nowhere_is_missing(stairs: Stairs) -> None:
    with pytest.raises(NotFound):
        rolls.roll_build(actor=stairs.hall.who("worker_b"), ballot_id=stairs.made(stairs.stair(1)).public_id)


def test_a_stair_that_a_ballot_names_stays(stairs: Stairs) -> None:
    stair = stairs.stair(2)
    ballot = stairs.made(stair)
    Part.objects.filter(stair=stair).update(stair=None)
    with pytest.raises(Conflict, match="引用"):
        stair_remove(actor=stairs.hall.who("worker"), stair_id=stair.public_id)
    assert list(ballot.stairs.all()) == [stair]
