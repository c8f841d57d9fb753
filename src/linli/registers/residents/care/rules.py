"""Whom a dated rule proposes for a service: conditions with three answers over age, home and facts. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from linli.core.actor import Function

from ..ages import ADULT
from ..facts.dictionary import Of, dictionary, fact_key
from ..facts.rules import MISSING, Answer, FactValue

DATA = Path(__file__).parent.parent / "data"
LEAVES = frozenset({"age_from", "age_under", "alone", "all_aged", "without_adult", "fact"})


class Truth(StrEnum):
    """The three answers; not knowing is never a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a rule looks at: age, the ages of those who live with them (``None``: not known who), facts."""

    age: int | None
    others: tuple[int | None, ...] | None
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says: the answer, the conditions that held, and what is not known."""

    answer: Truth
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CareGroup:
    """One rule: who, for which service, given by whom, for how many months a confirmation holds."""

    group: str
    label: str
    service: str
    months: int
    begins: date
    when: tuple[Condition, ...]
    function: Function
    kind: str
    source: str
    mark: str
    consent: str = ""
    ends: date | None = None

    @property
    def facts(self) -> frozenset[str]:
        """The facts that it looks at."""
        return frozenset(_facts_in(self.when))


@dataclass(frozen=True, slots=True)
class CareRules:
    """All rules of one version."""

    version: str
    groups: tuple[CareGroup, ...]
    remind_days: int

    def on(self, day: date) -> list[CareGroup]:
        """Return the rules in force on a day."""
        return [
            group for group in self.groups if group.begins <= day and (not group.ends or day < group.ends)
        ]


class BadCareRules(Exception):
    """The file of rules cannot be used; the message names the group and what is wrong."""


def care_rules_read(content: Mapping[str, Any]) -> CareRules:
    """Check the content of ``care_groups.yaml``; raises ``BadCareRules``."""
    groups = tuple(_group(row) for row in content["groups"])
    if len({group.group for group in groups}) < len(groups):
        raise BadCareRules("a group stands twice")
    return CareRules(str(content["version"]), groups, int(content["settings"]["remind_days"]["value"]))


def _group(row: Mapping[str, Any]) -> CareGroup:
    name = row.get("group", "?")
    try:
        giver = row["given_by"]
        group = CareGroup(
            group=row["group"],
            label=row["label"],
            service=row["service"],
            months=int(row["months"]),
            begins=row["from"],
            ends=row.get("to"),
            when=tuple(row["when"]),
            function=Function(giver["function"]),
            kind=giver.get("kind", ""),
            source=row["source"],
            mark=row["mark"],
            consent=row.get("consent", ""),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise BadCareRules(f"{name}: {error!r}") from error
    for condition in group.when:
        _check(name, condition)
    if not group.when or group.months < 1 or group.mark not in "✔○✘":
        raise BadCareRules(f"{name}: needs conditions, months and a mark")
    if group.function != Function.COMMITTEE and not group.consent:
        raise BadCareRules(f"{name}: a unit that is not the committee needs a consent")
    return group


def _check(name: str, condition: Condition) -> None:
    for inner in _inner(condition):
        _check(name, inner)
    if _inner(condition):
        return
    if len(LEAVES & set(condition)) != 1:
        raise BadCareRules(f"{name}: unknown condition {condition}")
    if "fact" in condition:
        line = dictionary().get(condition["fact"])
        allowed = set(line.choices) or {"yes", "no"} if line else set()
        if line is None or line.of is not Of.PERSON or not set(condition["in"]) <= allowed:
            raise BadCareRules(f"{name}: no such fact or value: {condition}")


def _inner(condition: Condition) -> Sequence[Condition]:
    found: Sequence[Condition] = condition.get("any") or condition.get("when") or ()
    return found


def _facts_in(conditions: Iterable[Condition]) -> Iterable[str]:
    for condition in conditions:
        if "fact" in condition:
            yield condition["fact"]
        yield from _facts_in(_inner(condition))


@functools.cache
def care_rules() -> CareRules:
    """Return the rules that ship with this version."""
    return care_rules_read(yaml.safe_load((DATA / "care_groups.yaml").read_text(encoding="utf-8")))


def care_group(code: str) -> CareGroup | None:
    """Return a rule by its code, ``None`` for one that is gone."""
    return next((group for group in care_rules().groups if group.group == code), None)


# -- evaluating --------------------------------------------------------------------------------------------
def evaluated(group: CareGroup, situation: Situation) -> Finding:
    """Return what a rule says of a situation."""
    return _all(group.when, situation)


def _all(conditions: Iterable[Condition], situation: Situation) -> Finding:
    found = [_one(condition, situation) for condition in conditions]
    if any(finding.answer is Truth.NO for finding in found):
        return Finding(Truth.NO)
    missing = tuple(dict.fromkeys(name for finding in found for name in finding.missing))
    reasons = tuple(dict.fromkeys(name for finding in found for name in finding.reasons))
    return Finding(Truth.UNKNOWN if missing else Truth.YES, reasons, missing)


def _any(conditions: Iterable[Condition], situation: Situation) -> Finding:
    found = [_one(condition, situation) for condition in conditions]
    held = [finding for finding in found if finding.answer is Truth.YES]
    if held:
        return Finding(Truth.YES, tuple(dict.fromkeys(name for finding in held for name in finding.reasons)))
    missing = tuple(dict.fromkeys(name for finding in found for name in finding.missing))
    return Finding(Truth.UNKNOWN, (), missing) if missing else Finding(Truth.NO)


def _one(condition: Condition, situation: Situation) -> Finding:
    if "any" in condition:
        return _any(condition["any"], situation)
    if "when" in condition:
        return _all(condition["when"], situation)
    if "fact" in condition:
        return _fact(condition, situation)
    name, value = next((name, value) for name, value in condition.items() if name in LEAVES)
    answer = _ANSWERS[name](situation, value)
    code = name if value is True else f"{name}:{value}"
    unknown = "age" if name.startswith("age") else "household"
    return _finding(answer, code, unknown)


def _finding(answer: Truth, code: str, unknown: str) -> Finding:
    if answer is Truth.YES:
        return Finding(answer, (code,))
    return Finding(answer, (), (unknown,) if answer is Truth.UNKNOWN else ())


def _fact(condition: Condition, situation: Situation) -> Finding:
    known = situation.facts.get(condition["fact"], MISSING)
    answer = Truth.NO
    if known.answer is Answer.KNOWN and known.value in condition["in"]:
        answer = Truth.YES
    elif not known.is_settled:
        answer = Truth.UNKNOWN
    return _finding(answer, f"fact:{condition['fact']}", f"fact:{condition['fact']}")


def _truth(holds: bool) -> Truth:
    return Truth.YES if holds else Truth.NO


def _age_from(situation: Situation, years: int) -> Truth:
    return Truth.UNKNOWN if situation.age is None else _truth(situation.age >= years)


def _age_under(situation: Situation, years: int) -> Truth:
    return Truth.UNKNOWN if situation.age is None else _truth(situation.age < years)


def _alone(situation: Situation, _value: bool) -> Truth:
    return Truth.UNKNOWN if situation.others is None else _truth(not situation.others)


def _all_aged(situation: Situation, years: int) -> Truth:
    if situation.others is None:
        return Truth.UNKNOWN
    ages = [situation.age, *situation.others]
    if not situation.others or any(age is not None and age < years for age in ages):
        return Truth.NO
    return Truth.UNKNOWN if None in ages else Truth.YES


def _without_adult(situation: Situation, _value: bool) -> Truth:
    if situation.others is None:
        return Truth.UNKNOWN
    if any(age is not None and age >= ADULT for age in situation.others):
        return Truth.NO
    return Truth.UNKNOWN if None in situation.others else Truth.YES


_ANSWERS = {
    "age_from": _age_from,
    "age_under": _age_under,
    "alone": _alone,
    "all_aged": _all_aged,
    "without_adult": _without_adult,
}


def reason_words(code: str) -> str:
    """Return a condition in words: what was met, never the value behind it."""
    name, _colon, value = code.partition(":")
    if name == "fact":
        return _("%s符合条件") % fact_key(value).label
    if name == "household":
        return _("同住情况")
    if name == "age":
        return _("出生年月")
    words = {
        "age_from": _("年满%s周岁"),
        "age_under": _("未满%s周岁"),
        "alone": _("独自居住"),
        "all_aged": _("同住的人都年满%s周岁"),
        "without_adult": _("没有成年人同住"),
    }[name]
    return words % value if "%s" in words else words


def missing_words(code: str) -> str:
    """Return what is not known about somebody, in words."""
    if code.startswith("fact:"):
        line = dictionary().get(code.removeprefix("fact:"))
        return line.label if line is not None else code
    return _("出生年月") if code == "age" else _("和谁一起住")
