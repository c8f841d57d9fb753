"""Resolutions from a decision to the end, and everything that is refused on the way."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duties_climb
from linli.foundation.notices.models import Notice
from linli.registers.residents.linking.services import door_code_enter, door_codes_make
from linli.registers.residents.tests.houses import house_make
from linli.work.deliberation.ballots.models import Ballot
from linli.work.deliberation.ballots.tests.assembly import Assembly
from linli.work.deliberation.meetings.tests.conftest import NAMES, refused
from linli.work.deliberation.resolutions import services as do
from linli.work.deliberation.resolutions.models import Resolution, Task
from linli.work.deliberation.resolutions.presses import duty_presses

from .conftest import Desk, duties, failed_item

pytestmark = pytest.mark.django_db


# -- from a decision ------------------------------------------------------------------------
def test_what_passed_becomes_a_resolution(desk: Desk) -> None:
    item = desk.passed()
    made = desk.make(item)
    assert (made.state, made.title, made.text, made.public_days) == ("draft", item.title, item.decision, 15)
    assert "第34条" in made.public_source or "居民委员会组织法" in made.public_source
    assert duties(made) == {("publish", "桂花第一居委会")}
    assert "已经形成" in refused(Conflict, desk.make, item)


def test_only_what_passed_and_is_over(desk: Desk) -> None:
    refused(Conflict, desk.make, failed_item(desk.hall))
    meeting = desk.hall.opened(title="另一次", starts_at=time.now() + timedelta(days=14))
    desk.hall.decide(meeting)
    refused(Conflict, desk.make, meeting.items.get())


def test_who_makes_resolutions(desk: Desk) -> None:
    item = desk.passed()
    refused(NotFound, desk.make, item, by="worker_b")
    refused(NotFound, desk.make, item, by="resident")
    refused(NotAllowed, desk.make, item, by="district")
    refused(NotAllowed, desk.make, item, by="grid_worker")
    assert desk.make(item, by="street").unit == desk.hall.cast.units["committee_a"]


def test_a_ballot_makes_one_once_it_is_settled_and_passed(desk: Desk) -> None:
    house = house_make(desk.hall.cast)
    code = door_codes_make(actor=desk.who("worker"), building_id=house.building.public_id)[0].code
    door_code_enter(actor=desk.who("resident"), code=code, name="王建国", birth=date(1960, 3, 7))
    ballot = Assembly(desk.hall.cast).counted()
    said = {"actor": desk.who("worker"), "ballot_id": ballot.public_id, "title": "装电梯", "text": "装"}
    assert "已生效" in refused(Conflict, do.resolution_from_ballot, **said)
    Ballot.objects.filter(pk=ballot.pk).update(state="settled", settled_at=time.now())
    refused(Conflict, do.resolution_from_ballot, **said)  # nobody voted: nothing passed
    Ballot.objects.filter(pk=ballot.pk).update(tally={"questions": {"q1": {"is_passed": True}}})
    page = reverse("resolutions:from_ballot", args=[ballot.public_id])
    client = desk.hall.cast.client("worker")
    assert page in client.get(reverse("resolutions:list")).content.decode()
    answer = client.post(page, {"title": "装电梯", "text": "三单元加装电梯。"}, follow=True)
    assert "决议已形成" in answer.content.decode()
    made = Resolution.objects.get()
    assert (made.ballot, made.item, made.decided_on) == (ballot, None, time.today())
    assert page not in client.get(reverse("resolutions:list")).content.decode()
    refused(Conflict, do.resolution_from_ballot, **said)


def test_a_ballot_that_is_not_there_makes_none(desk: Desk) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    said = {"actor": desk.who("worker"), "ballot_id": unknown, "title": "装电梯", "text": "装"}
    refused(NotFound, do.resolution_from_ballot, **said)


# -- tasks ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": " "}, "text"),
        ({"due_on": date(2026, 1, 1)}, "due_on"),
        ({"due_on": date(2099, 1, 1)}, "due_on"),
        ({"fen": -1}, "fen"),
        ({"fund": ""}, "fund"),
    ],
)
def test_tasks_that_cannot_be(desk: Desk, more: dict[str, Any], field: str) -> None:
    resolution = desk.make()
    assert field in refused(InvalidInput, desk.task, resolution, **more)


def test_its_form_is_offered_to_who_may_fill_it_in_and_not_above(desk: Desk) -> None:
    resolution = desk.make()
    task = desk.task(resolution)
    desk.act("resolution_publish", resolution)
    duty = Duty.objects.get(subject_id=str(task.public_id))
    (press,) = duty_presses(desk.who("property"), [duty])[str(duty.pk)]
    assert press.url.endswith(f"/tasks/{task.public_id}/progress/")
    assert duty_presses(desk.who("worker"), [duty])
    assert duty_presses(desk.who("district"), [duty]) == {}


def test_tasks_become_duties_when_it_is_published(desk: Desk) -> None:
    resolution = desk.make()
    task = desk.task(resolution)
    assert duties(task) == set()
    property_company = desk.who("property")
    assert not Resolution.objects.visible_to(property_company).exists()
    desk.act("resolution_publish", resolution)
    assert duties(task) == {("carry_out", "安居物业公司")}
    duty = Duty.objects.get(subject_id=str(task.public_id))
    assert duty.due_at is not None
    assert time.local_date(duty.due_at) == task.due_on
    assert Resolution.objects.visible_to(property_company).get() == resolution
    assert Notice.objects.filter(person=desk.hall.cast.person("property"), kind="resolution.task").exists()
    later = desk.task(resolution, text="画线", fen=None, fund="")
    assert duties(later) == {("carry_out", "安居物业公司")}


def test_a_late_task_climbs_the_ladder_by_itself(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    time.clock_forward(timedelta(days=40))
    assert task.is_late(time.today())
    for _turn in range(8):
        duties_climb(actor=system("climb"))
    duty = Duty.objects.get(subject_id=str(task.public_id))
    assert duty.escalation_step > 0


def test_progress_with_money_and_the_end(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    desk.progress(resolution, fen=1_000_000, public_note="充电棚开工了")
    over = refused(InvalidInput, desk.progress, resolution, fen=2_200_001)
    assert "还剩22000.00元" in over
    refused(InvalidInput, desk.progress, resolution, fen=-1)
    refused(InvalidInput, desk.progress, resolution, note=" ")
    refused(NotFound, desk.progress, resolution, by="department")
    refused(NotAllowed, desk.progress, resolution, by="grid_worker")
    desk.progress(resolution, fen=2_200_000, is_end=True)
    task.refresh_from_db()
    assert (task.state, task.spent) == ("done", 3_200_000)
    assert duties(task) == set()
    assert duties(resolution) == {("finish", "桂花第一居委会")}
    refused(Conflict, desk.progress, resolution)


def test_without_a_budget_nothing_is_spent(desk: Desk) -> None:
    resolution = desk.published(fen=None, fund="")
    assert "没有给这项任务预算" in refused(InvalidInput, desk.progress, resolution, fen=100)


def test_another_day_with_a_reason(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    extend = {"task_id": task.pk, "due_on": desk.due(60)}
    refused(InvalidInput, desk.act, "task_extend", resolution, reason="", **extend)
    refused(NotAllowed, desk.act, "task_extend", resolution, "property", reason="慢", **extend)
    desk.act("task_extend", resolution, reason="材料未到", **extend)
    duty = Duty.objects.get(subject_id=str(task.public_id), state="open")
    assert duty.due_at is not None
    assert time.local_date(duty.due_at) == desk.due(60)
    assert resolution.events.get(verb="extend").facts["before"] == str(task.due_on)


def test_a_task_becomes_a_matter_once(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    desk.act("task_to_matter", resolution, task_id=task.pk)
    task.refresh_from_db()
    assert task.matter is not None
    assert task.matter.state == "accepted"
    assert "建充电棚" in task.matter.text
    refused(Conflict, desk.act, "task_to_matter", resolution, task_id=task.pk)


def test_a_task_that_is_taken_back(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    refused(InvalidInput, desk.act, "task_drop", resolution, task_id=task.pk, reason="")
    desk.act("task_drop", resolution, task_id=task.pk, reason="改由市政办")
    assert duties(task) == set()
    assert duties(resolution) == {("finish", "桂花第一居委会")}
    refused(Conflict, desk.act, "task_drop", resolution, task_id=task.pk, reason="再次")


def test_an_overdue_task_is_not_published(desk: Desk) -> None:
    resolution = desk.make()
    desk.task(resolution, due_on=desk.due(1))
    time.clock_forward(timedelta(days=3))
    refused(Conflict, desk.act, "resolution_publish", resolution)


# -- fifteen days, filing, the end -----------------------------------------------------------------
def test_not_closed_before_the_law_allows(desk: Desk) -> None:
    resolution = desk.published()
    assert "1项任务" in refused(Conflict, desk.act, "resolution_finish", resolution, outcome="都办了")
    desk.progress(resolution, is_end=True)
    said = refused(Conflict, desk.act, "resolution_finish", resolution, outcome="都办了")
    assert "公示期还没有满" in said
    assert "居民委员会组织法" in said
    time.clock_forward(timedelta(days=15))
    refused(Conflict, desk.act, "resolution_finish", resolution, outcome="都办了")  # its last day
    time.clock_forward(timedelta(days=1))
    refused(InvalidInput, desk.act, "resolution_finish", resolution, outcome=" ")
    done = desk.act("resolution_finish", resolution, outcome="充电棚建成")
    assert (done.state, duties(done)) == ("done", set())


def test_filing_with_the_street(desk: Desk) -> None:
    resolution = desk.published()
    refused(Conflict, desk.act, "filing_receive", resolution, "street", number="备1")  # nobody asked
    desk.act("filing_ask", resolution)
    assert ("receive", "桂花街道办事处") in duties(resolution)
    refused(Conflict, desk.act, "filing_ask", resolution)
    refused(NotAllowed, desk.act, "filing_receive", resolution, number="备1")
    refused(InvalidInput, desk.act, "filing_return", resolution, "street", reason="")
    desk.act("filing_return", resolution, "street", reason="缺预算附件")
    assert ("refile", "桂花第一居委会") in duties(resolution)
    desk.act("filing_ask", resolution, note="已补")
    refused(InvalidInput, desk.act, "filing_receive", resolution, "street", number="")
    filed = desk.act("filing_receive", resolution, "street", number="桂街备〔2026〕3号")
    assert (filed.filing, filed.filing_number) == ("received", "桂街备〔2026〕3号")
    assert not {action for action, _unit in duties(filed)} & {"receive", "refile"}
    refused(Conflict, desk.act, "filing_ask", resolution)


def test_withdrawn_calls_everything_off(desk: Desk) -> None:
    resolution = desk.published()
    task = resolution.tasks.get()
    refused(InvalidInput, desk.act, "resolution_withdraw", resolution, reason=" ")
    refused(NotAllowed, desk.act, "resolution_withdraw", resolution, "property", reason="x")
    gone = desk.act("resolution_withdraw", resolution, reason="法院撤销")
    task.refresh_from_db()
    assert (gone.state, task.state, duties(task), duties(gone)) == ("withdrawn", "dropped", set(), set())
    refused(MoveNotAllowed, desk.act, "resolution_publish", resolution)


def test_no_name_of_a_representative_anywhere(desk: Desk) -> None:
    resolution = desk.done()
    rows = [f"{event.note}{event.facts}" for event in resolution.events.all()]
    rows += [f"{one.title}{one.body}" for one in Notice.objects.all()]
    assert not [row for row in rows if any(name in row for name in NAMES)]


def test_the_same_request_is_done_once(desk: Desk) -> None:
    resolution = desk.make()
    first = desk.task(resolution, request_key="k1")
    assert desk.task(resolution, request_key="k1") == first
    assert Task.objects.count() == 1
