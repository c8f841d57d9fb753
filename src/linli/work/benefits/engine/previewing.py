"""What a draft would mean: people, money and missing facts by district, and who gains and loses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import ibis

from linli.registers.residents.rounding import SMALL

from ..language.tree import Of, Rule
from .columnar import ELIGIBLE, possible, verdicts
from .connecting import connected, view
from .expressing import number
from .matching import CARRIED, Tally, tallied
from .order import needed_for
from .snapshot import Snapshot, snapshot_counted

BEFORE = ":before"
CHANGES = ("gain", "lose", "more", "less")
HIGHEST = SMALL  # as many as ``rounded_sum`` needs


@ibis.udf.agg.builtin(name="max", signature=(("int64", "int64"), "array<int64>"))  # type: ignore[untyped-decorator]
def _highest(amounts: int, count: int) -> list[int]:  # type: ignore[empty-body]
    """Return the highest amounts, so many of them."""


@dataclass(slots=True)
class Paid:
    """What several get together, and the highest of their amounts (fen, by the policy's period)."""

    total: int = 0
    highest: list[int] = field(default_factory=list)

    def add(self, total: int | None, highest: Sequence[int] | None) -> None:
        """Take in what others get."""
        self.total += int(total or 0)
        self.highest = sorted([*self.highest, *(highest or [])], reverse=True)[:HIGHEST]


@dataclass(frozen=True, slots=True)
class Previewed:
    """Figures of a draft; ``paid`` by district; ``gain`` and ``lose`` count who is eligible under only one of
    the two, ``more`` and ``less`` who stays and gets another amount, ``was`` is what the version in force
    pays. All 0 where none was."""

    tallies: tuple[Tally, ...]
    paid: Mapping[int | None, Paid]
    was: Paid
    gain: int = 0
    lose: int = 0
    more: int = 0
    less: int = 0


def previewed(
    snapshot: Snapshot,
    draft: Rule,
    others: Sequence[Rule],
    on: date,
    standards: Mapping[str, int],
    in_force: Rule | None = None,
) -> Previewed:
    """Return what a draft would mean over a snapshot; ``others`` are the policies at which it may look."""
    before = [] if in_force is None else [replace(in_force, policy=f"{draft.policy}{BEFORE}")]
    rules = [draft, *before, *(rule for rule in others if rule.policy != draft.policy)]
    wanted = [draft.policy, *(rule.policy for rule in before)]
    asked = snapshot.question(needed_for(wanted, rules), on, standards)
    engine = connected(snapshot.folder / "spill")
    view(engine, "people", [snapshot.people(part) for part in snapshot.parts])
    people = engine.table("people")
    table = _with_amounts(verdicts(possible(people, asked, wanted), asked, wanted, CARRIED), wanted)
    sums = _paid(table, draft.policy, "paid") | (_compared(table, draft.policy) if before else {})
    tallies, rows = tallied(engine, table, draft.policy, draft.of, asked.legend, sums)
    whole = _with_the_rest(snapshot, tallies, draft)
    paid, was = {tally.district: Paid() for tally in whole}, Paid()
    for row in rows:
        paid[row["district"]].add(row["paid"], row["paid:highest"])
        was.add(row.get("was"), row.get("was:highest"))
    changed = {name: sum(int(row.get(name) or 0) for row in rows) for name in CHANGES}
    return Previewed(whole, paid, was, **changed)


def _with_amounts(table: Any, policies: Iterable[str]) -> Any:
    """Return a table of verdicts with an amount for each policy: unknown where it pays none."""
    nothing = {f"amount:{policy}": ibis.null("int64") for policy in policies}
    return table.mutate(**{name: null for name, null in nothing.items() if name not in table.columns})


def _paid(table: Any, policy: str, name: str) -> dict[str, Any]:
    amount = table[f"amount:{policy}"]
    given = ibis.ifelse(amount > number(0), amount, ibis.null("int64"))
    return {name: given.sum().cast("int64"), f"{name}:highest": _highest(given, number(HIGHEST))}


def _with_the_rest(snapshot: Snapshot, tallies: list[Tally], draft: Rule) -> tuple[Tally, ...]:
    """Count those who were not looked at as refused."""
    by_district = {tally.district: tally for tally in tallies}
    for district, (persons, homes) in snapshot_counted(snapshot).items():
        tally = by_district.setdefault(district, Tally(draft.policy, district))
        people = homes if draft.of is Of.HOUSEHOLD else persons
        tally.refused = people - tally.eligible - tally.unknown
    return tuple(by_district[at] for at in sorted(by_district, key=lambda at: at or 0))


def _compared(table: Any, policy: str) -> dict[str, Any]:
    """Return who gains, loses, gets more and gets less, and what was paid, summed."""
    old, new = f"{policy}{BEFORE}", policy
    then, now = table[f"verdict:{old}"] == ELIGIBLE, table[f"verdict:{new}"] == ELIGIBLE
    less = table[f"amount:{new}"] < table[f"amount:{old}"]
    more = table[f"amount:{new}"] > table[f"amount:{old}"]
    changed = (now & ~then, then & ~now, then & now & more, then & now & less)
    counted = {name: who.sum().cast("int64") for name, who in zip(CHANGES, changed, strict=True)}
    return counted | _paid(table, old, "was")
