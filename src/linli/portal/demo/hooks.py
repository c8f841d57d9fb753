"""The street's command centre is told of what is handed out and answered; its receiver stumbles once.

Nobody listens in the demo: what the receiver answers is noted as the worker would note it, and the
subscription is paused at the end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from linli.core.actor import Actor, system
from linli.doors.webhooks import services
from linli.doors.webhooks.models import Subscription
from linli.foundation.clients.models import Client

from .life import Plot

RECEIVER = "https://203.0.113.10"  # an address that belongs to nobody (RFC 5737)
KINDS = ("emergency", "hand_over", "result", "supervise", "reopen_grant")
HOURS, EVERY = 40, timedelta(hours=4)


def centre_told(street: Actor, client: Client, end: datetime) -> Plot:
    """Set the subscription up, let steps be told for two days, pause it."""
    yield end - timedelta(hours=HOURS)
    subscription = _opened(street, client)
    at = end - timedelta(hours=HOURS)
    while at + EVERY < end:
        yield (at := at + EVERY)
        _told(subscription, stumbles=at + 3 * EVERY > end)
    yield end - timedelta(minutes=20)
    _told(subscription, stumbles=False)
    services.message_test(actor=street, subscription=subscription)
    _told(subscription, stumbles=False)
    services.subscription_pause(actor=street, subscription=subscription)


def _opened(street: Actor, client: Client) -> Subscription:
    listed = settings.OUTBOUND
    settings.OUTBOUND = [*listed, RECEIVER]
    try:
        opened = services.subscription_open(actor=street, client=client, url=f"{RECEIVER}/linli", kinds=KINDS)
    finally:
        settings.OUTBOUND = listed
    return opened.subscription


def _told(subscription: Subscription, *, stumbles: bool) -> None:
    worker = system("webhooks")
    services.messages_collect(actor=worker, subscription_id=subscription.pk)
    while (message := services.message_take(actor=worker)) is not None:
        status = 503 if stumbles and message.attempts == 1 else 200
        services.attempt_note(actor=worker, message=message, status=status, words="", milliseconds=84)
