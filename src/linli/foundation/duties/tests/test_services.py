"""Opening, closing, pausing, moving, reminding, handing over."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.core.actor import Function, visitor
from linli.core.clock import BEIJING, clock_at
from linli.core.errors import NotAllowed, ProgrammingFault
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties import services
from linli.foundation.duties.models import Duty
from linli.foundation.duties.rules import Colour
from linli.foundation.duties.tasks import mark_overdue
from linli.foundation.notices.models import Notice
from tests.people import Cast

from .factories import MACHINE, due, duty_make, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BEIJING)


def call(name: str, **given: Any) -> Any:
    return step(actor=MACHINE, call=getattr(services, name), **given)


def test_a_duty_carries_its_clock_and_the_law_behind_it() -> None:
    duty = duty_make()
    assert duty.due_at == at(17, 17, 30) and not duty.is_provisional
    assert duty.law == "热线办理规范第六条（时限5个工作日）"
    assert duty.colour is Colour.GREEN
    assert duty.remind_at is not None and duty.opened_at < duty.remind_at < duty.due_at


def test_opening_costs_one_statement() -> None:
    duty_make()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        duty_make()
    assert len([query for query in queries if "duties_duty" in query["sql"]]) == 1
    assert not [query for query in queries if query["sql"].startswith("SELECT")]


def test_a_given_due_time_wins_and_a_start_may_lie_back() -> None:
    assert duty_make(due_at=at(20)).due_at == at(20)
    assert duty_make(start=at(9)).due_at == at(16, 17, 30)
    assert duty_make(limit=None).due_at is None


def test_a_year_without_calendar_makes_it_provisional() -> None:
    duty = duty_make(start=datetime(2026, 12, 30, 9, tzinfo=BEIJING))
    assert duty.is_provisional


def test_steps_refuse_outside_a_service() -> None:
    with pytest.raises(ProgrammingFault):
        services.duty_close(room="matters", subject_id="m1")


def test_closing_takes_only_what_is_meant() -> None:
    kept = duty_make(subject_id="other")
    accept, sort = duty_make(), duty_make(action="sort")
    assert call("duty_close", room="matters", subject_id="m1", action="accept") == 1
    accept.refresh_from_db()
    assert (accept.state, accept.closed_at) == (Duty.State.DONE, at(10))
    assert call("duty_close", room="matters", subject_id="m1", state="cancelled") == 1
    sort.refresh_from_db()
    assert sort.state == Duty.State.CANCELLED
    assert call("duty_close", room="matters", subject_id="m1") == 0
    assert Duty.objects.get(state="open") == kept


def test_closing_by_unit_names_who_did_it(cast: Cast) -> None:
    ours = duty_make(unit_id=cast.units["chengguan"].pk, function=Function.DEPARTMENT)
    theirs = duty_make(unit_id=cast.units["wuye"].pk, function=Function.PROPERTY)
    person = cast.person("department")
    call("duty_close", room="matters", subject_id="m1", unit_id=cast.units["chengguan"].pk, by=person.pk)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.state, ours.closed_by) == (Duty.State.DONE, person)
    assert theirs.state == Duty.State.OPEN


def test_an_unknown_state_is_refused() -> None:
    duty_make()
    with pytest.raises(ValueError, match="lost"):
        call("duty_close", room="matters", subject_id="m1", state="lost")
    assert Duty.objects.get().state == Duty.State.OPEN


def test_a_pause_stops_the_clock_in_working_days() -> None:
    duty = duty_make()  # due on the 17th, three working days after the 12th
    with clock_at(at(12)):
        assert call("duty_pause", room="matters", subject_id="m1") == 1
    with clock_at(at(18, 9)):
        assert call("duty_resume", room="matters", subject_id="m1") == 1
    assert due(duty) == at(23, 17, 30)
    assert (duty.state, duty.paused_at) == (Duty.State.OPEN, None)


def test_a_pause_of_hours_moves_by_the_time_that_passed() -> None:
    duty = duty_make(limit=Limit(4, LimitUnit.HOUR))
    with clock_at(at(10, 11)):
        call("duty_pause", room="matters", subject_id="m1")
    with clock_at(at(14, 11)):
        call("duty_resume", room="matters", subject_id="m1")
    assert due(duty) == at(14, 14)


def test_a_pause_into_a_year_without_calendar_makes_it_provisional() -> None:
    duty = duty_make()
    with clock_at(at(12)):
        call("duty_pause", room="matters", subject_id="m1")
    with clock_at(datetime(2026, 12, 31, 9, tzinfo=BEIJING)):
        call("duty_resume", room="matters", subject_id="m1")
    due(duty)
    assert duty.is_provisional


def test_a_duty_without_a_limit_pauses_too() -> None:
    duty_make(limit=None)
    assert call("duty_pause", room="matters", subject_id="m1") == 1
    assert call("duty_resume", room="matters", subject_id="m1") == 1
    assert Duty.objects.get().state == Duty.State.OPEN


def test_an_extension_moves_one_action() -> None:
    moved, kept = duty_make(), duty_make(action="sort")
    with clock_at(at(18)):
        mark_overdue()
        assert call("duty_reschedule", room="matters", subject_id="m1", action="accept", due_at=at(30)) == 1
    assert due(moved) == at(30) and due(kept) == at(17, 17, 30)
    assert moved.escalation_step == 0
    assert moved.remind_at is not None and at(18) < moved.remind_at < at(30)


def test_everything_of_a_person_can_be_handed_over(cast: Cast) -> None:
    old, new = cast.person("worker"), cast.person("worker2")
    standing = duty_make(person_id=old.pk)
    done = duty_make(person_id=old.pk, subject_id="m2")
    call("duty_close", room="matters", subject_id="m2")
    assert (
        step(
            actor=MACHINE,
            call=lambda: services.duty_handover(actor=MACHINE, from_person=old.pk, to_person=new.pk),
        )
        == 1
    )
    standing.refresh_from_db()
    done.refresh_from_db()
    assert (standing.person, done.person) == (new, old)


def told(cast: Cast, name: str) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(person=cast.person(name)).order_by("id").values_list("kind", "url"))


def test_people_are_reminded_once_and_told_once_that_it_is_late(cast: Cast) -> None:
    duty_make(area_path=cast.places["committee_a_place"].path)
    assert mark_overdue() == 0
    with clock_at(at(16, 17)):
        assert [mark_overdue(), mark_overdue()] == [1, 0]
    with clock_at(at(17, 18)):
        assert [mark_overdue(), mark_overdue()] == [1, 0]
    expected = [("duty.remind", "/desk/matters/m1/"), ("duty.overdue", "/desk/matters/m1/")]
    assert told(cast, "worker") == told(cast, "worker2") == expected
    assert not told(cast, "worker_b") and not told(cast, "street")


def test_many_late_duties_are_one_message(cast: Cast) -> None:
    for n in range(5):
        duty_make(subject_id=f"m{n}", person_id=cast.person("worker").pk)
    with clock_at(at(18)):
        assert mark_overdue() == 5
    assert told(cast, "worker") == [("duty.overdue", "/desk/?due=overdue")]
    assert "5件" in Notice.objects.get().title


def test_a_late_duty_was_not_reminded_before_and_is_only_told_late(cast: Cast) -> None:
    duty_make(person_id=cast.person("worker").pk)
    with clock_at(at(18)):
        mark_overdue()
        mark_overdue()
    assert [kind for kind, _ in told(cast, "worker")] == ["duty.overdue"]


def test_residents_and_paused_duties_are_left_in_peace(cast: Cast) -> None:
    duty_make(person_id=cast.person("resident").pk, function=Function.RESIDENT)
    duty_make(subject_id="m2", person_id=cast.person("worker").pk)
    call("duty_pause", room="matters", subject_id="m2")
    with clock_at(at(30)):
        assert mark_overdue() == 0
    assert not Notice.objects.exists()


def test_only_the_machine_lets_duties_climb() -> None:
    with pytest.raises(NotAllowed):
        services.duties_climb(actor=visitor("x"))


def test_more_than_a_batch_is_worked_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.foundation.duties import tasks

    monkeypatch.setattr(services, "BATCH", 2)
    monkeypatch.setattr(tasks, "BATCH", 2)
    for n in range(5):
        duty_make(subject_id=f"m{n}", person_id=cast.person("worker").pk)
    with clock_at(at(18)):
        assert tasks.mark_overdue() == 5
    assert clock.now() - at(10) < timedelta(seconds=1)
