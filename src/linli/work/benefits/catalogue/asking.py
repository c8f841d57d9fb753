"""An anonymous check of one's own case: what is answered, the next useful question, what comes out. Pure.

Answers live in the page's form alone, signed, and are forgotten with it. One person is asked about; of the
others who live there only how many they are and what they have together a month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..engine.answers import HouseholdFacts, Judged, PersonFacts
from ..engine.plain import judged
from ..language.columns import columns
from ..language.tree import Of, Rule

PEOPLE, TOGETHER = "people", "together"  # how many live there; what the others have a month, in fen
MOST_PEOPLE = 20
# What is easy to say comes first where it settles as much.
EASY = (
    "birth",
    "sex",
    "hukou",
    PEOPLE,
    "employment",
    "residence_permit",
    "disability_grade",
    "income",
    TOGETHER,
)
LIVING = 1
SELF, UNKNOWN = "self", "unknown"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, in order: question → whole number as a rule has it, ``None`` passed over."""

    given: Mapping[str, int | None] = field(default_factory=dict)

    def with_one(self, question: str, value: int | None) -> Answers:
        """Return the answers with one more."""
        rest = {name: known for name, known in self.given.items() if name != question}
        return Answers({**rest, question: value})

    def without_last(self) -> Answers:
        """Return the answers with the last taken back."""
        return Answers(dict(list(self.given.items())[:-1]))

    def household(self) -> HouseholdFacts:
        """Return what is known as the engine takes it.

        What the others have together is put to one of them: a sum does not care whose it is. Until it is
        known how many live there, somebody of whom nothing is known stands for them.
        """
        lines, known = columns(), {name: value for name, value in self.given.items() if value is not None}
        facts = {name: value for name, value in known.items() if name in lines}
        own = {name: value for name, value in facts.items() if lines[name].of is Of.PERSON}
        home = {name: value for name, value in facts.items() if lines[name].of is Of.HOUSEHOLD}
        people = [PersonFacts(SELF, {"presence": LIVING, **own})]
        if PEOPLE not in known:
            return HouseholdFacts(home, (*people, PersonFacts(UNKNOWN, {})))
        for at in range(1, known[PEOPLE]):
            theirs = {"income": known[TOGETHER] if at == 1 else 0} if TOGETHER in known else {}
            people.append(PersonFacts(f"other{at}", {"presence": LIVING, **theirs}))
        return HouseholdFacts(home, tuple(people))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the policies say of the one asked about, by policy."""

    by_policy: Mapping[str, Judged]

    def open_for(self, wanted: Iterable[str]) -> list[str]:
        """Return the wanted policies that are not settled yet."""
        return [code for code in wanted if code in self.by_policy and self.by_policy[code].verdict is None]


def outcome(answers: Answers, rules: Sequence[Rule], on: date, standards: Mapping[str, int]) -> Outcome:
    """Return what every policy says of the answers."""
    found = judged(rules, answers.household(), on, standards)
    return Outcome({code: _of_self(said) for code, said in found.items() if said})


def _of_self(said: Sequence[Judged]) -> Judged:
    return next((one for one in said if one.person in (SELF, None)), said[0])


def next_question(answers: Answers, found: Outcome, wanted: Sequence[str]) -> str | None:
    """Return what is worth asking next: what leaves the most policies open; ``None`` where nothing helps."""
    counted = Counter[str]()
    for code in found.open_for(wanted):
        for question in {_question_of(one.fact, one.person) for one in found.by_policy[code].absent}:
            counted[question] += 1
    askable = {name: count for name, count in counted.items() if name and name not in answers.given}
    if not askable:
        return None
    return min(askable, key=lambda name: (-askable[name], _ease(name), name))


def _question_of(fact: str, person: str) -> str:
    """Return the question that would make a fact known; empty where none of them would."""
    line = columns().get(fact)
    if line is None:
        return ""
    if person in ("", SELF) or line.of is Of.HOUSEHOLD:
        return fact
    if person == UNKNOWN:
        return PEOPLE
    return TOGETHER if fact == "income" else ""


def _ease(name: str) -> int:
    return EASY.index(name) if name in EASY else len(EASY)
