"""Sorting, handing over, what units do and ask for, what the street decides."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from linli.core import clock
from linli.core.actor import system
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.links.models import Link
from linli.foundation.notices.models import Notice
from linli.work.matters import services as do
from linli.work.matters import tasks
from linli.work.matters.models import Assignment, Matter

from .life import Life, category, days_later, place_of
from .test_services_intake import duties, told

Unchanged = Callable[[], None]


def body_of(kind: str, matter: Matter) -> str:
    """Return the last notice of a kind about a matter."""
    rows = Notice.objects.filter(kind=f"matter.{kind}", url__contains=str(matter.public_id))
    note = rows.latest("id")
    return f"{note.title} {note.body}"


# -- sorting ----------------------------------------------------------------------
def test_a_class_is_provisional_until_another_person_confirms_it(life: Life) -> None:
    matter = life.sort(life.to_accepted(), "minor", by="worker")
    assert matter.class_confirmed_by_id is None
    assert ("confirm_class", "committee") in duties(matter)
    said = {"council_on": clock.today(), "minutes": "楼组长会议一致同意"}
    with pytest.raises(NotAllowed, match="另一人"):
        do.matter_class_confirm(actor=life.who("worker"), **life.on(matter), **said)
    confirmed = do.matter_class_confirm(actor=life.who("worker2"), **life.on(matter), **said)
    assert confirmed.class_confirmed_by_id == life.cast.person("worker2").pk
    assert ("confirm_class", "committee") not in duties(matter)


def test_a_deputy_does_not_confirm_what_they_set_themselves(life: Life) -> None:
    from dataclasses import replace

    matter = life.sort(life.to_accepted(), "minor", by="worker")
    deputy = replace(life.who("worker2"), deputy_for=life.cast.person("worker").pk)
    with pytest.raises(NotAllowed):
        do.matter_class_confirm(actor=deputy, **life.on(matter), council_on=clock.today(), minutes="同意")


def test_sorting_again_makes_the_class_provisional_again(life: Life) -> None:
    matter = life.sort(life.to_accepted(), "minor")
    do.matter_class_confirm(
        actor=life.who("worker2"), **life.on(matter), council_on=clock.today(), minutes="同意"
    )
    assert life.sort(matter, "major").class_confirmed_by_id is None


@pytest.mark.parametrize("council_on", [date(2026, 3, 9), date(2026, 3, 11), date(1999, 1, 1)])
def test_the_council_met_after_the_report_and_not_in_the_future(life: Life, council_on: date) -> None:
    matter = life.sort(life.to_accepted())
    with pytest.raises(InvalidInput):
        do.matter_class_confirm(
            actor=life.who("worker2"), **life.on(matter), council_on=council_on, minutes="同意"
        )


def test_what_is_not_sorted_cannot_be_confirmed(life: Life) -> None:
    with pytest.raises(InvalidInput, match="还没有分类"):
        do.matter_class_confirm(
            actor=life.who("worker2"), **life.on(life.to_accepted()), council_on=clock.today(), minutes="同意"
        )


def test_a_complaint_found_while_sorting_can_no_longer_be_published(life: Life) -> None:
    matter = life.to_accepted()
    do.matter_sort(
        actor=life.who("worker"), **life.on(matter), affair_class="major", reason="投诉", is_complaint=True
    )
    matter.refresh_from_db()
    assert matter.is_never_public
    assert matter.hides_reporter


@pytest.mark.parametrize(("affair_class", "reason"), [("huge", "x"), ("", "x"), ("major", "")])
def test_sorting_needs_a_class_and_a_reason(
    life: Life, unchanged: Unchanged, affair_class: str, reason: str
) -> None:
    matter = life.to_accepted()
    unchanged()
    with pytest.raises(InvalidInput):
        do.matter_sort(actor=life.who("worker"), **life.on(matter), affair_class=affair_class, reason=reason)
    unchanged()


# -- guiding -----------------------------------------------------------------------
def test_guidance_confirmed_closes_as_such(life: Life) -> None:
    matter = life.to_guided()
    assert matter.affair_class == "private"
    assert Duty.objects.get(subject_id=str(matter.public_id), action="confirm").person == life.cast.person(
        "resident"
    )
    closed = do.guidance_confirm(actor=life.who("resident"), **life.on(matter))
    assert (closed.state, closed.closed_as) == ("closed", "guided_confirmed")


def test_five_working_days_of_silence_close_it_as_such(life: Life) -> None:
    matter = life.to_guided()
    assert matter.due_at == datetime(2026, 3, 17, 17, 30, tzinfo=BEIJING)
    days_later(7)  # 3月17日 10:00: the fifth working day has not ended
    assert tasks.lapse_guided() == 0
    days_later(0, hours=8)
    assert tasks.lapse_guided() >= 1
    matter.refresh_from_db()
    assert (matter.state, matter.closed_as) == ("closed", "guided_silent")
    assert AuditRecord.objects.filter(verb="matter.guidance_lapse", actor_function="system").exists()
    assert "可以申请重办" in body_of("guidance_lapse", matter)


def test_an_objection_leads_back_to_sorting_with_a_reason(life: Life) -> None:
    matter = life.to_guided()
    with pytest.raises(InvalidInput):
        do.guidance_object(actor=life.who("resident"), **life.on(matter), reason=" ")
    back = do.guidance_object(actor=life.who("resident"), **life.on(matter), reason="物业说不归他们")
    assert back.state == "accepted"
    assert ("sort", "committee") in duties(matter)


def test_guidance_may_point_to_a_record_or_a_page_but_not_outside(life: Life) -> None:
    matter = life.to_accepted()
    said = {"guidance": "申请助餐", "reason": "个人生活"}
    for bad in ("https://example.com/x", "//example.com", "just words"):
        with pytest.raises(InvalidInput):
            do.matter_guide(actor=life.who("worker"), **life.on(matter), **said, target_link=bad)
    do.matter_guide(actor=life.who("worker"), **life.on(matter), **said, target_link="services:42")
    assert Link.objects.filter(from_id=str(matter.public_id), to_room="services", to_id="42").exists()


def test_guidance_of_somebody_unknown_still_lapses(life: Life) -> None:
    matter = do.matter_report(
        actor=life.who("worker"),
        text="家里水龙头坏了",
        place=place_of(life.cast),
        on_behalf=True,
        channel="door",
    )
    life.accept(matter)
    do.matter_guide(actor=life.who("worker"), **life.on(matter), guidance="找物业维修", reason="家中维修")
    days_later(10)
    tasks.lapse_guided()
    matter.refresh_from_db()
    assert matter.closed_as == "guided_silent"


# -- discussing ----------------------------------------------------------------------
def test_only_a_small_affair_is_discussed(life: Life) -> None:
    matter = life.sort(life.to_accepted(), "major")
    with pytest.raises(InvalidInput, match="小事"):
        do.matter_discussion_start(actor=life.who("worker"), **life.on(matter), topic_link="活动室")


def test_a_talk_may_end_in_a_task_a_resolution_or_nothing(life: Life) -> None:
    task = do.matter_discussion_finish(
        actor=life.who("worker"),
        **life.on(life.to_discussing()),
        resolution="物业加装",
        unit=life.cast.units["wuye"],
    )
    assert (task.state, life.lead(task).unit.name) == ("handling", "安居物业公司")
    done = do.matter_discussion_finish(
        actor=life.who("worker"), **life.on(life.to_discussing()), resolution="轮流值日"
    )
    assert done.state == "handled"
    with pytest.raises(NotAllowed, match="另一人"):  # who recorded the resolution does not verify it
        life.verify(done, by="worker")
    assert life.verify(done, by="worker2").state == "closed"
    with pytest.raises(InvalidInput):
        do.matter_discussion_end(actor=life.who("worker"), **life.on(life.to_discussing()), reason="")


# -- handing over ------------------------------------------------------------------------
def test_handing_over_starts_the_units_clocks_and_promises_the_date(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    lead, co = life.lead(matter), life.part(matter, "wuye")
    assert (lead.part, co.part, lead.round) == ("lead", "co", 1)
    assert lead.due_at == datetime(2026, 3, 17, 17, 30, tzinfo=BEIJING)
    assert matter.due_at == datetime(2026, 3, 11, 17, 30, tzinfo=BEIJING)  # signing first
    assert duties(matter) >= {("sign", "department"), ("sign", "property")}
    assert "5个工作日内答复,最迟3月17日(周二) 17:30" in body_of("hand_over", matter)
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


def test_nothing_is_reported_before_signing(life: Life) -> None:
    with pytest.raises(Conflict, match="签收"):
        life.result(life.to_handling())


# -- returns -----------------------------------------------------------------------------------
def _return(life: Life, matter: Matter, by: str) -> None:
    do.assignment_return_ask(
        actor=life.who(by), assignment_id=life.lead(matter).pk, reason="不归我们", proposal="请房管所办"
    )


def _decide(life: Life, matter: Matter, granted: bool, by: str = "street", **more: Any) -> Matter:
    return do.return_decide(
        actor=life.who(by), request_id=life.request(matter).pk, is_granted=granted, decision="已研究", **more
    )


def test_a_return_is_the_streets_to_decide(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    matter.refresh_from_db()
    assert matter.bounces == 1
    assert ("decide_return", "street") in duties(matter)
    with pytest.raises(Conflict, match="已有同类申请"):
        _return(life, matter, "department")
    _decide(life, matter, True, unit=life.cast.units["fangguan"])
    former = matter.assignments.get(unit=life.cast.units["chengguan"])
    assert (former.state, former.ended_at is not None) == ("returned", True)
    assert life.lead(matter).unit == life.cast.units["fangguan"]
    assert not [duty for duty in duties(matter) if duty[0] == "decide_return"]


def test_a_refused_return_stays_where_it_is(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    _decide(life, matter, False)
    assert life.lead(matter).unit == life.cast.units["chengguan"]
    assert not life.lead(matter).is_final
    assert "decide" in told(matter, life.cast.person("department"))


def test_after_two_returns_the_street_names_the_unit_and_it_stays(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    _decide(life, matter, True, unit=life.cast.units["fangguan"])
    _return(life, matter, "department_b")
    _decide(life, matter, True, unit=life.cast.units["chengguan"])
    assert life.lead(matter).is_final
    with pytest.raises(Conflict, match="不得再退"):
        _return(life, matter, "department")


def test_the_committee_decides_on_what_it_handed_over_itself_until_the_limit(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), unit="wuye", by="worker")
    _return(life, matter, "property")
    with pytest.raises(InvalidInput, match="同一单位"):
        _decide(life, matter, True, by="worker", unit=life.cast.units["wuye"])
    _decide(life, matter, True, by="worker", unit=life.cast.units["committee_a"])
    assert life.lead(matter).unit == life.cast.units["committee_a"]
    _return(life, matter, "worker2")
    with pytest.raises(NotAllowed, match="街镇"):
        _decide(life, matter, True, by="worker", unit=life.cast.units["wuye"])


def test_the_committee_does_not_decide_on_what_the_street_handed_over(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    with pytest.raises(NotAllowed):
        _decide(life, matter, False, by="worker")


def test_a_granted_return_names_a_unit_or_nothing_happens(life: Life, unchanged: Unchanged) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    unchanged()
    with pytest.raises(InvalidInput, match="选择改派"):
        _decide(life, matter, True)
    unchanged()


def test_a_decided_request_stays_decided(life: Life) -> None:
    matter = life.to_handling()
    _return(life, matter, "department")
    request = life.request(matter)
    _decide(life, matter, False)
    with pytest.raises(Conflict, match="已经审批"):
        do.return_decide(
            actor=life.who("street2"), request_id=request.pk, is_granted=False, decision="再说一次"
        )


def test_a_co_handlers_return_needs_no_replacement(life: Life) -> None:
    matter = life.hand_over(life.to_accepted(), co=("wuye",))
    do.assignment_return_ask(
        actor=life.who("property"),
        assignment_id=life.part(matter, "wuye").pk,
        reason="不涉及",
        proposal="无需协办",
    )
    matter.refresh_from_db()
    assert matter.bounces == 0  # the matter itself has not been sent back
    _decide(life, matter, True)
    life.sign(matter)
    assert life.result(matter).state == "handled"


# -- more time, a pause ---------------------------------------------------------------------------
def _ask_more_time(life: Life, matter: Matter, until: date) -> None:
    do.extension_ask(
        actor=life.who("department"), assignment_id=life.lead(matter).pk, reason="等待材料", new_due_on=until
    )


def test_an_extension_moves_the_limit_and_tells_the_reporter(life: Life) -> None:
    matter = life.to_signed()
    _ask_more_time(life, matter, date(2026, 3, 25))
    do.request_decide(
        actor=life.who("street"), request_id=life.request(matter).pk, is_granted=True, decision="同意"
    )
    matter.refresh_from_db()
    until = datetime(2026, 3, 25, 17, 30, tzinfo=BEIJING)
    assert (matter.due_at, life.lead(matter).due_at, life.lead(matter).extensions) == (until, until, 1)
    assert Duty.objects.get(subject_id=str(matter.public_id), action="handle", state="open").due_at == until
    assert "3月25日(周三) 17:30 原因:等待材料" in body_of("extend", matter)


def test_a_refused_extension_changes_no_limit_and_tells_only_the_unit(life: Life) -> None:
    matter = life.to_signed()
    _ask_more_time(life, matter, date(2026, 3, 25))
    before = life.lead(matter).due_at
    do.request_decide(
        actor=life.who("street"), request_id=life.request(matter).pk, is_granted=False, decision="不同意"
    )
    assert life.lead(matter).due_at == before
    assert "extension_refuse" not in told(matter, life.cast.person("resident"))
    assert told(matter, life.cast.person("department"))[-1] == "decide"


def test_no_more_than_two_extensions(life: Life) -> None:
    matter = life.to_signed()
    Assignment.objects.filter(pk=life.lead(matter).pk).update(extensions=2)
    with pytest.raises(Conflict, match="不能再延"):
        _ask_more_time(life, matter, date(2026, 3, 25))


@pytest.mark.parametrize("until", [date(2026, 3, 10), date(2026, 3, 17), date(2028, 1, 1)])
def test_impossible_new_dates(life: Life, unchanged: Unchanged, until: date) -> None:
    matter = life.to_signed()
    unchanged()
    with pytest.raises(InvalidInput) as refused:
        _ask_more_time(life, matter, until)
    unchanged()
    assert "new_due_on" in refused.value.details


def test_a_pause_stops_the_clocks_and_resuming_gives_back_what_was_left(life: Life) -> None:
    matter = life.to_suspended()  # on 3月10日, five working days left until 3月17日
    assert {row.state for row in Duty.objects.filter(subject_id=str(matter.public_id), action="handle")} == {
        "paused"
    }
    assert ("resume", "street") in duties(matter)
    days_later(10)  # 3月20日
    do.matter_resume(actor=life.who("street"), **life.on(matter), reason="检测完成")
    matter.refresh_from_db()
    until = datetime(2026, 3, 27, 17, 30, tzinfo=BEIJING)
    handle = Duty.objects.get(subject_id=str(matter.public_id), action="handle", state="open")
    assert (matter.due_at, life.lead(matter).due_at, handle.due_at) == (until, until, until)
    assert ("resume", "street") not in duties(matter)


def test_a_pause_ends_by_itself_when_its_date_has_come(life: Life) -> None:
    matter = life.to_suspended()
    days_later(5)
    tasks.resume_paused()
    matter.refresh_from_db()
    assert matter.state == "suspended"
    days_later(6)
    tasks.resume_paused()
    matter.refresh_from_db()
    assert matter.state == "handling"


def test_the_machine_does_not_resume_early(life: Life) -> None:
    matter = life.to_suspended()
    with pytest.raises(Conflict, match="还没有到"):
        do.matter_resume(actor=system("resume"), matter_id=matter.pk, version=None, reason="到期")


def test_asking_needs_a_signature(life: Life) -> None:
    with pytest.raises(Conflict, match="签收后"):
        _ask_more_time(life, life.to_handling(), date(2026, 3, 25))


# -- re-handing, whistling, supervising -----------------------------------------------------------------
def test_rehanding_ends_the_former_units_part_and_its_requests(life: Life) -> None:
    matter = life.to_signed()
    _ask_more_time(life, matter, date(2026, 3, 25))
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


def test_a_whistle_calls_units_to_a_place_at_a_time(life: Life) -> None:
    matter = life.to_accepted()
    at = clock.now() + timedelta(hours=3)
    do.matter_whistle(
        actor=life.who("worker"),
        **life.on(matter),
        cause="多部门交叉",
        units=[life.cast.units["chengguan"], life.cast.units["fangguan"]],
        place="三号楼",
        at=at,
    )
    whistled = life.part(matter, "chengguan")
    assert (whistled.part, whistled.due_at) == ("whistled", at)
    assert matter.state == "accepted"
    do.assignment_sign(actor=life.who("department"), assignment_id=whistled.pk)
    do.assignment_answer(actor=life.who("department"), assignment_id=whistled.pk, result="已到场")
    whistled.refresh_from_db()
    assert whistled.state == "handled"


@pytest.mark.parametrize("hours", [0, -1])
def test_nobody_is_called_into_the_past(life: Life, hours: int) -> None:
    with pytest.raises(InvalidInput, match="晚于现在"):
        do.matter_whistle(
            actor=life.who("street"),
            **life.on(life.to_accepted()),
            cause="x",
            units=[life.cast.units["chengguan"]],
            place="三号楼",
            at=clock.now() + timedelta(hours=hours),
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
