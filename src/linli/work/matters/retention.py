"""What of this room is let go, and when: who reported a matter that has long been settled."""

from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Coalesce

from linli.core.retention import Kind, kind_add
from linli.foundation.files.models import StoredFile

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
    holding |= Q(pk__in=_recordings().values("matter_id"))
    ended = Matter.objects.filter(holding, state__in=ENDED)
    since = ended.annotate(ended_at=Coalesce("closed_at", "reported_at")).filter(ended_at__lt=before)
    later = MatterEvent.objects.filter(recorded_at__gte=before).values("matter_id")
    open_main = Q(merged_into__isnull=False) & ~Q(merged_into__state__in=ENDED)
    return since.exclude(pk__in=later).exclude(open_main).order_by("ended_at")


def _strip(rows: list[Any]) -> list[type[Model]]:
    blank = dict.fromkeys(PERSONAL, "")
    keys = [row.pk for row in rows]
    Matter.objects.filter(pk__in=keys).update(**blank)
    _recordings().filter(matter_id__in=keys).delete()  # the files themselves go with the next sweep
    return [Matter, Matter.photos.through]


def _recordings() -> QuerySet[Any]:
    """The reporters' voice notes and videos: a voice tells who speaks, as a telephone number does."""
    links = Matter.photos.through._default_manager.all()
    return links.exclude(storedfile__kind=StoredFile.Kind.PHOTO)


def _find(number: str) -> Matter | None:
    return Matter.objects.filter(number=number).first()


kind_add(Kind("matter_contact", _contacts, _strip, _find))
