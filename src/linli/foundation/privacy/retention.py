"""What of this room is let go, and when."""

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from linli.core.retention import Kind, kind_add

from .models import DataRequest


def _answered(before: datetime) -> QuerySet[Any]:
    return DataRequest.objects.filter(answered_at__lt=before).exclude(text="").order_by("answered_at")


def _strip(rows: list[Any]) -> list[type[Model]]:
    gone = DataRequest.objects.filter(pk__in=[row.pk for row in rows])
    gone.update(text="", answer="", proposal="", photo=None)
    return [DataRequest]


kind_add(Kind("data_request", _answered, _strip))
