"""Rules laid over a table, stage upon stage.

What is used twice becomes a column of its own in the stage where all that it needs is there; what is said of
the members of households is one grouping a stage, joined back, unless the table brings it along.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis
from ibis.expr.types import Table

from ..language.tree import (
    Column,
    Compare,
    Condition,
    Constant,
    Members,
    No,
    OneOf,
    Reckoned,
    Standard,
    Sum,
    Term,
    children,
)
from .expressing import LACKS, VALUES, Expr, Part, Side, finished, gathered, number
from .legend import Legend
from .order import blamed_facts

_ANY_ROW = ibis.table({"answer": "boolean", "number": "int64"}, name="any")
SHORT = 40  # nodes
LIVING = 1  # the place of 实际居住 in ``language.columns``


class Weaver:
    """Lays parts over one table; ``kept`` are digests and terms that the table may bring along."""

    def __init__(self, table: Table, legend: Legend, today: int, kept: Mapping[str, Term]) -> None:
        self.table, self.legend, self.today = table, legend, today
        self.named: dict[Part, str] = {}
        for digest, term in kept.items():
            if f"value:{digest}" in table.columns:
                self.named[Part(Side.VALUE, term)] = f"value:{digest}"
                self.named[Part(Side.LACK, term)] = f"lack:{digest}"
        self._brought = frozenset(self.named)
        self._strict: dict[int, tuple[str, ...] | None] = {}
        self._needs: dict[Part, tuple[Part, ...]] = {part: () for part in self.named}
        self._stages: dict[Part, int] = {}
        self._levels: dict[Part, int] = {}

    def woven(self, wanted: Sequence[Part]) -> Table:
        """Return the table with a column for all that is used more than once to say what is wanted."""
        self._name(wanted)
        self._gather_together()
        stages = defaultdict(list)
        for part in self.named:
            if part not in self._brought:
                stages[self._ready(part)].append(part)
        table = self.table
        for stage in sorted(stages):
            table = self._laid(table, stages[stage])
        return table

    def express(self, table: Table, part: Part) -> Expr:
        """Return a part as an expression over a table that holds what was named."""
        return _Saying(self, table).part(part)

    def is_said_by_row(self, root: Any) -> bool:
        """Return whether a node needs no members but those that the table brings."""
        seen, waiting = set(), [root]
        while waiting:
            node = waiting.pop()
            if id(node) in seen or Part(Side.VALUE, node) in self._brought:
                continue
            if isinstance(node, Members):
                return False
            seen.add(id(node))
            waiting.extend(children(node))
        return True

    def is_short(self, root: Any) -> bool:
        """Return whether a node is said in few words, each counted as often as it stands there."""
        waiting = [root]
        for _ in range(SHORT):
            node = waiting.pop()
            if Part(Side.VALUE, node) not in self._brought:
                waiting.extend(children(node))
            if not waiting:
                return True
        return False

    def strict(self, node: Any) -> tuple[str, ...] | None:
        """Return the columns of a node that is unknown exactly where one of them is, else ``None``."""
        if id(node) not in self._strict:
            self._strict[id(node)] = self._strictly(node)
        return self._strict[id(node)]

    def _strictly(self, node: Any) -> tuple[str, ...] | None:
        match node:
            case Column(name):
                return (name,)
            case Constant():
                return ()
            case OneOf(of=part) | No(inner=part):
                return self.strict(part)
            case Reckoned(sum=Sum.TIMES | Sum.SHARE):
                return None
            case Compare(left=left, right=right) | Reckoned(left=left, right=right):
                both = self.strict(left), self.strict(right)
                return None if None in both else (*(both[0] or ()), *(both[1] or ()))
        return None

    def _name(self, wanted: Sequence[Part]) -> None:
        uses: Counter[Part] = Counter(wanted)
        waiting = list(uses)
        while waiting:
            part = waiting.pop()
            for need in self._needed(part):
                if need not in uses:
                    waiting.append(need)
                uses[need] += 1
        for part, count in uses.items():
            if part not in self.named and self._is_worth_a_name(part, count):
                self.named[part] = f"{part.side.value}{len(self.named)}"

    def _is_worth_a_name(self, part: Part, count: int) -> bool:
        if isinstance(part.node, Members):
            return True
        if part.side is Side.LACK:
            return count > 1 and self.strict(part.node) is None
        return count > 1 and not isinstance(part.node, Column | Constant | Standard)

    def _needed(self, part: Part) -> tuple[Part, ...]:
        if part not in self._needs:
            asking = _Asking(self)
            asking.say(part)
            self._needs[part] = tuple(asking.asked)
        return self._needs[part]

    def _ready(self, part: Part) -> int:
        """Return the first stage in which a part can be said."""
        if part not in self._stages:
            before = [self._ready(need) + self._is_laid(need) for need in self._needed(part)]
            self._stages[part] = max(before, default=0)
        return self._stages[part]

    def _gather_together(self) -> None:
        """Let all that is said of members, and looks at nothing said of members, wait for one grouping; then
        all that looks at those alone, and so on."""
        levels = defaultdict(list)
        for part in self.named:
            if isinstance(part.node, Members) and part not in self._brought:
                levels[self._level(part)].append(part)
        for level in sorted(levels):
            latest = max(self._ready(part) for part in levels[level])
            self._stages |= dict.fromkeys(levels[level], latest)

    def _level(self, part: Part) -> int:
        """Return how many groupings, each over the one before, must come before a part."""
        if part not in self._levels:
            before = [
                self._level(need) + (isinstance(need.node, Members) and self._is_laid(need))
                for need in self._needed(part)
            ]
            self._levels[part] = max(before, default=0)
        return self._levels[part]

    def _is_laid(self, part: Part) -> bool:
        return part in self.named and part not in self._brought

    def _laid(self, table: Table, parts: Sequence[Part]) -> Table:
        """Return the table with these parts as columns."""
        rows = {
            self.named[part]: self.express_new(table, part)
            for part in parts
            if not isinstance(part.node, Members)
        }
        wider = table.mutate(**rows) if rows else table
        over = list({id(part.node): part.node for part in parts if isinstance(part.node, Members)}.values())
        return self._joined(table, wider, over) if over else wider

    def express_new(self, table: Table, part: Part) -> Expr:
        """Return a part that is about to become a column."""
        return _Saying(self, table).say(part)

    def _joined(self, table: Table, wider: Table, over: Sequence[Members]) -> Table:
        """Return ``wider`` with what these say of the members of each household, gathered from ``table``."""
        living = table.filter(table.presence.isnull() | (table.presence == LIVING))
        saying = _Saying(self, living)
        columns = {
            f"{name}:{at}": column
            for at, node in enumerate(over)
            for name, column in gathered(saying, node).items()
        }
        found = living.group_by("household").aggregate(**columns).rename(at_home="household")
        joined = wider.left_join(found, wider.household == found.at_home)
        finishing: dict[str, Expr] = {name: joined[name] for name in wider.columns}
        for at, node in enumerate(over):
            lack = joined[f"lack:{at}"] if f"lack:{at}" in columns else None
            value, lacking = finished(node, joined[f"found:{at}"], lack, self.bits(blamed_facts(node)))
            finishing |= self._under_its_names(node, value, lacking)
        return joined.select(**finishing)

    def _under_its_names(self, node: Members, value: Expr, lack: Expr) -> dict[str, Expr]:
        sides = {Part(Side.VALUE, node): value, Part(Side.LACK, node): lack}
        return {self.named[part]: said for part, said in sides.items() if part in self.named}

    def bits(self, facts: Iterable[str]) -> int:
        """Return the bits of facts."""
        return self.legend.bits(facts)


class _Saying:
    """Says parts over one table."""

    def __init__(self, weaver: Weaver, table: Table) -> None:
        self._weaver, self._table = weaver, table
        self.today, self.bits, self.strict = weaver.today, weaver.bits, weaver.strict

    def part(self, part: Part) -> Expr:
        name = self._weaver.named.get(part)
        return self._table[name] if name in self._table.columns else self.say(part)

    def say(self, part: Part) -> Expr:
        return _said(self, part)

    def value(self, node: Any) -> Expr:
        return self.part(Part(Side.VALUE, node))

    def lack(self, node: Any) -> Expr:
        return self.part(Part(Side.LACK, node))

    def column(self, name: str) -> Expr:
        return self._table[name]


class _Asking:
    """Says nothing: keeps what a part asks for."""

    def __init__(self, weaver: Weaver) -> None:
        self.today, self.bits, self.strict = weaver.today, weaver.bits, weaver.strict
        self.asked: list[Part] = []

    def say(self, part: Part) -> None:
        if isinstance(part.node, Members):
            gathered(self, part.node)
        else:
            _said(self, part)

    def value(self, node: Any) -> Expr:
        self.asked.append(Part(Side.VALUE, node))
        return _ANY_ROW.answer if isinstance(node, Condition) else _ANY_ROW.number

    def lack(self, node: Any) -> Expr:
        self.asked.append(Part(Side.LACK, node))
        return _ANY_ROW.number

    def column(self, name: str) -> Expr:
        return _ANY_ROW.number


def _said(at: Any, part: Part) -> Expr:
    kind = type(part.node)
    if part.side is Side.VALUE:
        return VALUES[kind](at, part.node)
    strict = at.strict(part.node)
    if strict is None:
        return LACKS[kind](at, part.node)
    return at.column("absent") & number(at.bits(strict)) if strict else number(0)
