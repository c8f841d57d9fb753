"""The leaf that somebody chooses for a report, found by words or in the tree, and what is asked about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from ..models import Category
from .answers import questions_due
from .rules import SEPARATOR, QuestionRow, path_words, questions_of
from .selectors import leaf_list, leaves_found

ANSWERS = "answers."  # before a question's key: its field in a form, its place in a refusal
SHOWN = "asked"


def leaf_chosen(code: str) -> Category | None:
    """Return the leaf of a code that may be given today; ``None`` for none."""
    return Category.objects.offered().filter(code=code).first() if code else None


def questions_about(leaf: Category | None) -> Sequence[QuestionRow]:
    """Return what is asked about a leaf, whether it is due or not."""
    return questions_of(leaf.questions) if leaf else ()


def answers_said(leaf: Category | None, typed: QueryDict) -> dict[str, Any]:
    """Return what a form says to the questions of a leaf, by key; of another leaf's it says nothing."""
    said = {question.key: typed.getlist(f"{ANSWERS}{question.key}") for question in questions_about(leaf)}
    return {key: values if len(values) > 1 else values[0] for key, values in said.items() if values}


def unasked(leaf: Category | None, typed: QueryDict) -> list[QuestionRow]:
    """Return the questions that are due and that whoever sent the form has not been shown."""
    shown = set(typed.getlist(SHOWN))
    due = questions_due(questions_about(leaf), answers_said(leaf, typed))
    return [question for question in due if leaf and f"{leaf.code}.{question.key}" not in shown]


def asked(leaf: Category | None, typed: QueryDict, wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the questions that are due about a leaf, each with what was said so far and what is wrong."""
    said = answers_said(leaf, typed)
    due = questions_due(questions_about(leaf), said)
    return [
        {
            **_asked(question, said.get(question.key, "")),
            "shown": f"{leaf.code if leaf else ''}.{question.key}",
            "id": f"id_{leaf.code if leaf else ''}.{question.key}",
            "error": wrong.get(f"{ANSWERS}{question.key}", ""),
        }
        for question in due
    ]


def _asked(question: QuestionRow, said: Any) -> dict[str, Any]:
    values = said if isinstance(said, list | tuple) else [said]
    return {
        "name": f"{ANSWERS}{question.key}",
        "question": question,
        "value": values[0] if values else "",
        "options": [(choice, choice in values) for choice in question.choices],
        "type": {"date": "date"}.get(question.kind, "text"),
        "mode": {"number": "decimal"}.get(question.kind, ""),
    }


def offered(words: str, chosen: Category | None, likely: Sequence[Category]) -> list[dict[str, Any]]:
    """Return the leaves to tap: what words find, else what is likely; the chosen one is always among them."""
    found = leaves_found(words) if words.strip() else list(likely)
    leaves = found if chosen is None or chosen in found else [chosen, *found]
    return [
        {"code": leaf.code, "name": leaf.name, "path": path_words(leaf.path), "is_chosen": leaf == chosen}
        for leaf in leaves
    ]


def leaves_unfolded() -> dict[str, dict[str, list[Category]]]:
    """Return all leaves: under the first level, and there under what else stands above them."""
    tops: dict[str, dict[str, list[Category]]] = {}
    for leaf in leaf_list():
        top, _separator, rest = leaf.path.partition(SEPARATOR)
        above = path_words(rest.rpartition(SEPARATOR)[0])
        tops.setdefault(top, {}).setdefault(above, []).append(leaf)
    return tops
