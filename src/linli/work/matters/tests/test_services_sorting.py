"""Whose affair it is: sorted, confirmed by another, guided, talked over."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from linli.core import clock
from linli.core.clock import BEIJING
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.foundation.duties.models import Duty
from linli.foundation.links.models import Link
from linli.work.matters import services as do
from linli.work.matters import tasks

from .life import Life, body_of, days_later, duties, place_of

Unchanged = Callable[[], None]


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
