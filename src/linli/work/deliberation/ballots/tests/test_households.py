"""村民会议: more than half of the adults, or two thirds of the households and more; one is enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import clock as time
from linli.core.errors import Conflict
from linli.registers.residents.models import Membership, Resident
from linli.registers.residents.tests.plans import Plan, building_make, household_make, person_make
from linli.work.deliberation.ballots import selectors
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.ballots.rules import RollLine, household_numbers, roll_digest
from linli.work.deliberation.ballots.services import boxes, casting, counting, making, paper, rolls
from linli.work.deliberation.ballots.services.making import Draft, QuestionEntry
from linli.work.deliberation.ballots.tallies import ballot_bundle
from tests.people import Cast

from .hall import MACHINE
from .test_bundle import recount

pytestmark = pytest.mark.django_db
ROOMS = ("101", "102", "201")
Unchanged = Callable[[], None]


@dataclass
class Village:
    """Three households of two adults each; ``vote`` takes votes at the door by ``room-number``."""

    cast: Cast
    plan: Plan
    people: dict[str, Resident]

    def opened(self, rule: str = "village_meeting", way: str = "named", **more: Any) -> Ballot:
        now, worker = time.now(), self.cast.actor("worker")
        draft = Draft(
            title="一事一议：修路",
            rule_key=rule,
            questions=[QuestionEntry("同意筹资修路")],
            opens_at=now + timedelta(days=20),
            closes_at=now + timedelta(days=30),
            channels=["web", "paper", "door"] if way == "named" else ["paper"],
            way=way,
            area_path=self.plan.building.compound.area_path,
            **more,
        )
        ballot = making.ballot_make(actor=worker, draft=draft)
        ballot = rolls.roll_build(actor=worker, ballot_id=ballot.public_id)
        ballot = making.ballot_announce(actor=worker, ballot_id=ballot.public_id, version=ballot.version)
        ballot = rolls.roll_freeze(actor=worker, ballot_id=ballot.public_id)
        time.clock_set(ballot.opens_at)
        return counting.ballot_open(actor=MACHINE, ballot_id=ballot.public_id)

    def row(self, ballot: Ballot, who: str) -> Elector:
        return Elector.objects.get(ballot=ballot, resident=self.people[who])

    def vote(self, ballot: Ballot, *who: str, mark: str = "yes") -> None:
        for one in who:
            casting.vote_take(
                actor=self.cast.actor("worker"),
                ballot_id=ballot.public_id,
                elector_id=self.row(ballot, one).public_id,
                choices={"1": [mark]},
                channel="door",
                witness=self.cast.person("worker2").pk,
            )

    def counted(self, ballot: Ballot) -> Ballot:
        time.clock_set(ballot.closes_at)
        counting.ballot_close(actor=MACHINE, ballot_id=ballot.public_id)
        return counting.ballot_count(actor=self.cast.actor("worker"), ballot_id=ballot.public_id)


@pytest.fixture
def village(cast: Cast, clock: Any) -> Village:
    plan = building_make(cast)
    people = {}
    for room in ROOMS:
        pair = [person_make(plan, date(1970, 1, 1), name=f"王{room}") for _n in range(2)]
        household_make(plan, room, *pair)
        people |= {f"{room}-{n}": person for n, person in enumerate(pair, 1)}
    return Village(cast, plan, people)


@pytest.mark.parametrize(
    ("who", "holds"),
    [
        (("101-1", "102-1"), True),  # two of three households, two of six people
        (("101-1", "101-2"), False),  # one household, two people
        (("101-1", "101-2", "102-1"), True),  # half the people are not more than half; two households
        (("101-1", "101-2", "102-1", "102-2"), True),  # both
        (("101-1",), False),
        ((), False),
    ],
)
def test_one_of_both_is_enough(village: Village, tmp_path: Path, who: tuple[str, ...], holds: bool) -> None:
    ballot = village.opened()
    village.vote(ballot, *who)
    counted = village.counted(ballot)
    assert counted.tally["households"] == {"all": 3, "present": len({one[:3] for one in who})}
    assert counted.tally["questions"]["1"]["is_valid"] is holds
    bundle = ballot_bundle(counted)
    assert bundle["digest"] == counted.tally_digest
    assert recount(tmp_path, bundle, counted.tally_digest)[0] == 0


def test_more_than_half_of_the_people_without_two_thirds_of_the_households(
    village: Village, tmp_path: Path
) -> None:
    for room in ("202", "301", "302"):  # six households: two thirds are four
        village.people[f"{room}-1"] = person_make(village.plan, date(1970, 1, 1), name=f"李{room}")
        household_make(village.plan, room, village.people[f"{room}-1"])
    ballot = village.opened()  # nine people: more than half are five
    village.vote(ballot, "101-1", "101-2", "102-1", "102-2")
    assert selectors.turnout(ballot).households == 2
    village.vote(ballot, "201-1")
    counted = village.counted(ballot)
    assert counted.tally["households"] == {"all": 6, "present": 3}
    assert counted.tally["questions"]["1"]["is_valid"] is True
    assert recount(tmp_path, ballot_bundle(counted), counted.tally_digest)[0] == 0


@pytest.mark.parametrize(("present", "holds"), [(4, False), (5, True), (6, True)])
def test_two_thirds_of_seven_households_are_five(village: Village, present: int, holds: bool) -> None:
    for n, room in enumerate(("202", "301", "302")):
        village.people[f"{room}-1"] = person_make(village.plan, date(1970, 1, 1), name=f"李{n}")
        household_make(village.plan, room, *[village.people[f"{room}-1"]])
    many = [person_make(village.plan, date(1960, 1, 1), name=f"孙{n}") for n in range(6)]
    village.people |= {f"home-{n}": person for n, person in enumerate(many)}
    household_make(village.plan, "101", *many)
    ballot = village.opened()  # seven households, fifteen people
    homes = ["101-1", "102-1", "201-1", "202-1", "301-1", "302-1", "home-0"]
    village.vote(ballot, *homes[:present])
    assert village.counted(ballot).tally["questions"]["1"]["is_valid"] is holds


def test_a_group_needs_two_thirds_of_either(village: Village) -> None:
    ballot = village.opened(rule="village_group_meeting")
    village.vote(ballot, "101-1", "101-2", "102-1")  # three of six people; two of three households
    assert village.counted(ballot).tally["questions"]["1"]["is_valid"] is True


def test_who_belongs_to_no_household_counts_as_one(village: Village) -> None:
    alone = person_make(village.plan, date(1980, 1, 1), name="赵单身")
    village.people["alone"] = alone
    ballot = village.opened()
    assert selectors.households_of(ballot) == (4, 0)
    village.vote(ballot, "alone")
    assert selectors.households_of(ballot) == (4, 1)


def test_in_secret_the_sheets_say_which_households_came(village: Village, tmp_path: Path) -> None:
    ballot = village.opened(way="secret")
    worker = village.cast.actor("worker")
    box = boxes.box_make(actor=worker, ballot_id=ballot.public_id, kind="station", place="村委会")
    for one in ("101-1", "102-1"):
        keys = [village.row(ballot, one).public_id]
        [sheet] = paper.sheets_issue(actor=worker, ballot_id=ballot.public_id, elector_ids=keys)
        paper.sheet_return(actor=worker, ballot_id=ballot.public_id, code=sheet.code, box=box)
    time.clock_set(ballot.closes_at)
    counting.ballot_close(actor=MACHINE, ballot_id=ballot.public_id)
    for by in ("worker", "worker2"):
        boxes.box_count(
            actor=village.cast.actor(by),
            ballot_id=ballot.public_id,
            box_id=box.public_id,
            counts={"sheets": 2, "1": {"yes": 2}},
        )
    counted = counting.ballot_count(actor=worker, ballot_id=ballot.public_id)
    assert counted.tally["households"] == {"all": 3, "present": 2}
    assert counted.tally["questions"]["1"]["is_passed"] is True
    assert recount(tmp_path, ballot_bundle(counted), counted.tally_digest)[0] == 0


def test_a_bundle_with_more_households_than_papers_does_not_agree(village: Village, tmp_path: Path) -> None:
    ballot = village.opened()
    village.vote(ballot, "101-1", "101-2")
    counted = village.counted(ballot)
    bundle = ballot_bundle(counted)
    changed = {**bundle, "roll": {**bundle["roll"], "households_present": 3}}
    assert "票比名册上的人、户或面积还多" in recount(tmp_path, changed, counted.tally_digest)[1]
    assert recount(tmp_path, changed, counted.tally_digest)[0] == 1


def test_a_household_moved_after_freezing_is_found(village: Village) -> None:
    ballot = village.opened()
    village.vote(ballot, "101-1", "101-2")
    other = village.row(ballot, "102-1").household_id
    Elector.objects.filter(pk=village.row(ballot, "101-2").pk).update(household=other)
    with pytest.raises(Conflict, match="名册与确定时的摘要不符"):
        village.counted(ballot)


def test_who_moves_out_later_changes_nothing(village: Village) -> None:
    ballot = village.opened()
    Membership.objects.filter(resident=village.people["101-1"]).update(to_on=date(2026, 3, 11))
    village.vote(ballot, "101-1", "102-1")
    assert village.counted(ballot).tally["households"] == {"all": 3, "present": 2}


def test_pages_say_one_is_enough_and_how_many_households_came(village: Village) -> None:
    ballot = village.opened()
    village.vote(ballot, "101-1", "102-1")
    page = village.cast.client("worker").get(f"/desk/council/ballots/{ballot.public_id}/").content.decode()
    assert "有一项达到即可" in page
    assert "全部 3 户" in page
    village.counted(ballot)
    text = village.cast.client("visitor").get(f"/council/ballots/{ballot.public_id}/").content.decode()
    assert "到会2户，全体3户，要求三分之二以上" in text


# -- numbers of households ------------------------------------------------------------------------
def test_households_are_numbered_as_they_come_and_the_unknown_stand_alone() -> None:
    assert household_numbers([7, 9, 7, None, 9, None]) == [1, 2, 1, 3, 2, 4]
    assert household_numbers([None, None]) == [0, 0]
    assert household_numbers([]) == []


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=30))
def test_two_rows_share_a_number_where_they_share_a_household(homes: list[int | None]) -> None:
    numbers = household_numbers(homes)
    for one, first in zip(homes, numbers, strict=True):
        for other, second in zip(homes, numbers, strict=True):
            if one is not None and other is not None:
                assert (one == other) == (first == second)


def test_the_digest_of_a_roll_without_households_is_what_it_was() -> None:
    line = RollLine(1, "王**", "1号楼101室", 1, 6_880)
    assert line.text == "1\t1号楼101室\t王**\t1\t6880"
    assert roll_digest([line]) != roll_digest([RollLine(1, "王**", "1号楼101室", 1, 6_880, 1)])
