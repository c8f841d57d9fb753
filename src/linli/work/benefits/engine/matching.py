"""Policies over a whole snapshot: verdicts as Parquet, part by part, and what they come to.

A run lies in a folder of its own: ``run.json`` says what was asked, ``verdicts/`` holds a file a part, there
only when it is whole. Columns: ``person household district is_first`` and for each policy ``verdict:`` (0
not, 1 eligible, 2 unknown, 3 unknown and worth asking), ``missing:`` (bits) and, of one that pays,
``amount:`` (fen). Of a policy for households the rows with ``is_first`` count.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linli.core.errors import Conflict

from ..language.tree import Of, Rule
from .columnar import ELIGIBLE, NOT, UNKNOWN, WORTH, Question, verdicts
from .connecting import Embedded, Engine, connected, quoted, rows_of, sql_written
from .legend import Legend
from .order import needed_for
from .snapshot import Progress, Snapshot, with_absent
from .sources import Source

ORDER = "run.json"
CARRIED = ("person", "household", "district", "is_first")


class RunBroken(Conflict):
    """A folder holds another run, or not all of it."""

    code = "run.broken"


@dataclass(frozen=True, slots=True)
class Matched:
    """One run on disk: policy → for whom it is, and which of them pay; the legend of what is missing."""

    folder: Path
    snapshot: Path
    legend: Legend
    policies: Mapping[str, Of]
    paying: frozenset[str]
    parts: tuple[str, ...]

    def verdicts(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / "verdicts" / f"{part}.parquet"

    @property
    def parts_done(self) -> int:
        """How many parts are whole."""
        return sum(self.verdicts(part).exists() for part in self.parts)


def match_make(
    folder: Path,
    snapshot: Snapshot,
    rules: Sequence[Rule],
    on: date,
    standards: Mapping[str, int],
    policies: Iterable[str] | None = None,
    progress: Progress = lambda done, all_: None,
    engine: Engine | None = None,
) -> Matched:
    """Judge everybody in a snapshot, or go on where it was broken off; ``policies``: only these of the rules;
    ``engine``: another than the embedded one.

    Raises ``BadRule``, and ``RunBroken`` where the folder holds a run over other rules.
    """
    wanted = tuple(dict.fromkeys(policies)) if policies is not None else tuple(rule.policy for rule in rules)
    needed = needed_for(wanted, rules)
    asked = snapshot.question(needed, on, standards)
    digest = hashlib.sha256(repr((needed, on, sorted(standards.items()))).encode()).hexdigest()
    matched = _ordered(folder, snapshot, asked, wanted, digest)
    engine = engine or Embedded(folder / "spill")
    sql = ""
    for at, part in enumerate(matched.parts):
        if not matched.verdicts(part).exists():
            people = engine.people(snapshot.people(part))
            sql = sql or engine.compile(verdicts(people, asked, wanted, CARRIED))
            engine.write(sql, matched.verdicts(part))
        progress(at + 1, len(matched.parts))
    return matched


def raw_matched(source: Source, asked: Question, folder: Path) -> None:
    """Judge everybody in a source straight away, without a snapshot, into a file of verdicts a part."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = connected(folder)
    names = sorted({*asked.columns(), "presence", "district"})
    flat = said = ""
    for part in source.parts():
        table = source.table(engine, part, names)
        flat = flat or engine.compile(with_absent(table, asked.legend))
        engine.con.execute(f"CREATE OR REPLACE TEMP VIEW flat AS {flat}")
        said = said or engine.compile(verdicts(engine.table("flat"), asked, asked.by_policy, CARRIED))
        sql_written(engine, said, folder / f"{part.name}.parquet")


def _ordered(
    folder: Path, snapshot: Snapshot, asked: Question, wanted: Sequence[str], digest: str
) -> Matched:
    for inner in ("verdicts", "spill"):
        (folder / inner).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    order = {
        "snapshot": str(snapshot.folder),
        "asked": digest,
        "legend": list(asked.legend.facts),
        "policies": {policy: asked.by_policy[policy].of.value for policy in wanted},
        "paying": [policy for policy in wanted if asked.by_policy[policy].amount is not None],
        "parts": list(snapshot.parts),
    }
    if (folder / ORDER).exists():
        if json.loads((folder / ORDER).read_text()) != order:
            raise RunBroken(_("这个文件夹里是另一次匹配的结果。"), hint=_("请换一个空文件夹。"))
    else:
        (folder / f"{ORDER}.unfinished").write_text(json.dumps(order))
        (folder / f"{ORDER}.unfinished").replace(folder / ORDER)
    return _read(folder)


def _read(folder: Path) -> Matched:
    kept = json.loads((folder / ORDER).read_text())
    policies = {policy: Of(of) for policy, of in kept["policies"].items()}
    legend, paying = Legend(tuple(kept["legend"])), frozenset(kept["paying"])
    return Matched(folder, Path(kept["snapshot"]), legend, policies, paying, tuple(kept["parts"]))


def match_open(folder: Path) -> Matched:
    """Return a whole run; raises ``RunBroken``."""
    if not (folder / ORDER).exists() or (found := _read(folder)).parts_done < len(found.parts):
        raise RunBroken(_("这次匹配还没有做完。"), hint=_("请接着做完再看结果。"))
    return found


@dataclass(slots=True)
class Tally:
    """What a run says of one policy in one district: how many people."""

    policy: str
    district: int | None
    eligible: int = 0
    refused: int = 0
    unknown: int = 0
    worth: int = 0  # of the unknown
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any], legend: Legend) -> None:
        """Count people who are alike."""
        people, verdict = int(row["people"]), row["verdict"]
        self.eligible += people * (verdict == ELIGIBLE)
        self.refused += people * (verdict == NOT)
        self.unknown += people * (verdict in (UNKNOWN, WORTH))
        self.worth += people * (verdict == WORTH)
        for fact in legend.named(row["missing"]):
            self.missing[fact] += people


def tallies(matched: Matched) -> list[Tally]:
    """Return the figures of a run by policy and district."""
    engine = connected(matched.folder / "spill")
    table = engine.read_parquet([str(matched.verdicts(part)) for part in matched.parts])
    return [
        tally
        for policy, of in matched.policies.items()
        for tally in tallied(engine, table, policy, of, matched.legend)[0]
    ]


def tallied(
    engine: Any, table: Any, policy: str, of: Of, legend: Legend, sums: Mapping[str, Any] | None = None
) -> tuple[list[Tally], list[dict[str, Any]]]:
    """Return the figures of one policy by district, out of a table of verdicts, and the rows that they come
    from, which hold further ``sums`` beside ``district``; one look at the table."""
    rows = table.filter(table.is_first) if of is Of.HOUSEHOLD else table
    alike = rows.group_by("district", verdict=rows[f"verdict:{policy}"], missing=rows[f"missing:{policy}"])
    found = rows_of(engine, alike.aggregate(people=rows.count(), **(sums or {})))
    by_district: dict[int | None, Tally] = {}
    for row in found:
        by_district.setdefault(row["district"], Tally(policy, row["district"])).add(row, legend)
    return [by_district[at] for at in sorted(by_district, key=lambda at: at or 0)], found


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody for whom a policy may be: ``resident_id`` is ``None`` where it is the household's."""

    resident_id: int | None
    household_id: int
    is_eligible: bool
    missing: tuple[str, ...]
    amount: int | None
    is_new: bool


def found(
    matched: Matched, policy: str, before: Matched | None = None, size: int = 5_000
) -> Iterator[list[Found]]:
    """Return, in batches, who is eligible under a policy and of whom asking is worth it.

    ``is_new``: not so in the run ``before`` (or there was none). Reads which resident is which number.
    """
    engine = connected(matched.folder / "spill")
    engine.con.execute(_found_sql(matched, policy, before))
    while rows := engine.con.fetchmany(size):
        yield [_found(row, matched.legend) for row in rows]


def _found(row: Sequence[Any], legend: Legend) -> Found:
    resident, household, verdict, missing, amount, is_new = row
    return Found(resident, household, verdict == ELIGIBLE, legend.named(missing), amount, bool(is_new))


def gone(
    matched: Matched, policy: str, before: Matched, size: int = 5_000
) -> Iterator[list[tuple[int | None, int]]]:
    """Return, in batches, resident (``None`` for a household's) and household of those who were found under
    a policy in the run ``before`` and are not any more."""
    engine = connected(matched.folder / "spill")
    mine = "household_id" if matched.policies[policy] is Of.HOUSEHOLD else "resident"
    then, now = whose_sql(before, policy), whose_sql(matched, policy)
    who = "NULL" if mine == "household_id" else "a.resident"
    engine.con.execute(
        f"SELECT {who}, a.household_id FROM ({then}) a ANTI JOIN ({now}) b ON a.{mine} = b.{mine} "  # noqa: S608
        "ORDER BY a.household_id"
    )
    while rows := engine.con.fetchmany(size):
        yield [(row[0], row[1]) for row in rows]


def whose_sql(matched: Matched, policy: str) -> str:
    """Return the statement for all found under a policy, eligible or worth asking, beside who they are and
    their district, part by part. ``resident`` is there for a household's policy too: its first member."""
    first = "AND v.is_first" if matched.policies[policy] is Of.HOUSEHOLD else ""
    names = [f'v."{side}:{policy}" AS {side}' for side in ("verdict", "missing")]
    names.append(f'v."amount:{policy}" AS amount' if policy in matched.paying else "NULL::BIGINT AS amount")
    return " UNION ALL ".join(
        f"SELECT k.resident, k.household_id, v.district, {', '.join(names)} "  # noqa: S608
        f"FROM read_parquet('{quoted(matched.verdicts(part))}') v "
        f"JOIN read_parquet('{quoted(matched.snapshot / 'keys' / f'{part}.parquet')}') k USING (person) "
        f'WHERE v."verdict:{policy}" IN ({ELIGIBLE}, {WORTH}) {first}'
        for part in matched.parts
    )


def _found_sql(matched: Matched, policy: str, before: Matched | None) -> str:
    of_home = matched.policies[policy] is Of.HOUSEHOLD
    mine, who = ("household_id", "NULL") if of_home else ("resident", "a.resident")
    known = before is not None and policy in before.policies
    old = f"LEFT JOIN ({whose_sql(before, policy)}) b ON a.{mine} = b.{mine}" if known and before else ""
    new = f"b.{mine} IS NULL" if old else "TRUE"
    return (
        f"SELECT {who}, a.household_id, a.verdict, a.missing, a.amount, {new} "  # noqa: S608
        f"FROM ({whose_sql(matched, policy)}) a {old} ORDER BY a.household_id, a.resident"
    )
