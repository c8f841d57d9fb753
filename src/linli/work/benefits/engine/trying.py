"""Cases beside a policy, judged by the plain evaluator: what came out, and whether it is what must. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..language.cases import Case, verdict_words
from ..language.columns import columns
from ..language.tree import Compare, Condition, Constant, Every, Op, Rule, Some, Standard
from ..language.wording import yuan_words
from .answers import HouseholdFacts, Judged, PersonFacts
from .order import looks_at
from .plain import judged

_OPEN = Compare(Op.EQUAL, Standard("?"), Constant(0))  # no figure has this code: never known
_GIVEN: Mapping[bool | None, Condition] = {True: Every(()), False: Some(()), None: _OPEN}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out of one case; ``faults`` say in Chinese what is not as expected, none if all is."""

    case: Case
    found: Judged | None
    faults: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether everything came out as the case says."""
        return not self.faults


def tried(case: Case, rule: Rule, others: Iterable[Rule], standards: Mapping[str, int]) -> Tried:
    """Judge a case by ``rule``; ``others`` and ``standards`` are those in force on its day.

    Verdicts and figures that the case gives go before them. A policy of persons needs a ``person``.
    """
    household = HouseholdFacts(
        case.household, tuple(PersonFacts(at, values) for at, values in enumerate(case.people))
    )
    rules = _needed(rule, {other.policy: other for other in others} | _given(case, rule))
    verdicts = judged(rules, household, case.on, {**standards, **case.standards})[rule.policy]
    if not verdicts:
        return Tried(case, None, (_("这项政策按个人判断，案例里没有写“本人”。"),))
    found = verdicts[0]
    return Tried(case, found, tuple(_faults(case, found)))


def _given(case: Case, rule: Rule) -> dict[str, Rule]:
    return {code: Rule(code, "", rule.of, _GIVEN[verdict]) for code, verdict in case.verdicts.items()}


def _needed(rule: Rule, others: Mapping[str, Rule]) -> list[Rule]:
    """Return a rule and all that it looks at, whatever is known of."""
    found = {rule.policy: rule}
    waiting = [rule]
    while waiting:
        for code in looks_at(waiting.pop()):
            if code in others and code not in found:
                found[code] = others[code]
                waiting.append(others[code])
    return list(found.values())


def _faults(case: Case, found: Judged) -> Iterable[str]:
    if found.verdict is not case.expect:
        should = _("应当%(should)s，算出来是%(found)s。")
        yield should % {
            "should": verdict_words(case.expect),
            "found": verdict_words(found.verdict),
        } + _why(found)
    elif case.amount is not None and found.amount != case.amount:
        said = _("不知道") if found.amount is None else yuan_words(found.amount)
        amounts = {"should": yuan_words(case.amount), "found": said}
        yield _("金额应当是%(should)s，算出来是%(found)s。") % amounts
    elif case.missing is not None and case.missing != set(found.missing):
        missing = {"should": _names(case.missing), "found": _names(found.missing)}
        yield _("缺的应当是%(should)s，算出来是%(found)s。") % missing


def _why(found: Judged) -> str:
    if found.verdict is None:
        return _("还缺：%s。") % _names(found.missing) if found.missing else ""
    failed = [line.label for line in found.trace if line.answer is False and line.depth == 0]
    return _("没有满足：%s。") % "、".join(failed) if failed else ""


def _names(names: Iterable[str]) -> str:
    known = columns()
    return "、".join(known[name].label if name in known else name for name in sorted(names)) or _("没有")
