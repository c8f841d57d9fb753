"""The snapshot: the registry of one day in columns, by parts, sorted by household.

It holds what rules look at and no more. ``snapshot.json`` says the day, the legend of the bits, the parts;
``counted.json`` how many live where;
``people/`` holds a table a part: whole numbers, ``absent``, and what policies say of households, reckoned
once for all of them; ``keys/`` apart says which resident a running number is. Nobody but the process's owner
may look into the folder.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from functools import reduce
from itertools import cycle
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from linli.core.errors import Conflict

from ..language.columns import columns
from ..language.tree import Rule
from .columnar import Question, kept_columns, question
from .connecting import MEMORY_EACH, THREADS, connected, quoted, sql_written, view
from .legend import Legend
from .order import facts_of
from .sources import PartOrder, Source

ORDER, COUNTED = "snapshot.json", "counted.json"
MOST_DAYS = 7
ALWAYS = ("presence", "district")
Progress = Callable[[int, int], None]


class SnapshotTooOld(Conflict):
    """The snapshot is older than what may be reckoned upon."""

    code = "snapshot.too_old"


class SnapshotBroken(Conflict):
    """A folder holds no snapshot, another one, or not all of its parts."""

    code = "snapshot.broken"


class SnapshotLacks(Conflict):
    """A rule looks at a fact that the snapshot does not hold."""

    code = "snapshot.lacks"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot on disk."""

    folder: Path
    day: date
    legend: Legend
    parts: tuple[str, ...]

    def people(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / "people" / f"{part}.parquet"

    def keys(self, part: str) -> Path:
        """Return the file that says who is who in a part."""
        return self.folder / "keys" / f"{part}.parquet"

    def question(self, rules: Iterable[Rule], on: date, standards: Mapping[str, int]) -> Question:
        """Return rules made ready for a day; raises ``BadRule``, and ``SnapshotLacks`` where one looks at
        what is not held."""
        asked = question(rules, on, standards, self.legend)
        if lacking := set(asked.columns()) - set(self.legend.facts):
            labels = "、".join(str(columns()[name].label) for name in sorted(lacking))
            raise SnapshotLacks(_("快照里没有：%s。") % labels, hint=_("请重新发起，会另做一个快照。"))
        return asked

    @property
    def is_whole(self) -> bool:
        """Whether every part is there."""
        return all(self.people(part).exists() for part in self.parts)


def snapshot_make(
    folder: Path,
    source: Source,
    day: date,
    rules: Iterable[Rule] = (),
    standards: Mapping[str, int] | None = None,
    progress: Progress = lambda done, all_: None,
    facts: Iterable[str] = (),
) -> Snapshot:
    """Make a snapshot, or go on with one that was broken off: parts that are there stay.

    It holds what ``rules`` look at and these ``facts`` beside; what the rules say of households is reckoned
    along. Raises ``SnapshotBroken`` where the folder holds another day's.
    """
    rules = tuple(rules)
    snapshot, orders = _ordered(folder, source, day, {*facts, *facts_of(rules), *ALWAYS})
    making = _Making(snapshot, question(rules, day, standards or {}, snapshot.legend))
    waiting = [part for part in orders if not snapshot.people(part.name).exists()]
    with closing(making.made(source, waiting)) as made:
        for done, _part in enumerate(made, len(orders) - len(waiting) + 1):
            progress(done, len(orders))
    snapshot_counted(snapshot)
    return snapshot


def _ordered(
    folder: Path, source: Source, day: date, facts: Collection[str]
) -> tuple[Snapshot, list[PartOrder]]:
    for inner in ("people", "keys", "spill"):
        (folder / inner).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / ORDER).exists():
        orders = source.parts()
        legend = [name for name in columns() if name in facts]
        kept = {"day": day.isoformat(), "legend": legend, "parts": [asdict(part) for part in orders]}
        (folder / f"{ORDER}.unfinished").write_text(json.dumps(kept))
        (folder / f"{ORDER}.unfinished").replace(folder / ORDER)
    kept = json.loads((folder / ORDER).read_text())
    snapshot = _read(folder, kept)
    if snapshot.day != day:
        raise SnapshotBroken(_("这个文件夹里是另一天的快照。"), hint=_("请换一个空文件夹。"))
    return snapshot, [PartOrder(part["name"], tuple(part["of"])) for part in kept["parts"]]


def _read(folder: Path, kept: Mapping[str, Any]) -> Snapshot:
    names = tuple(part["name"] for part in kept["parts"])
    return Snapshot(folder, date.fromisoformat(kept["day"]), Legend(tuple(kept["legend"])), names)


def snapshot_counted(snapshot: Snapshot) -> dict[int | None, tuple[int, int]]:
    """Return district → how many persons and households a whole snapshot holds there; counted once."""
    kept = snapshot.folder / COUNTED
    if not kept.exists():
        engine = connected(snapshot.folder / "spill")
        view(engine, "people", [snapshot.people(part) for part in snapshot.parts])
        counting = "SELECT district, count(*), count(*) FILTER (is_first) FROM people GROUP BY district"
        unfinished = kept.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(engine.con.execute(counting).fetchall()))
        unfinished.replace(kept)
    return {district: (persons, homes) for district, persons, homes in json.loads(kept.read_text())}


def snapshot_size(snapshot: Snapshot) -> tuple[int, int]:
    """Return how many persons and households a whole snapshot holds."""
    counted = snapshot_counted(snapshot).values()
    return sum(persons for persons, _homes in counted), sum(homes for _persons, homes in counted)


def snapshot_open(folder: Path, on: date | None = None, most_days: int = MOST_DAYS) -> Snapshot:
    """Return a whole snapshot; with ``on`` it may be so many days old at most.

    Raises ``SnapshotBroken`` where there is none or a part is missing, ``SnapshotTooOld``.
    """
    if not (folder / ORDER).exists():
        raise SnapshotBroken(_("这里没有快照。"), hint=_("请先做一个快照。"))
    snapshot = _read(folder, json.loads((folder / ORDER).read_text()))
    if not snapshot.is_whole:
        raise SnapshotBroken(_("快照还没有做完。"), hint=_("请接着做完再用。"))
    if on is not None and (on - snapshot.day).days > most_days:
        words = _("快照是%(day)s的，已超过%(days)d天，不能再用。")
        raise SnapshotTooOld(
            words % {"day": snapshot.day.isoformat(), "days": most_days}, hint=_("请重新做一个快照。")
        )
    return snapshot


def with_absent(table: Any, legend: Legend) -> Any:
    """Return a table with ``absent``: a bit for each column of the legend that is null."""
    bits = [
        ibis.ifelse(table[fact].isnull(), ibis.literal(legend.bits([fact]), "int64"), 0)
        for fact in legend.facts
        if fact in table.columns
    ]
    absent = reduce(lambda left, right: left + right, bits, ibis.literal(0, "int64"))
    return table.mutate(absent=absent.cast(legend.width))


class _Making:
    """Makes parts, as many at once as there are threads, each by an engine of one thread: that keeps the
    order of its rows. What is asked of the engines is put into words once for all of them."""

    def __init__(self, snapshot: Snapshot, asked: Question) -> None:
        self.snapshot, self.asked = snapshot, asked
        spill = snapshot.folder / "spill"
        self.engines = [connected(spill, threads=1, memory=MEMORY_EACH) for _ in range(THREADS)]
        self._flat = self._keys = self._people = ""

    def made(self, source: Source, parts: Iterable[PartOrder]) -> Generator[PartOrder]:
        """Make parts in turn: one is read from its source while those before it are written."""
        with ThreadPoolExecutor(THREADS) as threads:
            writing: deque[Future[PartOrder]] = deque()
            for engine, part in zip(cycle(self.engines), parts, strict=False):
                if len(writing) == THREADS:
                    yield writing.popleft().result()  # it was this engine's
                self._read(engine, source.table(engine, part, self.snapshot.legend.facts))
                writing.append(threads.submit(self._write, engine, part))
            while writing:
                yield writing.popleft().result()

    def _read(self, engine: Any, table: Any) -> None:
        self._flat = self._flat or engine.compile(with_absent(table, self.snapshot.legend))
        engine.con.execute(f"CREATE OR REPLACE TEMP VIEW flat AS {self._flat}")
        if not self._people:
            self._worded(engine, engine.table("flat"))

    def _worded(self, engine: Any, flat: Any) -> None:
        whose = ("resident", "household_id")
        if "resident" in flat.columns:
            self._keys = engine.compile(flat.select("person", "household", *whose))
        carried = [name for name in flat.columns if name not in whose]
        self._people = engine.compile(kept_columns(flat, self.asked, carried))

    def _write(self, engine: Any, part: PartOrder) -> PartOrder:
        if self._keys:
            sql_written(engine, self._keys, self.snapshot.keys(part.name))
        people = self.snapshot.people(part.name)
        loose = people.with_suffix(".loose")
        sql_written(engine, self._people, loose)
        if is_sorted(loose):
            loose.replace(people)
        else:
            sql_written(engine, f"FROM read_parquet('{quoted(loose)}') ORDER BY household, person", people)
            loose.unlink()
        return part


def is_sorted(people: Path) -> bool:
    """Return whether a file of people is sorted by household, and by person within it.

    Sources give their rows so, and an engine of one thread keeps them so: to look is a hundredth of the work
    of sorting.
    """
    table = pq.read_table(people, columns=["household", "person"])
    home, person = (table[name].to_numpy() for name in ("household", "person"))
    steps, within = np.diff(home), np.diff(person)
    return not bool(((steps < 0) | ((steps == 0) & (within < 0))).any())
