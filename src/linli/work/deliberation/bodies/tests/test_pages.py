"""The pages of bodies: what they show, what they take, what they refuse; the interface."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from linli.core import clock as time
from linli.foundation.places.models import Compound
from linli.portal.finding import DESK_KINDS, find
from linli.registers.residents.tests.plans import compound_make
from linli.work.deliberation.bodies import services as do
from linli.work.deliberation.bodies.kinds import kinds
from linli.work.deliberation.bodies.models import Body
from linli.work.deliberation.bodies.tasks import dates_watch

from .conftest import Hall

pytestmark = pytest.mark.django_db
TODAY = "2026-03-10"


def record(body: Body) -> str:
    return reverse("bodies:record", args=[body.public_id])


def act(body: Body, code: str) -> str:
    return reverse("bodies:act", args=[body.public_id, code])


def test_an_empty_list_says_what_to_do(hall: Hall) -> None:
    page = hall.cast.client("worker").get(reverse("bodies:list")).content.decode()
    assert "先登记居民代表会议和居民委员会" in page
    seen = hall.cast.client("district").get(reverse("bodies:list")).content.decode()
    assert "登记组织" not in seen


def test_every_kind_can_be_chosen_and_asks_for_what_it_needs(hall: Hall) -> None:
    street = hall.cast.client("street")
    page = street.get(reverse("bodies:new")).content.decode()
    for kind in kinds().values():
        assert f"?kind={kind.key}" in page
        form = street.get(reverse("bodies:new"), {"kind": kind.key}).content.decode()
        assert kind.name in form and kind.source in form
        assert ('name="compound"' in form) == (kind.level == "compound")
    offered = hall.cast.client("worker").get(reverse("bodies:new")).content.decode()
    assert "?kind=residents_committee" in offered and "?kind=street_assembly" not in offered


def test_a_body_is_entered_on_the_page(hall: Hall) -> None:
    client, address = hall.cast.client("worker"), f"{reverse('bodies:new')}?kind=residents_representatives"
    said = {"name": "居民代表会议", "where": "990101001001", "founded_on": "2026-01-05"}
    refused = client.post(address, {**said, "founded_on": "2026-03-11"})
    assert refused.status_code == 422 and "日期不能晚于今天" in refused.content.decode()
    assert 'value="居民代表会议"' in refused.content.decode()
    answer = client.post(address, said, follow=True)
    body = Body.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain == [(record(body), 302)]
    assert "6月30日(周二)" in page and "每半年至少一次" in page and "还没有登记成员" in page


def test_an_owners_body_stands_in_a_compound_of_the_place(hall: Hall) -> None:
    here = compound_make(hall.cast, "committee_a_place")
    Compound.objects.update(name="桂花东苑")
    elsewhere = compound_make(hall.cast, "committee_b_place")
    address = f"{reverse('bodies:new')}?kind=owners_committee"
    said = {"name": "业委会", "where": "990101001001", "founded_on": "2026-01-05"}
    street = hall.cast.client("street")
    refused = street.post(address, {**said, "compound": str(elsewhere.public_id)})
    assert refused.status_code == 422 and "不在所选居委会的范围内" in refused.content.decode()
    street.post(address, {**said, "compound": str(here.public_id)})
    assert Body.objects.get().compound == here


def test_members_terms_and_meetings_are_entered_on_their_pages(hall: Hall) -> None:
    body, client = hall.found("residents_committee", name="居民委员会"), hall.cast.client("worker")
    begun = client.post(act(body, "term"), {"begins_on": TODAY})
    assert begun.status_code == 302
    said = {"name": "赵主任", "post": "chair", "from_on": TODAY, "is_woman": "yes"}
    said |= {"relatives": "no", "relatives_checked": "on"}
    page = client.post(act(body, "join"), said, follow=True).content.decode()
    assert "赵主任" in page and "2031年3月9日(周日)" in page
    assert "现有1人，应当是5至9人。" in page and "应当有妇女成员" not in page
    again = client.post(act(body, "join"), said)
    assert again.status_code == 409 and "不能登记两次" in again.content.decode()
    client.post(act(body, "met"), {"on": TODAY, "note": "第一次会议"})
    page = client.get(record(body)).content.decode()
    assert "第一次会议" in page and "4月30日(周四)" in page


def test_a_number_links_to_the_register_and_an_unknown_one_is_refused(hall: Hall) -> None:
    body, client = hall.found(), hall.cast.client("worker")
    said = {"name": "", "number": "310110195001011234", "post": "representative", "from_on": TODAY}
    refused = client.post(act(body, "join"), said)
    assert refused.status_code == 422 and "居民登记里没有这个号码" in refused.content.decode()
    assert not body.members.exists()


def test_a_stale_page_is_refused(hall: Hall) -> None:
    body, client = hall.found(), hall.cast.client("worker")
    old = {"name": "旧", "founded_on": "2026-01-05", "version": str(body.version)}
    do.body_change(actor=hall.who("street"), body_id=body.pk, name="街道改的", founded_on=body.founded_on)
    assert client.post(act(body, "change"), old).status_code == 409
    body.refresh_from_db()
    assert body.name == "街道改的"


def test_a_member_leaves_and_stands_in_the_history(hall: Hall) -> None:
    body, client = hall.found(), hall.cast.client("worker")
    hall.join(body, "孙代表")
    address = reverse("bodies:member", args=[body.public_id, body.members.get().public_id, "leave"])
    assert "孙代表" in client.get(address).content.decode()
    assert client.post(address, {"on": TODAY, "leaving": ""}).status_code == 422
    assert client.post(address, {"on": TODAY, "leaving": "resigned"}).status_code == 302
    assert client.get(address).status_code == 409
    page = client.get(reverse("bodies:history", args=[body.public_id])).content.decode()
    assert "孙代表" in page and "辞职" in page


def test_who_only_reads_is_offered_nothing(hall: Hall) -> None:
    body = hall.found()
    hall.join(body, "孙代表")
    for who in ("district", "supervisor", "grid_worker"):
        page = hall.cast.client(who).get(record(body)).content.decode()
        assert "孙代表" in page
        assert "登记成员" not in page and "离任</a>" not in page


def test_a_body_that_is_late_says_so_and_the_duty_stands_on_the_list(hall: Hall) -> None:
    body = hall.found()
    time.clock_forward(timedelta(days=113))
    dates_watch()
    page = hall.cast.client("worker").get(record(body)).content.decode()
    assert "最迟应当在6月30日(周二)开会，已经过期" in page
    todo = hall.cast.client("worker").get(reverse("duties:todo")).content.decode()
    assert "召开会议" in todo and "居民委员会组织法第28条" in todo
    assert (
        body.name
        in hall.cast.client("worker").get(f"{reverse('bodies:list')}?stage=overdue").content.decode()
    )


def test_a_dissolved_body_stays_readable(hall: Hall) -> None:
    body, client = hall.found(), hall.cast.client("worker")
    assert client.post(act(body, "dissolve"), {"on": TODAY, "reason": "社区合并"}).status_code == 302
    page = client.get(record(body)).content.decode()
    assert "社区合并" in page and act(body, "join") not in page and "没有现任成员" in page
    assert client.get(act(body, "join")).status_code == 409


def test_a_meeting_entered_by_mistake_is_taken_back_on_the_page(hall: Hall) -> None:
    body, client = hall.found(), hall.cast.client("worker")
    do.body_met(actor=hall.who("worker"), body_id=body.pk, on=date(2026, 3, 1))
    do.body_met(actor=hall.who("worker"), body_id=body.pk, on=date(2026, 3, 2), meeting=uuid4())
    typed, held = body.sittings.get(meeting=None), body.sittings.exclude(meeting=None).get()
    for sitting, status in ((held, 409), (typed, 302)):
        address = reverse("bodies:unmet", args=[body.public_id, sitting.public_id])
        assert client.post(address).status_code == status
    assert body.sittings.count() == 1


def test_bodies_are_found_by_name(hall: Hall) -> None:
    hall.found()

    def found(who: str) -> list[str]:
        groups = find(hall.who(who), "代表会议", DESK_KINDS, 5)
        return [hit.title for group in groups if group.code == "bodies" for hit in group.hits]

    assert found("worker") == ["桂花第一居民区代表会议"]
    assert found("worker_b") == []


def test_the_interface(hall: Hall) -> None:
    body = hall.found()
    hall.join(body, "孙代表")
    client, address = hall.cast.client("worker"), f"/api/v1/council/bodies/{body.public_id}"
    listed = client.get("/api/v1/council/bodies").json()
    assert [row["name"] for row in listed["items"]] == [body.name]
    assert client.get("/api/v1/council/bodies?q=没有这样的组织").json()["items"] == []
    whole = client.get(address).json()
    assert whole["rule"] == "residents_representatives" and whole["meet_by"] == "2026-06-30"
    assert [member["name"] for member in whole["members"]] == ["孙代表"]
    met = client.post(f"{address}/met", {"on": TODAY}, content_type="application/json")
    assert (met.status_code, met.json()["meet_by"]) == (200, "2026-12-31")
    refused = client.post(f"{address}/met", {"on": "2026-03-11"}, content_type="application/json")
    assert refused.status_code == 422


def test_a_page_of_many_bodies_costs_no_query_a_row(hall: Hall) -> None:
    client = hall.cast.client("street")
    for number in range(3):
        hall.found(name=f"会{number}")
    client.get(reverse("bodies:list"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("bodies:list"))
        return len(caught)

    few = queries()
    for number in range(3, 15):
        hall.found(name=f"会{number}")
    assert queries() == few


def test_only_bodies_that_the_reader_may_open_are_linked(hall: Hall) -> None:
    parent = hall.found("residents_committee", by="street", where="committee_b_place", name="第二居委会")
    child = hall.found("sub_committee", by="street", name="治安委员会", parent_id=parent.pk)
    pages = {who: hall.cast.client(who) for who in ("street", "worker", "worker_b")}
    above = {who: pages[who].get(record(child)).content.decode() for who in ("street", "worker")}
    below = {who: pages[who].get(record(parent)).content.decode() for who in ("street", "worker_b")}
    assert record(parent) in above["street"] and record(child) in below["street"]
    assert "第二居委会" in above["worker"] and record(parent) not in above["worker"]
    assert "治安委员会" in below["worker_b"] and record(child) not in below["worker_b"]
    assert pages["worker"].get(record(parent)).status_code == 404
