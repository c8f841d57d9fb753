"""群发 as committees see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.accounts.models import Account
from linli.foundation.notices import tasks
from linli.foundation.notices.models import Broadcast, Delivery, Notice
from tests.people import Cast

from .factories import crowd, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/desk/broadcasts/"


def _form(cast: Cast, **given: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "purpose": "information",
        "title": "停水通知",
        "body": "周三停水。",
        "places": [cast.places["committee_a_place"].code],
        "audience": ["subscribers"],
        "reported_days": "365",
        "request_key": "k1",
    }
    return plain | given


def test_written_counted_submitted_and_reported(cast: Cast) -> None:
    crowd(cast, 3)
    client = cast.client("worker")
    page = client.get(f"{LIST}new/").content.decode()
    assert "桂花第一居委会" in page and "桂花第二居委会" not in page and "订阅了社区通知的居民" in page
    response = client.post(f"{LIST}new/", _form(cast))
    broadcast = Broadcast.objects.get()
    here = f"{LIST}{broadcast.public_id}/"
    assert response["Location"] == here
    page = client.get(here).content.decode()
    assert "可送达 <strong" in page and ">3</strong>" in page and "提交发送" in page and "叫停" not in page
    assert client.post(f"{here}submit/", {"version": broadcast.version})["Location"] == here
    page = client.get(here).content.decode()
    assert "待发送" in page and "叫停" in page
    tasks.carry_broadcasts()
    page = client.get(here).content.decode()
    assert "已发完" in page and "照此再写" in page and "可送达 3 人" in page
    assert "停水通知" in client.get(LIST).content.decode()
    assert "3/3" in client.get(LIST, {"state": "done"}).content.decode()
    assert "还没有群发" in client.get(LIST, {"state": "draft"}).content.decode()


def test_what_was_typed_stays_when_something_is_wrong(cast: Cast) -> None:
    response = cast.client("worker").post(f"{LIST}new/", _form(cast, body="请找13912345678"))
    page = response.content.decode()
    assert response.status_code == 422 and "只写单位电话" in page and "请找13912345678" in page
    assert not Broadcast.objects.exists()
    assert cast.client("worker").post(f"{LIST}new/", {}).status_code == 422


def test_a_place_outside_is_refused(cast: Cast) -> None:
    code = cast.places["committee_b_place"].code
    assert cast.client("worker").post(f"{LIST}new/", _form(cast, places=[code])).status_code == 422
    assert not Broadcast.objects.exists()


def test_the_count_follows_the_form(cast: Cast) -> None:
    crowd(cast, 501)
    client = cast.client("worker")
    part = client.get(f"{LIST}count/", _form(cast)).content.decode()
    assert ">501</strong>" in part and "须另一人审批" in part
    assert ">0</strong>" in client.get(f"{LIST}count/", {}).content.decode()
    foreign = _form(cast, places=[cast.places["committee_b_place"].code])
    assert ">0</strong>" in client.get(f"{LIST}count/", foreign).content.decode()


def test_beginnings_and_copies(cast: Cast) -> None:
    client = cast.client("worker")
    assert "遇险请拨打119" in client.get(f"{LIST}new/", {"text": "大风暴雨"}).content.decode()
    broadcast = written(cast, body="一段不会重复的话。")
    assert "一段不会重复的话" in client.get(f"{LIST}new/", {"copy": broadcast.public_id}).content.decode()
    foreign = cast.client("worker_b").get(f"{LIST}new/", {"copy": broadcast.public_id})
    assert foreign.status_code == 404


def test_another_person_approves_on_the_page(cast: Cast) -> None:
    crowd(cast, 501)
    broadcast = written(cast)
    here, author, other = f"{LIST}{broadcast.public_id}/", cast.client("worker"), cast.client("worker2")
    author.post(f"{here}submit/")
    page = author.get(here).content.decode()
    assert "等另一人审批" in page and ">批准<" not in page
    assert author.post(f"{here}approve/").status_code == 403
    assert "退回给起草人" in other.get(here).content.decode()
    other.post(f"{here}approve/")
    assert Broadcast.objects.get().state == "scheduled"
    assert author.post(f"{here}stop/", {"note": ""}).status_code == 422
    author.post(f"{here}stop/", {"note": "内容有误"})
    page = author.get(here).content.decode()
    assert "已叫停" in page and "内容有误" in page and "叫停后未发" in page
    tasks.carry_broadcasts()
    assert not Notice.objects.filter(broadcast=broadcast).exists()


def test_a_draft_is_changed_and_nothing_else_is(cast: Cast) -> None:
    crowd(cast, 1)
    broadcast, client = written(cast), cast.client("worker")
    here = f"{LIST}{broadcast.public_id}/"
    client.post(f"{here}edit/", _form(cast, title="停电通知", version=broadcast.version))
    assert Broadcast.objects.get().title == "停电通知"
    assert client.post(f"{here}edit/", _form(cast, version=broadcast.version)).status_code == 409
    client.post(f"{here}submit/")
    assert client.get(f"{here}edit/").status_code == 409
    assert client.post(f"{here}burn/").status_code == 404


def test_failed_ones_can_be_sent_again(cast: Cast) -> None:
    people = crowd(cast, 1)
    Account.objects.filter(person_id__in=people).update(email="a@example.org")
    broadcast, client = written(cast, channels=["email"]), cast.client("worker")
    here = f"{LIST}{broadcast.public_id}/"
    client.post(f"{here}submit/")
    tasks.carry_broadcasts()
    tasks.send_due()
    Delivery.objects.update(state="failed")
    assert "重发失败的" in client.get(here).content.decode()
    client.post(f"{here}resend/")
    assert Delivery.objects.get().state == "waiting"
    part = client.get(here, {"part": "progress"}).content.decode()
    assert "<html" not in part and "every 3s" in part


def test_a_resident_reads_it_and_may_refuse_more(cast: Cast) -> None:
    cast.client("resident").post(
        "/me/messages/neighbourhood/", {"place": cast.places["committee_a_place"].code}
    )
    broadcast = written(cast)
    cast.client("worker").post(f"{LIST}{broadcast.public_id}/submit/")
    tasks.carry_broadcasts()
    client = cast.client("resident")
    assert "周三九点" in client.get("/inbox/").content.decode()
    page = client.get(f"/inbox/{Notice.objects.get().public_id}/").content.decode()
    assert "桂花第一居委会" in page and "可以设置不再接收" in page


def test_the_pages_cost_a_fixed_number_of_queries(cast: Cast) -> None:
    client, counts = cast.client("worker"), []
    for _ in range(2):
        for _ in range(5):
            written(cast)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10, [query["sql"][:90] for query in queries]
