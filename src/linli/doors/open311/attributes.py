"""The questions of the 权责清单 as attributes of a service, and what was answered to them."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.work.matters.catalog.answers import answers_cleaned
from linli.work.matters.catalog.rules import QuestionRow, questions_of
from linli.work.matters.models import Category

from .rules import refused
from .shapes import AttributeOut, Kind, ValueOut

KINDS: Mapping[str, tuple[Kind, str]] = {
    "choice": ("singlevaluelist", gettext_noop("从选项里选一个。")),
    "several": ("multivaluelist", gettext_noop("从选项里选，可以选几个。")),
    "text": ("text", gettext_noop("文字，最多300个字。")),
    "number": ("number", gettext_noop("数字，例如3。")),
    "date": ("datetime", gettext_noop("日期，例如2026-11-27。")),
}


def _questions(category: Category | None) -> Sequence[QuestionRow]:
    return questions_of(category.questions) if category else ()


def attributes_of(category: Category | None) -> list[AttributeOut]:
    """Return a service's questions, in order; one that is asked only after an answer says after which."""
    return [_attribute(row, order) for order, row in enumerate(_questions(category), 1)]


def _attribute(row: QuestionRow, order: int) -> AttributeOut:
    kind, words = KINDS[row.kind]
    description = row.text
    if row.when_key:
        facts = {"text": row.text, "key": row.when_key, "values": "、".join(row.when_is) or _("任意")}
        description = _("%(text)s（只在 %(key)s 的回答是“%(values)s”时要问）") % facts
    return AttributeOut(
        variable=True,
        code=row.key,
        datatype=kind,
        required=row.is_required and not row.when_key,
        datatype_description=_(words),
        order=order,
        description=description,
        values=[ValueOut(key=choice, name=choice) for choice in row.choices],
    )


def answers_of(category: Category | None, said: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the answers by the questions' keys, checked here so that a refusal names the attribute.

    A date may come with its time, which is left out. Raises ``InvalidInput`` for what was not asked, what is
    of the wrong kind and what is missing.
    """
    questions = _questions(category)
    known = {row.key: row for row in questions}
    if strange := next((key for key in said if key not in known), None):
        raise refused(f"attribute[{strange[:40]}]", _("这类服务没有这个问题，问题见 services/代码。"))
    answers = {key: [_plain(known[key], value) for value in values] for key, values in said.items()}
    _kept, wrong = answers_cleaned(questions, answers)
    if wrong:
        key, words = next(iter(wrong.items()))
        raise refused(f"attribute[{key}]", words)
    return answers


def _plain(question: QuestionRow, value: str) -> str:
    return value.strip().partition("T")[0] if question.kind == "date" else value
