"""The pages of administrators and the interface of the systems themselves."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from linli.core.actor import Scope
from linli.doors.webhooks.models import Subscription
from linli.doors.webhooks.views import SAMPLE
from linli.foundation.clients.tests.factories import machine
from linli.work.matters.tests.life import Life

from .conftest import Hook
from .receiver import Receiver

pytestmark = pytest.mark.django_db


def page(hook: Hook, name: str = "detail") -> str:
    return reverse(f"webhooks:{name}", args=[hook.row.public_id])


def test_an_administrator_sets_it_up_and_sees_the_secret_once(life: Life, receiver: Receiver) -> None:
    system = machine(life.cast, "street_unit", "street_place", Scope.MATTERS_READ, name="城运中心")
    browser, address = life.cast.client("street"), reverse("webhooks:new")
    assert "城运中心" in browser.get(address).content.decode()
    sent = {
        "client": str(system.client.public_id),
        "url": f"{receiver.place}/x",
        "kinds": ["accept", "result"],
    }
    wrong = browser.post(address, sent | {"url": "https://10.0.0.1/"})
    assert wrong.status_code == 422 and "不在允许外联的名单里" in wrong.content.decode()
    assert browser.post(address, sent | {"kinds": []}).status_code == 422
    assert not Subscription.objects.exists()
    made = browser.post(address, sent).content.decode()
    secret = re.search(r"whsec_[\w+/=]+", made)
    assert secret is not None
    found = Subscription.objects.get()
    again = browser.get(reverse("webhooks:detail", args=[found.public_id])).content.decode()
    assert "whsec_" not in again and secret[0] == found.secret
    assert found.host in browser.get(reverse("webhooks:list")).content.decode()


def test_buttons_do_what_they_say(hook: Hook) -> None:
    browser = hook.life.cast.client("street")
    assert "还没有发送过" in browser.get(page(hook)).content.decode()
    browser.post(page(hook, "test"))
    hook.receiver.answers = 500
    hook.round()
    shown = browser.get(page(hook)).content.decode()
    assert "推送测试" in shown and "HTTP 500" in shown and "对方最近没有正常接收" in shown
    assert "HTTP 500" not in browser.get(page(hook), {"state": "sent"}).content.decode()
    hook.receiver.answers = 200
    message = hook.row.messages.get()
    browser.post(reverse("webhooks:retry", args=[hook.row.public_id, message.pk]))
    hook.round()
    assert hook.states() == ["sent"]
    browser.post(page(hook, "pause"))
    assert hook.row.state == "paused"
    browser.post(page(hook, "resume"))
    assert hook.row.state == "active"
    assert "whsec_" in browser.post(page(hook, "renew")).content.decode()
    browser.post(page(hook, "close"))
    assert hook.row.state == "closed"
    assert browser.post(page(hook, "test")).status_code == 409


def test_others_do_not_see_it(hook: Hook) -> None:
    for who, status in (("resident", 403), ("worker", 404)):
        assert hook.life.cast.client(who).get(page(hook)).status_code == status


def test_the_guide_shows_the_code_that_the_tests_run(hook: Hook) -> None:
    shown = hook.life.cast.client("street").get(reverse("webhooks:guide")).content.decode()
    code = SAMPLE.read_text(encoding="utf-8").strip()
    assert "hmac.compare_digest" in shown
    document = next(p for p in Path(__file__).parents if (p / "docs").is_dir()) / "docs" / "webhooks.md"
    assert code in document.read_text(encoding="utf-8")


def test_a_system_reads_and_tries_its_own(hook: Hook) -> None:
    listed = hook.machine.get("/webhooks").json()["items"]
    assert [row["host"] for row in listed] == [hook.receiver.place]
    assert "geheim" not in str(listed) and hook.secret not in str(listed)
    made = hook.machine.post(f"/webhooks/{hook.row.public_id}/test")
    assert made.status_code == 200
    hook.receiver.answers = 500
    hook.round()
    rows = hook.machine.get(f"/webhooks/{hook.row.public_id}/messages", state="waiting").json()["items"]
    assert rows[0]["id"] == made.json()["id"] and rows[0]["tries"][0]["status"] == 500
    hook.receiver.answers = 200
    again = f"/webhooks/{hook.row.public_id}/messages/{rows[0]['id']}/retry"
    assert hook.machine.post(again).status_code == 200
    hook.round()
    assert hook.machine.post(again).status_code == 409


@pytest.mark.parametrize("query", [{"state": "nonsense"}, {"limit": 0}, {"statt": "sent"}])
def test_odd_questions_are_refused(hook: Hook, query: dict[str, Any]) -> None:
    assert hook.machine.get(f"/webhooks/{hook.row.public_id}/messages", **query).status_code == 422


def test_a_system_has_nothing_to_do_with_others(hook: Hook) -> None:
    other = machine(hook.life.cast, "street_unit", "street_place", Scope.MATTERS_READ, name="另一个")
    assert other.get("/webhooks").json()["items"] == []
    assert other.get(f"/webhooks/{hook.row.public_id}/messages").status_code == 404
    assert other.post(f"/webhooks/{hook.row.public_id}/test").status_code == 404
    deaf = machine(hook.life.cast, "street_unit", "street_place", Scope.PLACES_READ, name="地图")
    assert deaf.get("/webhooks").status_code == 403


def test_a_subscription_is_changed_on_its_page(hook: Hook) -> None:
    browser = hook.life.cast.client("street")
    form = browser.get(page(hook, "change")).content.decode()
    assert hook.row.host in form and "geheim" not in form
    assert browser.post(page(hook, "change"), {"kinds": []}).status_code == 422
    answer = browser.post(page(hook, "change"), {"kinds": ["result"]}, follow=True)
    assert "按新的设置推送" in answer.content.decode()
    hook.row.refresh_from_db()
    assert hook.row.kinds == ["result"]
