"""Who is elected, who is tied, and who stands in another round."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .deciding import Step, passing_step, tally_check, turnout_holds, turnout_steps
from .measures import Requirement, Tally
from .rule import DecisionRule

BLANK = "abstain"


@dataclass(frozen=True, slots=True)
class SecondRoundPlan:
    """Another vote: for so many seats, between these, by this rule of the law."""

    seats: int
    candidates: tuple[str, ...]
    article: str


@dataclass(frozen=True, slots=True)
class ElectionVerdict:
    """Who is elected; who has the same number of votes at the last seat; what must be voted on again."""

    is_valid: bool
    elected: tuple[str, ...]
    tied: tuple[str, ...]
    second_round: SecondRoundPlan | None
    steps: tuple[Step, ...]


def elect(rule: DecisionRule, tally: Tally, seats: int) -> ElectionVerdict:
    """Say who is elected to ``seats`` by a rule; raises ``BadTally`` for figures that cannot be.

    Elected are, of those with votes enough, those with most. Who has the same votes as another at the last
    seat is not elected: a machine draws no lots. An election without turnout elects nobody and is held anew.
    """
    tally_check(tally, single=False)
    turnout = turnout_steps(rule, tally)
    if not turnout_holds(rule, tally, turnout):
        return ElectionVerdict(False, (), (), None, turnout)
    ranked = _ranked(rule, tally)
    reached = {key: tuple(passing_step(part, tally, key) for part in rule.passing) for key in ranked}
    steps = (*turnout, *(step for key in ranked for step in reached[key]))
    enough = [key for key in ranked if all(step.holds for step in reached[key])]
    elected, tied = _seated(rule, tally, enough, seats)
    return ElectionVerdict(True, elected, tied, _again(rule, tally, ranked, elected, tied, seats), steps)


def _votes(rule: DecisionRule, tally: Tally, key: str) -> tuple[int, ...]:
    """By what candidates are ranked: heads first, then area where it counts."""
    got = tally.choice(key)
    return (got.heads, got.area) if rule.by_area else (got.heads,)


def _ranked(rule: DecisionRule, tally: Tally) -> list[str]:
    """Return the candidates, most votes first; the names settle only how equals are listed."""
    candidates = sorted(key for key in tally.choices if key != BLANK)
    return sorted(candidates, key=lambda key: _votes(rule, tally, key), reverse=True)


def _seated(
    rule: DecisionRule, tally: Tally, enough: list[str], seats: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who has a seat for sure, and who shares the last one with others."""
    if len(enough) <= seats:
        return tuple(enough), ()
    last = _votes(rule, tally, enough[seats - 1])
    if last != _votes(rule, tally, enough[seats]):
        return tuple(enough[:seats]), ()
    above = tuple(key for key in enough if _votes(rule, tally, key) > last)
    return above, tuple(key for key in enough if _votes(rule, tally, key) == last)


def _again(
    rule: DecisionRule,
    tally: Tally,
    ranked: list[str],
    elected: tuple[str, ...],
    tied: tuple[str, ...],
    seats: int,
) -> SecondRoundPlan | None:
    """Return the vote for the seats left; no more candidates than votes were given to."""
    left, again = seats - len(elected), rule.second_round
    if not left or again is None:
        return None
    if tied:
        return SecondRoundPlan(left, tied, again.article)
    losers = [key for key in ranked if key not in elected and tally.choice(key)]
    cut = left + again.more
    chosen = losers[:cut]
    for key in losers[cut:]:  # who is level with the last candidate stands too
        if _votes(rule, tally, key) == _votes(rule, tally, chosen[-1]):
            chosen.append(key)
    return SecondRoundPlan(left, tuple(chosen), again.article) if chosen else None


def second_round_rule(rule: DecisionRule) -> DecisionRule:
    """Return the rule of the second round: most votes, but not fewer than the law's share of those cast."""
    again = rule.second_round
    if again is None:
        raise ValueError(f"{rule.key}: the law knows no second round")
    passing = tuple(Requirement(part.basis, again.share, again.of, again.article) for part in rule.passing)
    return replace(rule, passing=passing)
