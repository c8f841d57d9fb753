"""An anonymous check of one's own household: what was answered, what to ask next, what comes out. Pure.

Answers live in the page's form alone, signed, and are forgotten with it. People are numbers: 1 is who asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..engine.answers import Absent, HouseholdFacts, Judged, PersonFacts
from ..engine.order import needed_for
from ..engine.plain import judged
from ..engine.questions import Question, question_next
from ..language.columns import columns
from ..language.tree import Of, Rule

MOST_PEOPLE = 10
LIVING = columns()["presence"].number("living")
Given = tuple[str, str, int | None]  # fact, whose ("" the household's), whole number or passed over


@dataclass(frozen=True, slots=True)
class Answers:
    """How many live together, and what was answered, in order."""

    people: int = 1
    given: tuple[Given, ...] = ()

    def with_one(self, fact: str, person: str, value: int | None) -> Answers:
        """Return the answers with one more."""
        rest = tuple(one for one in self.given if one[:2] != (fact, person))
        return Answers(self.people, (*rest, (fact, person, value)))

    def without_last(self) -> Answers:
        """Return the answers with the last taken back."""
        return Answers(self.people, self.given[:-1])

    def household(self) -> HouseholdFacts:
        """Return what is known as the engine takes it."""
        known = {(whose, fact): value for fact, whose, value in self.given if value is not None}
        return HouseholdFacts(
            {fact: value for (whose, fact), value in known.items() if not whose},
            tuple(
                PersonFacts(key, {"presence": LIVING, **_of(known, key)})
                for key in map(str, range(1, self.people + 1))
            ),
        )

    @property
    def passed_over(self) -> list[Absent]:
        """What could not be answered, and is not asked again."""
        return [Absent(fact, whose) for fact, whose, value in self.given if value is None]


def _of(known: Mapping[tuple[str, str], int], key: str) -> dict[str, int]:
    return {fact: value for (whose, fact), value in known.items() if whose == key}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at on a day: the rules that are wanted with all that they look at, the figures."""

    rules: Sequence[Rule]
    wanted: frozenset[str]
    on: date
    standards: Mapping[str, int]

    @classmethod
    def about(
        cls, wanted: Sequence[str], rules: Sequence[Rule], on: date, standards: Mapping[str, int]
    ) -> Asked:
        """Return what some policies ask; those that are not in force are left out."""
        there = [code for code in wanted if any(rule.policy == code for rule in rules)]
        return cls(needed_for(there, rules), frozenset(there), on, standards)

    def outcome(self, answers: Answers) -> dict[str, list[Judged]]:
        """Return policy → what it says of each person, or of the household."""
        found = judged(self.rules, answers.household(), self.on, self.standards)
        return {code: said for code, said in found.items() if code in self.wanted}

    def next_question(self, answers: Answers) -> Question | None:
        """Return what is worth asking next; ``None`` where all is settled, or nothing helps."""
        said = self.outcome(answers)
        if not any(one.verdict is None for judgements in said.values() for one in judgements):
            return None
        passed = answers.passed_over
        return question_next(self.rules, answers.household(), self.on, self.standards, passed)


def is_question(fact: str, person: str, people: int) -> bool:
    """Whether a form names something that can be asked of somebody in a household of so many."""
    line = columns().get(fact)
    if line is None:
        return False
    if line.of is Of.HOUSEHOLD:
        return person == ""
    return person.isdecimal() and 1 <= int(person) <= people
