"""Finding records by words."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .models import SearchDocument
from .rules import grams, normalise

M = TypeVar("M", bound=Model)
MAX_QUERY = 100

__all__ = ["grams", "query_grams", "search_filter"]


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
