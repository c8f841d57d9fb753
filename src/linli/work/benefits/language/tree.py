"""The expression tree: what every rule becomes, and the only thing that the two evaluators know. Pure.

Three answers throughout: a value is known or unknown (``None``); a comparison with an unknown is unknown,
never false; ``Every``, ``Some``, ``No`` and ``AtLeast`` follow Kleene. Numbers are whole: money in fen, dates
as ``yyyymmdd``, choices as their place in the dictionary (see ``columns``). What is known to be nothing is 0,
for a date ``NEVER``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, cast

NEVER = 99991231  # a date that is known not to have come


class Of(StrEnum):
    """Whose value a column is, and for whom a policy is reckoned."""

    PERSON = "person"
    HOUSEHOLD = "household"


class Op(StrEnum):
    """Comparisons; both sides whole numbers of one kind."""

    LESS = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    MORE = ">"


class Sum(StrEnum):
    """Reckoning with whole numbers. A share rounds half up to the fen; a product by nothing is nothing."""

    ADD = "+"
    LESS = "-"
    TIMES = "*"
    SHARE = "/"
    LOWER = "min"
    HIGHER = "max"


class Over(StrEnum):
    """What is said of the members of a household: unknown as soon as one who counts is unknown, unless the
    known ones settle it (``ANY`` one yes; ``EVERY`` one no)."""

    COUNT = "count"
    TOTAL = "total"
    MOST = "most"
    LEAST = "least"
    ANY = "any"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Constant:
    """A whole number that stands in the rule."""

    value: int


@dataclass(frozen=True, slots=True)
class Standard:
    """A dated figure of the city (低保标准) on the day that is reckoned for; unknown before its first day."""

    code: str


@dataclass(frozen=True, slots=True)
class Column:
    """A value of the person or of the household, by its name in the snapshot."""

    name: str
    of: Of


@dataclass(frozen=True, slots=True)
class Today:
    """The day that is reckoned for, as ``yyyymmdd``."""


@dataclass(frozen=True, slots=True)
class Years:
    """Completed years from a date to the day: a year is complete on the day after the birthday (周岁)."""

    since: Term


@dataclass(frozen=True, slots=True)
class Months:
    """Months from a date to the day: completed ones (a month is complete on the day after), or with
    ``is_calendar`` the difference of the calendar months whatever the days (当月起)."""

    since: Term
    is_calendar: bool = False


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Two numbers reckoned into one."""

    sum: Sum
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a table by stretches: from (with) to (without), ``None`` open."""

    low: int | None
    high: int | None
    value: Term


@dataclass(frozen=True, slots=True)
class Bands:
    """The value of the stretch in which a number lies; unknown where the number is, or lies in none."""

    of: Term
    rows: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """The value of the first case that holds, else ``otherwise``; unknown once a case before is unknown."""

    cases: tuple[tuple[Condition, Term], ...]
    otherwise: Term


@dataclass(frozen=True, slots=True)
class Members:
    """Something over the people who live in the household, the person too: of ``value`` for total, most
    and least; over whom ``where`` holds (``None``: all)."""

    over: Over
    value: Term | None = None
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """Whether two numbers stand in this order."""

    op: Op
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a choice is one of these places of its dictionary."""

    of: Term
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether ``Members`` of ``ANY`` or ``EVERY`` hold."""

    members: Members


@dataclass(frozen=True, slots=True)
class Other:
    """Whether somebody is eligible under another policy on the same day (of the same person, or of their
    household)."""

    policy: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A condition with its words and its clause: one line of a trace."""

    label: str
    clause: str
    inner: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """All hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Any holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class No:
    """The other way round; unknown stays unknown."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least ``count`` hold: no as soon as the known and the unknown together cannot reach it."""

    count: int
    parts: tuple[Condition, ...]


Term = Constant | Standard | Column | Today | Years | Months | Reckoned | Bands | Choose | Members
Condition = Compare | OneOf | Holds | Other | Labelled | Every | Some | No | AtLeast
Node = Term | Condition


@dataclass(frozen=True, slots=True)
class Worth:
    """When 待核 is worth a visit: every missing fact is one of these, and what is known holds."""

    missing: tuple[str, ...]
    when: Condition


@dataclass(frozen=True, slots=True)
class Rule:
    """What the engine is asked about one version of a policy: for whom, who is eligible, how much (fen)."""

    policy: str
    version: str
    of: Of
    when: Condition
    amount: Term | None = None
    worth: Worth | None = None


def children(node: Node) -> Iterator[Node]:
    """Return the nodes directly below one."""
    for name in _names(node):
        yield from _nodes_in(getattr(node, name))


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(node: Node) -> tuple[str, ...]:
    kind = type(node)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(node))
    return _NAMES[kind]


def _nodes_in(value: Any) -> Iterator[Node]:
    if value is None or isinstance(value, str | int):
        return
    if isinstance(value, Band):
        yield value.value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)
    elif is_dataclass(value):
        yield cast(Node, value)


def walk(node: Node) -> Iterator[Node]:
    """Return a node and everything below it, from the top; deep trees do not exhaust the stack."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(children(found))
