"""What the machine does: read the stream into the outbox, take what is due, note what became of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.service import changes_of, record, service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.duties.services import duty_open
from linli.foundation.notices.services import notice_queue

from ..models import Attempt, Message, Progress, Subscription
from ..permissions import can_send_messages
from ..rules import KEPT, LEASE, is_given_up, next_attempt, quiet_until
from ..selectors import caretaker_of, events_for, is_standing
from .setting import ROOM

BATCH = 500
SETTLED = timedelta(seconds=5)  # a step is read once no act that began before it can still be under way
OVERLAP = timedelta(minutes=10)  # read again: what was committed late is found, what was told is left out
MEND_WITHIN = Limit(2, LimitUnit.WORKING_DAY, "推送中断后恢复的期限（建议值）")
State = Subscription.State


def _machine_only(actor: Actor) -> None:
    if not can_send_messages(actor):
        raise NotAllowed(_("这一步由系统自动进行。"))


@service
def messages_collect(*, actor: Actor, subscription_id: int) -> int:
    """Put the steps that came since into a subscription's outbox; returns how many, at most ``BATCH``.

    A step stands there once, by a constraint, however often the stream is read.
    """
    _machine_only(actor)
    rows = Progress.objects.select_for_update(of=("self",), skip_locked=True)
    progress = rows.filter(pk=subscription_id, subscription__state=State.ACTIVE).first()
    if progress is None or not is_standing(progress.subscription):
        return 0
    found, now = progress.subscription, clock.now()
    until = now - SETTLED
    since = max(found.created_at, min(progress.read_until, now) - OVERLAP)
    events = list(events_for(found, since, until)[:BATCH])
    Message.objects.bulk_create(
        Message(subscription=found, event_id=event.pk, kind=event.verb, created_at=now, next_at=now)
        for event in events
    )
    read = events[-1].recorded_at if len(events) == BATCH else until
    Progress.objects.filter(pk=progress.pk).update(read_until=max(read, found.created_at))
    return len(events)


@service
def message_take(*, actor: Actor, without: Iterable[int] = ()) -> Message | None:
    """Take the next message that is due, for one attempt; if the sender dies, others try after the lease.

    ``without``: subscriptions whose receiver has just failed.
    """
    _machine_only(actor)
    now = clock.now()
    quiet = Q(subscription__progress__quiet_until__gt=now)
    due = Message.objects.filter(state=Message.State.WAITING, next_at__lte=now)
    due = due.filter(subscription__state=State.ACTIVE).exclude(quiet | Q(subscription__in=list(without)))
    in_turn = due.order_by("next_at", "event_id", "id")
    message = in_turn.select_for_update(of=("self",), skip_locked=True).first()
    if message is None:
        return None
    message.next_at, message.attempts = now + LEASE, message.attempts + 1
    message.save(update_fields=["next_at", "attempts"])
    return message


@service
def message_drop(*, actor: Actor, message: Message) -> None:
    """Take a message out of the outbox whose content its receiver may no longer read."""
    _machine_only(actor)
    Message.objects.filter(pk=message.pk).update(state=Message.State.DROPPED, next_at=None)


@service
def attempt_note(
    *, actor: Actor, message: Message, status: int | None, words: str, milliseconds: int
) -> bool:
    """Note what became of an attempt: delivered, to be tried again, or given up with its receiver.

    Returns whether it was delivered.
    """
    _machine_only(actor)
    now = clock.now()
    Attempt.objects.create(
        message=message, at=now, status=status, words=words[:200], milliseconds=milliseconds
    )
    progress = Progress.objects.select_for_update(of=("self",)).get(pk=message.subscription_id)
    if status is not None and 200 <= status < 300:
        _delivered(message, progress, now)
        return True
    _try_again(message, now)
    progress.failures, progress.failing_since = progress.failures + 1, progress.failing_since or now
    progress.quiet_until = quiet_until(progress.failures, now)
    progress.save(update_fields=["failures", "failing_since", "quiet_until"])
    if is_given_up(status, progress.failing_since, now):
        _give_up(message.subscription_id)
    return False


def _delivered(message: Message, progress: Progress, now: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, next_at=None)
    if progress.failures:  # it is back: what waits for a later attempt need not wait, what is under way must
        waiting = Message.objects.filter(subscription=progress.pk, state=Message.State.WAITING)
        waiting.filter(next_at__gt=now + LEASE).update(next_at=now)
        Progress.objects.filter(pk=progress.pk).update(failures=0, failing_since=None, quiet_until=None)


def _try_again(message: Message, now: datetime) -> None:
    again = next_attempt(message.attempts, now)
    state = Message.State.WAITING if again else Message.State.FAILED
    Message.objects.filter(pk=message.pk).update(state=state, next_at=again)


def _give_up(subscription_id: int) -> None:
    """Disable a subscription; whoever looks after it has a duty that climbs like any other."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("client__unit")
    found = rows.get(pk=subscription_id)
    if found.state != State.ACTIVE:
        return
    record("webhook.disable", found, changes_of(found, state=State.DISABLED))
    caretaker = caretaker_of(found)
    url = f"/desk/settings/webhooks/{found.public_id}/"
    title = f"推送长时间失败，已停用：{found.host}"
    duty_open(
        room=ROOM,
        subject_id=str(found.public_id),
        subject_number="",
        title=title,
        url=url,
        action="webhook_mend",
        action_label="恢复推送",
        area_path=found.area_path,
        limit=MEND_WITHIN,
        person_id=caretaker,
        function=found.client.unit.function if caretaker else Function.OPERATOR,
    )
    told = [*person_ids_for(function=Function.OPERATOR), *([caretaker] if caretaker else [])]
    notice_queue(person_ids=sorted(set(told)), kind="webhook.disable", title=title, url=url)


@service
def messages_forget(*, actor: Actor) -> int:
    """Remove messages and attempts that ended a month ago; returns how many messages."""
    _machine_only(actor)
    old = Message.objects.filter(created_at__lt=clock.now() - KEPT).exclude(state=Message.State.WAITING)
    keys = list(old.values_list("pk", flat=True)[:5_000])
    Attempt.objects.filter(message__in=keys).delete()
    Message.objects.filter(pk__in=keys).delete()
    return len(keys)
