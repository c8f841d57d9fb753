"""Sending what the outbox holds, and carrying broadcasts out."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core.actor import system

from .channels import CHANNELS
from .models import Broadcast, Delivery
from .services import (
    broadcast_begin,
    broadcast_finish,
    broadcast_settle_stop,
    broadcast_spread,
    deliveries_claim,
    deliveries_make,
    delivery_settle,
)
from .workflow import State

log = logging.getLogger(__name__)
SENDER = system("notices")
# The schedule has other work: what is left after so many seconds goes on in the next round.
SECONDS_A_ROUND = 20.0


def send_due() -> int:
    """Send what is due, for ``SECONDS_A_ROUND`` at most; returns how many were tried.

    Claimed in one transaction, sent outside any, settled one by one: two workers never hold the same
    one, and a crash in between repeats a message rather than losing it. Deliveries are made and sent in
    turns, so that a large broadcast does not hold up what concerns one person.
    """
    ends, tried = time.monotonic() + SECONDS_A_ROUND, 0
    while time.monotonic() < ends:
        made = deliveries_make(actor=SENDER)
        claimed = deliveries_claim(actor=SENDER)
        for delivery, error in _sent(claimed):
            delivery_settle(actor=SENDER, delivery=delivery, error=error)
        tried += len(claimed)
        if not (made or claimed):
            break
    return tried


def _sent(claimed: list[Delivery]) -> Iterator[tuple[Delivery, str]]:
    """Send several at once and yield each as it is done, with its error; addresses are read before."""
    if not claimed:
        return
    people: dict[str, list[int]] = defaultdict(list)
    for delivery in claimed:
        people[delivery.channel].append(delivery.notice.person_id)
    addresses = {
        name: CHANNELS[name].addresses(ids) if name in CHANNELS else {} for name, ids in people.items()
    }
    with ThreadPoolExecutor(max_workers=settings.NOTICE_SENDERS) as pool:
        running = {
            pool.submit(_send, delivery, addresses[delivery.channel].get(delivery.notice.person_id)): delivery
            for delivery in claimed
        }
        for done in as_completed(running):
            yield running[done], done.result()


def _send(delivery: Delivery, address: str | None) -> str:
    if address is None:
        return _("这个人已没有这个渠道的地址")
    try:
        CHANNELS[delivery.channel].send(delivery.notice, address)
    except Exception as error:  # a mail server may fail in any way; the words are for operators
        log.warning("delivery %s over %s failed: %s", delivery.pk, delivery.channel, error)
        return f"{type(error).__name__}: {error}"
    return ""


def carry_broadcasts() -> int:
    """Begin, spread and end broadcasts, for ``SECONDS_A_ROUND`` at most; returns how many were told."""
    ends, told = time.monotonic() + SECONDS_A_ROUND, 0
    moving = Broadcast.objects.filter(state__in=State.moving(), ended_at__isnull=True).order_by("send_at")
    for broadcast_id, state in list(moving.values_list("pk", "state")):
        if state == State.STOPPED:
            while time.monotonic() < ends and broadcast_settle_stop(actor=SENDER, broadcast_id=broadcast_id):
                pass
            continue
        if state == State.SCHEDULED and not broadcast_begin(actor=SENDER, broadcast_id=broadcast_id):
            continue
        while time.monotonic() < ends and (n := broadcast_spread(actor=SENDER, broadcast_id=broadcast_id)):
            told += n
        broadcast_finish(actor=SENDER, broadcast_id=broadcast_id)
    return told
