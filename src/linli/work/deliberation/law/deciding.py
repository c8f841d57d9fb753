"""Whether a proposal has passed, step by step, each step with its article."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.core.errors import InvalidInput

from .measures import Basis, Requirement, Share, Tally, Whole, amount_words, share_words
from .rule import DecisionRule

YES = "yes"


class BadTally(InvalidInput):
    """Figures that cannot be of one vote: more choices than papers, more papers than electors."""

    code = "law.bad_tally"


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison: in words, as numbers, whether it holds, and by which article.

    ``choice`` is the candidate whom it is about; empty for the vote as a whole.
    """

    words: str
    part: int
    whole: int
    share: Share
    holds: bool
    article: str
    basis: Basis = Basis.HEADS
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the vote is valid and the proposal has passed; what is not passed has failed."""

    is_valid: bool
    is_passed: bool
    steps: tuple[Step, ...]


def decide(rule: DecisionRule, tally: Tally, *, choice: str = YES) -> Verdict:
    """Say whether a proposal has passed by a rule; raises ``BadTally`` for figures that cannot be.

    ``choice`` is the answer that the threshold is about.

    Who abstains or hands in an invalid paper has taken part. A vote without voters is not valid.
    """
    tally_check(tally, single=True)
    turnout = turnout_steps(rule, tally)
    passing = tuple(passing_step(part, tally, choice) for part in rule.passing)
    is_valid = turnout_holds(rule, tally, turnout)
    return Verdict(is_valid, is_valid and all(step.holds for step in passing), (*turnout, *passing))


def tally_check(tally: Tally, *, single: bool) -> None:
    """Refuse figures that cannot be of one vote."""
    if fault := tally.fault(single=single):
        raise BadTally(fault)


def turnout_holds(rule: DecisionRule, tally: Tally, steps: tuple[Step, ...]) -> bool:
    """Whether enough have taken part: all thresholds, or any where the law says “or”."""
    if not (tally.participants or tally.attendees):
        return False
    if rule.turnout_any:
        return any(step.holds for step in steps)
    return all(step.holds for step in steps)


def turnout_steps(rule: DecisionRule, tally: Tally) -> tuple[Step, ...]:
    """Return the comparisons of who took part with who could have."""
    return tuple(_turnout_step(part, tally) for part in rule.turnout)


def _turnout_step(required: Requirement, tally: Tally) -> Step:
    part, whole = tally.turnout(required.basis, required.of)
    took = _("到会") if required.of is Whole.MEMBERS else _("参加表决")
    words = _("%(took)s%(part)s，全体%(whole)s，要求%(share)s")
    return _step(required, words, part, whole, took=took)


def passing_step(required: Requirement, tally: Tally, choice: str) -> Step:
    """Return the comparison of what a choice got with what it needs."""
    part, whole = getattr(tally.choice(choice), required.basis), tally.whole(required.basis, required.of)
    took = pgettext("表决", "同意") if choice == YES else _("得票")
    words = _("%(took)s%(part)s，%(of)s%(whole)s，要求%(share)s")
    return _step(required, words, part, whole, took=took, choice="" if choice == YES else choice)


def _step(required: Requirement, words: str, part: int, whole: int, *, took: str, choice: str = "") -> Step:
    of = {
        Whole.ELECTORS: _("全体"),
        Whole.PARTICIPANTS: _("参加表决"),
        Whole.ATTENDEES: _("到会"),
        Whole.MEMBERS: _("全体组成人员"),
    }[required.of]
    said = words % {
        "took": took,
        "part": amount_words(required.basis, part),
        "of": of,
        "whole": amount_words(required.basis, whole),
        "share": share_words(required.share),
    }
    holds = required.share.holds(part, whole)
    return Step(said, part, whole, required.share, holds, required.article, required.basis, choice)
