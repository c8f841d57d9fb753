"""A questionnaire that asks only the next useful question: the unknown fact that settles most. Pure.

Nothing is kept here: who asks holds the household that was told so far and what could not be answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..language.columns import ColumnLine, Kind, columns
from ..language.tree import NEVER, Of, Rule
from .answers import Absent, HouseholdFacts, Judged, PersonFacts
from .plain import judged

_LOOKED_AT = 6  # so many candidates are tried out; the others settle less
_AGES = (1, 8, 17, 30, 57, 63, 72, 85)
_FEN = (0, 100_000, 200_000, 400_000, 2_000_000, 6_000_000)
_NUMBERS = (0, 1, 3)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next: ``fact`` of the person with this key (``None``: of the household). ``open`` verdicts
    are not settled yet; ``settles`` of them are by a typical answer (a mean)."""

    fact: str
    person: str | int | None
    open: int
    settles: float

    @property
    def absent(self) -> Absent:
        """The fact as verdicts name it."""
        return Absent(self.fact, "" if self.person is None else str(self.person))


def question_next(
    rules: Sequence[Rule],
    household: HouseholdFacts,
    on: date,
    standards: Mapping[str, int],
    unanswered: Collection[Absent] = (),
) -> Question | None:
    """Return the next useful question about a household, ``None`` where nothing that can be asked is left.

    ``unanswered`` are those that the asked person could not answer; they are not asked again.
    """
    open_ = _open(_judged(rules, household, on, standards))
    counts = Counter(
        absent
        for verdict in open_
        for absent in verdict.absent
        if absent.fact in columns() and absent not in unanswered
    )
    order = {name: at for at, name in enumerate(columns())}
    likely = sorted(counts, key=lambda one: (-counts[one], order[one.fact], one.person))[:_LOOKED_AT]
    asked = [_tried(absent, rules, household, on, standards, len(open_)) for absent in likely]
    return max(asked, key=lambda question: (question.settles, -asked.index(question)), default=None)


def answered(household: HouseholdFacts, question: Question, value: int) -> HouseholdFacts:
    """Return the household with an answer (a whole number of the column, see ``language.values``)."""
    if question.person is None:
        return replace(household, values={**household.values, question.fact: value})
    members = tuple(
        replace(who, values={**who.values, question.fact: value}) if who.key == question.person else who
        for who in household.members
    )
    return replace(household, members=members)


def _judged(
    rules: Sequence[Rule], household: HouseholdFacts, on: date, standards: Mapping[str, int]
) -> list[Judged]:
    found = judged(rules, household, on, standards, with_trace=False)
    return [verdict for verdicts in found.values() for verdict in verdicts]


def _open(verdicts: Sequence[Judged]) -> list[Judged]:
    return [verdict for verdict in verdicts if verdict.verdict is None]


def _tried(
    absent: Absent,
    rules: Sequence[Rule],
    household: HouseholdFacts,
    on: date,
    standards: Mapping[str, int],
    before: int,
) -> Question:
    """Return the question with how much its typical answers settle."""
    question = Question(absent.fact, _whose(absent, household.members), before, 0.0)
    values = _typical(columns()[absent.fact], on)
    after = [
        len(_open(_judged(rules, answered(household, question, value), on, standards))) for value in values
    ]
    return replace(question, settles=before - sum(after) / len(after))


def _whose(absent: Absent, members: Sequence[PersonFacts]) -> str | int | None:
    if columns()[absent.fact].of is Of.HOUSEHOLD:
        return None
    return next(who.key for who in members if str(who.key) == absent.person)


def _typical(line: ColumnLine, on: date) -> Sequence[int]:
    """Return answers that people give; they only decide what is asked first."""
    if line.kind is Kind.CHOICE:
        return range(len(line.choices) + 1) if line.is_fact else range(1, len(line.choices) + 1)
    if line.kind is Kind.MONEY:
        return _FEN
    if line.kind is Kind.DATE:
        ages = [(on.year - age) * 10000 + 615 for age in _AGES]
        return ages if line.name == "birth" else (NEVER, *ages[:4])
    return _NUMBERS
