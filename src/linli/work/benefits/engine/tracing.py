"""The trace of a verdict: every labelled condition, its answer, what it looked at, from when that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..language.tree import (
    Column,
    Compare,
    Condition,
    Holds,
    Labelled,
    Members,
    Node,
    Of,
    OneOf,
    Other,
    children,
)
from .answers import HouseholdFacts, Line, Looked, Measured, PersonFacts

if TYPE_CHECKING:
    from .plain import Reckoner

Who = PersonFacts | None


def trace_of(condition: Condition, reckoner: Reckoner, who: Who) -> tuple[Line, ...]:
    """Return the lines of a condition in the order of the rule; a line within a line is one deeper."""
    return tuple(_lines(condition, reckoner, who, 0))


def _lines(node: Node, reckoner: Reckoner, who: Who, depth: int) -> Iterator[Line]:
    if isinstance(node, Labelled):
        yield _line(node, reckoner, who, depth)
        depth += 1
    if not isinstance(node, Members):
        for child in children(node):
            yield from _lines(child, reckoner, who, depth)


def _line(condition: Labelled, reckoner: Reckoner, who: Who, depth: int) -> Line:
    answer, absent = reckoner.answer(condition, who)
    tests = list(_tests(condition.inner))
    return Line(
        label=condition.label,
        clause=condition.clause,
        answer=answer,
        depth=depth,
        measured=tuple(_measured(test, reckoner, who) for test in tests if not isinstance(test, Other)),
        missing=tuple(sorted({fact.fact for fact in absent})),
        policies=tuple(test.policy for test in tests if isinstance(test, Other)),
    )


def _tests(node: Node) -> Iterator[Compare | OneOf | Holds | Other]:
    """Return what a line itself tests: not what a line within it does."""
    if isinstance(node, Compare | OneOf | Holds | Other):
        yield node
    elif not isinstance(node, Labelled):
        for child in children(node):
            yield from _tests(child)


def _measured(test: Compare | OneOf | Holds, reckoner: Reckoner, who: Who) -> Measured:
    looked = tuple(dict.fromkeys(_looked(test, reckoner, who)))
    match test:
        case Compare(left=left, right=right):
            found, against = reckoner.number(left, who)[0], reckoner.number(right, who)[0]
            return Measured(test, found, against, looked)
        case OneOf(of=term) | Holds(members=term):
            return Measured(test, reckoner.number(term, who)[0], None, looked)


def _looked(node: Node, reckoner: Reckoner, who: Who) -> Iterator[Looked]:
    if isinstance(node, Column):
        is_own = node.of is Of.PERSON and who is not None
        yield _from(node.name, who if is_own else None, who if is_own else reckoner.household)
    for one in reckoner.living if isinstance(node, Members) else (who,):
        for child in children(node):
            yield from _looked(child, reckoner, one)


def _from(name: str, who: Who, whose: PersonFacts | HouseholdFacts | None) -> Looked:
    assert whose is not None
    key = None if who is None else who.key
    return Looked(name, key, whose.values.get(name), whose.dates.get(name), whose.expired.get(name))
