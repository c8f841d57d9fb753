"""Reads: an administrator's subscriptions, their messages, what one message says."""

import json
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Scope
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.models import Role
from linli.foundation.clients.models import Client
from linli.foundation.clients.selectors import actor_of_client, client_of_actor, client_scope
from linli.work.matters.selectors import event_stream

from .models import Message, Subscription

READING = (Scope.MATTERS_READ, Scope.MATTERS_REPORT, Scope.MATTERS_ACT)
# What is sent is Chinese, whoever set it up.
TEST = "推送测试"
# What a message looks like, with nothing of a true matter in it.
SAMPLE = {
    "type": "matter.hand_over",
    "timestamp": "2026-11-26T09:30:00+08:00",
    "data": {
        "from_state": "sorted",
        "to_state": "handling",
        "unit": "绿化管理所",
        "matter": {
            "id": "01a2174a-a9d8-7538-bfbf-5452e9692755",
            "number": "261194142865",
            "state": "handling",
            "category": "greening",
            "category_path": "市容/绿化",
            "affair_class": "major",
            "place_code": "310110015004",
            "due_at": "2026-12-03T17:30:00+08:00",
            "public": {"title": "绿化带需要修剪", "text": "已派绿化管理所修剪。"},
        },
    },
}


def subscription_list(actor: Actor) -> QuerySet[Subscription]:
    """Return the subscriptions of the systems that an administrator manages, standing ones first."""
    return _with_counts(Subscription.objects.filter(client__in=client_scope(actor)))


def _with_counts(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    waiting = Count("messages", filter=Q(messages__state=Message.State.WAITING))
    failed = Count("messages", filter=Q(messages__state=Message.State.FAILED))
    rows = rows.select_related("client__unit", "progress").annotate(waiting=waiting, failed=failed)
    return rows.order_by("state", "host", "id")


def client_choices(actor: Actor) -> list[Client]:
    """Return the standing systems that an administrator may let be told: those that may read matters."""
    standing = client_scope(actor).filter(closed_at__isnull=True, expires_on__gte=clock.today())
    return [client for client in standing.order_by("name") if {*client.scopes} & {*READING}]


def subscription_readable(actor: Actor) -> QuerySet[Subscription]:
    """Return a system's own subscriptions; to an administrator those of the systems that they manage."""
    client = client_of_actor(actor)
    if client is None:
        return subscription_list(actor)
    return _with_counts(Subscription.objects.filter(client=client))


def subscription_one(actor: Actor, public_id: str) -> Subscription:
    """Return a subscription that the actor may read, or raise ``NotFound``."""
    found = subscription_readable(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这个推送。"))
    return found


def message_list(subscription: Subscription, state: str = "") -> QuerySet[Message]:
    """Return a subscription's messages, newest first, with their attempts; all, or those of one state."""
    rows = subscription.messages.prefetch_related("tries")
    return rows.filter(state=state) if state else rows


def message_counts(subscription: Subscription) -> dict[str, int]:
    """Return how many messages a subscription has in each state."""
    rows = subscription.messages.order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def caretaker_of(subscription: Subscription) -> int | None:
    """Return the administrator who looks after a subscription: its owner, else one of the client's unit."""
    roles = Role.objects.valid_on(clock.today()).filter(is_unit_admin=True)
    owner = subscription.owner_id
    if owner is not None and roles.filter(person_id=owner).exists():
        return owner
    of_unit = roles.filter(unit_id=subscription.client.unit_id).order_by("pk")
    return of_unit.values_list("person_id", flat=True).first()


def is_standing(subscription: Subscription) -> bool:
    """Whether the system it belongs to may still come in: neither ended nor over."""
    client, today = subscription.client, clock.today()
    is_closed = client.unit.closed_on is not None and client.unit.closed_on <= today
    return client.closed_at is None and client.expires_on >= today and not is_closed


def events_for(subscription: Subscription, since: datetime, until: datetime) -> QuerySet[Any]:
    """Return the steps between two instants that a subscription is told of, in the order they were recorded.

    What the client may not read is not among them, nor what was told already.
    """
    told = subscription.messages.filter(event_id__isnull=False, created_at__gte=since).values("event_id")
    rows = _readable(subscription, until).filter(recorded_at__gte=since, verb__in=subscription.kinds)
    return rows.exclude(pk__in=told).order_by("recorded_at", "id")


def _readable(subscription: Subscription, until: datetime) -> QuerySet[Any]:
    rows = event_stream(actor_of_client(subscription.client), until)
    paths = tuple(area.path for area in subscription.areas.all())
    return rows.filter(in_areas("matter__area_path", paths)) if paths else rows


def payload_of(message: Message) -> dict[str, Any] | None:
    """Return what a message says now; ``None`` where the client may no longer read it.

    Of the matter: what identifies and places it, and its public version where there is one. Never the
    reporter, the words that were reported, or what people noted.
    """
    if message.event_id is None:
        return {"type": "test", "timestamp": _instant(message.created_at), "data": {"text": TEST}}
    rows = _readable(message.subscription, clock.now()).filter(pk=message.event_id)
    event = rows.select_related("matter__category").first()
    if event is None:
        return None
    return {
        "type": f"matter.{event.verb}",
        "timestamp": _instant(event.recorded_at),
        "data": {
            "from_state": event.from_state,
            "to_state": event.to_state,
            "unit": event.unit.name if event.unit else "",
            "matter": _matter(event.matter),
        },
    }


def _matter(matter: Any) -> dict[str, Any]:
    public = getattr(matter, "public_version", None)
    if public is not None and public.withdrawn_at is not None:
        public = None
    return {
        "id": str(matter.public_id),
        "number": matter.number,
        "state": matter.state,
        "category": matter.category.code if matter.category else None,
        "category_path": matter.category.path if matter.category else None,
        "affair_class": matter.affair_class or None,
        "place_code": matter.place_code,
        "due_at": _instant(matter.due_at) if matter.due_at else None,
        "public": {"title": public.title, "text": public.text} if public else None,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(clock.BEIJING).isoformat(timespec="seconds")


def sample_body() -> str:
    """Return the sample as receivers get it."""
    return json.dumps(SAMPLE, ensure_ascii=False, indent=2)
