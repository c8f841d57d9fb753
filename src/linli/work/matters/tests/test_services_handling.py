"""Handing over, signing, co-handlers, re-handing, 督办."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from linli.core import clock
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed
from linli.foundation.duties.models import Duty
from linli.work.matters import services as do

from .life import Life, body_of, category, days_later, duties, told

Unchanged = Callable[[], None]


# -- handing over ------------------------------------------------------------------------
def test_handing_over_starts_the_units_clocks_and_promises_the_date(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    lead, co = life.lead(matter), life.part(matter, "wuye")
    assert (lead.part, co.part, lead.round) == ("lead", "co", 1)
    assert lead.due_at == datetime(2026, 3, 17, 17, 30, tzinfo=BEIJING)
    assert matter.due_at == datetime(2026, 3, 11, 17, 30, tzinfo=BEIJING)  # signing first
    assert duties(matter) >= {("sign", "department"), ("sign", "property")}
    assert "5个工作日内答复，最迟3月17日(周二) 17:30" in body_of("hand_over", matter)
    for name in ("department", "department2", "property"):
        assert told(matter, life.cast.person(name)) == ["assign"]


@pytest.mark.parametrize(
    ("by", "unit", "words"),
    [
        ("worker", "chengguan", "报街镇派遣"),
        ("street", "district_unit", "只能派给"),
        ("street", "other_committee", "服务范围"),
    ],
)
def test_to_whom_nobody_hands_over(life: Life, unchanged: Unchanged, by: str, unit: str, words: str) -> None:
    matter = life.to_accepted()
    unchanged()
    with pytest.raises(InvalidInput, match=words):
        life.hand_over(matter, unit=unit, by=by)
    unchanged()


def test_a_private_affair_is_not_handed_over(life: Life) -> None:
    with pytest.raises(InvalidInput, match="私事"):
        do.matter_hand_over(
            actor=life.who("street"),
            **life.on(life.to_accepted()),
            affair_class="private",
            reason="x",
            unit=life.cast.units["chengguan"],
        )


def test_the_same_unit_twice_is_refused(life: Life) -> None:
    with pytest.raises(InvalidInput, match="一次"):
        life.hand_over(life.to_accepted(), co=("chengguan",))


def test_a_categorys_clock_is_used(life: Life) -> None:
    matter = life.to_accepted()
    do.matter_sort(
        actor=life.who("worker"),
        **life.on(matter),
        affair_class="major",
        reason="停水",
        category=category("supply"),
    )
    life.hand_over(matter)
    assert life.lead(matter).due_at == datetime(2026, 3, 11, 10, 0, tzinfo=BEIJING)


def test_signing_moves_from_the_signing_to_the_handling_clock(life: Life) -> None:
    matter = life.to_signed()
    assert duties(matter) & {("sign", "department"), ("handle", "department")} == {("handle", "department")}
    assert matter.due_at == life.lead(matter).due_at
    with pytest.raises(Conflict, match="已经签收"):
        life.sign(matter, by="department2")


# -- co-handlers -----------------------------------------------------------------------------
def test_the_lead_waits_for_every_co_handler(life: Life, unchanged: Unchanged) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye", "fangguan"))
    life.sign(matter)
    do.assignment_sign(actor=life.who("property"), assignment_id=life.part(matter, "wuye").pk)
    unchanged()
    with pytest.raises(Conflict, match="桂花街道房管所") as refused:
        life.result(matter)
    unchanged()
    assert "安居物业公司" in refused.value.message
    do.assignment_answer(
        actor=life.who("property"), assignment_id=life.part(matter, "wuye").pk, result="已配合"
    )
    with pytest.raises(Conflict, match="桂花街道房管所"):
        life.result(matter)
    with pytest.raises(InvalidInput):
        do.assignment_waive(
            actor=life.who("street"), assignment_id=life.part(matter, "fangguan").pk, reason=""
        )
    do.assignment_waive(
        actor=life.who("street"), assignment_id=life.part(matter, "fangguan").pk, reason="不涉及"
    )
    assert life.result(matter).state == "handled"


def test_the_lead_is_neither_waived_nor_answers(life: Life) -> None:
    matter = life.to_signed()
    with pytest.raises(Conflict, match="改派"):
        do.assignment_waive(actor=life.who("street"), assignment_id=life.lead(matter).pk, reason="x")
    with pytest.raises(Conflict, match="反馈结果"):
        do.assignment_answer(actor=life.who("department"), assignment_id=life.lead(matter).pk, result="x")


@pytest.mark.parametrize("hours", [-48, 1])
def test_the_result_lies_between_handing_over_and_now(life: Life, hours: int) -> None:
    matter = life.to_signed()
    with pytest.raises(InvalidInput, match="办完时间"):
        life.result(matter, done_at=clock.now() + timedelta(hours=hours))


def test_saying_it_was_done_earlier_does_not_make_it_on_time(life: Life) -> None:
    matter = life.to_signed()
    days_later(14)
    life.result(matter, done_at=clock.now() - timedelta(days=10))
    lead = matter.assignments.get(part="lead")
    assert lead.handled_at == clock.now() > lead.due_at


def test_nothing_is_reported_before_signing(life: Life) -> None:
    with pytest.raises(Conflict, match="签收"):
        life.result(life.to_handling())


# -- re-handing, whistling, supervising -----------------------------------------------------------------
def test_rehanding_ends_the_former_units_part_and_its_requests(life: Life) -> None:
    matter = life.to_signed()
    do.extension_ask(
        actor=life.who("department"),
        assignment_id=life.lead(matter).pk,
        reason="等待材料",
        new_due_on=date(2026, 3, 25),
    )
    do.matter_rehand(
        actor=life.who("street"), **life.on(matter), unit=life.cast.units["fangguan"], reason="房屋问题"
    )
    assert not matter.requests.filter(outcome="").exists()
    assert duties(matter) & {("handle", "department"), ("decide_extension", "street")} == set()
    assert told(matter, life.cast.person("department"))[-1] == "rehand"
    with pytest.raises(Conflict, match="已在办理"):
        do.matter_rehand(
            actor=life.who("street"), **life.on(matter), unit=life.cast.units["fangguan"], reason="再派"
        )


def test_supervising_is_a_duty_with_its_own_clock_and_changes_no_state(life: Life) -> None:
    matter = life.to_signed()
    do.matter_supervise(
        actor=life.who("district"), matter_id=matter.pk, note="请加快", due_on=date(2026, 3, 13)
    )
    duty = Duty.objects.get(subject_id=str(matter.public_id), action="supervise")
    assert (duty.unit, duty.due_at) == (
        life.cast.units["chengguan"],
        datetime(2026, 3, 13, 17, 30, tzinfo=BEIJING),
    )
    assert told(matter, life.cast.person("department"))[-1] == "supervise"
    life.result(matter)
    duty.refresh_from_db()
    assert duty.state == "done"


def test_a_suspended_matter_cannot_be_reported_done(life: Life) -> None:
    with pytest.raises(MoveNotAllowed, match="挂起"):
        life.result(life.to_suspended())


def test_a_step_keeps_the_limit_that_it_ended(life: Life) -> None:
    matter = life.to_signed()
    signed = matter.events.get(verb="sign")
    promised = matter.assignments.get(part="lead").due_at
    assert signed.due_at is not None and signed.due_at != promised
    done = life.to("handled").events.get(verb="result")
    assert done.due_at == done.matter.assignments.get(part="lead").due_at
    assert matter.events.get(verb="report").due_at is None
