"""What of this room is let go, and when: who reported a matter that has long been settled."""

from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from linli.core.retention import Kind, kind_add

from .models import Matter, MatterEvent
from .workflow import ENDED

PERSONAL = (
    *("reporter_name", "reporter_phone", "reporter_phone_index", "reporter_key"),
    *("beneficiary_name", "beneficiary_relation"),
)


def _contacts(before: datetime) -> QuerySet[Any]:
    """Matters that ended long ago with nothing since; merged ones not before their main one has ended."""
    holding = Q()
    for name in PERSONAL:
        holding |= ~Q(**{name: ""})
    ended = Matter.objects.filter(holding, state__in=ENDED)
    since = ended.annotate(ended_at=Coalesce("closed_at", "reported_at")).filter(ended_at__lt=before)
    later = MatterEvent.objects.filter(recorded_at__gte=before).values("matter_id")
    open_main = Q(merged_into__isnull=False) & ~Q(merged_into__state__in=ENDED)
    return since.exclude(pk__in=later).exclude(open_main).order_by("ended_at")


def _strip(rows: list[Any]) -> list[type[Model]]:
    blank = dict.fromkeys(PERSONAL, "")
    Matter.objects.filter(pk__in=[row.pk for row in rows]).update(**blank)
    return [Matter]


def _find(number: str) -> Matter | None:
    return Matter.objects.filter(number=number).first()


kind_add(Kind("matter_contact", _contacts, _strip, _find))
