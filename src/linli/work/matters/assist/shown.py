"""Suggestions as pages show them: the surety in words, the words that spoke for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..models import Category
from .rules import surety_words
from .selectors import Suggested


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggested category as a reader sees it."""

    category: Category
    surety: str
    words: tuple[str, ...]


def suggestion_rows(suggested: Iterable[Suggested]) -> list[SuggestionRow]:
    """Return suggested categories with their surety in words."""
    return [SuggestionRow(row.category, surety_words(row.probability), row.words) for row in suggested]
