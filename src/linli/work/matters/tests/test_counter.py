"""The service counter: numbers of the day, being served, handing over, what came of it, and forgetting."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Conflict, InvalidInput, MoveNotAllowed, NotAllowed, NotFound
from linli.foundation.notices.models import Notice
from linli.registers.organizations.roster.services import roster_week_set
from linli.work.matters import selectors, tasks
from linli.work.matters import services as do
from linli.work.matters.models import CounterVisit, Matter

from .life import Life, category, told, year_load


@pytest.fixture
def life(cast: Any, clock: Any) -> Life:
    year_load()
    category("facility")
    return Life(cast)


def come(life: Life, who: str = "worker", **more: Any) -> CounterVisit:
    return do.visit_add(actor=life.who(who), **{"purpose": "advice", "topic": "问医保", **more})


def test_numbers_are_of_a_unit_and_a_day(life: Life) -> None:
    assert [come(life).number, come(life, "worker2").number, come(life, "street").number] == [1, 2, 1]
    clock.clock_forward(timedelta(days=1))
    assert come(life).number == 1


def test_the_same_form_twice_is_one_number(life: Life) -> None:
    first, again = come(life, request_key="k"), come(life, request_key="k")
    assert first == again
    assert CounterVisit.objects.count() == 1


def test_from_waiting_to_done(life: Life) -> None:
    visit = come(life)
    clock.clock_forward(timedelta(minutes=12))
    do.visit_call(actor=life.who("worker"), visit_id=visit.pk)
    do.visit_finish(actor=life.who("worker"), visit_id=visit.pk, answer="告知去受理中心办理")
    day = selectors.counter_today(life.who("worker2"))
    assert (len(day.waiting), len(day.serving), len(day.ended), day.average_wait) == (0, 0, 1, 12)
    assert day.by_worker == [("赵敏", 1)]
    assert not Matter.objects.exists()


def test_moves_that_are_not_possible_change_nothing(life: Life) -> None:
    visit, actor = come(life), life.who("worker")
    with pytest.raises(MoveNotAllowed):
        do.visit_finish(actor=actor, visit_id=visit.pk, answer="好")
    with pytest.raises(MoveNotAllowed):
        do.visit_wait(actor=actor, visit_id=visit.pk)
    do.visit_call(actor=actor, visit_id=visit.pk)
    with pytest.raises(MoveNotAllowed):
        do.visit_call(actor=life.who("worker2"), visit_id=visit.pk)
    with pytest.raises(InvalidInput):
        do.visit_finish(actor=actor, visit_id=visit.pk, answer=" ")
    visit.refresh_from_db()
    assert (visit.state, visit.served_by) == ("serving", life.cast.person("worker"))


def test_calling_and_leaving_are_undone(life: Life) -> None:
    visit, actor = come(life), life.who("worker")
    for act in (do.visit_call, do.visit_leave):
        act(actor=actor, visit_id=visit.pk)
        do.visit_wait(actor=actor, visit_id=visit.pk)
        visit.refresh_from_db()
        assert (visit.state, visit.served_by, visit.called_at, visit.ended_at) == (
            "waiting",
            None,
            None,
            None,
        )


def test_handing_over_to_a_colleague(life: Life) -> None:
    visit, actor = come(life), life.who("worker")
    do.visit_call(actor=actor, visit_id=visit.pk)
    for stranger in ("worker_b", "worker", "grid_worker"):
        with pytest.raises(InvalidInput):
            do.visit_pass(actor=actor, visit_id=visit.pk, to_person_id=life.cast.person(stranger).pk)
    do.visit_pass(actor=actor, visit_id=visit.pk, to_person_id=life.cast.person("worker2").pk)
    visit.refresh_from_db()
    assert visit.served_by == life.cast.person("worker2")
    assert Notice.objects.get(kind="counter.pass").person == life.cast.person("worker2")


@pytest.mark.parametrize("who", ["grid_worker", "department", "district", "resident", "visitor", "operator"])
def test_others_have_no_counter(life: Life, who: str) -> None:
    with pytest.raises(NotAllowed):
        come(life, who)
    assert not CounterVisit.objects.exists()


def test_a_counter_is_seen_by_its_unit_only(life: Life) -> None:
    visit = come(life)
    for who in ("street", "worker_b"):
        with pytest.raises(NotFound):
            do.visit_call(actor=life.who(who), visit_id=visit.pk)
        assert selectors.counter_today(life.who(who)).count == 0


def test_yesterdays_visitors_are_read_only(life: Life) -> None:
    visit = come(life)
    clock.clock_forward(timedelta(days=1))
    with pytest.raises(Conflict):
        do.visit_call(actor=life.who("worker"), visit_id=visit.pk)


def test_what_visitors_said_is_forgotten_after_the_set_days(life: Life, settings: Any) -> None:
    settings.COUNTER_DAYS = 30
    old = come(life, name="陈阿姨")
    clock.clock_forward(timedelta(days=31))
    fresh = come(life, name="老周")
    assert tasks.forget_visits() == 1
    assert tasks.forget_visits() == 0
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.name, old.topic, old.number) == ("", "", 1)
    assert fresh.name == "老周"
    with pytest.raises(NotAllowed):
        do.visits_forget(actor=life.who("worker"))
    assert do.visits_forget(actor=system("test")) == 0


def test_the_name_is_not_readable_in_the_database(life: Life) -> None:
    visit = come(life, name="陈阿姨")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM matters_countervisit WHERE id = %s", [visit.pk])
        assert "陈" not in cursor.fetchone()[0]


# -- the page -----------------------------------------------------------------------
def test_a_morning_at_the_counter(life: Life) -> None:
    client, url = life.cast.client("worker"), reverse("matters:counter")
    assert client.post(url, {"purpose": "matter", "topic": "楼道灯坏了", "name": "陈阿姨"}).status_code == 302
    assert client.post(url, {"purpose": "nonsense"}).status_code == 422
    visit = CounterVisit.objects.get()

    def act(name: str, **sent: str) -> int:
        return client.post(reverse("matters:visit_act", args=[visit.public_id, name]), sent).status_code

    assert act("call") == 302
    intake = f"{reverse('matters:intake')}?visit={visit.public_id}"
    assert intake in client.get(url).content.decode()
    form = client.get(intake).content.decode()
    assert "楼道灯坏了" in form
    assert "陈阿姨" in form
    said = {"channel": "door", "text": "楼道灯坏了", "place_words": "桂花第一", "reporter_name": "陈阿姨"}
    assert client.post(intake, {**said, "request_key": "k"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.matter) == ("done", Matter.objects.get())
    assert visit.matter is not None and visit.matter.number in client.get(url).content.decode()
    assert act("call") == 302
    visit.refresh_from_db()
    assert visit.state == "done"
    assert act("nonsense") == 404
    other = life.cast.client("worker_b")
    assert other.post(reverse("matters:visit_act", args=[visit.public_id, "call"])).status_code == 404
    assert other.get(intake).status_code == 404
    assert client.get(f"{reverse('matters:intake')}?visit=nonsense").status_code == 404


# -- who is on duty hears of what comes in ----------------------------------------------
def test_new_matters_and_emergencies_reach_who_is_on_duty(life: Life) -> None:
    cells = {(clock.today(), "day"): life.cast.person("worker2").pk}
    monday = clock.today() - timedelta(days=clock.today().weekday())
    roster_week_set(actor=life.who("worker"), unit=life.cast.units["committee_a"], monday=monday, cells=cells)
    plain = life.report()
    assert told(plain, life.cast.person("worker2")) == ["on_duty"]
    assert told(plain, life.cast.person("worker")) == []
    urgent = life.report(text="三号楼着火了", is_emergency=True)
    assert told(urgent, life.cast.person("worker2")) == ["emergency"]
    assert told(urgent, life.cast.person("worker")) == ["emergency"]
    mine = Notice.objects.get(person=life.cast.person("worker2"), kind="matter.emergency")
    assert "您正在值班" in mine.title
    page = life.cast.client("street").get(reverse("matters:record", args=[plain.public_id])).content.decode()
    assert "今日值班" in page
    assert "钱佳" in page
