"""Whom this room knows from an area, for messages that an area's committee or street sends."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from linli.core import clock
from linli.core.fields import in_areas

from ..models import Matter


def reporters_of(areas: tuple[str, ...], days: int) -> QuerySet[Any, Any]:
    """Return the keys of the persons who reported something in the areas within so many days."""
    since = clock.now() - timedelta(days=days)
    matters = Matter.objects.filter(in_areas("area_path", areas), reporter__isnull=False)
    return matters.filter(reported_at__gte=since).values("reporter_id")
