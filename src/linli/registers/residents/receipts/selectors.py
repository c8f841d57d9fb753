"""Benefits already paid, of one subject as people may see it."""

from __future__ import annotations

from django.db.models import QuerySet

from linli.core.actor import Actor

from ..facts.subjects import Subject, column_of, of_what, subject_seen
from ..models import Receipt


def receipts_of(actor: Actor, subject: Subject) -> QuerySet[Receipt]:
    """Return what a person or a household already received, newest first."""
    seen = subject_seen(actor, subject)
    return Receipt.objects.filter(**{column_of(of_what(seen)): seen.pk}).order_by("-from_on", "-pk")
