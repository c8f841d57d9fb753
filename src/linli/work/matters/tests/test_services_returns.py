"""Going back and straight back, taking back, countersigning; and that no loop runs on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed
from linli.foundation.duties.models import Duty
from linli.work.matters import services as do
from linli.work.matters.models import Assignment, Matter
from linli.work.matters.selectors import steps_passed, trail_of

from .life import Life, body_of, days_later, duties, told

pytestmark = [pytest.mark.django_db]
Unchanged = Callable[[], None]


def back(life: Life, matter: Matter, to: str, by: str = "street") -> Matter:
    return do.matter_send_back(actor=life.who(by), **life.on(matter), to=to, reason="地址写错了")


def straight(life: Life, matter: Matter, by: str = "street") -> Matter:
    return do.matter_straight_back(actor=life.who(by), **life.on(matter), reason="地址已核实")


def ask_return(life: Life, matter: Matter, by: str = "department", unit: str = "", **more: Any) -> Matter:
    part = life.part(matter, unit) if unit else life.lead(matter)
    said = {"reason": "不归我们", "proposal": "房管所", **more}
    return do.assignment_return_ask(actor=life.who(by), assignment_id=part.pk, **said)


def decide(life: Life, matter: Matter, **said: Any) -> Matter:
    given = {"is_granted": True, "decision": "同意", **said}
    return do.return_decide(actor=life.who("street"), request_id=life.request(matter).pk, **given)


# -- to any step passed, and straight back ---------------------------------------
def test_it_goes_back_to_any_step_it_has_passed_and_to_no_other(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handled()
    assert [str(step) for step in steps_passed(matter, trail_of(matter))] == [
        "reported",
        "accepted",
        "handling",
    ]
    unchanged()
    with pytest.raises(InvalidInput, match="没有经过"):
        back(life, matter, "discussing")
    with pytest.raises(InvalidInput):
        back(life, matter, "closed")
    unchanged()


def test_what_was_sent_out_is_taken_back_and_its_duties_vanish(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    life.sign(matter)
    back(life, matter, "accepted")
    matter.refresh_from_db()
    assert matter.state == "accepted"
    assert duties(matter) == {("sort", "committee"), ("confirm_class", "committee")}
    assert {row.state for row in matter.assignments.all()} == {"recalled"}
    for name in ("department", "property"):
        assert told(matter, life.cast.person(name))[-1] == "recall"
    assert "重新研判" in body_of("send_back", matter)


def test_straight_back_gives_every_unit_its_part_and_the_time_it_had_left(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    life.sign(matter)
    before = life.lead(matter).due_at
    back(life, matter, "accepted")
    days_later(2)
    straight(life, matter)
    matter.refresh_from_db()
    lead, helper = life.lead(matter), life.part(matter, "wuye")
    assert (matter.state, lead.state, helper.state) == ("handling", "signed", "sent")
    assert lead.due_at is not None and before is not None and lead.due_at > before + timedelta(days=1)
    assert {("handle", "department"), ("sign", "property")} <= duties(matter)
    assert matter.due_at == lead.due_at


def test_from_verification_back_to_sorting_and_straight_to_verification(life: Life) -> None:
    matter = life.to_handled()
    back(life, matter, "accepted")
    matter.refresh_from_db()
    assert matter.handled_at is None
    straight(life, matter)
    matter.refresh_from_db()
    assert matter.state == "handled" and matter.handled_at is not None
    assert ("verify", "committee") in duties(matter)
    assert life.verify(matter).state == "closed"


def test_straight_back_only_right_after(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    back(life, matter, "reported")
    life.accept(matter)
    unchanged()
    with pytest.raises(MoveNotAllowed, match="不能直接送回"):
        straight(life, matter)
    unchanged()


def test_from_verification_back_to_the_unit(life: Life) -> None:
    matter = life.to_handled()
    back(life, matter, "handling")
    matter.refresh_from_db()
    assert (matter.state, life.lead(matter).state) == ("handling", "signed")
    assert duties(matter) == {("handle", "department"), ("confirm_class", "committee")}


def test_a_guided_matter_goes_back_and_straight_to_its_reporter(life: Life) -> None:
    matter = life.to_guided()
    back(life, matter, "accepted", by="worker")
    straight(life, matter, by="worker2")
    matter.refresh_from_db()
    assert matter.state == "guided"
    assert ("confirm", "resident") in duties(matter)


def test_a_loop_of_returns_ends_in_words(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    for _ in range(2):
        back(life, matter, "accepted", by="worker")
        straight(life, matter)
    unchanged()
    with pytest.raises(Conflict, match="要由街镇决定"):
        back(life, matter, "accepted", by="worker")
    unchanged()
    back(life, matter, "accepted", by="street")
    straight(life, matter)
    with pytest.raises(Conflict, match="来回转") as refused:
        back(life, matter, "accepted", by="street")
    assert "指定不得再退" in refused.value.hint


def test_who_does_not_govern_sends_nothing_back(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    unchanged()
    for name in ("department", "district", "resident"):
        with pytest.raises(NotAllowed):
            back(life, matter, "accepted", by=name)
    unchanged()


def test_a_reason_is_needed(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    unchanged()
    with pytest.raises(InvalidInput):
        do.matter_send_back(actor=life.who("street"), **life.on(matter), to="accepted", reason=" ")
    unchanged()


# -- a unit's return ----------------------------------------------------------------
def test_a_return_names_who_is_next(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    unchanged()
    with pytest.raises(InvalidInput, match="写明归谁"):
        ask_return(life, matter, proposal="")
    with pytest.raises(InvalidInput, match="不能是本单位"):
        ask_return(life, matter, proposed_unit=life.cast.units["chengguan"])
    unchanged()
    ask_return(life, matter, proposal="", proposed_unit=life.cast.units["fangguan"])
    request = life.request(matter)
    assert (request.proposal, request.proposed_unit) == ("桂花街道房管所", life.cast.units["fangguan"])
    decide(life, matter, unit=life.cast.units["fangguan"])
    assert "桂花街道城管中队说这件事不归它办，现在由桂花街道房管所接着办" in body_of("return_grant", matter)


def test_a_return_to_sorting_comes_straight_back_to_who_returned_it(life: Life) -> None:
    matter = life.to_signed()
    ask_return(life, matter)
    decide(life, matter, is_back=True)
    matter.refresh_from_db()
    assert matter.state == "accepted"
    assert ("handle", "department") not in duties(matter)
    straight(life, matter)
    assert life.lead(matter).unit == life.cast.units["chengguan"]
    assert ("handle", "department") in duties(matter)


def test_a_unit_that_returned_it_is_given_it_only_for_good(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    ask_return(life, matter)
    decide(life, matter, unit=life.cast.units["fangguan"])
    unchanged()
    with pytest.raises(InvalidInput, match="来回推"):
        do.matter_rehand(
            actor=life.who("street"), **life.on(matter), unit=life.cast.units["chengguan"], reason="试试"
        )
    with pytest.raises(InvalidInput, match="只有街镇"):
        do.matter_rehand(
            actor=life.who("worker"),
            **life.on(matter),
            unit=life.cast.units["chengguan"],
            reason="试试",
            is_final=True,
        )
    unchanged()
    do.matter_rehand(
        actor=life.who("street"),
        **life.on(matter),
        unit=life.cast.units["chengguan"],
        reason="经协调归城管",
        is_final=True,
    )
    with pytest.raises(Conflict, match="不得再退"):
        ask_return(life, matter)


def test_at_the_limit_it_is_named_and_not_sorted_again(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    ask_return(life, matter)
    decide(life, matter, unit=life.cast.units["fangguan"])
    ask_return(life, matter, by="department_b")
    unchanged()
    with pytest.raises(InvalidInput, match="不能再退回研判"):
        decide(life, matter, is_back=True)
    unchanged()


# -- taking back ------------------------------------------------------------------
def test_who_sent_it_takes_it_back(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), unit="wuye", by="worker")
    do.assignment_recall(actor=life.who("worker2"), assignment_id=life.lead(matter).pk, reason="派错了")
    matter.refresh_from_db()
    assert matter.state == "accepted"
    assert ("sign", "property") not in duties(matter)
    assert "收回了派单" in body_of("recall", matter)


def test_what_the_street_sent_the_committee_does_not_take_back(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    unchanged()
    with pytest.raises(NotAllowed):
        do.assignment_recall(actor=life.who("worker"), assignment_id=life.lead(matter).pk, reason="不要了")
    unchanged()


def test_a_helper_is_taken_back_alone(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    do.assignment_recall(
        actor=life.who("street"), assignment_id=life.part(matter, "wuye").pk, reason="不用了"
    )
    matter.refresh_from_db()
    assert matter.state == "handling"
    assert ("sign", "department") in duties(matter) and ("sign", "property") not in duties(matter)


def test_a_result_is_taken_back_before_anybody_verified_it(life: Life) -> None:
    matter = life.to_handled()
    due = life.lead(matter).due_at
    do.result_retract(actor=life.who("department"), assignment_id=life.lead(matter).pk, reason="又灭了")
    matter.refresh_from_db()
    assert (matter.state, matter.handled_at, matter.due_at) == ("handling", None, due)
    assert ("verify", "committee") not in duties(matter)
    assert ("handle", "department") in duties(matter)


def test_a_request_is_taken_back_and_no_longer_counts(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    ask_return(life, matter)
    unchanged()
    with pytest.raises(NotAllowed):
        do.request_withdraw(actor=life.who("worker"), request_id=life.request(matter).pk)
    unchanged()
    request = life.request(matter)
    do.request_withdraw(actor=life.who("department"), request_id=request.pk)
    matter.refresh_from_db()
    assert matter.bounces == 0
    assert ("decide_return", "street") not in duties(matter)
    request.refresh_from_db()
    assert request.outcome == "withdrawn"
    with pytest.raises(Conflict, match="已撤回"):
        decide_again = {"is_granted": True, "decision": "同意", "unit": life.cast.units["fangguan"]}
        do.return_decide(actor=life.who("street"), request_id=request.pk, **decide_again)


def test_the_wish_to_reopen_is_taken_back_by_who_had_it(life: Life) -> None:
    matter = life.to_reopening()
    do.request_withdraw(actor=life.who("resident"), request_id=life.request(matter).pk)
    matter.refresh_from_db()
    assert (matter.state, matter.due_at) == ("closed", None)
    assert duties(matter) == set()


# -- countersigning -----------------------------------------------------------------
def asked(life: Life, matter: Matter, by: str = "street") -> Matter:
    units = [life.cast.units["fangguan"], life.cast.units["wuye"]]
    return do.countersign_ask(
        actor=life.who(by), **life.on(matter), units=units, question="由物业先修，房管补"
    )


def sign_for(life: Life, matter: Matter, by: str, unit: str, is_agreed: bool) -> Matter:
    return do.assignment_countersign(
        actor=life.who(by), assignment_id=life.part(matter, unit).pk, is_agreed=is_agreed, opinion="理由如下"
    )


def test_one_refusal_holds_up_none_of_the_others(life: Life) -> None:
    matter = asked(life, life.to_signed())
    with pytest.raises(Conflict, match="未答复"):
        life.result(matter)
    sign_for(life, matter, "department_b", "fangguan", False)
    assert ("countersign", "property") in duties(matter)
    sign_for(life, matter, "property", "wuye", True)
    assert [row.state for row in matter.assignments.filter(part="counter")] == ["opposed", "handled"]
    assert told(matter, life.cast.person("street"))[-2:] == ["countersign", "countersign"]
    assert life.result(matter).state == "handled"


def test_each_signs_once_for_itself(life: Life, unchanged: Unchanged) -> None:
    matter = asked(life, life.to_signed())
    part = life.part(matter, "wuye")
    sign_for(life, matter, "property", "wuye", True)
    unchanged()
    with pytest.raises(Conflict, match="已"):
        do.assignment_countersign(
            actor=life.who("property"), assignment_id=part.pk, is_agreed=False, opinion="改主意了"
        )
    with pytest.raises(NotAllowed):
        sign_for(life, matter, "property", "fangguan", True)
    with pytest.raises(Conflict, match="直接表态"):
        do.assignment_sign(actor=life.who("department_b"), assignment_id=life.part(matter, "fangguan").pk)
    with pytest.raises(Conflict, match="直接表态"):
        ask_return(life, matter, by="department_b", unit="fangguan")
    unchanged()


def test_whoever_has_signed_may_be_handed_the_matter(life: Life) -> None:
    matter = asked(life, life.to_accepted())
    for by, unit in (("property", "wuye"), ("department_b", "fangguan")):
        sign_for(life, matter, by, unit, unit == "wuye")
    life.hand_over(matter, unit="wuye", co=("fangguan",))
    assert life.lead(matter).unit == life.cast.units["wuye"]


def test_the_unit_that_leads_asks_too_and_an_opinion_is_no_hand_in_it(life: Life) -> None:
    matter = life.to_signed()
    asked(life, matter, by="department")
    for by, unit in (("department_b", "fangguan"), ("property", "wuye")):
        sign_for(life, matter, by, unit, True)
    life.result(matter)
    assert life.verify(matter, by="street").state == "closed"


def test_whoever_is_silent_is_done_without(life: Life) -> None:
    matter = asked(life, life.to_signed())
    sign_for(life, matter, "property", "wuye", True)
    do.assignment_waive(
        actor=life.who("street"), assignment_id=life.part(matter, "fangguan").pk, reason="已电话同意"
    )
    assert life.result(matter).state == "handled"


def test_a_helper_that_declines_holds_up_nobody(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye", "fangguan"))
    life.sign(matter)
    ask_return(life, matter, by="property", unit="wuye")
    ask_return(life, matter, by="department_b", unit="fangguan")
    standing = Duty.objects.filter(subject_id=str(matter.public_id), action="decide_return", state="open")
    assert standing.count() == 1
    first = matter.requests.order_by("pk").first()
    assert first is not None
    do.return_decide(actor=life.who("street"), request_id=first.pk, is_granted=True, decision="同意")
    assert standing.count() == 1  # the other still waits
    assert life.result(matter).state == "handled"
    assert standing.count() == 0
    assert Assignment.objects.filter(matter=matter, part="co", state="returned").count() == 2


# -- declining names who is next ---------------------------------------------------
def test_declining_names_the_unit_and_its_number(life: Life, unchanged: Unchanged) -> None:
    unit = life.cast.units["fangguan"]
    type(unit).objects.filter(pk=unit.pk).update(phone="021-55550123")
    unit.refresh_from_db()
    matter = life.report()
    unchanged()
    with pytest.raises(InvalidInput, match="归谁"):
        do.matter_decline(actor=life.who("worker"), **life.on(matter), reason="不归我们")
    unchanged()
    do.matter_decline(actor=life.who("worker"), **life.on(matter), reason="不归我们", next_unit=unit)
    assert "桂花街道房管所，电话021-55550123" in body_of("decline", matter)
