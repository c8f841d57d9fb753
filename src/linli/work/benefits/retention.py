"""What of 政策找人 is let go, and when."""

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from linli.core.retention import Kind, kind_add

from .models import Lead, LeadEvent


def _ended(before: datetime) -> QuerySet[Any]:
    return Lead.objects.filter(decided_at__lt=before).order_by("decided_at")


def _deleted(rows: list[Any]) -> list[type[Model]]:
    Lead.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [Lead, LeadEvent]


kind_add(Kind("benefit_lead", _ended, _deleted))
