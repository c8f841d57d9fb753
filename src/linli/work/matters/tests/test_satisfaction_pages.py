"""The pages of satisfaction: the link without signing in, whom to call, one call, the figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from linli.core import clock as core_clock
from linli.foundation.audit.models import AuditRecord
from linli.foundation.notices.models import Notice
from linli.work.matters.models import Matter
from tests.people import Cast

from .life import Life

pytestmark = [pytest.mark.django_db]
YES = {"was_contacted": "yes", "was_solved": "yes", "was_satisfied": "yes"}
NO = {"was_contacted": "yes", "was_solved": "no", "was_satisfied": "no"}


@pytest.fixture
def closed(life: Life) -> Matter:
    return life.to_closed()


@pytest.fixture
def link(closed: Matter, people: Cast) -> str:
    return Notice.objects.filter(person=people.person("resident"), kind="matter.rate_ask").latest("id").url


def shown(answer: Any) -> str:
    return answer.content.decode()


def test_looking_uses_nothing_up_and_answering_does(link: str, closed: Matter) -> None:
    phone = Client()
    for _ in range(2):
        page = phone.get(link)
        assert page.status_code == 200
    assert closed.number in shown(page)
    assert page["Referrer-Policy"] == "same-origin"
    done = phone.post(link, {**YES, "comment": "谢谢"})
    assert "谢谢您的评价" in shown(done)
    again = phone.get(link)
    assert again.status_code == 410
    assert "已经评价过" in shown(again)
    assert closed.ratings.get().way == "link"


def test_a_late_link_is_a_kind_page(link: str) -> None:
    with core_clock.clock_at(core_clock.now() + timedelta(days=16)):
        late = Client().get(link)
    assert late.status_code == 410
    assert "谢谢您还记着" in shown(late)


def test_unhappy_by_link_goes_to_the_street(link: str, closed: Matter) -> None:
    missing = Client().post(link, {**NO, "wants_reopen": "on"})
    assert missing.status_code == 422
    assert closed.ratings.count() == 0
    done = Client().post(link, {**NO, "wants_reopen": "on", "reasons": ["came_back"]})
    assert "申请重新办理" in shown(done)
    closed.refresh_from_db()
    assert closed.state == "reopening"


def test_the_page_of_a_protected_matter_says_only_its_number(life: Life, people: Cast) -> None:
    matter = life.to_handled()
    Matter.objects.filter(pk=matter.pk).update(is_never_public=True)
    life.verify(matter)
    url = Notice.objects.filter(person=people.person("resident"), kind="matter.rate_ask").latest("id").url
    page = shown(Client().get(url))
    assert matter.number in page
    assert matter.title not in page


def test_the_list_leads_to_a_call_and_the_look_is_recorded(closed: Matter, people: Cast) -> None:
    with core_clock.clock_at(core_clock.now() + timedelta(days=4)):
        worker = people.client("worker")
        rows = shown(worker.get("/desk/matters/revisits/"))
        assert closed.number in rows
        assert "13900000001" not in rows
        for query, is_there in ((closed.number, True), (closed.title, True), ("没有这个词", False)):
            where = f"/desk/matters/revisits/?sort=tries&q={query}"
            assert (f"/{closed.public_id}/revisit/" in shown(worker.get(where))) is is_there
            file = worker.post(f"/exports/revisits/new/?q={query}", {"format": "csv"})
            assert file.status_code == (200 if is_there else 404)
        where = f"/desk/matters/{closed.public_id}/revisit/"
        assert "13900000001" not in shown(worker.get(where))
        assert "13900000001" in shown(worker.post(where, {"reveal": "1"}))
        assert AuditRecord.objects.filter(verb="matter.reveal").exists()
        empty = worker.post(where, {"outcome": "reached"})
        assert empty.status_code == 422
        done = worker.post(where, {"outcome": "reached", **NO, "reasons": ["slow"], "wants_reopen": "on"})
        assert done.status_code == 302
        assert closed.number not in shown(worker.get("/desk/matters/revisits/"))
    assert closed.ratings.get().way == "phone"


def test_a_call_that_failed_needs_no_answers(closed: Matter, people: Cast) -> None:
    where = f"/desk/matters/{closed.public_id}/revisit/"
    assert people.client("worker").post(where, {"outcome": "no_answer"}).status_code == 302
    assert closed.revisit_calls.get().outcome == "no_answer"
    assert "回访未成" in shown(people.client("street").get(f"/desk/matters/{closed.public_id}/"))


def test_figures_are_shown_with_what_they_are_of(life: Life, closed: Matter, people: Cast) -> None:
    life.rate(closed, was_solved=False, was_satisfied=False, reasons=["half_done"])
    page = shown(people.client("street").get("/desk/matters/answers/"))
    assert "只做了一部分 1" in page
    assert people.client("department").get("/desk/matters/answers/").status_code == 403
    later = people.client("street").get("/desk/matters/answers/?from_on=2020-01-01&to_on=2020-02-01")
    assert "没有办结的事" in shown(later)


def test_answers_by_interface_are_counts(life: Life, closed: Matter, people: Cast) -> None:
    life.rate(closed)
    day = core_clock.today().isoformat()
    found = people.client("street").get(f"/api/v1/matters/answers?area=&from_on={day}&to_on={day}")
    assert found.status_code == 200
    total = found.json()["total"]
    assert total["satisfied"] <= total["answered"] <= total["closed"]
    reasons = people.client("street").get("/api/v1/matters/answers/reasons?category=supply").json()
    assert "out_again" in reasons["solved"]
