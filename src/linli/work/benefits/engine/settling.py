"""Rules made ready for columns: words gone, the day and the standards put in, ages turned into days. Pure.

What is settled says the same of everybody; only the trace needs what is taken away here. A condition on
another policy becomes that policy's own condition. Whatever is alike is one object, so that it is reckoned
once and trees that share their parts cost no more than their parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, cast

from ..language.tree import (
    Band,
    Bands,
    Compare,
    Condition,
    Constant,
    Every,
    Labelled,
    Members,
    Months,
    Node,
    Op,
    Other,
    Reckoned,
    Rule,
    Some,
    Standard,
    Term,
    Today,
    Worth,
    Years,
    children,
)
from .order import is_of_household

EDITION = "1"  # of what terms mean: another one makes what snapshots keep of an old one worth nothing


@dataclass(frozen=True, slots=True)
class Past:
    """A day that is not after the day that is reckoned for, else unknown: what every age is counted from."""

    since: Term


_MIRRORED = {Op.LESS: Op.MORE, Op.AT_MOST: Op.AT_LEAST, Op.MORE: Op.LESS, Op.AT_LEAST: Op.AT_MOST}


class Settling:
    """Settles rules, in the order of reckoning, for one day (``yyyymmdd``) and its standards."""

    def __init__(self, today: int, standards: Mapping[str, int]) -> None:
        self.today, self.standards = today, standards
        self._conditions: dict[str, Condition] = {}
        self._once: dict[tuple[Any, ...], Any] = {}

    def rule(self, rule: Rule) -> Rule:
        """Return a rule settled; later rules that look at this policy find its condition in theirs."""
        when = self._node(rule.when)
        self._conditions[rule.policy] = when
        worth = rule.worth and Worth(rule.worth.missing, self._node(rule.worth.when))
        amount = None if rule.amount is None else self._node(rule.amount)
        return replace(rule, when=when, amount=amount, worth=worth)

    def _node(self, node: Any) -> Any:
        match node:
            case Labelled(inner=inner):
                return self._node(inner)
            case Today():
                return self._one(Constant(self.today))
            case Standard(code) if code in self.standards:
                return self._one(Constant(self.standards[code]))
            case Other(policy) if policy in self._conditions:
                return self._conditions[policy]
            case Every() | Some():
                return self._flat(node)
        changed = {field.name: self._value(getattr(node, field.name)) for field in fields(node)}
        return self._simplified(replace(node, **changed))

    def _value(self, value: Any) -> Any:
        if isinstance(value, Band):
            return replace(value, value=self._node(value.value))
        if isinstance(value, tuple):
            return tuple(self._value(part) for part in value)
        return self._node(value) if is_dataclass(value) else value

    def _one(self, node: Any) -> Any:
        """Return the one object that stands for all that are alike."""
        key = (type(node), *(_token(getattr(node, field.name)) for field in fields(node)))
        return self._once.setdefault(key, node)

    def _flat(self, node: Every | Some) -> Any:
        parts = tuple({id(part): part for part in map(self._node, _parts(node))}.values())
        return parts[0] if len(parts) == 1 else self._one(type(node)(parts))

    def _simplified(self, node: Any) -> Any:
        match node:
            case Years(since) | Months(since):
                return self._one(replace(node, since=self._one(Past(since))))
            case Compare(op, Constant(), Years() | Months()) if op in _MIRRORED:
                return self._simplified(Compare(_MIRRORED[op], node.right, node.left))
            case Compare(op, Years() | Months() as age, Constant(value)) if op in _MIRRORED:
                return self._one(self._by_day(op, age, value))
            case Bands(Years() | Months() as age, rows):
                return self._one(Bands(age.since, tuple(self._row_by_day(age, row) for row in rows)))
        return self._one(node)

    def _by_day(self, op: Op, age: Years | Months, value: int) -> Compare:
        """An age of at least so much is a birth on or before a day."""
        least = value + (op in (Op.MORE, Op.AT_MOST))
        turned = Op.AT_MOST if op in (Op.AT_LEAST, Op.MORE) else Op.MORE
        return Compare(turned, age.since, self._one(Constant(self._last_day(age, least))))

    def _row_by_day(self, age: Years | Months, row: Band) -> Band:
        low = None if row.high is None else self._last_day(age, row.high) + 1
        high = None if row.low is None else self._last_day(age, row.low) + 1
        return Band(low, high, row.value)

    def _last_day(self, age: Years | Months, least: int) -> int:
        """Return the last day from which at least so many years or months have passed."""
        if least <= 0:
            return self.today
        if isinstance(age, Years):
            return self.today - 1 - 10000 * least
        months = self.today // 10000 * 12 + self.today // 100 % 100 - 1 - least
        if age.is_calendar:
            return _as_day(months + 1, 0) - 1
        return _as_day(months, self.today % 100) - 1


def _token(value: Any) -> Any:
    if isinstance(value, Band):
        return ("band", value.low, value.high, id(value.value))
    if isinstance(value, tuple):
        return tuple(_token(part) for part in value)
    return id(value) if is_dataclass(value) else value


def _parts(node: Every | Some) -> Iterator[Condition]:
    """Return the parts of all of one kind that stand in each other; another policy's stay together."""
    waiting = list(reversed(node.parts))
    while waiting:
        part = waiting.pop()
        while isinstance(part, Labelled):
            part = part.inner
        if isinstance(part, type(node)):
            waiting.extend(reversed(part.parts))
        else:
            yield part


def _as_day(months: int, day: int) -> int:
    return months // 12 * 10000 + (months % 12 + 1) * 100 + day


class Kept:
    """Which settled terms a snapshot may keep, and under which name."""

    def __init__(self) -> None:
        self._digests: dict[int, bytes] = {}
        self._alive: list[Node] = []

    def name(self, term: Term) -> str:
        """Return the digest of what a term says; the same for the same term on every day and machine."""
        return self._digest(term).hex()[:16]

    def _digest(self, node: Any) -> bytes:
        if not is_dataclass(node):
            return repr(node).encode()
        if id(node) not in self._digests:
            values = (getattr(node, field.name) for field in fields(node))
            whole = hashlib.sha256(f"{EDITION}{type(node).__name__}".encode())
            for value in values:
                parts = value if isinstance(value, tuple) else (value,)
                whole.update(b"".join((b"(", *(b"," + self._digest_of(part) for part in parts), b")")))
            self._digests[id(node)] = whole.digest()
            self._alive.append(cast(Node, node))
        return self._digests[id(node)]

    def _digest_of(self, part: Any) -> bytes:
        if isinstance(part, tuple):
            return b"".join((b"(", *(b"," + self._digest_of(each) for each in part), b")"))
        return self._digest(part)

    def may_keep(self, term: Node) -> bool:
        """Return whether this is one number for a household, made from its members, with nothing in it that
        is not at hand (another policy, a standard)."""
        if not isinstance(term, Members | Reckoned):
            return False
        below = tuple(once(term))
        has_members = any(isinstance(node, Members) for node in below)
        at_hand = not any(isinstance(node, Other | Standard) for node in below)
        return has_members and at_hand and is_of_household(term)


def once(root: Node) -> Iterator[Node]:
    """Return a node and everything below it, each object once."""
    seen, waiting = {id(root)}, [root]
    while waiting:
        node = waiting.pop()
        yield node
        for child in children(node):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)
