"""``/benefits/check/``: what may I have? Asked anonymously, one question at a time; nothing is kept.

Answers travel in the form, signed; they are neither stored nor logged, and no address carries any.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from linli.core import clock
from linli.core.words import gettext_lazy

from ..authoring.checked import rules_on
from ..authoring.selectors import standards_on
from ..language.columns import ColumnLine, Kind, columns
from ..language.values import WrongValue, day, money, number
from ..models import Policy
from . import selectors
from .asking import MOST_PEOPLE, PEOPLE, TOGETHER, Answers, next_question, outcome
from .pages import page
from .results import results_shown

SALT, MOST_AGE = "linli.benefits.check", 6 * 60 * 60
MOST_ANSWERS = 60
NONE = "none"
WORDS = {
    "birth": gettext_lazy("出生日期是哪一天？"),
    "sex": gettext_lazy("是男是女？"),
    "hukou": gettext_lazy("户籍在哪里？"),
    PEOPLE: gettext_lazy("家里住在一起的，一共几口人？"),
    "income": gettext_lazy("本人一个月收入大约多少元？"),
    TOGETHER: gettext_lazy("家里其他人一个月收入合计大约多少元？"),
}
HINTS = {
    "income": gettext_lazy("工资、养老金等都算，没有收入填0"),
    TOGETHER: gettext_lazy("都没有收入填0"),
    PEOPLE: gettext_lazy("连本人一起算"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the page draws it; ``kind`` choice, date, money or number."""

    name: str
    words: str
    hint: str
    kind: str
    choices: list[tuple[str, str]]
    error: str = ""
    typed: str = ""


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters()
def check_page(request: HttpRequest) -> HttpResponse:
    """Ask the next useful question, or say what comes out."""
    only = request.POST.get("policy", "") or request.GET.get("policy", "")
    policy = selectors.public_get(only) if only else None
    if request.method == "GET":
        return page(request, "check_start", {"policy": policy})
    answers, wrong = _taken(request)
    return _answered(request, policy, answers, wrong)


def _answered(
    request: HttpRequest, policy: Policy | None, answers: Answers, wrong: dict[str, str]
) -> HttpResponse:
    today = clock.today()
    lines = selectors.public_list()
    rules = rules_on(today)
    area = policy.area_path if policy else (lines[0].policy.area_path if lines else "")
    wanted = [policy.code] if policy else [line.policy.code for line in lines]
    found = outcome(answers, rules, today, standards_on(today, area))
    name = wrong.get("question") or next_question(answers, found, wanted)
    is_over = name is None or len(answers.given) >= MOST_ANSWERS or request.POST.get("act") == "finish"
    context = {
        "policy": policy,
        "token": signing.dumps(list(answers.given.items()), salt=SALT, compress=True),
        "count": len(answers.given),
        "open": len(found.open_for(wanted)),
        "question": None if is_over or name is None else _question(name, wrong),
        "results": results_shown([line for line in lines if line.policy.code in wanted], found),
    }
    return page(request, "check_result" if is_over else "check", context, 422 if wrong else 200)


def _taken(request: HttpRequest) -> tuple[Answers, dict[str, str]]:
    """Return the answers with the one that was sent, and what is wrong with that."""
    try:
        kept = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=MOST_AGE)
        answers = Answers(dict(kept))
    except signing.BadSignature:  # the first question, or a form that has grown old: begin anew
        return Answers(), {}
    act, name = request.POST.get("act", ""), request.POST.get("question", "")
    if act == "back":
        return answers.without_last(), {}
    if act == "finish" or name not in {*columns(), PEOPLE, TOGETHER}:
        return answers, {}
    if act == "pass":
        return answers.with_one(name, None), {}
    typed = request.POST.get("answer", "").strip()
    try:
        return answers.with_one(name, _value(name, typed)), {}
    except WrongValue as error:
        return answers, {"question": name, "words": error.words, "typed": typed[:40]}


def _value(name: str, typed: str) -> int:
    """Return the whole number of an answer; raises ``WrongValue``."""
    if name == PEOPLE:
        if not typed.isdecimal() or not 1 <= int(typed) <= MOST_PEOPLE:
            raise WrongValue(_("请填写1到%d之间的整数。") % MOST_PEOPLE)
        return int(typed)
    line = _line(name)
    if line.kind is Kind.CHOICE:
        if typed == NONE:
            return 0
        if typed not in line.choices:
            raise WrongValue(_("请选一项；说不清就点“不清楚”。"))
        return line.number(typed)
    if not typed:
        raise WrongValue(_("请填写；说不清就点“不清楚”。"))
    if line.kind is Kind.DATE:
        return _date(typed)
    return money(_plain(typed)) if line.kind is Kind.MONEY else number(typed)


def _line(name: str) -> ColumnLine:
    return columns()["income" if name == TOGETHER else name]


def _date(typed: str) -> int:
    found = day(typed)
    if found > int(f"{clock.today():%Y%m%d}") or found < 18800101:
        raise WrongValue(_("请核对日期，不能晚于今天。"))
    return found


def _plain(typed: str) -> str:
    """Return a sum without what people write around it."""
    text = typed.replace(",", "").replace("，", "").removesuffix("元").strip()
    try:
        if Decimal(text) < 0:
            raise WrongValue(_("请填写0以上的金额。"))
    except InvalidOperation as error:
        raise WrongValue(_("请填写金额，例如 2600。")) from error
    return text


def _question(name: str, wrong: dict[str, str]) -> Question:
    kind, choices, label = Kind.NUMBER, list[tuple[str, str]](), ""
    if name != PEOPLE:
        line = _line(name)
        kind, label = line.kind, line.label
        choices = [*line.choices.items()] if line.kind is Kind.CHOICE else []
        if choices and name != "sex":
            choices.append((NONE, _("没有")))
    words = str(WORDS.get(name) or _("%s是什么情况？") % label)
    error, typed = wrong.get("words", ""), wrong.get("typed", "")
    return Question(name, words, str(HINTS.get(name, "")), kind.value, choices, error, typed)
