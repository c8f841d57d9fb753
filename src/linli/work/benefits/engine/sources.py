"""Where a snapshot comes from: files of a made-up city, or the registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Protocol

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from linli.core.actor import Actor
from linli.registers.residents.models import Household

from ..language.columns import ColumnLine, Kind, columns
from ..language.tree import Of
from .connecting import view
from .households import households_read, rows_of

MOST_PERSONS = 1_250_000  # of one part of a made-up city
MOST_HOUSEHOLDS = 300_000  # of one part of the registry
BATCH = 2_000
NUMBERS = 2_000_000  # of running numbers that each part of the registry has for itself
WIDTHS = {
    Kind.CHOICE: "int8",
    Kind.NUMBER: "int32",
    Kind.DATE: "int32",
    Kind.MONEY: "int64",
    Kind.CODE: "int64",
}
INCOMES = ("wage", "business", "pension", "unemployment", "alimony", "property")


@dataclass(frozen=True, slots=True)
class PartOrder:
    """One part to be made: its name, and what it is made of."""

    name: str
    of: tuple[str | int, ...]


class Source(Protocol):
    """Gives the parts of a snapshot, a household whole in one of them; a part is a table with ``person``,
    ``household``, ``is_first`` and the columns of the language. ``resident`` and ``household_id`` are there
    where keys are to be kept."""

    def parts(self) -> list[PartOrder]:
        """Return the parts, the same ones each time it is asked for the same registry."""

    def table(self, engine: Any, part: PartOrder, names: Iterable[str]) -> Any:
        """Let an engine read one part; return these columns of it, in the same words for every part."""


class SyntheticCity:
    """The Parquet files that ``linli synth people --to parquet`` writes."""

    def __init__(self, folder: Path, most_persons: int = MOST_PERSONS) -> None:
        self.folder, self.most_persons = folder, most_persons

    def parts(self) -> list[PartOrder]:
        """Return runs of files, large enough to keep all threads of an engine busy."""
        return [PartOrder(f"{at:03}", run) for at, run in enumerate(self._runs())]

    def _runs(self) -> Iterator[tuple[str, ...]]:
        run: list[str] = []
        persons = 0
        for path in sorted((self.folder / "persons").glob("*.parquet")):
            rows = pq.read_metadata(path).num_rows
            if run and persons + rows > self.most_persons:
                yield tuple(run)
                run, persons = [], 0
            run.append(path.name)
            persons += rows
        yield tuple(run)

    def table(self, engine: Any, part: PartOrder, names: Iterable[str]) -> Any:
        """Return the persons of some files, beside what is asked of their households."""
        for kind in ("persons", "households"):
            view(engine, kind, [self.folder / kind / str(name) for name in part.of])
        people, homes = engine.table("persons"), engine.table("households")
        wanted, lines = sorted(set(names) - {"presence"}), columns()
        of_homes = {
            name: _synthetic(homes, lines[name])
            for name in wanted
            if lines[name].of is Of.HOUSEHOLD and name in homes.columns
        }
        if of_homes:
            homes = homes.select(home="household_id", **of_homes)
            people = people.join(homes, people.household_id == homes.home)
        said: dict[str, Any] = {
            "person": people.person_id.cast("int32"),
            "household": people.household_id.cast("int32"),
            "is_first": people.relation == "head",
            "presence": ibis.literal(1, "int8"),
        }
        for name in wanted:
            said[name] = people[name] if name in of_homes else _synthetic(people, lines[name])
        return people.select(**said)


def _synthetic(table: Any, line: ColumnLine) -> Any:
    """Return a column of the made-up city as whole numbers; null where nobody has one."""
    width = WIDTHS[line.kind]
    if line.name == "income":
        parts = [table[f"income_{source}"] for source in INCOMES]
        return _summed(parts)
    if line.name not in table.columns:
        return ibis.null(width)
    column = table[line.name]
    if line.kind is Kind.DATE:
        return (column.year() * 10000 + column.month() * 100 + column.day()).cast(width)
    if line.kind is Kind.CHOICE and column.type().is_boolean():
        return ibis.cases((column, line.number("yes")), (~column, line.number("no"))).cast(width)
    if line.kind is Kind.CHOICE:
        # A place in a list, not cases: the engine looks it up once for each word of a file, not for each row.
        return ibis.literal(["none", *line.choices]).index(column).nullif(-1).cast(width)
    return column.cast(width)


def _summed(parts: list[Any]) -> Any:
    """Return the sum of what is known, unknown where nothing is."""
    known, total = parts[0].notnull(), parts[0].fill_null(0)
    for part in parts[1:]:
        known, total = known | part.notnull(), total + part.fill_null(0)
    return ibis.ifelse(known, total, ibis.null("int64")).cast("int64")


class Registry:
    """The registry of this installation on a day, read by a machine, household by household in batches."""

    def __init__(self, actor: Actor, on: date) -> None:
        self.actor, self.on = actor, on

    def parts(self) -> list[PartOrder]:
        """Return stretches of the households of one district."""
        rows = Household.objects.filter(ended_on__isnull=True).order_by("place_code", "pk")
        found: list[PartOrder] = []
        pairs = ((code[:6] or "none", pk) for code, pk in rows.values_list("place_code", "pk").iterator())
        for district, homes in groupby(pairs, key=lambda pair: pair[0]):
            at = 0
            while some := [pk for _, pk in islice(homes, MOST_HOUSEHOLDS)]:
                found.append(PartOrder(f"{district}-{at:02}", (len(found), *some)))
                at += 1
        return found

    def table(self, engine: Any, part: PartOrder, names: Iterable[str]) -> Any:
        """Return the people of some households; running numbers say nothing of whose they are."""
        lines, wanted = columns(), sorted({*names, "presence"})
        kinds = pa.schema(
            [(name, pa.type_for_alias(WIDTHS[lines[name].kind])) for name in wanted]
            + [("resident", pa.int64()), ("household_id", pa.int64()), ("is_first", pa.bool_())]
        )
        first = int(part.of[0]) * NUMBERS
        batches = list(self._batches(part.of[1:], wanted, kinds))
        people = pa.Table.from_batches(batches, kinds)
        people = people.append_column("person", pa.array(range(first, first + len(people)), pa.int32()))
        number = {pk: first + at for at, pk in enumerate(dict.fromkeys(people["household_id"].to_pylist()))}
        homes = pa.array((number[pk] for pk in people["household_id"].to_pylist()), pa.int32())
        engine.con.register("registry", people.append_column("household", homes))
        return engine.table("registry")

    def _batches(self, homes: Iterable[str | int], wanted: list[str], kinds: Any) -> Iterator[Any]:
        rest = iter(homes)
        while some := [int(pk) for pk in islice(rest, BATCH)]:
            found = households_read(self.actor, some, self.on, wanted)
            ordered = {pk: found[pk] for pk in some if pk in found}
            yield pa.RecordBatch.from_pylist(rows_of(ordered, wanted), kinds)
