"""One household in plain Python: the answers, what is missing, the amounts, and the trace. Pure.

This is what the law says, node by node; ``columnar`` says the same for millions and is held to it by tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, cast

from ..language.tree import (
    AtLeast,
    Band,
    Bands,
    Choose,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Holds,
    Labelled,
    Members,
    Months,
    No,
    Of,
    OneOf,
    Op,
    Other,
    Over,
    Reckoned,
    Rule,
    Some,
    Standard,
    Sum,
    Term,
    Today,
    Worth,
    Years,
)
from .answers import Absent, HouseholdFacts, Judged, PersonFacts
from .numbers import months_between, share, years_between
from .order import blamed_facts, is_of_household, ordered
from .tracing import Shape, trace_of

Lacking = frozenset[Absent]
Number = tuple[int | None, Lacking]
Answer = tuple[bool | None, Lacking]
NONE: Lacking = frozenset()
LIVING = 1  # the place of 实际居住 in ``language.columns``

_COMPARED: dict[Op, Callable[[int, int], bool]] = {
    Op.LESS: int.__lt__,
    Op.AT_MOST: int.__le__,
    Op.EQUAL: int.__eq__,
    Op.AT_LEAST: int.__ge__,
    Op.MORE: int.__gt__,
}
_SUMS: dict[Sum, Callable[[int, int], int | None]] = {
    Sum.ADD: int.__add__,
    Sum.LESS: int.__sub__,
    Sum.TIMES: int.__mul__,
    Sum.SHARE: share,
    Sum.LOWER: min,
    Sum.HIGHER: max,
}


def judged(
    rules: Sequence[Rule],
    household: HouseholdFacts,
    on: date,
    standards: Mapping[str, int],
    *,
    with_trace: bool = True,
) -> dict[str, list[Judged]]:
    """Return policy → what it says of each member, or of the household; policies in the order of reckoning.

    ``rules`` hold every policy that another of them looks at (a verdict that is not at hand is unknown);
    ``standards`` are the city's figures on that day. Raises ``BadRule`` for a circle, a policy that stands
    twice, or a household's rule that looks at a person.
    """
    reckoner = Reckoner(household, on, standards)
    return {rule.policy: reckoner.judge(rule, with_trace) for rule in ordered(rules)}


class Reckoner:
    """Reckons conditions and terms over one household on one day; verdicts stay for later rules."""

    def __init__(self, household: HouseholdFacts, on: date, standards: Mapping[str, int]) -> None:
        self.household = household
        self.today = on.year * 10000 + on.month * 100 + on.day
        self.standards = standards
        self.living = [who for who in household.members if who.values.get("presence") in (None, LIVING)]
        self._verdicts: dict[str, dict[str | int | None, Answer]] = {}
        self._members: dict[int, Number] = {}
        self.shapes: dict[int, tuple[Shape, ...]] = {}
        self._labelled: dict[tuple[int, str | int | None], Answer] = {}

    def judge(self, rule: Rule, with_trace: bool) -> list[Judged]:
        """Return what a rule says of each member, or of the household."""
        whose = [None] if rule.of is Of.HOUSEHOLD else list(self.household.members)
        verdicts = self._verdicts[rule.policy] = {}
        found = []
        for who in whose:
            key = None if who is None else who.key
            verdicts[key] = self.answer(rule.when, who)
            found.append(self._judged(rule, who, verdicts[key], with_trace))
        return found

    def _judged(self, rule: Rule, who: PersonFacts | None, verdict: Answer, with_trace: bool) -> Judged:
        answer, absent = verdict
        missing = tuple(sorted({fact.fact for fact in absent}))
        amount = self.number(rule.amount, who)[0] if answer and rule.amount is not None else None
        return Judged(
            person=None if who is None else who.key,
            verdict=answer,
            amount=amount,
            missing=missing,
            absent=tuple(sorted(absent)),
            is_worth_asking=answer is None and self._is_worth(rule.worth, missing, who),
            trace=trace_of(rule.when, self, who) if with_trace else (),
        )

    def _is_worth(self, worth: Worth | None, missing: tuple[str, ...], who: PersonFacts | None) -> bool:
        if worth is None or not missing or not set(missing) <= set(worth.missing):
            return False
        return self.answer(worth.when, who)[0] is True

    def number(self, term: Term, who: PersonFacts | None) -> Number:
        """Return the number of a term for a person (``None``: for the household) and what leaves it open."""
        return _NUMBERS[type(term)](self, term, who)

    def answer(self, condition: Condition, who: PersonFacts | None) -> Answer:
        """Return whether a condition holds for a person (or the household) and what leaves it open."""
        return _ANSWERS[type(condition)](self, condition, who)

    def _constant(self, term: Constant, who: PersonFacts | None) -> Number:
        return term.value, NONE

    def _today(self, term: Today, who: PersonFacts | None) -> Number:
        return self.today, NONE

    def _standard(self, term: Standard, who: PersonFacts | None) -> Number:
        value = self.standards.get(term.code)
        return value, NONE if value is not None else frozenset({Absent(f"standard:{term.code}")})

    def _column(self, term: Column, who: PersonFacts | None) -> Number:
        values = self.household.values if term.of is Of.HOUSEHOLD or who is None else who.values
        value = values.get(term.name)
        return value, NONE if value is not None else frozenset({_absent(term, who)})

    def _years(self, term: Years, who: PersonFacts | None) -> Number:
        since, absent = self.number(term.since, who)
        if since is None:
            return None, absent
        value = years_between(since, self.today)
        return value, NONE if value is not None else _blamed(term, who)

    def _months(self, term: Months, who: PersonFacts | None) -> Number:
        since, absent = self.number(term.since, who)
        if since is None:
            return None, absent
        value = months_between(since, self.today, term.is_calendar)
        return value, NONE if value is not None else _blamed(term, who)

    def _reckoned(self, term: Reckoned, who: PersonFacts | None) -> Number:
        left, left_absent = self.number(term.left, who)
        right, right_absent = self.number(term.right, who)
        if term.sum is Sum.TIMES and 0 in (left, right):
            return 0, NONE
        if left is None or right is None:
            return None, left_absent | right_absent
        value = _SUMS[term.sum](left, right)
        return value, NONE if value is not None else _blamed(term.right, who)

    def _bands(self, term: Bands, who: PersonFacts | None) -> Number:
        of, absent = self.number(term.of, who)
        if of is None:
            return None, absent
        for row in term.rows:
            if _lies_in(row, of):
                return self.number(row.value, who)
        return None, _blamed(term.of, who)

    def _choose(self, term: Choose, who: PersonFacts | None) -> Number:
        for condition, value in term.cases:
            answer, absent = self.answer(condition, who)
            if answer is None:
                return None, absent
            if answer:
                return self.number(value, who)
        return self.number(term.otherwise, who)

    def _over_members(self, term: Members, who: PersonFacts | None) -> Number:
        if id(term) not in self._members:
            self._members[id(term)] = self._reckoned_over(term)
        return self._members[id(term)]

    def _reckoned_over(self, term: Members) -> Number:
        who_counts = [
            (True, NONE) if term.where is None else self.answer(term.where, who) for who in self.living
        ]
        if term.over in (Over.ANY, Over.EVERY):
            answer, absent = (_some if term.over is Over.ANY else _every)(who_counts)
            return None if answer is None else int(answer), absent
        values = [
            (None, absent) if counts is None else self._of_member(term, who)
            for who, (counts, absent) in zip(self.living, who_counts, strict=True)
            if counts is not False
        ]
        return _totalled(term, values)

    def _of_member(self, term: Members, who: PersonFacts) -> Number:
        is_counted = term.over is Over.COUNT or term.value is None
        return (1, NONE) if is_counted else self.number(cast(Term, term.value), who)

    def _compare(self, condition: Compare, who: PersonFacts | None) -> Answer:
        left, left_absent = self.number(condition.left, who)
        right, right_absent = self.number(condition.right, who)
        if left is None or right is None:
            return None, left_absent | right_absent
        return _COMPARED[condition.op](left, right), NONE

    def _one_of(self, condition: OneOf, who: PersonFacts | None) -> Answer:
        value, absent = self.number(condition.of, who)
        return (None, absent) if value is None else (value in condition.values, NONE)

    def _holds(self, condition: Holds, who: PersonFacts | None) -> Answer:
        value, absent = self.number(condition.members, who)
        return (None, absent) if value is None else (value != 0, NONE)

    def _other(self, condition: Other, who: PersonFacts | None) -> Answer:
        verdicts = self._verdicts.get(condition.policy)
        if verdicts is None:
            return None, frozenset({Absent(f"policy:{condition.policy}")})
        return verdicts[None] if None in verdicts or who is None else verdicts[who.key]

    def _labelled_one(self, condition: Labelled, who: PersonFacts | None) -> Answer:
        at = (id(condition), None if who is None else who.key)
        if at not in self._labelled:
            self._labelled[at] = self.answer(condition.inner, who)
        return self._labelled[at]

    def _every(self, condition: Every, who: PersonFacts | None) -> Answer:
        return _every([self.answer(part, who) for part in condition.parts])

    def _some(self, condition: Some, who: PersonFacts | None) -> Answer:
        return _some([self.answer(part, who) for part in condition.parts])

    def _no(self, condition: No, who: PersonFacts | None) -> Answer:
        answer, absent = self.answer(condition.inner, who)
        return None if answer is None else not answer, absent

    def _at_least(self, condition: AtLeast, who: PersonFacts | None) -> Answer:
        answers = [self.answer(part, who) for part in condition.parts]
        yes = sum(answer is True for answer, _ in answers)
        open_ = sum(answer is None for answer, _ in answers)
        if yes >= condition.count:
            return True, NONE
        return (None, _open(answers)) if yes + open_ >= condition.count else (False, NONE)


_NUMBERS: dict[type, Callable[[Reckoner, Any, PersonFacts | None], Number]] = {
    Constant: Reckoner._constant,
    Standard: Reckoner._standard,
    Column: Reckoner._column,
    Today: Reckoner._today,
    Years: Reckoner._years,
    Months: Reckoner._months,
    Reckoned: Reckoner._reckoned,
    Bands: Reckoner._bands,
    Choose: Reckoner._choose,
    Members: Reckoner._over_members,
}
_ANSWERS: dict[type, Callable[[Reckoner, Any, PersonFacts | None], Answer]] = {
    Compare: Reckoner._compare,
    OneOf: Reckoner._one_of,
    Holds: Reckoner._holds,
    Other: Reckoner._other,
    Labelled: Reckoner._labelled_one,
    Every: Reckoner._every,
    Some: Reckoner._some,
    No: Reckoner._no,
    AtLeast: Reckoner._at_least,
}


def _every(answers: Sequence[Answer]) -> Answer:
    if any(answer is False for answer, _ in answers):
        return False, NONE
    return (None, _open(answers)) if any(answer is None for answer, _ in answers) else (True, NONE)


def _some(answers: Sequence[Answer]) -> Answer:
    if any(answer is True for answer, _ in answers):
        return True, NONE
    return (None, _open(answers)) if any(answer is None for answer, _ in answers) else (False, NONE)


def _open(answers: Iterable[tuple[object, Lacking]]) -> Lacking:
    return frozenset(chain.from_iterable(absent for answer, absent in answers if answer is None))


def _totalled(term: Members, values: Sequence[Number]) -> Number:
    if any(value is None for value, _ in values):
        return None, _open(values)
    known = [value for value, _ in values if value is not None]
    if term.over in (Over.COUNT, Over.TOTAL):
        return (len(known) if term.over is Over.COUNT else sum(known)), NONE
    if not known:
        return None, _blamed(term, None)
    return (max if term.over is Over.MOST else min)(known), NONE


def _lies_in(row: Band, value: int) -> bool:
    return (row.low is None or row.low <= value) and (row.high is None or value < row.high)


def _absent(column: Column, who: PersonFacts | None) -> Absent:
    return Absent(column.name, "" if who is None or column.of is Of.HOUSEHOLD else str(who.key))


def _blamed(term: Term, who: PersonFacts | None) -> Lacking:
    """What to look at where a number is unknown though all below it is known: a day to come, a share by
    nobody, a value in no band."""
    person = "" if who is None or is_of_household(term) else str(who.key)
    return frozenset(Absent(name, person) for name in blamed_facts(term))
