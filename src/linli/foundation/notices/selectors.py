"""Reading the inbox."""

from django.db.models import Count, QuerySet

from linli.core.actor import Actor

from .models import Delivery, Notice
from .permissions import can_see_deliveries


def notice_list(actor: Actor) -> QuerySet[Notice]:
    """Return the actor's own messages, newest first (a deputy does not read another's inbox)."""
    if actor.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id=actor.person_id)


def unread_count(actor: Actor) -> int:
    """Return how many messages the actor has not read."""
    return notice_list(actor).filter(read_at__isnull=True).count()


def delivery_list(actor: Actor, state: str = Delivery.State.FAILED) -> QuerySet[Delivery]:
    """Return what stands in the outbox in one state, newest first, for those who mend it."""
    if not can_see_deliveries(actor):
        return Delivery.objects.none()
    return Delivery.objects.filter(state=state).select_related("notice").order_by("-next_at", "-id")


def delivery_counts(actor: Actor) -> dict[str, int]:
    """Return how many deliveries wait, were sent and were given up."""
    if not can_see_deliveries(actor):
        return {}
    rows = Delivery.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return {str(state): 0 for state in Delivery.State} | dict(rows)
