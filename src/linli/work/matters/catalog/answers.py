"""Which questions are asked after which answers, and which answers count; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ..rules import text_cleaned
from .rules import QuestionRow

LONGEST_ANSWER, LONGEST_KEY = 300, 40


def questions_due(questions: Sequence[QuestionRow], answers: Mapping[str, Any]) -> list[QuestionRow]:
    """Return which questions are asked after these answers: an unmet condition hides its question."""
    due: list[QuestionRow] = []
    for question in questions:
        if not question.when_key:
            due.append(question)
        elif any(other.key == question.when_key for other in due):
            said = answers.get(question.when_key, ())
            values = set(said if isinstance(said, list | tuple) else [said]) - {""}
            if values & set(question.when_is) or (not question.when_is and values):
                due.append(question)
    return due


def answers_cleaned(
    questions: Sequence[QuestionRow], said: Mapping[str, Any], *, needs_all: bool = True
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers that count, and what is wrong with others by key.

    Only questions that are due are answered; what is not due is left out, what is no question is wrong, and
    (``needs_all``) what is needed and missing is wrong. An answer is a text, or a list of texts where several
    may be chosen; numbers and dates are kept as text in their plain form.
    """
    answers: dict[str, Any] = {}
    known = {question.key for question in questions}
    wrong = {key[:LONGEST_KEY]: _("这一类没有这个问题。") for key in said if key not in known}
    for question in questions:
        if question not in questions_due(questions, answers):
            continue
        value, fault = _answer(question, said.get(question.key, ""))
        if fault:
            wrong[question.key] = fault
        elif value:
            answers[question.key] = value
        elif question.is_required and needs_all:
            wrong[question.key] = _("请回答：%s") % question.text
    return answers, wrong


def answers_words(questions: Sequence[QuestionRow], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was answered as people read it: the question, the answer; a question of old by its key."""
    texts = {question.key: question.text for question in questions}
    return [
        (texts.get(key, key), "、".join(value) if isinstance(value, list | tuple) else str(value))
        for key, value in answers.items()
    ]


def _answer(question: QuestionRow, said: Any) -> tuple[Any, str]:
    values = [text_cleaned(str(item)) for item in (said if isinstance(said, list | tuple) else [said])]
    values = [value for value in dict.fromkeys(values) if value]
    if question.kind == "several":
        strange = [value for value in values if value not in question.choices]
        return ([], _("请从选项里选。")) if strange else (values, "")
    if len(values) > 1:
        return "", _("只能回答一个。")
    value = values[0] if values else ""
    if not value:
        return "", ""
    return _one_answer(question, value)


def _one_answer(question: QuestionRow, value: str) -> tuple[str, str]:
    if question.kind == "choice" and value not in question.choices:
        return "", _("请从选项里选。")
    if len(value) > LONGEST_ANSWER:
        return "", _("最多%s个字。") % LONGEST_ANSWER
    if question.kind == "number" and not _is_number(value):
        return "", _("请填数字，例如3。")
    if question.kind == "date" and not _is_date(value):
        return "", _("请填日期，例如2026-11-27。")
    return value, ""


def _is_number(value: str) -> bool:
    whole, _point, part = value.removeprefix("-").partition(".")
    return whole.isdecimal() and (not part or part.isdecimal())


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
