"""What counts on a day, read for the engine: rules, figures, what to bring."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from linli.core.actor import system

from ..authoring.previewing import rule_within
from ..authoring.selectors import standard_codes, standards_on, versions_in_force
from ..engine.answers import HouseholdFacts, Judged
from ..engine.order import looks_at, not_in_force
from ..engine.plain import judged
from ..language.columns import Kind
from ..language.policy import PolicyText
from ..language.reading import policy_read
from ..language.tree import Of, Rule
from ..models import Policy, PolicyVersion

MACHINE = system("benefits")


@dataclass(frozen=True, slots=True)
class InForce:
    """One policy on a day: its version, what that says, and the rule for the engine."""

    version: PolicyVersion
    says: PolicyText
    rule: Rule

    @property
    def policy(self) -> Policy:
        """The policy."""
        return self.version.policy


def in_force(day: date) -> list[InForce]:
    """Return every policy that counts on a day, by name; two queries."""
    kinds = tuple(sorted((code, row.is_money) for code, row in standard_codes().items()))
    found = [_read(version, kinds) for version in versions_in_force(day)]
    return sorted(found, key=lambda one: one.policy.name)


def _read(version: PolicyVersion, kinds: tuple[tuple[str, bool], ...]) -> InForce:
    says = says_of(version.text, kinds)
    return InForce(version, says, replace(rule_within(says, version.policy), version=str(version.public_id)))


@functools.lru_cache(maxsize=512)
def says_of(text: str, kinds: tuple[tuple[str, bool], ...] = ()) -> PolicyText:
    """Return what a published text says; the same text is read once."""
    return policy_read(text, {code: Kind.MONEY if is_money else Kind.NUMBER for code, is_money in kinds})


def rules_whole(found: Iterable[InForce]) -> list[Rule]:
    """Return the rules with those that others look at and that do not count today: for nobody."""
    rules = [one.rule for one in found]
    there = {rule.policy for rule in rules}
    asked = {(policy, rule.of) for rule in rules for policy in looks_at(rule) if policy not in there}
    missing = {policy: Of.HOUSEHOLD if of is Of.HOUSEHOLD else Of.PERSON for policy, of in sorted(asked)}
    return [*rules, *(not_in_force(policy, of) for policy, of in missing.items())]


def household_judged(
    found: Iterable[InForce], household: HouseholdFacts, on: date, area_path: str
) -> Mapping[str, list[Judged]]:
    """Return policy code → what it says of the household, or of each of its people, with the trace."""
    return judged(rules_whole(found), household, on, standards_on(on, area_path))
