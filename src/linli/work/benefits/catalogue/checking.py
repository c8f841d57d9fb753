"""``/benefits/check/``: what may I have? Asked anonymously, one question at a time; nothing is kept.

Answers travel in the form, signed; they are neither stored nor logged, and no address carries any.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from ..language.tree import NEVER
from ..language.values import WrongValue, day, money, number
from ..models import Policy
from . import selectors
from .asking import MOST_PEOPLE, Answers, Asked, is_question
from .pages import page
from .results import results_shown, who_words

SALT, MOST_AGE = "linli.benefits.check", 6 * 60 * 60
MOST_ANSWERS = 120
NONE = "none"
WORDS = {
    "birth": gettext_lazy("%s的出生日期是哪一天？"),
    "sex": gettext_lazy("%s是男是女？"),
    "hukou": gettext_lazy("%s的户籍在哪里？"),
    "income": gettext_lazy("%s一个月收入大约多少元？"),
    "homes": gettext_lazy("%s有几套居住类房屋？"),
    "other_buildings": gettext_lazy("%s有几处非居住类房屋？"),
    "vehicles": gettext_lazy("%s有几辆机动车？"),
    "children": gettext_lazy("%s有几个子女？"),
    "assistance": gettext_lazy("%s是哪一类救助家庭？"),
    "hardship": gettext_lazy("%s最近有没有遇到突发的困难？"),
    "residence_permit": gettext_lazy("%s有《上海市居住证》吗？"),
    "tekun": gettext_lazy("%s是特困供养人员吗？"),
    "supporters": gettext_lazy("依法应当赡养、抚养%s的家人，有没有、有没有能力？"),
    "dementia": gettext_lazy("%s有认知障碍（老年痴呆）吗？"),
    "lawful_birth": gettext_lazy("%s的出生符合法律法规的规定吗？"),
    "adopted": gettext_lazy("%s是依法收养的吗？"),
    "only_child_certificate": gettext_lazy("%s有《独生子女父母光荣证》吗？"),
    "only_child_lost": gettext_lazy("%s的独生子女有没有伤残或者死亡？"),
}
BY_KIND = {
    Kind.MONEY: gettext_lazy("%(who)s的%(what)s大约多少元？"),
    Kind.DATE: gettext_lazy("%(who)s的%(what)s是哪一天？"),
    Kind.CHOICE: gettext_lazy("%(who)s的%(what)s是哪一种？"),
}
WHOLE = {"hukou", "employment", "work_ability"}  # one of their choices says already that there is none
FEW = 2  # choices; they say by themselves what is asked
HINTS = {
    "income": gettext_lazy("工资、养老金等都算；没有收入填0"),
    "money_per_head": gettext_lazy("现金、存款、有价证券等加起来，平均到每个人；没有填0"),
    "homes": gettext_lazy("没有填0"),
    "other_buildings": gettext_lazy("例如商铺、办公用房；没有填0"),
    "vehicles": gettext_lazy("没有填0"),
}


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question as the page draws it; ``kind`` choice, date, money or number."""

    fact: str
    person: str
    words: str
    hint: str
    kind: str
    choices: list[tuple[str, str]]
    error: str = ""
    typed: str = ""
    is_fact: bool = True


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that cannot be: to which question, why, what was typed."""

    fact: str
    person: str
    words: str
    typed: str


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters()
def check_page(request: HttpRequest) -> HttpResponse:
    """Ask the next useful question, or say what comes out."""
    only = request.POST.get("policy", "") or request.GET.get("policy", "")
    policy = selectors.public_get(only) if only else None
    begun = _begun(request) if request.method == "POST" else None
    if begun is None:
        is_wrong = "people" in request.POST
        return page(
            request, "check_start", {"policy": policy, "is_wrong": is_wrong}, 422 if is_wrong else 200
        )
    answers, wrong = _taken(request, begun)
    return _answered(request, policy, answers, wrong)


def _begun(request: HttpRequest) -> Answers | None:
    """Return the answers that a form carries, none but how many people for a first one; ``None``: begin."""
    try:
        people, given = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=MOST_AGE)
        return Answers(people, tuple((fact, whose, value) for fact, whose, value in given))
    except signing.BadSignature:
        typed = request.POST.get("people", "").strip()
        return Answers(int(typed)) if typed.isdecimal() and 1 <= int(typed) <= MOST_PEOPLE else None


def _answered(
    request: HttpRequest, policy: Policy | None, answers: Answers, wrong: Wrong | None
) -> HttpResponse:
    lines = selectors.public_list()
    wanted = [policy.code] if policy else [line.policy.code for line in lines]
    area = policy.area_path if policy else min((line.policy.area_path for line in lines), default="")
    today = clock.today()
    asked = Asked.about(wanted, rules_on(today), today, standards_on(today, area))
    is_over = request.POST.get("act") == "finish" or len(answers.given) >= MOST_ANSWERS
    question = _shown_again(wrong) if wrong else None if is_over else _next(asked, answers)
    results = results_shown([line for line in lines if line.policy.code in wanted], asked.outcome(answers))
    context = {
        "policy": policy,
        "token": signing.dumps([answers.people, answers.given], salt=SALT, compress=True),
        "count": len(answers.given),
        "question": question,
        "results": results,
        "limit": MOST_PEOPLE,
    }
    return page(request, "check" if question else "check_result", context, 422 if wrong else 200)


def _taken(request: HttpRequest, answers: Answers) -> tuple[Answers, Wrong | None]:
    """Return the answers with the one that was sent, and what is wrong with that."""
    said = request.POST
    act, fact, person = (said.get(name, "") for name in ("act", "question", "person"))
    if act == "back":
        return answers.without_last(), None
    if act == "finish" or not is_question(fact, person, answers.people):
        return answers, None
    if act == "pass":
        return answers.with_one(fact, person, None), None
    typed = NONE if act == NONE else said.get("answer", "").strip()
    try:
        return answers.with_one(fact, person, _value(columns()[fact], typed)), None
    except WrongValue as error:
        return answers, Wrong(fact, person, error.words, typed[:40])


def _value(line: ColumnLine, typed: str) -> int:
    """Return the whole number of an answer; raises ``WrongValue``."""
    if line.kind is Kind.CHOICE:
        if typed == NONE:
            return 0
        if typed not in line.choices:
            raise WrongValue(_("请选一项；说不清就点“不清楚”。"))
        return line.number(typed)
    if typed == NONE and line.kind is Kind.DATE:
        return NEVER
    if not typed:
        raise WrongValue(_("请填写；说不清就点“不清楚”。"))
    if line.kind is Kind.DATE:
        return _date(typed)
    return money(_plain(typed)) if line.kind is Kind.MONEY else number(typed)


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


def _next(asked: Asked, answers: Answers) -> ShownQuestion | None:
    found = asked.next_question(answers)
    if found is None:
        return None
    return _question(found.fact, "" if found.person is None else str(found.person))


def _shown_again(wrong: Wrong) -> ShownQuestion:
    return replace(_question(wrong.fact, wrong.person), error=wrong.words, typed=wrong.typed)


def _question(fact: str, person: str) -> ShownQuestion:
    line = columns()[fact]
    choices = [*line.choices.items()] if line.kind is Kind.CHOICE else []
    if choices and line.is_fact and "no" not in line.choices and fact not in WHOLE:
        choices.append((NONE, _("没有")))
    hint = str(HINTS.get(fact, ""))
    return ShownQuestion(
        fact,
        person,
        _asked(line, fact, who_words(person)),
        hint,
        line.kind.value,
        choices,
        is_fact=line.is_fact,
    )


def _asked(line: ColumnLine, fact: str, who: str) -> str:
    if asking := WORDS.get(fact):
        return str(asking) % who
    asking = BY_KIND.get(line.kind)
    if asking is None or (line.kind is Kind.CHOICE and len(line.choices) <= FEW):
        return f"{who}：{line.label}？"
    return str(asking) % {"who": who, "what": line.label}
