"""The inbox and the outbox as people see them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.foundation.accounts.models import Account
from linli.foundation.notices.models import Delivery, Notice, Refused, Subscription
from linli.foundation.notices.services import deliveries_make
from tests.people import Cast

from .factories import MACHINE, tell

pytestmark = pytest.mark.django_db
INBOX, OUTBOX = "/inbox/", "/desk/settings/deliveries/"
CHOICES = "/me/messages/"


@pytest.mark.parametrize("name", ["resident", "worker", "department"])
def test_everybody_has_an_inbox(cast: Cast, name: str) -> None:
    client = cast.client(name)
    assert "还没有消息" in client.get(INBOX).content.decode()
    tell(cast.person(name).pk, title="已派给城管", body="最迟11月27日")
    page = client.get(INBOX).content.decode()
    assert "已派给城管" in page and "最迟11月27日" in page and "全部标为已读" in page


def test_a_visitor_signs_in_first(cast: Cast) -> None:
    response = cast.client("visitor").get(INBOX)
    assert response.status_code == 302 and "next=%2Finbox%2F" in response["Location"]
    assert cast.client("visitor").post(f"{INBOX}read-all/").status_code == 401


def test_opening_marks_as_read_and_leads_on(cast: Cast) -> None:
    tell(cast.person("resident").pk, url="/m/abc/")
    notice, client = Notice.objects.get(), cast.client("resident")
    response = client.post(f"{INBOX}{notice.public_id}/")
    assert (response.status_code, response["Location"]) == (302, "/m/abc/")
    assert "没有未读消息" in client.get(INBOX, {"only": "unread"}).content.decode()
    assert "已受理" in client.get(f"{INBOX}{notice.public_id}/").content.decode()
    assert cast.client("neighbour").get(f"{INBOX}{notice.public_id}/").status_code == 404


def test_a_message_never_leads_to_another_site(cast: Cast) -> None:
    tell(cast.person("resident").pk, url="https://example.org/")
    response = cast.client("resident").post(f"{INBOX}{Notice.objects.get().public_id}/")
    assert response["Location"] == f"{INBOX}{Notice.objects.get().public_id}/"


def test_somebody_elses_message_is_not_found(cast: Cast) -> None:
    tell(cast.person("resident").pk)
    assert cast.client("neighbour").post(f"{INBOX}{Notice.objects.get().public_id}/").status_code == 404


def test_everything_is_read_at_once(cast: Cast) -> None:
    tell(cast.person("resident").pk)
    client = cast.client("resident")
    client.post(f"{INBOX}read-all/")
    assert "全部标为已读" not in client.get(INBOX).content.decode()


def test_messages_are_text_and_paged(cast: Cast) -> None:
    for n in range(21):
        tell(cast.person("resident").pk, title=f"<b>第{n}条</b>")
    client = cast.client("resident")
    page = client.get(INBOX).content.decode()
    assert "<b>第" not in page and "第20条" in page and "第0条" not in page
    assert "第0条" in client.get(INBOX, {"page": 2}).content.decode()


def test_queries_do_not_grow_with_the_inbox(cast: Cast) -> None:
    client, counts = cast.client("resident"), []
    for _ in range(2):
        for n in range(5):
            tell(cast.person("resident").pk, title=str(n))
        client.get(INBOX)
        with CaptureQueriesContext(connection) as queries:
            client.get(INBOX)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize(
    ("name", "status"),
    [("visitor", 302), ("resident", 403), ("worker", 403), ("city", 403), ("operator", 200)],
)
def test_only_operators_see_the_outbox(cast: Cast, name: str, status: int) -> None:
    assert cast.client(name).get(OUTBOX).status_code == status


def test_operators_see_why_and_try_again(cast: Cast) -> None:
    Account.objects.filter(pk=cast.accounts["worker"].pk).update(email="worker@example.org")
    tell(cast.person("worker").pk, title="给赵敏的消息")
    deliveries_make(actor=MACHINE)
    Delivery.objects.update(state="failed", attempts=8, error="ConnectionRefusedError: 没有应答")
    client = cast.client("operator")
    page = client.get(OUTBOX).content.decode()
    assert "没有应答" in page and "赵敏" not in page and "worker@" not in page
    client.post(f"{OUTBOX}{Delivery.objects.get().pk}/retry/")
    assert Delivery.objects.get().state == Delivery.State.WAITING
    assert "worker@" not in client.get(OUTBOX, {"state": "waiting"}).content.decode()


def test_the_inbox_is_filtered_by_purpose(cast: Cast) -> None:
    tell(cast.person("resident").pk, title="已派给城管")
    tell(cast.person("resident").pk, title="停水通知", purpose="information")
    page = cast.client("resident").get(INBOX, {"purpose": "information"}).content.decode()
    assert "停水通知" in page and "已派给城管" not in page


def test_choices_are_kept_and_taken_back(cast: Cast) -> None:
    client = cast.client("resident")
    page = client.get(CHOICES).content.decode()
    assert "全部不收" in page and "不要电子邮件" in page
    client.post(CHOICES, {"refused": ["information.inbox", "transaction.email"]})
    assert Refused.objects.filter(person=cast.person("resident")).count() == 2
    assert client.get(CHOICES).content.decode().count(" checked") == 2
    client.post(CHOICES, {})
    assert not Refused.objects.exists()
    assert client.post(CHOICES, {"refused": ["emergency.email"]}).status_code == 422


def test_a_neighbourhood_is_subscribed_and_left(cast: Cast) -> None:
    client, place = cast.client("resident"), cast.places["committee_a_place"]
    client.post("/neighbourhood/", {"place": f"committee:{place.code}"})
    client.post(f"{CHOICES}neighbourhood/", {"place": place.code})
    assert Subscription.objects.get().area_path == place.path
    assert place.name in client.get(CHOICES).content.decode()
    client.post(f"{CHOICES}neighbourhood/", {"end": "1"})
    assert not Subscription.objects.exists()
    assert client.post(f"{CHOICES}neighbourhood/", {"place": "000000000000"}).status_code == 404
