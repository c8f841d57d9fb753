"""The roll: by rule from the registry, published, objected to, frozen; a change afterwards is found."""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, Expired, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.foundation.places.selectors import Place
from linli.registers.residents.models import Ownership, Resident
from linli.registers.residents.tests.plans import household_make, person_make
from linli.work.deliberation.ballots.models import Ballot, Elector, ElectorPart, Objection
from linli.work.deliberation.ballots.rules import roll_digest
from linli.work.deliberation.ballots.selectors import roll_lines
from linli.work.deliberation.ballots.services import counting, making, objecting, rolls
from linli.work.deliberation.ballots.services.making import QuestionEntry
from linli.work.deliberation.bodies.services import MemberEntry, body_found, member_join

from .hall import Hall

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def test_owners_stand_by_heads_and_area_and_need_no_account(hall: Hall) -> None:
    ballot = hall.listed()
    rows = list(Elector.objects.filter(ballot=ballot))
    assert [(row.number, row.label, row.heads, row.area) for row in rows] == [
        (1, "王**", 1, 13_760),
        (2, "李**、张**", 1, 8_950),
        (3, "桂花商贸有限公司", 1, 8_950),
        (4, "赵**", 1, 6_880),
        (5, "孙**", 1, 8_950),
    ]
    assert rows[0].place == "1号楼1单元101室、1号楼1单元201室"
    assert rows[0].resident == hall.people["woman"]
    assert rows[1].resident is None
    assert "还没有推选" in rows[1].remark
    assert rows[2].establishment is not None
    assert ElectorPart.objects.filter(ballot=ballot).count() == 6


def test_a_roll_is_made_anew_only_while_it_is_a_draft(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.listed()
    Ownership.objects.filter(part=hall.plan.parts["302"]).delete()
    ballot = rolls.roll_build(actor=hall.who("worker"), ballot_id=ballot.public_id)
    assert Elector.objects.filter(ballot=ballot).count() == 4
    making.ballot_announce(actor=hall.who("worker"), ballot_id=ballot.public_id, version=ballot.version)
    unchanged()
    with pytest.raises(MoveNotAllowed, match="公告中"):
        rolls.roll_build(actor=hall.who("worker"), ballot_id=ballot.public_id)
    unchanged()


def _assembly(hall: Hall, rule: str) -> Ballot:
    more = {"way": "named", "compound_id": None, "building_ids": ()}
    ballot = hall.made(rule_key=rule, **more)
    return rolls.roll_build(actor=hall.who("worker"), ballot_id=ballot.public_id)


def test_adults_stand_and_who_may_not_be_one_is_in_doubt(hall: Hall) -> None:
    day = time.today()
    person_make(hall.plan, date(day.year - 18, day.month, 1), name="周小满", number="")
    person_make(hall.plan, date(day.year - 17, day.month, 1), name="吴小小")
    person_make(hall.plan, None, name="郑不详")
    ballot = _assembly(hall, "residents_meeting")
    states = dict(Elector.objects.filter(ballot=ballot).values_list("label", "state"))
    assert states["王**"] == "in"
    assert "吴**" not in states
    assert states["郑**"] == "doubt"  # no day of birth
    assert states["周**"] == "doubt"  # only the month is known, and it is this one


def test_a_household_is_one_row_and_its_head_votes(hall: Hall) -> None:
    household_make(hall.plan, "101", hall.people["woman"], hall.people["husband"])
    child = person_make(hall.plan, date(2015, 1, 1), name="小孩子")
    household_make(hall.plan, "301", child)
    ballot = _assembly(hall, "residents_meeting_households")
    [row] = Elector.objects.filter(ballot=ballot)
    assert (row.subject[0], row.resident, row.heads) == ("h", hall.people["woman"], 1)
    assert row.place == "桂花苑1号楼1单元101室"


def test_members_of_a_body_vote_and_who_has_left_does_not(hall: Hall) -> None:
    worker, today = hall.who("worker"), time.today()
    where = Place(hall.cast.places["committee_a_place"], "chosen")
    body = body_found(
        actor=worker, kind="residents_representatives", name="居民代表会议", where=where, founded_on=today
    )
    for entry in (
        MemberEntry(post="representative", resident_id=hall.people["woman"].pk),
        MemberEntry(post="representative", name="外来代表"),
    ):
        member_join(actor=worker, body_id=body.pk, entry=entry, from_on=today)
    more = {"rule_key": "residents_representatives", "way": "named", "compound_id": None, "building_ids": ()}
    with pytest.raises(InvalidInput, match="哪个组织"):
        hall.made(**more)
    ballot = hall.listed(**more, body_id=body.public_id)
    rows = list(Elector.objects.filter(ballot=ballot))
    assert [(row.label, row.resident_id is None, row.name) for row in rows] == [
        ("王**", False, ""),
        ("外**", True, "外来代表"),
    ]
    assert ballot.area_path == body.area_path


def test_an_empty_registry_makes_no_roll(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.made()
    Ownership.objects.all().delete()
    unchanged()
    with pytest.raises(Conflict, match="还没有这次表决的表决人"):
        rolls.roll_build(actor=hall.who("worker"), ballot_id=ballot.public_id)
    unchanged()


def test_frozen_with_a_digest_that_anyone_can_check(hall: Hall) -> None:
    ballot = hall.frozen()
    lines = roll_lines(ballot)
    text = "".join(f"{x.number}\t{x.place}\t{x.label}\t{x.heads}\t{x.area}\n" for x in lines)
    assert ballot.roll_digest == hashlib.sha256(text.encode()).hexdigest()
    assert ballot.state == "frozen"


def test_frozen_only_after_the_days_for_objections(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.announced()
    assert ballot.roll_objections_until == date(2026, 3, 16)  # five days, the last a Sunday: Monday
    time.clock_set(time.local_midnight(date(2026, 3, 16)) + timedelta(hours=23))
    unchanged()
    with pytest.raises(Conflict, match="2026年3月16日为止"):
        rolls.roll_freeze(actor=hall.who("worker"), ballot_id=ballot.public_id)
    unchanged()
    time.clock_set(time.local_midnight(date(2026, 3, 17)))
    rolls.roll_freeze(actor=hall.who("worker"), ballot_id=ballot.public_id)


def _object(hall: Hall, ballot: Ballot, by: str = "resident", **more: str) -> Objection:
    said = {"about": "roll", "text": "101室面积应为70.00平方米", **more}
    return objecting.objection_make(actor=hall.who(by), ballot_id=ballot.public_id, **said)


def test_an_objection_is_ruled_on_within_its_days_before_the_roll_is_frozen(
    hall: Hall, unchanged: Unchanged
) -> None:
    ballot = hall.announced()
    objection = _object(hall, ballot)
    assert objection.due_on == date(2026, 3, 13)
    time.clock_forward(timedelta(days=10))
    unchanged()
    with pytest.raises(Conflict, match="还有1件名册异议"):
        rolls.roll_freeze(actor=hall.who("worker"), ballot_id=ballot.public_id)
    with pytest.raises(InvalidInput, match="处理意见"):
        _rule(hall, ballot, objection, ruling=" ")
    unchanged()
    ruled = _rule(hall, ballot, objection)
    assert (ruled.state, ruled.ruled_by) == ("upheld", hall.cast.person("worker"))
    rolls.roll_freeze(actor=hall.who("worker"), ballot_id=ballot.public_id)


def _rule(hall: Hall, ballot: Ballot, objection: Objection, by: str = "worker", **more: str) -> Objection:
    said = {"is_upheld": True, "ruling": "产权证为准，已更正", **more}
    return objecting.objection_rule(
        actor=hall.who(by), ballot_id=ballot.public_id, objection_id=objection.public_id, **said
    )


def test_who_may_object_and_until_when(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.announced()
    unchanged()
    for who in ("visitor", "property"):
        with pytest.raises(NotAllowed):
            _object(hall, ballot, by=who)
    with pytest.raises(InvalidInput, match="谁提出"):
        _object(hall, ballot, by="grid_worker")
    time.clock_forward(timedelta(days=7))
    with pytest.raises(Expired, match="异议期"):
        _object(hall, ballot)
    unchanged()


def test_what_the_counter_takes_names_who_said_it_and_hides_it(hall: Hall) -> None:
    ballot = hall.announced()
    made = _object(hall, ballot, by="grid_worker", by_name="陈阿婆")
    assert made.by is None
    stored = Objection.objects.filter(pk=made.pk).extra(select={"raw": "text", "who": "by_name"})
    row = stored.values("raw", "who").get()
    assert "101" not in row["raw"]
    assert "陈" not in row["who"]


def test_the_roll_is_put_right_while_it_is_published(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.announced()
    worker, third = hall.who("worker"), hall.owner(ballot, "301")
    common = {"actor": worker, "ballot_id": ballot.public_id, "reason": "异议成立"}
    fixed = rolls.elector_correct(elector_id=third.public_id, area=7_000, **common)
    assert fixed.area == 7_000
    assert rolls.elector_strike(elector_id=third.public_id, **common).state == "struck"
    assert rolls.elector_confirm(elector_id=third.public_id, **common).state == "added"
    unchanged()
    with pytest.raises(Conflict, match="不能计两次"):
        part = hall.plan.parts["101"].public_id
        rolls.elector_add(name="新业主", part_id=part, area=6_880, **common)
    with pytest.raises(Conflict, match="不是正好一套"):
        rolls.elector_correct(elector_id=hall.owner(ballot, "101").public_id, area=1, **common)
    with pytest.raises(InvalidInput):
        rolls.elector_strike(elector_id=third.public_id, **{**common, "reason": ""})
    unchanged()


def test_who_was_forgotten_is_added_once(hall: Hall, unchanged: Unchanged) -> None:
    Ownership.objects.filter(part=hall.plan.parts["302"]).delete()
    ballot = hall.announced()
    common = {"actor": hall.who("worker"), "ballot_id": ballot.public_id, "reason": "凭产权证补入"}
    part = hall.plan.parts["302"].public_id
    added = rolls.elector_add(name="孙小山", part_id=part, area=8_950, **common)
    assert (added.label, added.number, added.area, added.state) == ("孙**", 5, 8_950, "added")
    unchanged()
    with pytest.raises(Conflict):
        rolls.elector_add(name="孙小山", part_id=part, area=8_950, **common)
    unchanged()


def test_co_owners_name_who_votes(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    wife = hall.people["wife"]
    elector = hall.owner(ballot, "102")
    common = {"ballot_id": ballot.public_id, "elector_id": elector.public_id}
    named = rolls.elector_name_voter(
        actor=hall.who("worker"), resident_id=wife.public_id, reason="共有人书面推选", **common
    )
    assert named.resident == wife
    assert roll_digest_of(ballot) == ballot.roll_digest  # what counts has not changed
    hall.door(ballot, "102")
    unchanged()
    with pytest.raises(Conflict, match="已经投过票"):
        rolls.elector_name_voter(
            actor=hall.who("worker"),
            resident_id=hall.people["husband"].public_id,
            reason="换人",
            **common,
        )
    unchanged()


def roll_digest_of(ballot: Ballot) -> str:
    return roll_digest(roll_lines(ballot))


def test_nothing_of_a_frozen_roll_changes(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.frozen()
    common = {"actor": hall.who("worker"), "ballot_id": ballot.public_id, "reason": "迟来的"}
    key = hall.owner(ballot, "301").public_id
    unchanged()
    with pytest.raises(MoveNotAllowed):
        rolls.elector_strike(elector_id=key, **common)
    with pytest.raises(MoveNotAllowed):
        rolls.elector_correct(elector_id=key, area=1, **common)
    with pytest.raises(MoveNotAllowed):
        rolls.elector_add(name="某", **common)
    unchanged()


@pytest.mark.parametrize("change", [{"area": 1}, {"label": "张*"}, {"state": "struck"}, {"number": 99}])
def test_a_roll_changed_behind_our_back_is_not_counted(
    hall: Hall, unchanged: Unchanged, change: dict[str, object]
) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101")
    hall.closed(ballot)
    Elector.objects.filter(pk=hall.owner(ballot, "301").pk).update(**change)
    unchanged()
    with pytest.raises(Conflict, match="与确定时的摘要不符"):
        counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    unchanged()


def test_nobody_stands_on_the_rolls_of_two_elections(hall: Hall, unchanged: Unchanged) -> None:
    candidates = [{"key": "a", "label": "甲"}, {"key": "b", "label": "乙"}]
    more = {
        "rule_key": "committee_election_voters",
        "questions": [QuestionEntry("选举主任", candidates)],
        "channels": ["web", "paper"],
        "compound_id": None,
        "building_ids": (),
    }
    first = hall.announced(**more, opens_at=time.now() + timedelta(days=25))
    there = hall.cast.places["committee_b_place"].path
    Resident.objects.filter(pk=hall.people["woman"].pk).update(area_path=there)
    second = hall.made(by="worker_b", **more)
    second = rolls.roll_build(actor=hall.who("worker_b"), ballot_id=second.public_id)
    row = Elector.objects.get(ballot=second)
    assert row.state == "doubt"
    assert first.number in row.remark
    Elector.objects.filter(pk=row.pk).update(state="struck")
    Ballot.objects.filter(pk=second.pk).update(state="announced")
    unchanged()
    with pytest.raises(Conflict, match="一个人只能在一处登记"):
        rolls.elector_confirm(
            actor=hall.who("worker_b"),
            ballot_id=second.public_id,
            elector_id=row.public_id,
            reason="住在这里",
        )
    unchanged()


def test_only_organisers_of_the_place_touch_the_roll(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.announced()
    key = hall.owner(ballot, "301").public_id
    unchanged()
    for who in ("worker_b", "grid_worker", "supervisor", "property", "resident", "other_street", "district"):
        with pytest.raises((NotAllowed, NotFound)):
            rolls.elector_strike(
                actor=hall.who(who), ballot_id=ballot.public_id, elector_id=key, reason="不该在"
            )
        with pytest.raises((NotAllowed, NotFound)):
            rolls.roll_freeze(actor=hall.who(who), ballot_id=ballot.public_id)
    unchanged()
