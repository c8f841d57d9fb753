"""Setting up, pausing, stopping: what is kept, and what refusals leave as it was."""

from typing import Any

import pytest

from linli.core.actor import Scope
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.doors.webhooks import services
from linli.doors.webhooks.models import Message, Subscription
from linli.foundation.audit.models import AuditRecord
from linli.foundation.clients.services import client_close
from linli.foundation.clients.tests.factories import machine
from linli.work.matters.tests.life import Life

from .conftest import KINDS, Hook
from .receiver import Receiver

pytestmark = pytest.mark.django_db


def test_what_is_kept_of_an_address_and_a_secret_is_ciphertext(hook: Hook) -> None:
    from django.db import connection

    assert hook.row.host == hook.receiver.place
    assert hook.secret.startswith("whsec_")
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM webhooks_subscription")
        kept = repr(cursor.fetchone())
    assert "geheim" not in kept and hook.secret not in kept
    assert AuditRecord.objects.filter(verb="webhook.open").count() == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://10.1.2.3/hook", "不在允许外联的名单里"),
        ("https://else.example.cn/hook", "不在允许外联的名单里"),
        ("ftp://127.0.0.1/", "只能是 http 或 https"),
        ("https://a:b@127.0.0.1/", "不能带用户名"),
        ("不是网址", "网址写得不对"),
        ("", "网址写得不对"),
    ],
)
def test_an_address_linli_may_not_call_is_refused_when_saved(
    life: Life, receiver: Receiver, url: str, words: str
) -> None:
    system = machine(life.cast, "street_unit", "street_place", Scope.MATTERS_READ)
    with pytest.raises(InvalidInput) as refused:
        services.subscription_open(actor=life.who("street"), client=system.client, url=url, kinds=KINDS)
    assert words in refused.value.details["url"]
    assert not Subscription.objects.exists()


def test_a_listed_name_that_leads_inside_is_refused_when_saved(
    life: Life, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND = ["hook.example.cn"]
    inner = [(2, 1, 6, "", ("10.1.2.3", 443))]
    monkeypatch.setattr("linli.core.outbound.socket.getaddrinfo", lambda *_, **__: inner)
    system = machine(life.cast, "street_unit", "street_place", Scope.MATTERS_READ)
    with pytest.raises(InvalidInput) as refused:
        services.subscription_open(
            actor=life.who("street"), client=system.client, url="https://hook.example.cn/", kinds=KINDS
        )
    assert "指向内部地址" in refused.value.details["url"]


def test_refusals(hook: Hook, life: Life, receiver: Receiver) -> None:
    client, good = hook.machine.client, {"url": f"{receiver.place}/", "kinds": KINDS}
    for who in ("worker", "resident", "department", "supervisor"):
        with pytest.raises(NotAllowed):
            services.subscription_open(actor=life.who(who), client=client, **good)
    street = life.who("street")
    for kinds in ((), ("message",), ("accept", "nonsense")):
        with pytest.raises(InvalidInput, match="至少选择一种"):
            services.subscription_open(actor=street, client=client, url=good["url"], kinds=kinds)
    with pytest.raises(InvalidInput, match="区域"):
        place = life.cast.places["other_street_place"]
        services.subscription_open(actor=street, client=client, areas=[place], **good)
    deaf = machine(life.cast, "street_unit", "street_place", Scope.PLACES_READ, name="地图")
    with pytest.raises(Conflict, match="没有查看事项的授权"):
        services.subscription_open(actor=street, client=deaf.client, **good)
    for _ in range(4):
        services.subscription_open(actor=street, client=client, **good)
    with pytest.raises(Conflict, match="最多设5个"):
        services.subscription_open(actor=street, client=client, **good)
    assert Subscription.objects.count() == 5


def test_a_stopped_subscription_stays_stopped(hook: Hook) -> None:
    services.message_test(actor=hook.street, subscription=hook.row)
    services.subscription_close(actor=hook.street, subscription=hook.row)
    assert hook.states() == ["dropped"]
    for act in (
        services.subscription_pause,
        services.subscription_resume,
        services.secret_renew,
        services.message_test,
        services.subscription_close,
    ):
        with pytest.raises(Conflict, match="已经停止"):
            act(actor=hook.street, subscription=hook.row)
    assert hook.row.state == "closed"


def test_only_its_administrators_touch_it(hook: Hook, life: Life) -> None:
    stranger = life.who("worker")  # administrator of a committee below
    for act in (
        services.subscription_pause,
        services.subscription_resume,
        services.subscription_close,
        services.secret_renew,
        services.message_test,
    ):
        with pytest.raises(NotAllowed):
            act(actor=stranger, subscription=hook.row)
    assert hook.row.state == "active" and not Message.objects.exists()
    for machine_act in (services.messages_collect, services.message_take, services.messages_forget):
        with pytest.raises(NotAllowed):
            more = {"subscription_id": hook.pk} if machine_act is services.messages_collect else {}
            machine_act(actor=hook.street, **more)


def test_what_is_not_paused_is_not_resumed(hook: Hook) -> None:
    with pytest.raises(Conflict, match="没有停用"):
        services.subscription_resume(actor=hook.street, subscription=hook.row)
    services.subscription_pause(actor=hook.street, subscription=hook.row)
    with pytest.raises(Conflict, match="没有在推送"):
        services.subscription_pause(actor=hook.street, subscription=hook.row)
    with pytest.raises(Conflict, match="现在不发送"):
        services.message_test(actor=hook.street, subscription=hook.row)
    client_close(actor=hook.street, client=hook.machine.client)
    services.subscription_resume(actor=hook.street, subscription=hook.row)
    with pytest.raises(Conflict, match="现在不发送"):
        services.message_test(actor=hook.street, subscription=hook.row)


def test_a_message_that_arrived_is_not_sent_again(hook: Hook) -> None:
    message = services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    with pytest.raises(Conflict, match="不用重发"):
        services.message_retry(actor=hook.street, subscription=hook.row, message_id=str(message.pk))
    assert hook.states() == ["sent"]


def test_what_is_told_and_where_can_be_changed(hook: Hook, life: Life) -> None:
    street, former = life.who("street"), (hook.row.url, hook.secret)
    place = hook.machine.client.areas.get()
    changed = services.subscription_change(
        actor=street, subscription=hook.row, kinds=["accept"], areas=[place]
    )
    hook.row.refresh_from_db()
    assert changed.kinds == hook.row.kinds == ["accept"] and list(hook.row.areas.all()) == [place]
    assert (hook.row.url, hook.row.secret) == former
    address = f"{hook.receiver.place}/new"
    services.subscription_change(
        actor=street, subscription=hook.row, kinds=["accept"], areas=[place], url=address
    )
    hook.row.refresh_from_db()
    assert hook.row.url == address
    assert AuditRecord.objects.filter(verb="webhook.change").count() == 2


def test_a_change_that_is_refused_changes_nothing(hook: Hook, life: Life) -> None:
    street, before = life.who("street"), (hook.row.url, hook.row.kinds)

    def tried(who: Any = street, **said: Any) -> None:
        same = {"kinds": hook.row.kinds, "areas": []}
        services.subscription_change(actor=who, subscription=hook.row, **same | said)

    with pytest.raises(NotAllowed):
        tried(life.who("worker"), kinds=["accept"])
    with pytest.raises(InvalidInput, match="至少选择一种"):
        tried(kinds=[])
    with pytest.raises(InvalidInput, match="不在允许外联的名单里"):
        tried(kinds=["accept"], url="https://else.example.cn/")
    with pytest.raises(InvalidInput, match="区域"):
        tried(areas=[life.cast.places["other_street_place"]])
    with pytest.raises(Conflict, match="没有改动"):
        tried()
    hook.row.refresh_from_db()
    assert (hook.row.url, hook.row.kinds) == before and not hook.row.areas.exists()
    services.subscription_close(actor=street, subscription=hook.row)
    with pytest.raises(Conflict, match="已经停止"):
        tried(kinds=["accept"])
