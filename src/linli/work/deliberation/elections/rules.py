"""Pure decisions about elections: who may be listed, what is left after a round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from ..law import DecisionRule, Share, second_round_rule

USUAL_NOMINATORS = 10
USUAL_HANDOVER_DAYS = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """One named candidate as listing looks at them; ``names`` counts the voters who named them."""

    number: int
    post: int
    is_party: bool
    names: int
    has_agreed: bool
    is_woman: bool


def nominators_needed(rule: DecisionRule) -> int:
    """Return how many voters together may name a candidate."""
    return rule.nominators or USUAL_NOMINATORS


def fault_of(candidate: Standing, needed: int) -> str:
    """Return why a named candidate cannot be listed; empty where nothing is missing."""
    if not candidate.is_party and candidate.names < needed:
        return _("联名提名的选民只有%(n)d名，不足%(needed)d名") % {"n": candidate.names, "needed": needed}
    return "" if candidate.has_agreed else _("没有登记本人同意")


def list_refusal(
    posts: Mapping[int, tuple[str, int]],
    candidates: Sequence[Standing],
    *,
    must_exceed: bool,
    needs_woman: bool,
) -> str:
    """Return why these candidates cannot be published as the list; ``posts`` is order → title and seats."""
    for order, (title, seats) in posts.items():
        found = sum(candidate.post == order for candidate in candidates)
        if found < seats or (must_exceed and found == seats):
            words = _("「%(title)s」应选%(seats)d名，合格的候选人有%(found)d名：候选人要多于应选名额。")
            return words % {"title": title, "seats": seats, "found": found}
    if needs_woman and not any(candidate.is_woman for candidate in candidates):
        return _("候选人里要有妇女。")
    return ""


@dataclass(frozen=True, slots=True)
class Left:
    """What is to be voted on again for one post: seats left, and the candidates who stand (keys)."""

    seats: int
    candidates: tuple[str, ...]


def left_of(result: Mapping[str, Any], seats: int, standing: Iterable[str]) -> Left | None:
    """Return what a counted question leaves open; a vote that was not valid is held anew as it was."""
    if not result["is_valid"]:
        return Left(seats, tuple(standing))
    again = result["second_round"]
    if again:
        return Left(int(again["seats"]), tuple(again["candidates"]))
    open_seats = seats - len(result["elected"])
    return Left(open_seats, tuple(result["tied"])) if open_seats and result["tied"] else None


def round_rule(rule: DecisionRule, number: int, *, is_anew: bool) -> DecisionRule:
    """Return the rule of a further round: one third of the votes cast; the roll stands as it was.

    The law names no notice for it. Kept are the days for objections and rulings and one more (a setting).
    A vote that was not valid is held anew by the first rule.
    """
    if number == 1:
        return rule
    fitting = rule if is_anew or rule.second_round is None else second_round_rule(rule)
    days = (rule.objection_days or 0) + (rule.ruling_days or 0) + 1
    return replace(fitting, roll_days=days if rule.roll_days else None, notice_days=None)


def supports_needed(share: Share, electors: int) -> int:
    """Return how many voters must ask for a recall: the smallest whole number that reaches the share."""
    least = -(-electors * share.num // share.den)
    return least + 1 if share.strict and least * share.den == electors * share.num else max(least, 1)
