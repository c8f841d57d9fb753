"""Finding records by words."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connection
from django.db.models import BooleanField, CharField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, StrIndex
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .models import SearchDocument, fts_match
from .rules import grams, normalise

M = TypeVar("M", bound=Model)
Facets = Sequence[str | tuple[str, ...]]
MAX_QUERY = 100
# The cross join keeps SQLite from walking the documents and asking the full-text table for each.
_IDS_SQLITE = """
SELECT d.subject_id FROM search_fts f CROSS JOIN search_searchdocument d
WHERE f.search_fts MATCH %s AND d.id = f.rowid AND d.room = %s LIMIT %s
"""

__all__ = ["Facets", "grams", "query_grams", "search_filter", "search_ids", "search_probe"]


def query_grams(query: str) -> list[str]:
    """Return what a query asks for; raises ``InvalidInput`` where it is too short to be looked up.

    A lone ideograph beside other words is left out rather than failing the whole query.
    """
    found = grams(query[:MAX_QUERY])
    if not found or (len(normalise(query).strip()) == 1 and query.strip().isalnum()):
        raise InvalidInput(
            _("搜索的字太少了。"),
            hint=_("请至少输入两个连续的字，例如“路灯”；也可以输入编号。"),
            details={"q": _("请至少输入两个字。")},
        )
    return found


def search_filter(queryset: QuerySet[M], *, room: str, query: str) -> QuerySet[M]:
    """Restrict a queryset of a room's records to those whose text holds every word of the query.

    A blank query restricts nothing. Words are compared by bigrams, so a record that holds all pairs of
    a long word in other places is found too; the caller's own scope (``visible_to``) still applies.
    """
    if not query.strip():
        return queryset
    documents = SearchDocument.objects.filter(room=room, grams__holds_all=query_grams(query))
    return queryset.filter(pk__in=documents.values("subject_id"))


def search_ids(*, room: str, query: str, facets: Facets = (), most: int) -> list[int]:
    """Return the ids of records that hold every word of the query and every facet, at most so many.

    A tuple among the facets asks for any one of them. The answer is scoped by nothing: narrow it by
    ``visible_to``.
    """
    wanted = [*query_grams(query), *facets]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_IDS_SQLITE, [fts_match(wanted), room, most])
            return [row[0] for row in cursor.fetchall()]
    documents = SearchDocument.objects.filter(room=room, grams__holds_all=wanted)
    return list(documents.values_list("subject_id", flat=True)[:most])


def search_probe(*, room: str, query: str) -> Subquery:
    """Return the condition that a record holds every word, for rows that are looked at one by one.

    It reads the record's document instead of the index: cheap for the first page of a list in which
    every fifth row will do, where the index would have to name them all first.
    """
    text = Concat(Value(" "), "grams", Value(" "), output_field=CharField())
    at = {f"at{number}": StrIndex(text, Value(f" {gram} ")) for number, gram in enumerate(query_grams(query))}
    documents = SearchDocument.objects.filter(room=room, subject_id=OuterRef("pk")).alias(**at)
    held = documents.filter(**{f"{name}__gt": 0 for name in at})
    is_held = Value(True, output_field=BooleanField())
    return Subquery(held.annotate(held=is_held).values("held")[:1], output_field=BooleanField())
