"""Reading the inbox."""

from django.db.models import QuerySet

from linli.core.actor import Actor

from .models import Notice


def notice_list(actor: Actor) -> QuerySet[Notice]:
    """Return the actor's own messages, newest first (a deputy does not read another's inbox)."""
    if actor.person_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(person_id=actor.person_id)


def unread_count(actor: Actor) -> int:
    """Return how many messages the actor has not read."""
    return notice_list(actor).filter(read_at__isnull=True).count()
