"""What of this room is let go, and when."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet

from linli.core.retention import Kind, kind_add


def _sessions(before: datetime) -> QuerySet[Any]:
    return Session.objects.filter(expire_date__lt=before).order_by("expire_date")


def _gone(rows: list[Any]) -> list[type[Model]]:
    Session.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return [Session]


kind_add(Kind("session", _sessions, _gone))
