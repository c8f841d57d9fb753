"""Sending what the outbox holds."""

import logging

from linli.core.actor import system

from .channels import CHANNELS
from .models import Delivery
from .services import deliveries_claim, deliveries_make, delivery_settle

log = logging.getLogger(__name__)
SENDER = system("notices")


def send_due() -> int:
    """Send everything that is due; returns how many were tried.

    Claimed in one transaction, sent outside any, settled one by one: two workers never hold the same
    one, and a crash in between repeats a message rather than losing it.
    """
    while deliveries_make(actor=SENDER):
        pass
    tried = 0
    while claimed := deliveries_claim(actor=SENDER):
        for delivery in claimed:
            delivery_settle(actor=SENDER, delivery=delivery, error=_send(delivery))
        tried += len(claimed)
    return tried


def _send(delivery: Delivery) -> str:
    try:
        CHANNELS[delivery.channel].send(delivery.notice)
    except Exception as error:  # a mail server may fail in any way; the words are for operators
        log.warning("delivery %s over %s failed: %s", delivery.pk, delivery.channel, error)
        return f"{type(error).__name__}: {error}"
    return ""
