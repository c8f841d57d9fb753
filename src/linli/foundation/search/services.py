"""Writing the index, inside the service that writes the text."""

from collections.abc import Iterable

from linli.core.service import require_service, write_late

from .models import SearchDocument
from .rules import document_text

_UPSERT = """
INSERT INTO search_searchdocument (room, subject_id, area_path, grams) VALUES (%s, %s, %s, %s)
ON CONFLICT (room, subject_id) DO UPDATE SET area_path = excluded.area_path, grams = excluded.grams
"""


@require_service
def search_index(
    *, room: str, subject_id: int, area_path: str, texts: Iterable[str], facets: Iterable[str] = ()
) -> None:
    """Make a record findable by its texts, replacing what was there, at the end of the service.

    ``facets`` are tokens made by ``rules.facet``, for what lists narrow words by.
    """
    values = [room, subject_id, area_path, document_text(texts, facets)]
    write_late("search_searchdocument", _UPSERT, values)


@require_service
def search_forget(*, room: str, subject_id: int) -> int:
    """Take a record out of the index; returns how many documents went (0 or 1)."""
    return SearchDocument.objects.filter(room=room, subject_id=subject_id).delete()[0]
