"""Suggestions as pages show them: the surety in words, the words that spoke for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..models import Category
from .rules import surety_words
from .selectors import Suggested, Suggestion


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggested category as a reader sees it."""

    category: Category
    surety: str
    words: tuple[str, ...]


def suggestion_rows(suggested: Iterable[Suggested]) -> list[SuggestionRow]:
    """Return suggested categories with their surety in words."""
    return [SuggestionRow(row.category, surety_words(row.probability), row.words) for row in suggested]


def suggestion_words(said: Suggestion) -> str:
    """Return the first suggestion in one sentence with its surety and reasons; empty where it is silent."""
    if not said.categories:
        return ""
    first = suggestion_rows(said.categories[:1])[0]
    reasons = [first.surety] if first.surety else []
    if first.words:
        reasons.append(_("因为提到“%s”") % "、".join(first.words))
    if not reasons:
        return _("机器推荐：%s。由您确定。") % first.category
    facts = {"category": first.category, "reasons": "，".join(reasons)}
    return _("机器推荐：%(category)s（%(reasons)s）。由您确定。") % facts
