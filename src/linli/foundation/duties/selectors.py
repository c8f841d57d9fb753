"""Reading what has to be done."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from linli.core import clock
from linli.core.actor import Actor
from linli.core.fields import in_areas

from .models import Duty


def duty_list(actor: Actor) -> QuerySet[Duty]:
    """Return the open duties of an actor: their own, their unit's in this function, their area's."""
    mine = Q(person_id__in=actor.person_ids)
    if actor.is_staff:
        role = Q(person__isnull=True, function=actor.function)
        mine |= role & Q(unit__isnull=True) & in_areas("area_path", actor.areas)
        if actor.unit_id is not None:
            mine |= role & Q(unit_id=actor.unit_id)
    return Duty.objects.filter(mine, state=Duty.State.OPEN).order_by("due_at", "id")


def duty_counts(actor: Actor) -> dict[str, int]:
    """Return how many duties are open, overdue, due today and due within seven days."""
    now = clock.now()
    tonight = clock.local_midnight(now.date() + timedelta(days=1))
    return duty_list(actor).order_by().aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        today=Count("pk", filter=Q(due_at__gte=now, due_at__lt=tonight)),
        week=Count("pk", filter=Q(due_at__gte=now, due_at__lt=tonight + timedelta(days=6))),
    )
