"""What residents said of closed matters, as figures: never an answer with who gave it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Schema

from linli.core.actor import Scope
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in

from ..satisfaction.rules import reasons_for
from ..satisfaction.selectors import answer_figures, as_json
from .reading import READING, area_counted, router
from .shapes import Counted


class AnswerRowOut(Schema):
    """The answers about one category; each count is of ``answered``, which is of ``closed``."""

    name: str = Field(description=gettext_noop("类别。"))
    closed: int = Field(description=gettext_noop("办结的。"))
    answered: int = Field(description=gettext_noop("有评价的。"))
    contacted: int
    solved: int
    satisfied: int
    unreached: int = Field(description=gettext_noop("没有评价、回访没打通的。"))
    refused: int = Field(description=gettext_noop("没有评价、不愿回答的。"))
    reopened: int = Field(description=gettext_noop("办过不止一轮的。"))
    ways: dict[str, int] = Field(description=gettext_noop("怎样评价的。"))
    reasons: dict[str, int] = Field(description=gettext_noop("没办好的原因。"))


class AnswersOut(Schema):
    """All answers in an area about what closed in a period, and by category."""

    total: AnswerRowOut
    by_category: list[AnswerRowOut]


@router.get(
    "/answers",
    response=AnswersOut,
    auth=let_in(Scope.FIGURES_READ),
    summary=gettext_noop("满意度"),
    operation_id="matter_answers",
    description=gettext_noop("一个区划、一段时间内办结的事项的评价，按类别，每个数都带分母。"),
)
def answers(request: HttpRequest, asked: Query[Counted]) -> dict[str, Any]:
    """Return what residents said of what closed in a period."""
    actor = actor_of(request)
    found = answer_figures(actor, area_counted(actor, asked), asked.from_on, asked.to_on)
    return {"total": as_json(found.total), "by_category": [as_json(row) for row in found.by_category]}


@router.get(
    "/answers/reasons",
    response=dict[str, dict[str, str]],
    auth=let_in(*READING, Scope.FIGURES_READ),
    summary=gettext_noop("没办好的原因"),
    operation_id="answer_reasons",
    description=gettext_noop("每个问题可以选的原因：代码和说法。"),
)
def reasons(request: HttpRequest, category: str = "") -> dict[str, dict[str, str]]:
    """Return the reasons for a no by question, with those of one category."""
    return reasons_for(category)
