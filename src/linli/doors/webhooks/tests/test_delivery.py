"""What goes out, how it is signed, what happens when nobody listens."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from linli.core import clock as time
from linli.doors.webhooks import services, tasks
from linli.doors.webhooks.models import Attempt, Message
from linli.doors.webhooks.rules import FAILING_FOR, KEPT, LEASE, WAITS
from linli.doors.webhooks.services import sending
from linli.doors.webhooks.views import SAMPLE
from linli.foundation.accounts.models import Role
from linli.foundation.audit.models import AuditRecord
from linli.foundation.clients.models import Client
from linli.foundation.clients.services import client_close
from linli.foundation.duties.models import Duty
from linli.foundation.notices.models import Notice
from linli.work.matters import services as do
from linli.work.matters.tests.life import place_of

from .conftest import Hook

pytestmark = pytest.mark.django_db
WORDS = "三号楼的王某某半夜敲门，电话13800001234"


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Check as receivers do, by the code that the guide shows, at this test's time."""
    code: dict[str, Any] = {}
    exec(SAMPLE.read_text(encoding="utf-8"), code)
    code["time"] = SimpleNamespace(time=lambda: time.now().timestamp())
    return bool(code["verify"](secret, headers, body))


def is_signed(hook: Hook, secret: str = "") -> bool:
    headers, body = hook.receiver.heard[-1]
    return verify(secret or hook.secret, headers, body)


def test_a_step_is_told_once_signed_and_without_personal_values(hook: Hook) -> None:
    matter = do.matter_report(
        actor=hook.life.who("resident"), text=WORDS, place=place_of(hook.life.cast), reporter_name="王某某"
    )
    hook.round()
    hook.round()
    assert [body["type"] for body in hook.receiver.bodies] == ["matter.report"]
    headers, body = hook.receiver.heard[0]
    assert is_signed(hook)
    assert not verify(hook.secret, headers, body + b" ")
    assert not verify("whsec_AAAA", headers, body)
    told = hook.receiver.bodies[0]["data"]["matter"]
    assert (told["number"], told["public"]) == (matter.number, None)
    for private in ("王某某", "13800001234", "敲门"):
        assert private not in body.decode()
    assert hook.states() == ["sent"]


def test_old_bytes_are_refused_by_the_sample(hook: Hook) -> None:
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    assert is_signed(hook)
    time.clock_forward(timedelta(minutes=6))
    assert not is_signed(hook)


def test_the_public_version_goes_along_until_it_is_withdrawn(hook: Hook) -> None:
    matter = hook.life.to_signed()
    words = {"title": "路灯已修好", "text": "三号楼门口的路灯已经换新。"}
    do.matter_publish(actor=hook.life.who("worker"), matter_id=matter.pk, **words)
    hook.round()
    published = next(body for body in hook.receiver.bodies if body["type"] == "matter.publish")
    assert published["data"]["matter"]["public"] == words
    assert [body["type"] for body in hook.receiver.bodies][:3] == [
        "matter.report",
        "matter.accept",
        "matter.hand_over",
    ]


def test_what_its_system_may_not_read_is_not_told(hook: Hook) -> None:
    place = hook.life.cast.places["other_street_place"]
    hook.machine.client.areas.set([place])
    hook.life.to_signed()
    assert hook.round() == 0
    assert not Message.objects.exists()


def test_what_waits_is_dropped_once_its_system_is_closed(hook: Hook) -> None:
    services.message_test(actor=hook.street, subscription=hook.row)
    client_close(actor=hook.street, client=hook.machine.client)
    hook.round()
    assert hook.states() == ["dropped"] and not hook.receiver.heard


def test_a_failure_is_tried_again_with_the_same_id(hook: Hook) -> None:
    hook.receiver.answers = 503
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    assert hook.round(timedelta(seconds=5)) == 0
    hook.receiver.answers = 204
    hook.round(WAITS[0])
    assert len(hook.receiver.ids) == 2 and len(set(hook.receiver.ids)) == 1
    assert list(Attempt.objects.values_list("status", flat=True)) == [503, 204]
    assert hook.states() == ["sent"] and hook.progress.failures == 0


def test_attempts_end_and_an_administrator_sends_again(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "is_given_up", lambda *_: False)
    hook.receiver.answers = 500
    message = services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    for wait in WAITS:
        hook.round(wait + timedelta(minutes=11))
    assert hook.states() == ["failed"] and len(hook.receiver.ids) == len(WAITS) + 1
    hook.receiver.answers = 200
    services.message_retry(actor=hook.street, subscription=hook.row, message_id=str(message.pk))
    hook.round(timedelta(0))
    assert hook.states() == ["sent"] and len(set(hook.receiver.ids)) == 1


def test_one_that_fails_does_not_hold_up_the_others_nor_is_hammered(hook: Hook) -> None:
    hook.receiver.answers = 500
    for _ in range(4):
        services.message_test(actor=hook.street, subscription=hook.row)
    assert hook.round() == 1
    assert len(hook.receiver.heard) == 1  # the other three wait for the next round
    assert hook.round(timedelta(seconds=1)) == 0
    hook.receiver.answers = 200
    hook.round(timedelta(minutes=2))
    assert hook.states() == ["sent"] * 4


def test_long_failure_disables_and_somebody_has_to_mend_it(hook: Hook) -> None:
    hook.receiver.answers = 500
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    since = hook.progress.failing_since
    assert since is not None
    while hook.row.state == "active" and time.now() < since + FAILING_FOR * 2:
        hook.round(timedelta(hours=6))
    assert hook.row.state == "disabled"
    assert time.now() >= since + FAILING_FOR
    duty = Duty.objects.get(room="webhooks")
    street = hook.life.cast.person("street")
    assert duty.person == street and duty.due_at is not None and duty.next_at is not None
    assert Notice.objects.filter(kind="webhook.disable", person=street).count() == 1
    assert AuditRecord.objects.filter(verb="webhook.disable").count() == 1
    assert "geheim" not in duty.title
    heard = len(hook.receiver.heard)
    assert hook.round(timedelta(days=1)) == 0 and len(hook.receiver.heard) == heard

    hook.receiver.answers = 200
    hook.life.to_signed()  # meanwhile
    services.subscription_resume(actor=hook.street, subscription=hook.row)
    hook.round()
    duty.refresh_from_db()
    assert (hook.row.state, duty.state) == ("active", "done")
    assert {"matter.report", "matter.accept", "matter.hand_over", "test"} == {
        body["type"] for body in hook.receiver.bodies
    }


def test_gone_disables_at_once(hook: Hook) -> None:
    hook.receiver.answers = 410
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    assert hook.row.state == "disabled" and Duty.objects.filter(room="webhooks").count() == 1


def test_nobody_left_to_look_after_it_leaves_it_to_operators(hook: Hook) -> None:
    hook.receiver.answers = 410
    services.message_test(actor=hook.street, subscription=hook.row)
    Role.objects.update(is_unit_admin=False)
    hook.round()
    duty = Duty.objects.get(room="webhooks")
    assert (duty.person, duty.function) == (None, "operator")


def test_a_pause_loses_nothing(hook: Hook) -> None:
    services.subscription_pause(actor=hook.street, subscription=hook.row)
    hook.life.to_signed()
    assert hook.round(timedelta(hours=30)) == 0
    services.subscription_resume(actor=hook.street, subscription=hook.row)
    hook.round()
    assert len(hook.receiver.heard) == 3
    hook.round(timedelta(hours=1))
    assert len(hook.receiver.heard) == 3


def test_while_the_secret_changes_old_and_new_fit(hook: Hook) -> None:
    renewed = services.secret_renew(actor=hook.street, subscription=hook.row).secret
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    assert is_signed(hook) and is_signed(hook, secret=renewed)
    time.clock_forward(timedelta(hours=25))
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    assert is_signed(hook, secret=renewed) and not is_signed(hook)


def test_an_address_that_turns_inside_is_refused_when_sent(hook: Hook, settings: Any) -> None:
    settings.OUTBOUND = []
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    attempt = Attempt.objects.get()
    assert attempt.status is None and "不在允许外联的名单里" in attempt.words
    assert "geheim" not in attempt.words and not hook.receiver.heard
    assert hook.states() == ["waiting"]


def test_a_sender_that_dies_leaves_the_message_to_others(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    services.message_test(actor=hook.street, subscription=hook.row)

    def dies(**_: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(tasks.services, "attempt_note", dies)
        hook.round()
    assert hook.states() == ["waiting"] and len(hook.receiver.heard) == 1
    assert hook.round(timedelta(seconds=30)) == 0  # it may still be under way
    assert hook.round(LEASE) == 1
    assert hook.states() == ["sent"] and len(set(hook.receiver.ids)) == 1


def test_what_was_committed_late_is_still_found(hook: Hook) -> None:
    matter = hook.life.to_signed()
    hook.round(timedelta(minutes=1))
    told = len(hook.receiver.heard)
    late = matter.events.get(verb="accept")
    Message.objects.filter(event_id=late.pk).delete()  # as if its act had not been committed yet
    hook.round(timedelta(minutes=1))
    assert len(hook.receiver.heard) == told + 1
    assert hook.receiver.bodies[-1]["type"] == "matter.accept"


def test_old_messages_go(hook: Hook) -> None:
    services.message_test(actor=hook.street, subscription=hook.row)
    hook.round()
    time.clock_forward(KEPT + timedelta(days=1))
    Client.objects.update(expires_on=time.today())
    services.message_test(actor=hook.street, subscription=hook.row)
    assert tasks.forget_old() == 1
    assert hook.states() == ["waiting"] and not Attempt.objects.exists()
