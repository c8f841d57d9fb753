"""How each node of a settled tree is said in columns: its value, and which facts leave it open.

Every function here asks ``at`` for the parts below it; what it asks for is all that it needs (``weaving``).
A value is null where it is unknown; a lack is 0 where the value is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import ibis
from ibis.expr.types import Column as Columnar

from ..language.tree import (
    AtLeast,
    Band,
    Bands,
    Choose,
    Column,
    Compare,
    Constant,
    Every,
    Holds,
    Members,
    Months,
    No,
    Node,
    OneOf,
    Op,
    Other,
    Over,
    Reckoned,
    Some,
    Standard,
    Sum,
    Years,
)
from .legend import OPEN
from .order import blamed_facts
from .settling import Past

Expr = Any  # an Ibis expression, or a Python value in its place


class Side(StrEnum):
    """What is asked of a node."""

    VALUE = "value"
    LACK = "lack"


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One side of one node; alike nodes are one object (``settling``)."""

    side: Side
    node: Node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self.side is other.side and self.node is other.node

    def __hash__(self) -> int:
        return hash((self.side, id(self.node)))


class At(Protocol):
    """Where a node is said: it gives the parts below."""

    today: int

    def value(self, node: Any) -> Expr: ...
    def lack(self, node: Any) -> Expr: ...
    def column(self, name: str) -> Expr: ...
    def bits(self, facts: Iterable[str]) -> int: ...
    def strict(self, node: Any) -> tuple[str, ...] | None: ...


def number(value: int) -> Expr:
    """Return a whole number of 64 bits."""
    return ibis.literal(value, "int64")


def unknown() -> Expr:
    """Return a number that is not known."""
    return ibis.null("int64")


def _never_known() -> Expr:
    """Return a number that nobody knows, not as a bare null: Ibis would say "= null" as "is null"."""
    return number(0).nullif(number(0))


def joined(parts: Sequence[Expr], join: Callable[[Expr, Expr], Expr], empty: Expr) -> Expr:
    """Join parts two by two, so that ten thousand of them lie no deeper than fourteen."""
    rest = list(parts) or [empty]
    while len(rest) > 1:
        pairs = [rest[at : at + 2] for at in range(0, len(rest), 2)]
        rest = [join(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return rest[0]


def either(lacks: Sequence[Expr]) -> Expr:
    """Return all facts that any of these names."""
    return joined(lacks, lambda left, right: left | right, number(0))


def lack_of_all(at: At, nodes: Iterable[Any]) -> Expr:
    """Return what leaves these nodes open; those that hang on columns alone are one look at ``absent``."""
    facts: set[str] = set()
    lacks = []
    for node in nodes:
        strict = at.strict(node)
        if strict is None:
            lacks.append(at.lack(node))
        else:
            facts.update(strict)
    return either(lacks + ([at.column("absent") & number(at.bits(facts))] if facts else []))


# What is known

_COMPARED: dict[Op, Callable[[Expr, Expr], Expr]] = {
    Op.LESS: lambda left, right: left < right,
    Op.AT_MOST: lambda left, right: left <= right,
    Op.EQUAL: lambda left, right: left == right,
    Op.AT_LEAST: lambda left, right: left >= right,
    Op.MORE: lambda left, right: left > right,
}


def _past(at: At, node: Past) -> Expr:
    since = at.value(node.since)
    return ibis.ifelse(since <= number(at.today), since, ibis.null(since.type()))


def _years(at: At, node: Years) -> Expr:
    since = at.value(node.since).cast("int64")
    return ibis.ifelse(since == number(at.today), number(0), (number(at.today - 1) - since) // number(10000))


def _months(at: At, node: Months) -> Expr:
    since = at.value(node.since).cast("int64")
    today = at.today // 10000 * 12 + at.today // 100 % 100
    months = number(today) - (since // number(10000)) * number(12) - (since // number(100)) % number(100)
    if node.is_calendar:
        return months
    is_short = since % number(100) >= number(at.today % 100)
    return ibis.ifelse(since == number(at.today), number(0), months - is_short.cast("int64"))


def _wide(at: At, node: Any) -> Expr:
    """Return a number of 64 bits; of a constant that has to be said, an engine would take it for 32."""
    if isinstance(node, Constant) and abs(node.value) < 1 << 31:
        return ibis.literal(node.value, "int32").cast("int64")
    return at.value(node).cast("int64")


def _reckoned(at: At, node: Reckoned) -> Expr:
    left, right = _wide(at, node.left), _wide(at, node.right)
    match node.sum:
        case Sum.ADD:
            return left + right
        case Sum.LESS:
            return left - right
        case Sum.TIMES:
            return ibis.ifelse((left == number(0)) | (right == number(0)), number(0), left * right)
        case Sum.SHARE:
            twice = (right * number(2)).nullif(number(0))
            return (left * number(2) + right) // twice
        case Sum.LOWER:
            return ibis.cases((left <= right, left), (left > right, right), else_=unknown())
        case Sum.HIGHER:
            return ibis.cases((left >= right, left), (left < right, right), else_=unknown())


def _in_row(of: Expr, row: Band) -> Expr:
    low = [] if row.low is None else [of >= number(row.low)]
    high = [] if row.high is None else [of < number(row.high)]
    return joined([*low, *high], lambda left, right: left & right, of.notnull())


def _bands(at: At, node: Bands) -> Expr:
    of = at.value(node.of)
    rows = [(_in_row(of, row), at.value(row.value).cast("int64")) for row in node.rows]
    return ibis.cases(*rows, else_=unknown()) if rows else _never_known()


def _choose(at: At, node: Choose) -> Expr:
    cases: list[tuple[Expr, Expr]] = []
    for condition, value in node.cases:
        holds = at.value(condition)
        cases += [(holds.isnull(), unknown()), (holds, at.value(value).cast("int64"))]
    otherwise = at.value(node.otherwise).cast("int64")
    return ibis.cases(*cases, else_=otherwise) if cases else otherwise


def _one_of(at: At, node: OneOf) -> Expr:
    of = at.value(node.of)
    if not node.values:
        return ibis.ifelse(of.isnull(), ibis.null("boolean"), ibis.literal(False))
    low, high = min(node.values), max(node.values)
    if low == high:
        return of == ibis.literal(low)
    if high - low + 1 == len(set(node.values)):  # a row of numbers: quicker to compare
        return (of >= ibis.literal(low)) & (of <= ibis.literal(high))
    # A pair, so that Ibis puts brackets around it: not every engine reads "a IN (1) IS NULL".
    return of.isin([ibis.literal(value) for value in node.values]) | ibis.literal(False)


def _at_least(at: At, node: AtLeast) -> Expr:
    parts = [at.value(part) for part in node.parts]
    yes = joined([ibis.ifelse(part, number(1), number(0)) for part in parts], lambda a, b: a + b, number(0))
    may = joined(
        [ibis.ifelse(part.isnull() | part, number(1), number(0)) for part in parts],
        lambda a, b: a + b,
        number(0),
    )
    count = number(node.count)
    return ibis.cases((yes >= count, True), (may >= count, ibis.null("boolean")), else_=False)


VALUES: dict[type, Callable[[At, Any], Expr]] = {
    Constant: lambda at, node: number(node.value),
    Standard: lambda at, node: _never_known(),
    Column: lambda at, node: at.column(node.name),
    Past: _past,
    Years: _years,
    Months: _months,
    Reckoned: _reckoned,
    Bands: _bands,
    Choose: _choose,
    Compare: lambda at, node: _COMPARED[node.op](at.value(node.left), at.value(node.right)),
    OneOf: _one_of,
    Holds: lambda at, node: at.value(node.members) != number(0),
    Other: lambda at, node: _never_known() > number(0),
    Every: lambda at, node: joined(
        [at.value(part) for part in node.parts], lambda a, b: a & b, ibis.literal(True)
    ),
    Some: lambda at, node: joined(
        [at.value(part) for part in node.parts], lambda a, b: a | b, ibis.literal(False)
    ),
    # Not "~": Ibis leaves out the brackets of "(not x) is null".
    No: lambda at, node: at.value(node.inner) == ibis.literal(False),
    AtLeast: _at_least,
}


# What leaves it open


def _past_lack(at: At, node: Past) -> Expr:
    blamed = number(at.bits(blamed_facts(node.since)))
    if isinstance(node.since, Column):
        return ibis.ifelse(at.value(node).isnull(), blamed, number(0))
    since = at.value(node.since)
    return ibis.cases(
        (since.isnull(), at.lack(node.since)), (since > number(at.today), blamed), else_=number(0)
    )


def _reckoned_lack(at: At, node: Reckoned) -> Expr:
    both = lack_of_all(at, (node.left, node.right))
    if node.sum is Sum.TIMES:
        return ibis.ifelse(at.value(node).isnull(), both, number(0))
    if node.sum is not Sum.SHARE:
        return both
    is_nobody = at.value(node.left).notnull() & (at.value(node.right) == number(0))
    return ibis.ifelse(is_nobody, number(at.bits(blamed_facts(node.right))), both)


def _bands_lack(at: At, node: Bands) -> Expr:
    of = at.value(node.of)
    rows = [(_in_row(of, row), lack_of_all(at, [row.value])) for row in node.rows]
    blamed = number(at.bits(blamed_facts(node.of)))
    return ibis.cases((of.isnull(), lack_of_all(at, [node.of])), *rows, else_=blamed)


def _choose_lack(at: At, node: Choose) -> Expr:
    cases: list[tuple[Expr, Expr]] = []
    for condition, value in node.cases:
        holds = at.value(condition)
        cases += [(holds.isnull(), lack_of_all(at, [condition])), (holds, lack_of_all(at, [value]))]
    otherwise = lack_of_all(at, [node.otherwise])
    return ibis.cases(*cases, else_=otherwise) if cases else otherwise


def _open_lack(at: At, node: Every | Some | AtLeast) -> Expr:
    return ibis.ifelse(at.value(node).isnull(), lack_of_all(at, node.parts), number(0))


LACKS: dict[type, Callable[[At, Any], Expr]] = {
    Standard: lambda at, node: number(at.bits([f"standard:{node.code}"])),
    Past: _past_lack,
    Years: lambda at, node: at.lack(node.since),
    Months: lambda at, node: at.lack(node.since),
    Reckoned: _reckoned_lack,
    Bands: _bands_lack,
    Choose: _choose_lack,
    Compare: lambda at, node: lack_of_all(at, (node.left, node.right)),
    OneOf: lambda at, node: lack_of_all(at, [node.of]),
    Holds: lambda at, node: at.lack(node.members),
    Other: lambda at, node: number(at.bits([f"policy:{node.policy}"])),
    Every: _open_lack,
    Some: _open_lack,
    No: lambda at, node: lack_of_all(at, [node.inner]),
    AtLeast: _open_lack,
}


# What is said of the members of a household


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def bit_or(bits: int) -> int:  # type: ignore[empty-body]
    """Return all bits that any row has: every engine calls it so, Ibis knows it of some only."""


@ibis.udf.agg.builtin(name="sum", signature=(("int64",), "decimal(38, 0)"))  # type: ignore[untyped-decorator]
def _total(numbers: int) -> int:  # type: ignore[empty-body]
    """Return a sum as DuckDB gives it, of 128 bits: Ibis takes it for 64 and leaves the cast to them out."""


def gathered(at: At, node: Members) -> dict[str, Expr]:
    """Return what is gathered of the living members of a household, to be ``finished`` afterwards."""
    holds = None if node.where is None else at.value(node.where)
    value = None if node.value is None or node.over in _UNVALUED else at.value(node.value).cast("int64")
    lack = _member_lack(at, node, holds, value)
    found = _GATHERED[node.over](_rows(at, _counted(at, node.over, holds, value))).cast("int64")
    return {"found": found} if lack is None else {"found": found, "lack": bit_or(_rows(at, lack))}


_UNVALUED = (Over.COUNT, Over.ANY, Over.EVERY)
_GATHERED: dict[Over, Callable[[Expr], Expr]] = {
    Over.ANY: lambda column: column.max(),
    Over.EVERY: lambda column: column.min(),
    Over.COUNT: lambda column: column.count(),
    Over.TOTAL: lambda column: _total(column),
    Over.MOST: lambda column: column.max(),
    Over.LEAST: lambda column: column.min(),
}


def _rows(at: At, said: Expr) -> Expr:
    """Return one value a row, also where every row says the same."""
    return said if isinstance(said, Columnar) else ibis.ifelse(at.column("household").notnull(), said, said)


def _counted(at: At, over: Over, holds: Expr, value: Expr) -> Expr:
    if over is Over.COUNT and holds is None:
        return at.column("household")
    if over in (Over.ANY, Over.EVERY):
        return number(1) if holds is None else holds.cast("int64")
    counted = number(1) if value is None else value
    return counted if holds is None else ibis.ifelse(holds, counted, unknown())


def _member_lack(at: At, node: Members, holds: Expr, value: Expr) -> Expr:
    """Return what leaves a member open: the facts, and ``OPEN`` where there is something open at all."""
    cases: list[tuple[Expr, Expr]] = []
    if holds is not None:
        cases.append((holds.isnull(), lack_of_all(at, [node.where]) | number(OPEN)))
    if value is not None:
        counts = value.isnull() if holds is None else holds & value.isnull()
        cases.append((counts, lack_of_all(at, [node.value]) | number(OPEN)))
    return ibis.cases(*cases, else_=number(0)) if cases else None


def finished(node: Members, found: Expr, lack: Expr, blamed: int) -> tuple[Expr, Expr]:
    """Return the value and the lack of what was gathered; ``found`` and ``lack`` are null where nobody
    lives, ``lack`` is ``None`` where nothing can be open."""
    is_open = ibis.literal(False) if lack is None else lack.fill_null(0) != number(0)
    match node.over:
        case Over.ANY:
            value = ibis.cases((found == number(1), number(1)), (is_open, unknown()), else_=number(0))
        case Over.EVERY:
            value = ibis.cases((found == number(0), number(0)), (is_open, unknown()), else_=number(1))
        case Over.COUNT | Over.TOTAL:
            value = ibis.ifelse(is_open, unknown(), found.fill_null(0))
        case Over.MOST | Over.LEAST:
            value = ibis.ifelse(is_open, unknown(), found)
    named = number(0) if lack is None else lack & number(OPEN - 1)
    return value, ibis.cases((value.notnull(), number(0)), (is_open, named), else_=number(blamed))
