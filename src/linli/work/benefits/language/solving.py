"""What of a rule can never hold: stretches and choices that exclude each other. Pure.

Walks a condition with what is already demanded of each number and narrows it. It says that something is
impossible only where that is certain; what it cannot reckon (a sum beside another sum) it lets pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .columns import Kind, columns
from .tree import (
    AtLeast,
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
    OneOf,
    Op,
    Other,
    Over,
    Reckoned,
    Some,
    Sum,
    Term,
    Years,
)

MOST_YEARS = 130
_FLIPPED = {
    Op.LESS: Op.MORE,
    Op.MORE: Op.LESS,
    Op.AT_MOST: Op.AT_LEAST,
    Op.AT_LEAST: Op.AT_MOST,
    Op.EQUAL: Op.EQUAL,
}
_MAY_BE_NEGATIVE = frozenset({"income"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which whole numbers are left: ``low`` to ``high``, both with, ``None`` open; of ``among`` alone."""

    low: int | None = None
    high: int | None = None
    among: frozenset[int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return self.among == frozenset() or (
            self.low is not None and self.high is not None and self.low > self.high
        )

    def within(self, other: Stretch) -> Stretch:
        """Return what lies in both."""
        among = self.among if other.among is None else other.among
        if self.among is not None and other.among is not None:
            among = self.among & other.among
        low = max((one for one in (self.low, other.low) if one is not None), default=None)
        high = min((one for one in (self.high, other.high) if one is not None), default=None)
        return Stretch(low, high, among)

    def over(self, other: Stretch) -> Stretch:
        """Return a stretch that covers both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        among = None if self.among is None or other.among is None else self.among | other.among
        return Stretch(low, high, among)


Subject = Term | Condition
Left = Mapping[Subject, Stretch]  # what is left of each number (or of yes and no: 1 and 0)


@dataclass(frozen=True, slots=True)
class Solved:
    """``left`` is ``None`` where nobody can ever be eligible, and ``culprits`` are the conditions at which
    it breaks, the innermost first. ``dead`` are branches of an ``any`` that cannot hold where they stand."""

    left: Left | None
    culprits: tuple[Condition, ...]
    dead: tuple[Condition, ...]


def solve(condition: Condition) -> Solved:
    """Return what is left of every number where a condition holds, and what in it never can."""
    solver = _Solver()
    left = solver.narrow(condition, {}, True)
    culprits = (*solver.culprits, condition) if left is None else ()
    return Solved(left, culprits, tuple(solver.dead))


def is_possible(condition: Condition) -> bool:
    """Return whether a condition by itself may hold."""
    return _Solver().narrow(condition, {}, True) is not None


def left_of(left: Left, term: Term) -> Stretch:
    """Return what is left of a number, in its own measure (years for an age)."""
    subject, factor = _measured(term)
    found = left.get(subject, _natural(subject))
    if factor == 1:
        return found
    low = None if found.low is None else found.low // factor
    return Stretch(low, None if found.high is None else found.high // factor)


class _Solver:
    def __init__(self) -> None:
        self.culprits: list[Condition] = []
        self.dead: list[Condition] = []

    def narrow(self, node: Condition, left: Left, yes: bool) -> Left | None:
        """Return what is left when ``node`` is (or is not) true, ``None`` if nothing."""
        match node:
            case Labelled(inner=inner):
                return self.narrow(inner, left, yes)
            case No(inner=inner):
                return self.narrow(inner, left, not yes)
            case Every(parts=parts):
                return self._together(parts, left, yes) if yes else self._either(parts, left, yes)
            case Some(parts=parts):
                return self._either(parts, left, yes) if yes else self._together(parts, left, yes)
            case AtLeast():
                return self._at_least(node, left, yes)
            case _:
                return self._single(node, left, yes)

    def _together(self, parts: Sequence[Condition], left: Left, yes: bool) -> Left | None:
        for part in parts:
            narrowed = self.narrow(part, left, yes)
            if narrowed is None:
                self.culprits.append(part)
                return None
            left = narrowed
        return left

    def _either(self, parts: Sequence[Condition], left: Left, yes: bool) -> Left | None:
        culprits = list(self.culprits)
        found = []
        for part in parts:
            narrowed = self.narrow(part, left, yes)
            self.culprits = list(culprits)  # a branch that breaks is no fault of the whole
            if narrowed is None and yes:
                self.dead.append(part)
            elif narrowed is not None:
                found.append(narrowed)
        if not found:
            return None
        joined: dict[Subject, Stretch] = dict(found[0])
        for other in found[1:]:
            joined = {one: joined[one].over(other[one]) for one in joined if one in other}
        return joined

    def _at_least(self, node: AtLeast, left: Left, yes: bool) -> Left | None:
        if not yes:
            return left
        culprits, dead = list(self.culprits), list(self.dead)
        can = sum(self.narrow(part, left, True) is not None for part in node.parts)
        self.culprits, self.dead = culprits, dead
        return left if can >= node.count else None

    def _single(self, node: Condition, left: Left, yes: bool) -> Left | None:
        found = _demand(node, yes)
        if found is None:
            return left
        subject, stretch = found
        narrowed = left.get(subject, _natural(subject)).within(stretch)
        return None if narrowed.is_empty else {**left, subject: narrowed}


def _demand(node: Condition, yes: bool) -> tuple[Subject, Stretch] | None:
    """Return of what a single condition demands which numbers; ``None`` where it cannot be said."""
    match node:
        case OneOf(of=term, values=values):
            return _chosen(term, values, yes)
        case Compare(op=op, left=Constant(value=value), right=right) if not isinstance(right, Constant):
            return _compared(right, _FLIPPED[op], value, yes)
        case Compare(op=op, left=term, right=Constant(value=value)):
            return _compared(term, op, value, yes)
        case Compare(op=op, left=term, right=right):
            return _compared(Reckoned(Sum.LESS, term, right), op, 0, yes)
        case Holds(members=Members(over=Over.ANY, where=where)) if where and yes and not is_possible(where):
            return node, Stretch(among=frozenset())
        case Holds() | Other():
            return node, Stretch(int(yes), int(yes))
    return None


def _chosen(term: Term, values: tuple[int, ...], yes: bool) -> tuple[Subject, Stretch] | None:
    if yes:
        return term, Stretch(among=frozenset(values))
    there = _natural(term).among
    return None if there is None else (term, Stretch(among=there - frozenset(values)))


def _compared(term: Term, op: Op, value: int, yes: bool) -> tuple[Subject, Stretch] | None:
    subject, factor = _measured(term)
    first, after = value * factor, (value + 1) * factor
    held = {
        Op.LESS: Stretch(None, first - 1),
        Op.AT_MOST: Stretch(None, after - 1),
        Op.EQUAL: Stretch(first, after - 1),
        Op.AT_LEAST: Stretch(first, None),
        Op.MORE: Stretch(after, None),
    }[op]
    if yes:
        return subject, held
    if op is Op.EQUAL:
        return None
    opposite = (
        Stretch(held.high + 1, None)
        if held.high is not None
        else replace(held, low=None, high=(held.low or 0) - 1)
    )
    return subject, opposite


def _measured(term: Term) -> tuple[Subject, int]:
    """Return years as months, so that an age and a number of months meet."""
    return (Months(term.since), 12) if isinstance(term, Years) else (term, 1)


def _natural(subject: Subject) -> Stretch:
    """Return what a number can be at all."""
    match subject:
        case Months():
            return Stretch(0, MOST_YEARS * 12)
        case Members(over=Over.COUNT):
            return Stretch(0, None)
        case Column(name=name) if name in columns():
            line = columns()[name]
            if line.kind is Kind.CHOICE:
                return Stretch(among=frozenset(range(len(line.choices) + 1)))
            return Stretch(None if name in _MAY_BE_NEGATIVE else 0, None)
        case Holds() | Other():
            return Stretch(0, 1)
    return Stretch()
