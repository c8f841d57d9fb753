"""Pure decisions about assessments: is a count possible, has it found somebody incompetent, what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..law import DecisionRule, Tally, Verdict, decide

# Which committees are assessed, by whom, and by which rule.
ASSESSED = {
    "residents_committee": ("residents_representatives", "committee_assessment"),
    "village_committee": ("village_representatives", "village_assessment"),
}
TWICE = 2


@dataclass(frozen=True, slots=True)
class Marks:
    """What the papers say of one member; blank papers are ``abstain``."""

    competent: int
    basic: int
    incompetent: int
    abstain: int = 0
    invalid: int = 0

    @property
    def papers(self) -> int:
        """How many papers these are."""
        return self.competent + self.basic + self.incompetent + self.abstain + self.invalid


def verdict_of(rule: DecisionRule, members: int, attendees: int, marks: Marks) -> Verdict:
    """Say by the rule whether the meeting was valid and has found the member incompetent (``is_passed``)."""
    choices = {
        "competent": marks.competent,
        "basic": marks.basic,
        "incompetent": marks.incompetent,
        "abstain": marks.abstain + marks.invalid,
    }
    return decide(rule, Tally.of_meeting(members, attendees, choices), choice="incompetent")


def count_faults(members: int, attendees: int, marks: Mapping[str, Marks]) -> dict[str, str]:
    """Return what is wrong with the figures of an assessment, by field; ``marks`` by the member's field."""
    if members < 1:
        return {"composition": _("请填写应到人数。")}
    if not 0 < attendees <= members:
        return {"attendees": _("到会人数要在1和应到人数之间。")}
    faults = {}
    for name, one in marks.items():
        if min(one.competent, one.basic, one.incompetent, one.abstain, one.invalid) < 0:
            faults[name] = _("票数不能是负数。")
        elif one.papers != attendees:
            said = {"n": one.papers, "all": attendees}
            faults[name] = _("各项加起来是%(n)d票，应当等于到会的%(all)d人。") % said
    return faults


def ends_office(outcomes: Sequence[bool]) -> bool:
    """Whether an office ends: the last two assessments, the latest first, both found incompetence."""
    return len(outcomes) >= TWICE and all(outcomes[:TWICE])
