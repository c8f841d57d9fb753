"""The trace of a verdict: every labelled condition, its answer, what it looked at, from when that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

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
Test = Compare | OneOf | Holds


class Shape(NamedTuple):
    """One line as the rule gives it: the same for everybody."""

    condition: Labelled
    depth: int
    tests: tuple[tuple[Test, tuple[Column, ...], tuple[Column, ...]], ...]  # its own columns, the members'
    policies: tuple[str, ...]


def trace_of(condition: Condition, reckoner: Reckoner, who: Who) -> tuple[Line, ...]:
    """Return the lines of a condition in the order of the rule; a line within a line is one deeper."""
    shapes = reckoner.shapes.get(id(condition))
    if shapes is None:
        shapes = reckoner.shapes[id(condition)] = tuple(_shapes(condition, 0))
    return tuple(_line(shape, reckoner, who) for shape in shapes)


def _shapes(node: Node, depth: int) -> Iterator[Shape]:
    if isinstance(node, Labelled):
        tests = tuple(_tests(node.inner))
        looks = tuple((test, *_columns(test)) for test in tests if not isinstance(test, Other))
        yield Shape(node, depth, looks, tuple(test.policy for test in tests if isinstance(test, Other)))
        depth += 1
    if not isinstance(node, Members):
        for child in children(node):
            yield from _shapes(child, depth)


def _tests(node: Node) -> Iterator[Test | Other]:
    """Return what a line itself tests: not what a line within it does."""
    if isinstance(node, Compare | OneOf | Holds | Other):
        yield node
    elif not isinstance(node, Labelled):
        for child in children(node):
            yield from _tests(child)


def _columns(test: Test) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    own: dict[Column, None] = {}
    of_members: dict[Column, None] = {}
    waiting: list[tuple[Node, bool]] = [(test, False)]
    while waiting:
        node, is_inside = waiting.pop()
        if isinstance(node, Column):
            (of_members if is_inside and node.of is Of.PERSON else own)[node] = None
        is_inside = is_inside or isinstance(node, Members)
        waiting += [(child, is_inside) for child in children(node)]
    return tuple(own), tuple(of_members)


def _line(shape: Shape, reckoner: Reckoner, who: Who) -> Line:
    answer, absent = reckoner.answer(shape.condition, who)
    return Line(
        label=shape.condition.label,
        clause=shape.condition.clause,
        answer=answer,
        depth=shape.depth,
        measured=tuple(_measured(*test, reckoner, who) for test in shape.tests),
        missing=tuple(sorted({fact.fact for fact in absent})),
        policies=shape.policies,
    )


def _measured(
    test: Test, own: tuple[Column, ...], of_members: tuple[Column, ...], reckoner: Reckoner, who: Who
) -> Measured:
    looked = tuple(_from(column, who, reckoner.household) for column in own)
    for one in reckoner.living if of_members else ():
        looked += tuple(_from(column, one, reckoner.household) for column in of_members)
    match test:
        case Compare(left=left, right=right):
            return Measured(test, reckoner.number(left, who)[0], reckoner.number(right, who)[0], looked)
        case OneOf(of=term) | Holds(members=term):
            return Measured(test, reckoner.number(term, who)[0], None, looked)


def _from(column: Column, who: Who, household: HouseholdFacts) -> Looked:
    is_own = column.of is Of.PERSON and who is not None
    whose: PersonFacts | HouseholdFacts = who if is_own and who is not None else household
    key = who.key if is_own and who is not None else None
    name = column.name
    return Looked(name, key, whose.values.get(name), whose.dates.get(name), whose.expired.get(name))
