"""The same trees over millions: Ibis expressions, for whatever engine runs them. Pure; ``plain`` is the law.

A table has a row for each person with ``household``, ``presence``, the columns that the rules look at (null
is unknown) and ``absent``: a bit of the legend for each column that is null. Three answers are SQL's own;
beside an answer that is unknown stands which facts leave it open, in bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import and_, or_
from typing import Any

import ibis
from ibis.expr.types import Table

from ..language.tree import (
    Column,
    Compare,
    Condition,
    Every,
    Members,
    No,
    Node,
    OneOf,
    Other,
    Over,
    Rule,
    Some,
    Standard,
    Term,
    children,
)
from .expressing import Part, Side, joined, number
from .expressing import unknown as unknown_number
from .legend import Legend
from .order import ordered, roots
from .settling import Kept, Settling, once
from .weaving import Weaver

NOT, ELIGIBLE, UNKNOWN, WORTH = range(4)  # a verdict in a table; WORTH: unknown, and worth asking


@dataclass(frozen=True)
class Question:
    """Rules settled for one day, in the order of reckoning, and the legend of what may be missing."""

    rules: tuple[Rule, ...]
    legend: Legend
    today: int

    @cached_property
    def by_policy(self) -> dict[str, Rule]:
        """Policy → rule."""
        return {rule.policy: rule for rule in self.rules}

    def columns(self) -> tuple[str, ...]:
        """Return the name of every column that the rules look at."""
        nodes = (node for root in self.roots() for node in once(root))
        return tuple(dict.fromkeys(node.name for node in nodes if isinstance(node, Column)))

    def kept(self) -> dict[str, Term]:
        """Return digest → term of what a snapshot may keep for these rules: the outermost such terms."""
        keeping, found, seen = Kept(), {}, set()
        waiting: list[Any] = list(self.roots())
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if keeping.may_keep(node):
                found[keeping.name(node)] = node
            else:
                waiting.extend(children(node))
        return found

    def roots(self) -> Iterator[Node]:
        """Return all that the rules say."""
        return (root for rule in self.rules for root in roots(rule))


def question(rules: Iterable[Rule], on: date, standards: Mapping[str, int], legend: Legend) -> Question:
    """Return rules made ready; raises ``BadRule`` for what ``ordered`` refuses and for too many facts."""
    today = on.year * 10000 + on.month * 100 + on.day
    settling = Settling(today, standards)
    settled = tuple(settling.rule(rule) for rule in ordered(rules))
    return Question(settled, legend.with_more(_facts(settled)), today)


def _facts(rules: Sequence[Rule]) -> Iterator[str]:
    for node in (node for rule in rules for root in roots(rule) for node in once(root)):
        match node:
            case Standard(code):
                yield f"standard:{code}"
            case Other(policy):
                yield f"policy:{policy}"
            case Column(name):
                yield name
            case Members():
                yield "presence"


def verdicts(table: Table, asked: Question, policies: Iterable[str], carried: Iterable[str]) -> Table:
    """Return ``carried`` columns and for each policy ``verdict:`` (``NOT`` to ``WORTH``), ``missing:`` (bits,
    0 where nothing is) and, where it gives an amount, ``amount:`` (fen; null where not eligible or not
    known)."""
    weaver = Weaver(table, asked.legend, asked.today, asked.kept())
    wanted = [asked.by_policy[policy] for policy in policies]
    woven = weaver.woven([part for rule in wanted for part in _parts(rule)])
    columns: dict[str, Any] = {name: woven[name] for name in carried}
    for rule in wanted:
        columns |= _answers(weaver, woven, rule)
    return woven.select(**columns)


def _parts(rule: Rule) -> Iterator[Part]:
    yield from (Part(Side.VALUE, rule.when), Part(Side.VALUE, rule.when), Part(Side.LACK, rule.when))
    if rule.amount is not None:
        yield Part(Side.VALUE, rule.amount)
    if rule.worth is not None:
        yield from (Part(Side.LACK, rule.when), Part(Side.VALUE, rule.worth.when))


def _answers(weaver: Weaver, woven: Table, rule: Rule) -> dict[str, Any]:
    holds = weaver.express(woven, Part(Side.VALUE, rule.when))
    missing = weaver.express(woven, Part(Side.LACK, rule.when))
    unknown: Any = ibis.literal(UNKNOWN, "int8")
    if rule.worth is not None:
        legend = weaver.legend
        others = legend.bits(set(legend.facts) - set(rule.worth.missing))
        is_asked = (missing != 0) & ((missing & others) == 0)
        is_worth = is_asked & weaver.express(woven, Part(Side.VALUE, rule.worth.when))
        unknown = ibis.ifelse(is_worth, number(WORTH), number(UNKNOWN)).cast("int8")
    said = {
        # Not fill_null: to ask first whether it is known costs an engine nothing where everything is.
        f"verdict:{rule.policy}": ibis.ifelse(holds.notnull(), holds.cast("int8"), unknown),
        f"missing:{rule.policy}": missing.cast(weaver.legend.width),
    }
    if rule.amount is not None:
        found = weaver.express(woven, Part(Side.VALUE, rule.amount))
        said[f"amount:{rule.policy}"] = ibis.ifelse(holds, found.cast("int64"), unknown_number())
    return said


def possible(table: Table, asked: Question, policies: Iterable[str]) -> Table:
    """Return a table without the rows of which single conditions tell that none of these policies is for
    them; whoever is left out is ``NOT``, with nothing missing. The whole table where members of households
    are still to be gathered from it."""
    weaver = Weaver(table, asked.legend, asked.today, asked.kept())
    whens = {id(when): when for when in (asked.by_policy[policy].when for policy in policies)}
    if not all(weaver.is_said_by_row(root) for root in asked.roots()):
        return table
    may_hold = [_may_hold(weaver, when) for when in whens.values()]
    return table.filter(joined(may_hold, or_, ibis.literal(False)))


def _may_hold(weaver: Weaver, when: Condition) -> Any:
    parts = when.parts if isinstance(when, Every) else (when,)
    simple = [
        part for part in parts if isinstance(part, Compare | OneOf | No | Some) and weaver.is_short(part)
    ]
    holds = [weaver.express(weaver.table, Part(Side.VALUE, part)).fill_null(True) for part in simple]
    return joined(holds, and_, ibis.literal(True))


def kept_columns(table: Table, asked: Question, carried: Iterable[str]) -> Table:
    """Return ``carried`` columns and, for each term that a snapshot keeps, its number and what leaves it open
    under ``value:`` and ``lack:`` and its digest."""
    terms = asked.kept()
    weaver = Weaver(table, asked.legend, asked.today, {})
    woven = weaver.woven([Part(side, term) for term in terms.values() for side in Side])
    columns: dict[str, Any] = {name: woven[name] for name in carried}
    for digest, term in terms.items():
        columns[f"value:{digest}"] = weaver.express(woven, Part(Side.VALUE, term)).cast(_width(term))
        columns[f"lack:{digest}"] = weaver.express(woven, Part(Side.LACK, term)).cast(asked.legend.width)
    return woven.select(**columns)


def _width(term: Term) -> str:
    """Return the narrowest kind of whole number that holds what a term comes to."""
    return _WIDTHS.get(term.over, "int64") if isinstance(term, Members) else "int64"


_WIDTHS = {Over.ANY: "int8", Over.EVERY: "int8", Over.COUNT: "int32"}
