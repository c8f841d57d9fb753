"""A long list as a paginator takes it: counted up to a most, read a page of keys at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

MOST_COUNTED = 10_000


class CountedKeys(Sequence[int]):
    """The keys of a scoped, ordered queryset; ``is_more`` where there are more than were counted."""

    def __init__(self, rows: QuerySet[Any], most: int = MOST_COUNTED) -> None:
        self.rows = rows
        number = rows.order_by()[: most + 1].count()
        self.number, self.is_more = min(number, most), number > most

    def __len__(self) -> int:
        """Return how many were counted."""
        return self.number

    def __getitem__(self, part: Any) -> Any:
        """Return the keys of one page."""
        return list(self.rows.values_list("pk", flat=True)[part.start : part.stop])

    def __str__(self) -> str:
        """Say the number, with a plus where it is only the least."""
        return f"{self.number:,}+" if self.is_more else f"{self.number:,}"
