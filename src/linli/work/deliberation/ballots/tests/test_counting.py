"""From draft to result: lawful days, hidden until the close, counted by the law, objected to, let stand."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound, StaleVersion
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.ballots.services import counting, making, objecting
from linli.work.deliberation.ballots.services.casting import vote_cast, vote_take
from linli.work.deliberation.ballots.services.making import QuestionEntry
from linli.work.deliberation.ballots.table import acts_for
from linli.work.deliberation.ballots.tallies import ballot_bundle, results, results_kept

from .hall import MACHINE, Hall

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


def _duties(ballot: Ballot) -> set[str]:
    rows = Duty.objects.filter(room="ballots", subject_number=ballot.number, state="open")
    return set(rows.values_list("action", flat=True))


def test_owners_decide_on_a_lift_by_head_and_area(hall: Hall) -> None:
    """Four of five heads and 79 per cent of the area take part; three quarters of both say yes."""
    ballot = hall.opened()
    hall.web(ballot, "101", "yes")
    hall.on_paper(ballot, "102", "yes")
    hall.door(ballot, "202", "yes")
    hall.web(ballot, "301", "no", by="neighbour")
    counted = hall.counted(ballot)
    figures = counted.tally["questions"]["1"]
    assert counted.tally["electors"] == {"heads": 5, "area": 47_490}
    assert figures["participants"] == {"heads": 4, "area": 38_540}
    assert figures["choices"]["yes"] == {"heads": 3, "area": 31_660}
    assert figures["choices"]["no"] == {"heads": 1, "area": 6_880}
    assert figures["is_passed"]
    assert counted.tally["channels"] == {"door": 1, "paper": 1, "web": 2}
    [found] = results(counted)
    assert results_kept(counted) == [found]  # pages say the same without reading a vote
    assert [step.holds for step in found.verdict.steps] == [True] * 4
    assert all("民法典第278条" in step.article for step in found.verdict.steps)


def test_one_vote_less_and_it_is_not_valid(hall: Hall) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101", "yes")
    hall.door(ballot, "302", "yes")
    hall.web(ballot, "301", "yes", by="neighbour")  # three of five heads, 62 per cent of the area
    figures = hall.counted(ballot).tally["questions"]["1"]
    assert not figures["is_valid"]
    assert not figures["is_passed"]


def test_nobody_votes_and_nothing_passes(hall: Hall) -> None:
    figures = hall.counted(hall.opened()).tally["questions"]["1"]
    assert figures["participants"] == {"heads": 0, "area": 0}
    assert not figures["is_valid"]


def test_too_late_for_the_lawful_notice_is_refused_with_the_article(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.listed(opens_at=time.now() + timedelta(days=14))
    said = {"ballot_id": ballot.public_id, "version": ballot.version}
    unchanged()
    with pytest.raises(Conflict, match=r"15日前通知.*民法典第278条"):
        making.ballot_announce(actor=hall.who("worker"), **said)
    with pytest.raises(Conflict):  # a reason is no permission
        making.ballot_announce(actor=hall.who("worker"), **said, override_reason="急")
    unchanged()
    done = making.ballot_announce(actor=hall.who("street"), **said, override_reason="消防限期整改")
    assert done.override_reason == "消防限期整改"


def test_announced_on_the_last_lawful_day(hall: Hall) -> None:
    ballot = hall.listed(opens_at=time.now() + timedelta(days=15))
    making.ballot_announce(actor=hall.who("worker"), ballot_id=ballot.public_id, version=ballot.version)


def test_announcing_tells_who_has_an_account_and_keeps_the_rule(hall: Hall) -> None:
    ballot = hall.announced()
    told = Notice.objects.filter(kind="ballot.announce")
    assert {row.person_id for row in told} == {
        hall.cast.person("resident").pk,
        hall.cast.person("neighbour").pk,
    }
    assert ballot.rule["key"] == "owners_part_major"
    assert _duties(ballot) == {"freeze"}


def test_without_a_roll_nothing_is_announced(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.made()
    unchanged()
    with pytest.raises(Conflict, match="还没有名册"):
        making.ballot_announce(actor=hall.who("worker"), ballot_id=ballot.public_id, version=1)
    unchanged()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"questions": []}, "questions"),
        ({"questions": [QuestionEntry(" ")]}, "questions"),
        ({"channels": []}, "channels"),
        ({"channels": ["box"]}, "channels"),
        ({"compound_id": None}, "compound"),
        ({"building_ids": ()}, "buildings"),
        ({"rule_key": "owners_general"}, "buildings"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_beside_its_field(
    hall: Hall, unchanged: Unchanged, wrong: dict[str, object], field: str
) -> None:
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        hall.made(**wrong)
    assert set(refused.value.details) == {field}
    unchanged()


def test_times_and_rules_are_checked(hall: Hall, unchanged: Unchanged) -> None:
    now = time.now()
    unchanged()
    with pytest.raises(InvalidInput):
        hall.made(opens_at=now - timedelta(minutes=1))
    with pytest.raises(InvalidInput):
        hall.made(closes_at=now + timedelta(days=20))
    with pytest.raises(InvalidInput, match="没有"):
        hall.made(rule_key="no_such_rule")
    with pytest.raises(InvalidInput, match="记名还是无记名"):
        hall.made(rule_key="residents_meeting")
    with pytest.raises(InvalidInput, match="无记名的表决不能用电话"):
        hall.made(rule_key="residents_meeting", way="secret")
    unchanged()


def test_who_may_hold_ballots(hall: Hall, unchanged: Unchanged) -> None:
    unchanged()
    for who in ("resident", "grid_worker", "property", "supervisor", "district", "worker_b", "visitor"):
        with pytest.raises(NotAllowed):
            hall.made(by=who)
    unchanged()
    assert hall.made(by="street").unit == hall.cast.units["street_unit"]


def test_an_edit_that_changes_what_it_is_about_takes_the_roll_away(hall: Hall) -> None:
    ballot = hall.listed()
    said = {"actor": hall.who("worker"), "ballot_id": ballot.public_id}
    same = making.ballot_edit(**said, version=ballot.version, draft=hall.draft(title="加梯"))
    assert same.electors.count() == 5
    with pytest.raises(StaleVersion):
        making.ballot_edit(**said, version=ballot.version, draft=hall.draft())
    other = hall.draft(rule_key="owners_general", building_ids=())
    assert making.ballot_edit(**said, version=same.version, draft=other).electors.count() == 0


def test_the_job_moves_what_the_clock_says_and_nobody_else_does(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.frozen()
    unchanged()
    with pytest.raises(Conflict):
        counting.ballot_open(actor=MACHINE, ballot_id=ballot.public_id)
    with pytest.raises(NotAllowed):
        counting.ballot_open(actor=hall.who("worker"), ballot_id=ballot.public_id)
    unchanged()
    time.clock_set(ballot.opens_at)
    counting.ballot_open(actor=MACHINE, ballot_id=ballot.public_id)
    with pytest.raises(Conflict):
        counting.ballot_close(actor=MACHINE, ballot_id=ballot.public_id)
    hall.closed(ballot)
    assert _duties(ballot) == {"count"}


def test_counting_waits_for_the_close_and_needs_a_person(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    unchanged()
    with pytest.raises(MoveNotAllowed):
        counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id)
    time.clock_set(ballot.closes_at)  # the job has not come by yet: the clock is enough
    for who in (MACHINE, *(hall.who(name) for name in ("grid_worker", "supervisor", "resident", "worker_b"))):
        with pytest.raises((NotAllowed, NotFound)):
            counting.ballot_count(actor=who, ballot_id=ballot.public_id)
    unchanged()
    assert counting.ballot_count(actor=hall.who("worker"), ballot_id=ballot.public_id).state == "counted"


def test_a_recount_agrees_and_a_result_stands_after_its_days(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101", "yes")
    first = hall.counted(ballot)
    said = {"actor": hall.who("worker"), "ballot_id": ballot.public_id}
    assert first.tally_digest == ballot_bundle(first)["digest"]
    counting.ballot_recount(**said, reason="有人要求重计")
    again = counting.ballot_count(**said)
    assert (again.tally, again.tally_digest) == (first.tally, first.tally_digest)
    unchanged()
    with pytest.raises(Conflict, match="异议期到"):
        counting.ballot_settle(**said)
    unchanged()
    assert "settle" not in acts_for(hall.who("worker"), again)
    objection = objecting.objection_make(
        actor=hall.who("resident"), ballot_id=ballot.public_id, about="result", text="计票有误"
    )
    time.clock_forward(timedelta(days=10))
    with pytest.raises(Conflict, match="还有1件异议"):
        counting.ballot_settle(**said)
    objecting.objection_rule(**said, objection_id=objection.public_id, is_upheld=False, ruling="复核无误")
    assert "settle" in acts_for(hall.who("worker"), again)
    assert counting.ballot_settle(**said).state == "settled"
    assert _duties(ballot) == set()
    with pytest.raises(MoveNotAllowed):
        counting.ballot_recount(**said, reason="太晚了")


def test_cancelled_before_the_close_with_a_reason_and_never_after(hall: Hall, unchanged: Unchanged) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101")
    said = {"actor": hall.who("worker"), "ballot_id": ballot.public_id}
    unchanged()
    with pytest.raises(InvalidInput, match="为什么取消"):
        making.ballot_cancel(**said, reason="")
    unchanged()
    assert making.ballot_cancel(**said, reason="方案要改").state == "cancelled"
    assert Notice.objects.filter(kind="ballot.cancel").count() == 2
    with pytest.raises(Conflict, match="已经取消"):
        hall.web(ballot, "101", seen=0)
    other = hall.opened()
    time.clock_set(other.closes_at)
    with pytest.raises(MoveNotAllowed):
        making.ballot_cancel(actor=hall.who("worker"), ballot_id=other.public_id, reason="太晚")


def test_an_election_says_who_is_elected(hall: Hall) -> None:
    candidates = [{"key": key, "label": key.upper()} for key in ("a", "b", "c")]
    ballot = hall.opened(
        rule_key="owners_committee_election",
        questions=[QuestionEntry("选举业主委员会委员（应选2人）", candidates, seats=2)],
        building_ids=(),
    )
    for room, marks in (("101", ["a", "b"]), ("301", ["a", "c"])):
        vote_cast(
            actor=hall.who("resident" if room == "101" else "neighbour"),
            ballot_id=ballot.public_id,
            elector_id=hall.owner(ballot, room).public_id,
            choices={"1": marks},
        )
    for room, marks in (("102", ["a", "b"]), ("202", ["b"])):
        vote_take(
            actor=hall.who("worker"),
            ballot_id=ballot.public_id,
            elector_id=hall.owner(ballot, room).public_id,
            choices={"1": marks},
            channel="door",
            witness=hall.cast.person("worker2").pk,
        )
    figures = hall.counted(ballot).tally["questions"]["1"]
    assert set(figures["elected"]) == {"a", "b"}
    assert figures["tied"] == []


def test_rolls_and_results_name_nobody(hall: Hall) -> None:
    ballot = hall.opened()
    hall.web(ballot, "101")
    text = str(hall.counted(ballot).tally)
    for name in ("王秀兰", "李国强", "赵大海"):
        assert name not in text
