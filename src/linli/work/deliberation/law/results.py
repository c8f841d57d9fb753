"""From papers to a result: one question counted, compared with the rule, and said as it is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .counting import Cast, Choosing, votes_count
from .deciding import YES, Verdict, decide
from .electing import ElectionVerdict, elect
from .measures import Tally, Weights
from .rule import DecisionRule

ELECTION = "election"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it stood on the paper: key, words, choices with their labels, seats of an election.

    ``passes`` is the choice that the rule's threshold is about (“yes”; in an assessment “incompetent”).
    """

    key: str
    text: str
    choices: Mapping[str, str]
    seats: int = 1
    passes: str = YES

    @property
    def choosing(self) -> Choosing:
        """How its papers are counted."""
        return Choosing(self.key, tuple(self.choices), self.seats)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Uncoded sheets that were counted together: how many, and question → choice → marks.

    ``invalid`` and ``abstain`` are choices too. Each sheet is one head without area.
    """

    ballots: int
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Voters:
    """Who could vote, and of a meeting who came; households where the rule counts them."""

    electors: Weights
    households: int = 0
    households_present: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question: the figures and what the rule says of them."""

    asked: Asked
    tally: Tally
    verdict: Verdict | ElectionVerdict

    def plain(self) -> dict[str, Any]:
        """Return the result as it is published."""
        tally, verdict = self.tally, self.verdict
        counted = {
            "participants": _plain(tally.participants),
            "choices": {key: _plain(weights) for key, weights in tally.choices.items()},
            "invalid": _plain(tally.invalid),
            "is_valid": verdict.is_valid,
        }
        if isinstance(verdict, Verdict):
            return counted | {"is_passed": verdict.is_passed}
        again = verdict.second_round
        stands = {"seats": again.seats, "candidates": sorted(again.candidates)} if again else None
        seated = {"elected": sorted(verdict.elected), "tied": sorted(verdict.tied)}
        return counted | seated | {"second_round": stands}


def _plain(weights: Weights) -> dict[str, int]:
    return {"heads": weights.heads, "area": weights.area}


@dataclass(slots=True)
class _Sum:
    participants: Weights
    invalid: Weights
    choices: dict[str, Weights]


def result_of(
    rule: DecisionRule,
    asked: Asked,
    voters: Voters,
    papers: Iterable[Cast] = (),
    sheets: Sequence[Sheets] = (),
) -> Result:
    """Count one question over named papers and counted sheets, and say what the rule makes of it.

    Raises ``BadTally`` for figures that cannot be of one vote.
    """
    found = votes_count(papers, asked.choosing)
    summed = _Sum(found.participants, found.invalid, dict(found.choices))
    for pile in sheets:
        _add(summed, pile, asked.key)
    tally = Tally(
        electors=voters.electors,
        members=voters.electors.heads,
        attendees=summed.participants.heads,
        participants=summed.participants,
        choices=summed.choices,
        invalid=summed.invalid,
        households=voters.households,
        households_present=voters.households_present,
    )
    if rule.kind == ELECTION:
        return Result(asked, tally, elect(rule, tally, asked.seats))
    return Result(asked, tally, decide(rule, tally, choice=asked.passes))


def _add(summed: _Sum, pile: Sheets, key: str) -> None:
    summed.participants += Weights(pile.ballots)
    for choice, marks in pile.counts.get(key, {}).items():
        if choice in summed.choices:
            summed.choices[choice] += Weights(marks)
        else:
            summed.invalid += Weights(marks)


def results_of(
    rule: DecisionRule,
    questions: Sequence[Asked],
    voters: Voters,
    papers: Sequence[Cast] = (),
    sheets: Sequence[Sheets] = (),
) -> list[Result]:
    """Count every question of a ballot."""
    return [result_of(rule, asked, voters, papers, sheets) for asked in questions]
