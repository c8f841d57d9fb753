"""Reading uploads."""

from datetime import datetime

from django.db.models import Exists, ManyToManyRel, OuterRef, QuerySet

from .models import StoredFile


def unused_files(before: datetime) -> QuerySet[StoredFile]:
    """Return uploads older than ``before`` to which no row of any room points."""
    unused = StoredFile.objects.filter(uploaded_at__lt=before).order_by("pk")
    for relation in StoredFile._meta.related_objects:
        rows, column = relation.related_model._default_manager, relation.field.name
        if isinstance(relation, ManyToManyRel) and relation.through is not None:
            rows, column = relation.through._default_manager, relation.field.m2m_reverse_field_name()
        unused = unused.filter(~Exists(rows.filter(**{column: OuterRef("pk")})))
    return unused
