"""Putting messages into the outbox, in the transaction of what they tell; reading and sending them."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound
from linli.core.rows import row_late
from linli.core.service import require_service, service

from .channels import CHANNELS
from .models import Delivery, Notice
from .permissions import can_retry_delivery, can_send
from .rules import MOST_ATTEMPTS, retry_after
from .selectors import notice_list

LEASE = timedelta(minutes=5)


@require_service
def notice_queue(
    *,
    person_ids: Iterable[int],
    kind: str,
    title: str,
    body: str = "",
    url: str = "",
    purpose: str = "transaction",
) -> int:
    """Put one message into the inbox of each person, queued for the outside channels.

    Title and body must not hold personal details: they leave the house. Returns how many were told.
    """
    at = clock.now()
    told = list(dict.fromkeys(person_ids))
    for person_id in told:
        notice = Notice(
            person_id=person_id,
            purpose=purpose,
            kind=kind,
            title=title[:120],
            body=body,
            url=url,
            created_at=at,
        )
        row_late(notice)
    return len(told)


@service
def deliveries_make(*, actor: Actor, most: int = 500) -> int:
    """Make the deliveries of queued notices, one for each channel that reaches the person.

    Returns how many notices were taken off the queue.
    """
    if not can_send(actor):
        raise NotAllowed()
    queued = Notice.objects.filter(is_queued=True).order_by("id")
    taken = list(queued.select_for_update(skip_locked=True)[:most])
    if taken:
        Delivery.objects.bulk_create(_deliveries(taken))
        Notice.objects.filter(pk__in=[notice.pk for notice in taken]).update(is_queued=False)
    return len(taken)


def _deliveries(notices: list[Notice]) -> list[Delivery]:
    people = [notice.person_id for notice in notices]
    reached = {name: CHANNELS[name].reaches(people) for name in settings.NOTICE_CHANNELS}
    return [
        Delivery(notice=notice, channel=name, next_at=notice.created_at)
        for notice in notices
        for name, persons in reached.items()
        if notice.person_id in persons
    ]


@service
def notice_read(*, actor: Actor, notice_id: str) -> Notice:
    """Mark one of the actor's own messages as read."""
    notice = notice_list(actor).filter(public_id=notice_id).first()
    if notice is None:
        raise NotFound()
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return notice


@service
def notices_read_all(*, actor: Actor) -> int:
    """Mark all of the actor's own messages as read; returns how many were not."""
    return notice_list(actor).filter(read_at__isnull=True).update(read_at=clock.now())


@service
def deliveries_claim(*, actor: Actor, most: int = 50) -> list[Delivery]:
    """Take deliveries that are due, for this worker alone, for the length of ``LEASE``.

    A worker that dies leaves its claims to the next after the lease: a message may go out twice, none
    is lost.
    """
    if not can_send(actor):
        raise NotAllowed()
    now = clock.now()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now).order_by("next_at", "id")
    claimed = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("notice")[:most])
    for delivery in claimed:
        delivery.attempts += 1
        delivery.next_at = now + LEASE
    Delivery.objects.bulk_update(claimed, ["attempts", "next_at"])
    return claimed


@service
def delivery_settle(*, actor: Actor, delivery: Delivery, error: str = "") -> None:
    """Say how a claimed delivery went; a failed one comes again later, after ``MOST_ATTEMPTS`` never."""
    if not can_send(actor):
        raise NotAllowed()
    delivery.error = error[:200]
    if not error:
        delivery.state, delivery.sent_at = Delivery.State.SENT, clock.now()
    elif delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = Delivery.State.FAILED
    else:
        delivery.next_at = clock.now() + retry_after(delivery.attempts)
    delivery.save(update_fields=["state", "sent_at", "error", "next_at"])


@service
def delivery_retry(*, actor: Actor, delivery_id: int) -> Delivery:
    """Let a delivery that was given up be tried again (an operator, once the cause is mended)."""
    if not can_retry_delivery(actor):
        raise NotAllowed()
    delivery = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.FAILED).first()
    if delivery is None:
        raise NotFound()
    delivery.state, delivery.attempts, delivery.next_at = Delivery.State.WAITING, 0, clock.now()
    delivery.save(update_fields=["state", "attempts", "next_at"])
    return delivery
