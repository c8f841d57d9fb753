"""What a draft would mean: people, money and missing facts by district, and who gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..language.tree import Of, Rule
from .columnar import ELIGIBLE, question, verdicts
from .connecting import connected, rows_of, view
from .matching import CARRIED, Tally, tallied
from .order import needed_for
from .snapshot import Snapshot

BEFORE = ":before"


@dataclass(frozen=True, slots=True)
class Previewed:
    """Figures of a draft; ``gain`` and ``lose`` count who is eligible under only one of the two, ``more`` and
    ``less`` who stays and gets another amount. All 0 where no version was in force."""

    tallies: tuple[Tally, ...]
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
    asked = question(needed_for(wanted, rules), on, standards, snapshot.legend)
    engine = connected(snapshot.folder / "spill")
    view(engine, "people", [snapshot.people(part) for part in snapshot.parts])
    table = verdicts(engine.table("people"), asked, wanted, CARRIED)
    tallies = tuple(tallied(engine, table, draft.policy, draft.of, asked.legend))
    if not before:
        return Previewed(tallies)
    return Previewed(tallies, **_compared(engine, table, draft))


def _compared(engine: Any, table: Any, draft: Rule) -> dict[str, int]:
    rows = table.filter(table.is_first) if draft.of is Of.HOUSEHOLD else table
    old, new = f"{draft.policy}{BEFORE}", draft.policy
    then, now = rows[f"verdict:{old}"] == ELIGIBLE, rows[f"verdict:{new}"] == ELIGIBLE
    less = rows[f"amount:{new}"] < rows[f"amount:{old}"]
    more = rows[f"amount:{new}"] > rows[f"amount:{old}"]
    [found] = rows_of(
        engine,
        rows.aggregate(
            gain=(now & ~then).sum(),
            lose=(then & ~now).sum(),
            more=(then & now & more).sum(),
            less=(then & now & less).sum(),
        ),
    )
    return {name: int(count or 0) for name, count in found.items()}
