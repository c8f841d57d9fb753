"""Putting messages into the outbox, in the transaction of what they tell; emptying it."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, QuerySet

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.errors import NotAllowed, NotFound
from linli.core.rows import row_late
from linli.core.service import require_service, service

from ..channels import CHANNELS
from ..models import Delivery, Notice, Purpose, Refused
from ..permissions import can_retry_delivery, can_send
from ..rules import MOST_ATTEMPTS, Fate, fate, is_quiet, retry_after
from ..workflow import State

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

    What concerns one person goes before broadcasts, and nothing more of a stopped broadcast goes out.
    Returns how many notices were taken off the queue.
    """
    if not can_send(actor):
        raise NotAllowed()
    queued = Notice.objects.filter(is_queued=True).select_related("broadcast")
    taken = _taken(queued.filter(broadcast__isnull=True).order_by("id"), most)
    if len(taken) < most:
        running = queued.filter(broadcast__isnull=False).exclude(broadcast__state=State.STOPPED)
        taken += _taken(running.order_by("broadcast_id", "id"), most - len(taken))
    if taken:
        Delivery.objects.bulk_create(_deliveries(taken))
        Notice.objects.filter(pk__in=[notice.pk for notice in taken]).update(is_queued=False)
    return len(taken)


def _taken(queued: QuerySet[Notice], most: int) -> list[Notice]:
    return list(queued.select_for_update(skip_locked=True, of=("self",))[:most])


def _deliveries(notices: list[Notice]) -> list[Delivery]:
    people = {notice.person_id for notice in notices}
    reached = {name: set(CHANNELS[name].addresses(people)) for name in settings.NOTICE_CHANNELS}
    refused = set(Refused.objects.filter(person_id__in=people).values_list("person_id", "purpose", "channel"))
    sent = _sent_today([notice for notice in notices if notice.purpose == Purpose.INFORMATION])
    made = []
    for notice in notices:
        for channel in _channels(notice):
            if notice.person_id in reached[channel]:
                key = (notice.person_id, channel)
                decided = _fate(
                    notice, (notice.person_id, notice.purpose, channel) in refused, sent.get(key, 0)
                )
                sent[key] = sent.get(key, 0) + (notice.purpose == Purpose.INFORMATION and not decided.is_held)
                made.append(_delivery(notice, channel, decided))
    return made


def _channels(notice: Notice) -> list[str]:
    """The installation's channels; of a broadcast those that were chosen and are still there."""
    chosen = notice.broadcast.channels if notice.broadcast else settings.NOTICE_CHANNELS
    return [name for name in settings.NOTICE_CHANNELS if name in chosen]


def _sent_today(notices: list[Notice]) -> dict[tuple[int, str], int]:
    """How many informations went or wait to go to each person over each channel since midnight."""
    if not notices:
        return {}
    rows = Delivery.objects.filter(
        notice__person_id__in={notice.person_id for notice in notices},
        notice__created_at__gte=local_midnight(clock.today()),
        notice__purpose=Purpose.INFORMATION,
        state__in=(Delivery.State.WAITING, Delivery.State.SENT),
    )
    counted = rows.values_list("notice__person_id", "channel").annotate(n=Count("pk")).order_by()
    return {(person_id, channel): n for person_id, channel, n in counted}


def _fate(notice: Notice, has_refused: bool, sent_today: int) -> Fate:
    return fate(
        is_information=notice.purpose == Purpose.INFORMATION,
        is_emergency=notice.purpose == Purpose.EMERGENCY,
        has_refused=has_refused,
        sent_today=sent_today,
        most=settings.INFORMATION_PER_DAY,
    )


def _delivery(notice: Notice, channel: str, decided: Fate) -> Delivery:
    rank = Delivery.Rank.BROADCAST if notice.broadcast_id else Delivery.Rank.PERSONAL
    return Delivery(
        notice=notice,
        broadcast_id=notice.broadcast_id,
        channel=channel,
        state=Delivery.State.HELD if decided.is_held else Delivery.State.WAITING,
        error=decided.reason,
        rank=Delivery.Rank.EMERGENCY if notice.purpose == Purpose.EMERGENCY else rank,
        next_at=notice.created_at,
    )


@service
def deliveries_claim(*, actor: Actor, most: int = 50) -> list[Delivery]:
    """Take deliveries that are due, for this worker alone, for the length of ``LEASE``.

    In the quiet hours only emergencies. A worker that dies leaves its claims to the next after the
    lease: a message may go out twice, none is lost.
    """
    if not can_send(actor):
        raise NotAllowed()
    now = clock.now()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now)
    if is_quiet(now, *settings.QUIET_HOURS):
        due = due.filter(rank=Delivery.Rank.EMERGENCY)
    due = due.exclude(broadcast__isnull=False, broadcast__state=State.STOPPED)
    locked = due.order_by("rank", "next_at", "id").select_for_update(skip_locked=True, of=("self",))
    claimed = list(locked.select_related("notice__broadcast")[:most])
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
