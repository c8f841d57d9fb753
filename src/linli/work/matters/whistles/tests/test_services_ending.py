"""The joint record, finishing, rating both ways; and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.foundation.notices.models import Notice
from linli.work.matters import services as matters
from linli.work.matters.selectors import actions_for, journey
from linli.work.matters.whistles import services as do
from linli.work.matters.whistles.selectors import acts_for, calls_of, whistle_figures

from .conftest import Spot, duties, joint, told

pytestmark = pytest.mark.django_db
Unchanged = Callable[[], None]


# -- together -------------------------------------------------------------------
def test_the_joint_record_is_written_by_who_called_and_who_came(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.gathered()
    do.whistle_log(actor=spot.who("department"), whistle_id=whistle.pk, note="劝离三个摊位")
    do.whistle_log(actor=spot.who("street"), whistle_id=whistle.pk, note="商定每周巡查")
    assert list(whistle.events.filter(verb="log").values_list("unit__name", flat=True)) == [
        "桂花街道城管中队",
        "桂花街道办事处",
    ]
    unchanged()
    with pytest.raises(NotAllowed, match="先报到"):
        do.whistle_log(actor=spot.who("department_b"), whistle_id=whistle.pk, note="x")
    with pytest.raises(NotAllowed):
        do.whistle_log(actor=spot.who("district"), whistle_id=whistle.pk, note="x")
    with pytest.raises(Conflict, match="先报到"):
        spot.answer(whistle, by="department_b")
    unchanged()


def test_another_unit_may_lead(spot: Spot) -> None:
    whistle = spot.blow()
    other = spot.call(whistle, "fangguan")
    do.whistle_lead(actor=spot.who("street"), whistle_id=whistle.pk, call_id=other.pk)
    assert [c.unit.name for c in whistle.calls.filter(is_lead=True)] == ["桂花街道房管所"]
    assert told(whistle, spot.cast.person("department_b")) == ["call", "lead"]
    with pytest.raises(Conflict, match="已经是牵头"):
        do.whistle_lead(actor=spot.who("street"), whistle_id=whistle.pk, call_id=other.pk)
    foreign = spot.call(joint(spot)).pk
    with pytest.raises(InvalidInput):
        do.whistle_lead(actor=spot.who("street"), whistle_id=whistle.pk, call_id=foreign)


def test_finishing_tells_residents_and_marks_who_did_not_come(spot: Spot) -> None:
    whistle = spot.ended()
    matter = whistle.matter
    assert matter is not None
    assert {c.unit.name: c.state for c in calls_of(whistle)} == {
        "桂花街道城管中队": "answered",
        "桂花街道房管所": "absent",
    }
    assert duties(whistle) == {("rate", "桂花街道办事处")}
    note = Notice.objects.get(kind="matter.whistle_finish", person=spot.cast.person("resident"))
    assert note.title == "桂花街道城管中队到现场一起办了"
    assert note.body == "已经清理，以后每周巡查"
    resident = spot.who("resident")
    assert "桂花街道城管中队到现场一起办了" in [step.title for step in journey(matter, resident)]
    assert {p.state for p in matter.assignments.all()} == {"handled", "waived"}
    assert told(whistle, spot.cast.person("department_b"))[-1] == "absent"


def test_a_sensitive_matter_tells_its_reporter_only_the_number(spot: Spot) -> None:
    matter = spot.life.to_accepted()
    matters.matter_protect(actor=spot.who("street"), matter_id=matter.pk, reason="涉及家庭")
    whistle = spot.blow(matter)
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    spot.finish(whistle)
    note = Notice.objects.get(kind="matter.whistle_finish", person=spot.cast.person("resident"))
    assert "清理" not in f"{note.title}{note.body}"


def test_finishing_needs_words_and_somebody_or_the_hour(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.blow()
    unchanged()
    with pytest.raises(Conflict, match="时限也还没到"):
        spot.finish(whistle)
    with pytest.raises(InvalidInput, match="办了什么"):
        spot.finish(whistle, outcome=" ")
    with pytest.raises(InvalidInput, match="告诉居民"):
        spot.finish(whistle, told="")
    for other in ("worker", "department", "district"):
        with pytest.raises(NotAllowed):
            spot.finish(whistle, by=other)
    unchanged()


def test_the_matter_can_be_reported_done_only_after_the_whistle(spot: Spot) -> None:
    matter = spot.life.to_signed()
    whistle = spot.blow(matter, units=spot.units("fangguan"), lead=None)
    with pytest.raises(Conflict, match="房管所"):
        spot.life.result(matter)
    time.clock_forward(timedelta(hours=4))
    spot.finish(whistle, is_solved=False)
    assert spot.life.result(matter).state == "handled"


def test_a_whistle_outlives_its_matter(spot: Spot) -> None:
    """What ends the matter in the meantime (merging) does not leave the whistle stuck."""
    matter = spot.life.to_accepted()
    whistle = spot.blow(matter)
    target = spot.life.to_accepted()
    matters.matter_merge(actor=spot.who("street"), **spot.life.on(matter), target_id=target.pk)
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    assert spot.finish(whistle).state == "finished"


def test_cancelling_tells_everybody_and_leaves_no_duty(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.blow()
    with pytest.raises(InvalidInput, match="为什么取消"):
        do.whistle_cancel(actor=spot.who("street"), whistle_id=whistle.pk, reason="")
    done = do.whistle_cancel(actor=spot.who("street"), whistle_id=whistle.pk, reason="暴雨")
    assert (done.state, done.cancelled_reason) == ("cancelled", "暴雨")
    assert duties(whistle) == set()
    assert told(whistle, spot.cast.person("department"))[-1] == "cancel"
    assert {part.state for part in whistle.matter.assignments.all()} == {"waived"}  # type: ignore[union-attr]
    time.clock_forward(timedelta(hours=3))
    unchanged()
    for act in (spot.check_in, spot.finish):
        with pytest.raises(MoveNotAllowed, match="已取消"):
            act(whistle)
    unchanged()
    assert not spot.call(whistle).is_late(time.now() + timedelta(days=1))


# -- 双考核 ---------------------------------------------------------------------
def test_both_sides_are_rated_and_the_last_rating_closes(spot: Spot) -> None:
    whistle = spot.ended()
    spot.rate(whistle)
    whistle.refresh_from_db()
    assert whistle.state == "finished"
    spot.rate(whistle, "fangguan", coming="poor", work="")
    whistle.refresh_from_db()
    assert whistle.state == "closed"
    assert duties(whistle) == set()
    do.call_reply(actor=spot.who("department"), whistle_id=whistle.pk, was_proper=True)
    do.call_reply(actor=spot.who("department_b"), whistle_id=whistle.pk, was_proper=False, reply="不归房管")
    assert [c.was_proper for c in calls_of(whistle)] == [True, False]
    assert told(whistle, spot.cast.person("street")).count("reply") == 2


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ({"coming": ""}, InvalidInput, "到场"),
        ({"work": ""}, InvalidInput, "办理"),
        ({"work": "poor"}, InvalidInput, "为什么"),
        ({"by": "department"}, NotAllowed, "."),
        ({"by": "worker"}, NotAllowed, "."),
        ({"by": "worker_b"}, NotFound, "."),
    ],
)
def test_ratings_that_are_refused(
    spot: Spot, unchanged: Unchanged, said: dict[str, Any], error: type[Exception], words: str
) -> None:
    whistle = spot.ended()
    unchanged()
    with pytest.raises(error, match=words):
        spot.rate(whistle, **said)
    unchanged()


def test_once_rated_once_answered(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.ended()
    with pytest.raises(Conflict, match="还没有评价"):
        do.call_reply(actor=spot.who("department"), whistle_id=whistle.pk, was_proper=True)
    spot.rate(whistle)
    with pytest.raises(InvalidInput, match="为什么不该吹"):
        do.call_reply(actor=spot.who("department"), whistle_id=whistle.pk, was_proper=False)
    do.call_reply(actor=spot.who("department"), whistle_id=whistle.pk, was_proper=True, reply="好")
    unchanged()
    with pytest.raises(Conflict, match="已经评价过"):
        spot.rate(whistle, work="fair")
    with pytest.raises(Conflict, match="已经回应过"):
        do.call_reply(actor=spot.who("department"), whistle_id=whistle.pk, was_proper=True)
    unchanged()


def test_what_each_side_is_offered(spot: Spot) -> None:
    whistle = spot.blow()

    def offered(name: str) -> list[str]:
        whistle.refresh_from_db()
        return acts_for(spot.who(name), whistle, calls_of(whistle))

    assert offered("street") == ["finish", "log", "lead", "cancel"]
    assert offered("department") == ["check_in"]
    assert offered("district") == offered("worker") == []
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    assert offered("department") == ["answer", "log"]
    spot.answer(whistle)
    spot.finish(whistle)
    assert (offered("street"), offered("department")) == (["rate"], [])
    spot.rate(whistle)
    assert offered("department2") == ["reply"]


# -- beside the matter's own handling ---------------------------------------------
def test_a_called_unit_may_be_handed_the_matter_and_its_call_goes_on(spot: Spot) -> None:
    matter = spot.life.sort(spot.life.to_accepted())
    whistle = spot.blow(matter)
    spot.life.hand_over(matter)
    assert spot.life.lead(matter).unit == spot.cast.units["chengguan"]
    assert [p.part for p in matter.assignments.filter(ended_at__isnull=True)] == ["whistled", "lead"]
    assert spot.call(whistle).state == "called"
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    spot.finish(whistle)
    assert spot.call(whistle).state == "came"
    assert spot.life.lead(matter).state == "sent"


def test_who_came_may_be_handed_the_matter_afterwards(spot: Spot) -> None:
    matter = spot.life.sort(spot.life.to_accepted())
    whistle = spot.blow(matter)
    time.clock_forward(timedelta(hours=3))
    spot.check_in(whistle)
    spot.answer(whistle)
    spot.finish(whistle, is_solved=False)
    assert not matter.assignments.filter(ended_at__isnull=True).exists()
    spot.life.hand_over(matter)
    assert spot.life.lead(matter).state == "sent"


def test_a_matter_that_is_sent_back_leaves_the_whistle_running(spot: Spot, unchanged: Unchanged) -> None:
    matter = spot.life.sort(spot.life.to_accepted())
    whistle = spot.blow(matter)
    part = spot.call(whistle).assignment
    assert part is not None
    offered = [
        action.subject_key for action in actions_for(spot.who("street"), matter) if action.code == "recall"
    ]
    assert str(part.public_id) not in offered
    unchanged()
    with pytest.raises(Conflict, match="吹哨的页面"):
        matters.assignment_recall(actor=spot.who("street"), assignment_id=part.pk, reason="不用了")
    unchanged()
    matters.matter_send_back(actor=spot.who("street"), **spot.life.on(matter), to="reported", reason="再看")
    part.refresh_from_db()
    assert (part.ended_at, spot.call(whistle).state) == (None, "called")


def test_a_unit_gets_its_part_straight_back_though_it_was_called_meanwhile(spot: Spot) -> None:
    matter = spot.life.to_signed()
    matters.matter_send_back(actor=spot.who("street"), **spot.life.on(matter), to="accepted", reason="补材料")
    whistle = spot.blow(matter)
    matters.matter_straight_back(actor=spot.who("street"), **spot.life.on(matter), reason="已补")
    assert (spot.life.lead(matter).state, spot.call(whistle).state) == ("signed", "called")


def test_who_still_has_time_is_called_off_and_not_absent(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.gathered()
    spot.answer(whistle)
    spot.finish(whistle)
    assert spot.call(whistle, "fangguan").state == "dropped"
    assert told(whistle, spot.cast.person("department_b")) == ["call", "finish"]
    unchanged()
    with pytest.raises(Conflict, match="不用到场，不评价"):
        spot.rate(whistle, "fangguan", coming="poor", work="")
    unchanged()
    spot.rate(whistle)
    whistle.refresh_from_db()
    assert whistle.state == "closed"
    found = whistle_figures(spot.who("street"), "", time.today(), time.today())
    assert [(row.name, row.called) for row in found.units] == [("桂花街道城管中队", 1)]


def test_checking_in_after_the_end_is_refused_in_words(spot: Spot, unchanged: Unchanged) -> None:
    whistle = spot.ended()
    unchanged()
    with pytest.raises(MoveNotAllowed, match="待评价"):
        spot.check_in(whistle, by="department_b")
    unchanged()
    answer = spot.cast.client("department_b").get(f"/desk/matters/whistles/{whistle.public_id}/do/check_in/")
    assert answer.status_code == 409
    assert "这一步现在不能办理：吹哨的状态是「待评价」" in answer.content.decode()


# -- a clock moved backwards -------------------------------------------------------
def test_a_clock_moved_backwards_changes_nothing_and_says_so(spot: Spot, unchanged: Unchanged) -> None:
    matter = spot.life.to_accepted()
    whistle = spot.gathered()
    time.clock_forward(timedelta(hours=-1))
    unchanged()
    for act in (
        lambda: spot.check_in(whistle, by="department_b"),
        lambda: spot.answer(whistle),
        lambda: spot.finish(whistle),
    ):
        with pytest.raises(Conflict, match="服务器的时间比上一条记录") as refused:
            act()
        assert "校准" in refused.value.hint
    unchanged()
    time.clock_forward(timedelta(hours=-6))
    unchanged()
    with pytest.raises(Conflict, match="服务器的时间比上一条记录"):
        spot.blow(matter)
    unchanged()


def test_a_clock_that_is_set_right_by_a_minute_keeps_the_record_in_order(spot: Spot) -> None:
    whistle = spot.gathered()
    time.clock_forward(timedelta(minutes=-1))
    spot.answer(whistle)
    instants = list(whistle.events.order_by("pk").values_list("at", flat=True))
    assert instants == sorted(instants)
    assert spot.call(whistle).answered_at == spot.call(whistle).came_at
