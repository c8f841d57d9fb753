"""What of this room is let go, and when."""

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from linli.core.retention import Kind, kind_add

from .models import Broadcast, Delivery, Notice
from .workflow import State


def _notices(before: datetime) -> QuerySet[Any]:
    return Notice.objects.filter(created_at__lt=before).order_by("created_at", "id")


def _deliveries(before: datetime) -> QuerySet[Any]:
    settled = Delivery.objects.exclude(state=Delivery.State.WAITING)
    return settled.filter(notice__created_at__lt=before).order_by("id")


def _unsent(before: datetime) -> QuerySet[Any]:
    never = Broadcast.objects.filter(state__in=(State.DRAFT, State.CANCELLED), started_at__isnull=True)
    return never.filter(created_at__lt=before, notices__isnull=True).order_by("created_at")


def _gone(rows: list[Any]) -> list[type[Model]]:
    model = type(rows[0])
    model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return [model, Broadcast.places.through] if model is Broadcast else [model]


kind_add(Kind("notice", _notices, _gone))
kind_add(Kind("delivery", _deliveries, _gone))
kind_add(Kind("broadcast_draft", _unsent, _gone))
