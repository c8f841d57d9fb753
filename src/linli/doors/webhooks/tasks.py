"""What happens by itself: steps come into the outbox, messages go out, old ones are forgotten."""

import json
import time

from linli.core import clock, outbound
from linli.core.actor import system

from . import services
from .models import Message, Subscription
from .rules import headers_of
from .selectors import is_standing, payload_of

MOST_A_ROUND = 200
SECONDS, ROUND_SECONDS = 5.0, 20.0  # the worker has other work: slow receivers wait for the next round


def deliver() -> int:
    """Read the stream for every subscription, then send what is due; returns how many attempts were made.

    A receiver that fails is left alone for the rest of the round.
    """
    actor, failed, ends = system("webhooks"), set[int](), time.monotonic() + ROUND_SECONDS
    for pk in Subscription.objects.filter(state=Subscription.State.ACTIVE).values_list("pk", flat=True):
        while services.messages_collect(actor=actor, subscription_id=pk) == services.BATCH:
            pass
    for number in range(MOST_A_ROUND):
        is_late = time.monotonic() > ends
        message = None if is_late else services.message_take(actor=actor, without=failed)
        if message is None:
            return number
        if not _send(message):
            failed.add(message.subscription_id)
    return MOST_A_ROUND


def _send(message: Message) -> bool:
    """Make one attempt; nothing is held open in the database while the other side thinks."""
    actor = system("webhooks")
    subscription = Subscription.objects.select_related("client__unit").get(pk=message.subscription_id)
    payload = payload_of(message) if is_standing(subscription) else None
    if payload is None:
        services.message_drop(actor=actor, message=message)
        return True
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = headers_of(_secrets(subscription), str(message.pk), clock.now(), body)
    began, status, words = time.monotonic(), None, ""
    try:
        answer = outbound.request(
            "POST", subscription.url, headers=headers, body=body, timeout=SECONDS, most_bytes=65_536
        )
        status = answer.status
    except (outbound.OutboundRefused, outbound.OutboundFailed) as refusal:
        words = str(refusal.message)
    took = round((time.monotonic() - began) * 1000)
    return services.attempt_note(actor=actor, message=message, status=status, words=words, milliseconds=took)


def _secrets(subscription: Subscription) -> list[str]:
    until = subscription.former_until
    is_changing = subscription.former_secret and until is not None and clock.now() < until
    return [subscription.secret, *([subscription.former_secret] if is_changing else [])]


def forget_old() -> int:
    """Forget messages a month old."""
    return services.messages_forget(actor=system("webhooks"))
