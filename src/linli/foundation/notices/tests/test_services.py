"""Who is told, over which channel, and that nothing is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from linli.core.clock import clock_at, now
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.models import Account
from linli.foundation.notices import tasks
from linli.foundation.notices.models import Delivery, Notice
from linli.foundation.notices.rules import MOST_ATTEMPTS, retry_after
from linli.foundation.notices.selectors import delivery_list, unread_count
from linli.foundation.notices.services import (
    LEASE,
    deliveries_claim,
    deliveries_make,
    delivery_retry,
    notice_read,
    notices_read_all,
)
from tests.people import Cast

from .factories import MACHINE, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def mailed(cast: Cast) -> int:
    """The worker's person, whose account has an address."""
    Account.objects.filter(pk=cast.accounts["worker"].pk).update(email="worker@example.org")
    return cast.person("worker").pk


class Broken:
    """A mail server that is down so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def addresses(self, person_ids: Any) -> dict[int, str]:
        return dict.fromkeys(person_ids, "somewhere")

    def send(self, notice: Notice, address: str) -> None:
        if self.left:
            self.left -= 1
            raise ConnectionRefusedError("邮件服务器没有应答")


def test_everybody_is_told_once_in_the_inbox(cast: Cast) -> None:
    one, other = cast.person("resident").pk, cast.person("neighbour").pk
    assert tell(one, other, one, body="正文") == 2
    assert tell() == 0
    assert unread_count(cast.actor("resident")) == unread_count(cast.actor("neighbour")) == 1
    tasks.send_due()
    assert not Delivery.objects.exists() and not Notice.objects.filter(is_queued=True).exists()


def test_those_with_an_address_get_a_mail_too(cast: Cast, mailed: int) -> None:
    tell(mailed, cast.person("resident").pk, body="请办理。")
    assert tasks.send_due() == 1
    assert Delivery.objects.get().notice.person_id == mailed
    (message,) = mail.outbox
    assert message.to == ["worker@example.org"] and message.subject == "已受理"
    assert "请办理。" in message.body and "/m/1/" in message.body
    assert Delivery.objects.get().state == Delivery.State.SENT
    assert tasks.send_due() == 0 and len(mail.outbox) == 1


def test_queueing_costs_one_statement_a_person(cast: Cast) -> None:
    person = cast.person("resident").pk
    with CaptureQueriesContext(connection) as queries:
        tell(person)
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 1, statements


def test_an_inactive_account_gets_no_mail(mailed: int) -> None:
    Account.objects.filter(person_id=mailed).update(is_active=False)
    tell(mailed)
    tasks.send_due()
    assert not Delivery.objects.exists() and not mail.outbox


def test_an_address_that_went_away_is_a_failure_with_words(mailed: int) -> None:
    tell(mailed)
    deliveries_make(actor=MACHINE)
    Account.objects.filter(person_id=mailed).update(email="")
    tasks.send_due()
    assert "没有这个渠道的地址" in Delivery.objects.get().error


def test_a_title_cannot_carry_a_mail_header(mailed: int) -> None:
    tell(mailed, title="标题\nBcc: other@example.org")
    tasks.send_due()
    assert not mail.outbox
    assert "BadHeaderError" in Delivery.objects.get().error


def test_a_failure_comes_again_later(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NOTICE_CHANNELS = ["console"]
    monkeypatch.setattr("linli.foundation.notices.services.outbox.CHANNELS", {"console": Broken(1)})
    monkeypatch.setattr(tasks, "CHANNELS", {"console": Broken(1)})
    tell(cast.person("resident").pk)
    tasks.send_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.WAITING, 1)
    assert "没有应答" in delivery.error and delivery.next_at > now()
    assert tasks.send_due() == 0
    with clock_at(delivery.next_at):
        assert tasks.send_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (Delivery.State.SENT, "")


def test_after_eight_failures_it_is_given_up_and_can_be_tried_again(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NOTICE_CHANNELS = ["console"]
    broken = {"console": Broken(MOST_ATTEMPTS)}
    monkeypatch.setattr("linli.foundation.notices.services.outbox.CHANNELS", broken)
    monkeypatch.setattr(tasks, "CHANNELS", broken)
    tell(cast.person("resident").pk)
    for day in range(MOST_ATTEMPTS + 3):
        with clock_at(now() + timedelta(days=day)):
            tasks.send_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.FAILED, MOST_ATTEMPTS)
    assert list(delivery_list(cast.actor("operator"))) == [delivery]
    assert not delivery_list(cast.actor("street"))
    for name in ("street", "resident"):
        with pytest.raises(NotAllowed):
            delivery_retry(actor=cast.actor(name), delivery_id=delivery.pk)
    delivery_retry(actor=cast.actor("operator"), delivery_id=delivery.pk)
    assert tasks.send_due() == 1
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    with pytest.raises(NotFound):
        delivery_retry(actor=cast.actor("operator"), delivery_id=delivery.pk)


def test_a_claim_is_for_one_worker_until_its_lease_is_over(mailed: int) -> None:
    tell(mailed)
    deliveries_make(actor=MACHINE)
    (claimed,) = deliveries_claim(actor=MACHINE)
    assert deliveries_claim(actor=MACHINE) == []
    with clock_at(now() + LEASE):  # the worker that claimed it died before it had sent or said so
        (again,) = deliveries_claim(actor=MACHINE)
    assert again.pk == claimed.pk and again.attempts == 2


def test_a_mail_that_was_sent_but_not_settled_is_repeated_not_lost(
    mailed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(mailed)

    def crash(**_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "delivery_settle", crash)
        with pytest.raises(SystemExit):
            tasks.send_due()
    with clock_at(now() + LEASE):
        tasks.send_due()
    assert len(mail.outbox) == 2
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_only_the_machine_empties_the_outbox(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        deliveries_claim(actor=cast.actor("operator"))


@given(st.integers(1, 40))
def test_waiting_grows_to_a_day(attempts: int) -> None:
    assert timedelta(seconds=30) <= retry_after(attempts) <= retry_after(attempts + 1) <= timedelta(days=1)


def test_reading_is_for_ones_own_messages(cast: Cast) -> None:
    tell(cast.person("resident").pk)
    notice = Notice.objects.get()
    for name in ("neighbour", "worker", "visitor"):
        with pytest.raises(NotFound):
            notice_read(actor=cast.actor(name), notice_id=str(notice.public_id))
    notice.refresh_from_db()
    assert notice.read_at is None
    assert notice_read(actor=cast.actor("resident"), notice_id=str(notice.public_id)).read_at == now()
    assert unread_count(cast.actor("resident")) == 0


def test_everything_can_be_read_at_once(cast: Cast) -> None:
    for _ in range(3):
        tell(cast.person("resident").pk, cast.person("neighbour").pk)
    assert notices_read_all(actor=cast.actor("resident")) == 3
    assert unread_count(cast.actor("resident")) == 0
    assert unread_count(cast.actor("neighbour")) == 3
