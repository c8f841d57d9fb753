"""Which rule is in force on a day: read and checked once from ``data/rules.yaml``."""

import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput

from .rule import DecisionRule, rule_from_json

DATA = Path(__file__).parent / "data" / "rules.yaml"
KINDS = {"decision", "election", "recall", "assessment"}
WAYS = {"named", "secret", "either"}
ELECTORATES = {
    *("owners", "owners_part", "owners_concerned", "residents", "households", "representatives"),
    *("members", "voters_registered", "villagers", "villagers_group"),
}
MARKS = {"✔", "○", "✘"}
# What a row need not say.
DEFAULTS: dict[str, Any] = {
    "kind": "decision",
    "about": [],
    "ends": None,
    "convened_by": "",
    "turnout": [],
    "turnout_any": False,
    "unanimous": False,
    "notice_days": None,
    "roll_days": None,
    "objection_days": None,
    "ruling_days": None,
    "publish_days": None,
    "announce_days": None,
    "proxies": None,
    "may_change": True,
    "callers": [],
    "every": None,
    "second_round": None,
    "more_candidates": False,
    "nominators": None,
    "handover_days": None,
    "suggested": [],
    "notes": [],
}


class NoSuchRule(InvalidInput):
    """No rule of that name is in force on that day."""

    code = "law.no_such_rule"
    message = "这一天没有这条表决规则。"
    hint = "请选择当天有效的规则。"


class BadRules(Exception):
    """The file of rules cannot be used; the message says why."""


def rules_read(content: Mapping[str, Any]) -> tuple[DecisionRule, ...]:
    """Check the content of ``rules.yaml`` and return its rules; raises ``BadRules``."""
    rules = tuple(_rule(number, row) for number, row in enumerate(content["rules"], 1))
    for rule in rules:
        for other in rules:
            if other is not rule and other.key == rule.key and _overlap(rule, other):
                raise BadRules(f"{rule.key}: two rows are in force at once")
    return rules


def _overlap(one: DecisionRule, other: DecisionRule) -> bool:
    return one.begins <= (other.ends or date.max) and other.begins <= (one.ends or date.max)


def _rule(number: int, row: Mapping[str, Any]) -> DecisionRule:
    where = f"row {number} ({row.get('key')})"
    if unknown := set(row) - set(DecisionRule.__slots__) - {"from", "to"}:
        raise BadRules(f"{where}: {', '.join(sorted(unknown))}")
    dated = {"begins": row["from"].isoformat(), "ends": row["to"].isoformat() if row.get("to") else None}
    try:
        rule = rule_from_json({**DEFAULTS, **row, **dated})
    except (KeyError, TypeError, ValueError) as error:
        raise BadRules(f"{where}: {error}") from error
    if fault := _fault(rule):
        raise BadRules(f"{where}: {fault}")
    return rule


def _fault(rule: DecisionRule) -> str:
    checks = (
        (rule.kind in KINDS, f"kind {rule.kind}"),
        (rule.way in WAYS, f"way {rule.way}"),
        (rule.electorate in ELECTORATES, f"electorate {rule.electorate}"),
        ({rule.mark, *(note.mark for note in rule.notes)} <= MARKS, "mark"),
        (bool(rule.source and rule.passing), "source and passing are needed"),
        (rule.ends is None or rule.begins <= rule.ends, "ends before it begins"),
        (set(rule.suggested) <= set(DecisionRule.__slots__), "suggested names an unknown field"),
        (not (rule.by_area and rule.way != "named"), "what counts by area is always named"),
    )
    return next((words for holds, words in checks if not holds), "")


@functools.cache
def _rules() -> tuple[DecisionRule, ...]:
    return rules_read(yaml.safe_load(DATA.read_text(encoding="utf-8")))


def _in_force(rule: DecisionRule, on: date) -> bool:
    return rule.begins <= on and (rule.ends is None or on <= rule.ends)


def rules_in_force(on: date) -> tuple[DecisionRule, ...]:
    """Return every rule in force on a day, in the order of the file."""
    return tuple(rule for rule in _rules() if _in_force(rule, on))


def rule_of(key: str, on: date) -> DecisionRule:
    """Return the rule of that name in force on a day; raises ``NoSuchRule``."""
    for rule in rules_in_force(on):
        if rule.key == key:
            return rule
    raise NoSuchRule(_("%(day)s没有“%(key)s”这条表决规则。") % {"day": on.isoformat(), "key": key})
