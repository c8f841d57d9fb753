"""The leaf that somebody chooses for a report, found by words or in the tree, and what is asked about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from linli.core import clock

from ..models import Category, Matter
from .answers import questions_due
from .rules import QuestionRow, path_words
from .selectors import duty_row_of, leaf_list, leaves_found

PREFIX = "q-"


def answers_said(typed: QueryDict) -> dict[str, Any]:
    """Return what a form says to questions, by key; several answers as a list."""
    return {
        name.removeprefix(PREFIX): values if len(values) > 1 else values[0]
        for name, values in typed.lists()
        if name.startswith(PREFIX) and values
    }


def leaf_chosen(code: str) -> Category | None:
    """Return the leaf of a code that may be given today; ``None`` for none."""
    return Category.objects.offered().filter(code=code).first() if code else None


def asked(leaf: Category | None, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the questions that are due about a leaf, each with what was said so far."""
    row = duty_row_of(leaf, on=clock.today())
    due = questions_due(row.questions, said) if row else []
    return [_asked(question, said.get(question.key, "")) for question in due]


def _asked(question: QuestionRow, said: Any) -> dict[str, Any]:
    values = said if isinstance(said, list | tuple) else [said]
    return {
        "name": f"{PREFIX}{question.key}",
        "question": question,
        "value": values[0] if values else "",
        "options": [(choice, choice in values) for choice in question.choices],
        "input": {"number": "number", "date": "date"}.get(question.kind, "text"),
    }


def offered(words: str, chosen: Category | None, likely: list[Category]) -> list[dict[str, Any]]:
    """Return the leaves to tap: the chosen one first, then what words find, else what is likely."""
    found = leaves_found(words) if words.strip() else likely
    leaves = ([chosen] if chosen else []) + [leaf for leaf in found if leaf != chosen]
    return [
        {"code": leaf.code, "name": leaf.name, "path": path_words(leaf.path), "is_chosen": leaf == chosen}
        for leaf in leaves
    ]


def groups_of_leaves() -> list[dict[str, Any]]:
    """Return all leaves under what stands above them, for the tree that is unfolded."""
    groups: dict[str, list[Category]] = {}
    for leaf in leaf_list():
        groups.setdefault(leaf.path.rpartition("/")[0], []).append(leaf)
    return [{"name": path_words(above), "leaves": leaves} for above, leaves in groups.items()]


def answers_shown(matter: Matter) -> list[tuple[str, str]]:
    """Return what was answered about a matter's category, question and answer in words."""
    row = duty_row_of(matter.category, on=clock.local_date(matter.reported_at))
    texts = {question.key: question.text for question in row.questions} if row else {}
    return [
        (texts.get(key, key), "、".join(value) if isinstance(value, list) else str(value))
        for key, value in matter.answers.items()
    ]
