"""What counts on a day, read for the engine: rules, figures, what to bring."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from linli.core.actor import system

from ..authoring.checked import kinds_known, text_read
from ..authoring.previewing import rule_within
from ..authoring.selectors import standards_on, versions_in_force
from ..engine.answers import HouseholdFacts, Judged
from ..engine.order import looks_at, not_in_force
from ..engine.plain import judged
from ..language.policy import PolicyText
from ..language.tree import Of, Rule
from ..models import Policy, PolicyVersion

MACHINE = system("benefits")
logger = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class Force:
    """What counts on a day: the policies that can be read, by name, and the versions that cannot be.

    A version that was published and that this release cannot read is left out; whatever looks at it comes
    out as not known, never as refused.
    """

    policies: tuple[InForce, ...]
    unread: tuple[PolicyVersion, ...] = ()

    def rules(self) -> list[Rule]:
        """Return the rules with those that others look at and that do not count today: for nobody."""
        rules = [one.rule for one in self.policies]
        known = {rule.policy for rule in rules} | {version.policy.code for version in self.unread}
        asked = {(policy, rule.of) for rule in rules for policy in looks_at(rule) if policy not in known}
        missing = {policy: Of.HOUSEHOLD if of is Of.HOUSEHOLD else Of.PERSON for policy, of in sorted(asked)}
        return [*rules, *(not_in_force(policy, of) for policy, of in missing.items())]


def in_force(day: date) -> Force:
    """Return every policy that counts on a day; two queries."""
    kinds, found, unread = kinds_known(), list[InForce](), list[PolicyVersion]()
    for version in versions_in_force(day):
        says = text_read(version.text, kinds)
        if says is None:
            _note_unread(version.policy.code, version.number)
            unread.append(version)
        else:
            rule = replace(rule_within(says, version.policy), version=str(version.public_id))
            found.append(InForce(version, says, rule))
    return Force(tuple(sorted(found, key=lambda one: one.policy.name)), tuple(unread))


@functools.cache
def _note_unread(code: str, number: int) -> None:
    """Say once a process that a published version is left out."""
    logger.warning("policy %s, version %s, cannot be read and is left out", code, number)


def household_judged(
    found: Force, household: HouseholdFacts, on: date, area_path: str
) -> Mapping[str, list[Judged]]:
    """Return policy code → what it says of the household, or of each of its people, with the trace."""
    return judged(found.rules(), household, on, standards_on(on, area_path))
