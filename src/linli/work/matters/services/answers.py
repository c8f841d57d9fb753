"""What was answered to the questions of a category, checked as it comes in and as the category changes."""

from collections.abc import Mapping
from typing import Any

from linli.core.service import require_service

from ..catalog.answers import answers_cleaned, answers_words
from ..catalog.asked import ANSWERS, questions_about
from ..models import Category
from ..refusals import invalid_if
from .steps import Step


@require_service
def answers_checked(
    *,
    category: Category | None,
    said: Mapping[str, Any] | None,
    needs_all: bool = True,
    is_strict: bool = True,
) -> dict[str, Any]:
    """Return the answers that are kept; none where nobody was asked (``None``).

    Raises ``InvalidInput`` with ``answers.KEY`` for each that is unknown, of the wrong kind or missing
    (``needs_all``); not ``is_strict``, those are left out.
    """
    if said is None:
        return {}
    answers, wrong = answers_cleaned(questions_about(category), said, needs_all=needs_all)
    if is_strict:
        invalid_if({f"{ANSWERS}{key}": words for key, words in wrong.items()})
    return answers


@require_service
def answers_renew(*, step: Step, category: Category | None, said: Mapping[str, Any] | None) -> None:
    """Set the answers of a matter that is sorted; those before stay in its story where they differ.

    Without new ones (``None``), those before are kept as far as the category that is chosen asks for them.
    """
    matter = step.matter
    about, is_new = category or matter.category, said is not None
    answers = answers_checked(
        category=about, said=said if is_new else matter.answers, needs_all=False, is_strict=is_new
    )
    if matter.answers and answers != matter.answers:
        before = answers_words(questions_about(matter.category), matter.answers)
        step.facts["answered"] = [f"{question}：{answer}" for question, answer in before]
    step.set(answers=answers)
