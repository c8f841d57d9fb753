"""Writing the index, inside the service that writes the text."""

from collections.abc import Iterable

from linli.core.service import require_service

from .models import SearchDocument
from .rules import grams


@require_service
def search_index(*, room: str, subject_id: int, area_path: str, texts: Iterable[str]) -> None:
    """Make a record findable by its texts, replacing what was there; one statement."""
    document = SearchDocument(
        room=room, subject_id=subject_id, area_path=area_path, grams=" ".join(grams("\n".join(texts)))
    )
    SearchDocument.objects.bulk_create(
        [document],
        update_conflicts=True,
        unique_fields=["room", "subject_id"],
        update_fields=["area_path", "grams"],
    )


@require_service
def search_forget(*, room: str, subject_id: int) -> int:
    """Take a record out of the index; returns how many documents went (0 or 1)."""
    return SearchDocument.objects.filter(room=room, subject_id=subject_id).delete()[0]
