"""What a draft would mean: people, money and missing facts by district, and who gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..language.tree import Of, Rule
from .columnar import ELIGIBLE, possible, verdicts
from .connecting import connected, view
from .matching import CARRIED, Tally, tallied, with_amounts
from .order import needed_for
from .snapshot import Snapshot, snapshot_counted

BEFORE = ":before"


@dataclass(frozen=True, slots=True)
class Previewed:
    """Figures of a draft; ``gain`` and ``lose`` count who is eligible under only one of the two, ``more`` and
    ``less`` who stays and gets another amount, ``was`` is what the version in force pays (fen). All 0 where
    none was."""

    tallies: tuple[Tally, ...]
    gain: int = 0
    lose: int = 0
    more: int = 0
    less: int = 0
    was: int = 0


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
    table = with_amounts(verdicts(possible(people, asked, wanted), asked, wanted, CARRIED), wanted)
    sums = _compared(table, draft.policy) if before else {}
    tallies, whole = tallied(engine, table, draft.policy, draft.of, asked.legend, sums)
    return Previewed(_with_the_rest(snapshot, tallies, draft), **whole)


def _with_the_rest(snapshot: Snapshot, tallies: list[Tally], draft: Rule) -> tuple[Tally, ...]:
    """Count those who were not looked at as refused."""
    by_district = {tally.district: tally for tally in tallies}
    for district, (persons, homes) in snapshot_counted(snapshot).items():
        tally = by_district.setdefault(district, Tally(draft.policy, district))
        people = homes if draft.of is Of.HOUSEHOLD else persons
        tally.refused = people - tally.eligible - tally.unknown
    return tuple(by_district[at] for at in sorted(by_district, key=lambda at: at or 0))


def _compared(table: Any, policy: str) -> dict[str, Any]:
    """Return who gains, loses, gets more and gets less, as columns to be summed."""
    old, new = f"{policy}{BEFORE}", policy
    then, now = table[f"verdict:{old}"] == ELIGIBLE, table[f"verdict:{new}"] == ELIGIBLE
    less = table[f"amount:{new}"] < table[f"amount:{old}"]
    more = table[f"amount:{new}"] > table[f"amount:{old}"]
    return {
        "gain": now & ~then,
        "lose": then & ~now,
        "more": then & now & more,
        "less": then & now & less,
        "was": table[f"amount:{old}"],
    }
