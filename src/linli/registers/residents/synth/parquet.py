"""One shard as Parquet files: ``persons/310101-0000.parquet`` and so on, compressed with zstd."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .areas import Shard
from .tables import City

BYTES_A_PERSON = 60
ROW_GROUP = 131_072
LEFT_OUT = {"parts": ["said_address", "compound_address"]}  # matters to files of offices only
RISING = ("subject_id", "person_id", "household_id", "part_id", "establishment_id", "head_id")
SORTED_BY = {
    "persons": "household_id",
    "households": "household_id",
    "parts": "part_id",
    "owners": "part_id",
    "establishments": "establishment_id",
    "facts": "key",
}


def _path(folder: Path, table: str, shard: Shard) -> Path:
    return folder / table / f"{shard.name}.parquet"


def is_written(folder: Path, shard: Shard, city: City) -> bool:
    """Say whether every file of a shard is there; a half-written one never has its name."""
    return all(_path(folder, table, shard).exists() for table in city.tables)


def write(folder: Path, shard: Shard, tables: Mapping[str, Any], faults: float, city: City) -> Counter[str]:
    """Write the tables of a shard; Parquet is for reckoning and takes no faults."""
    for name, table in tables.items():
        path = _path(folder, name, shard)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".unfinished")
        kept = table.drop_columns(LEFT_OUT.get(name, []))
        _written(kept.replace_schema_metadata({"linli.seed": str(city.seed)}), fresh, SORTED_BY[name])
        fresh.replace(path)
    return Counter()


def _written(table: Any, path: Path, sorted_by: str) -> None:
    coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    repeated = [
        name
        for name in ("building", "stair", "built_year", "floors", "floor", "room", "size")
        if name in table.column_names
    ]
    rising = [name for name in RISING if name in table.column_names]
    pq.write_table(
        table,
        path,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=[*coded, *repeated],
        column_encoding={name: "DELTA_BINARY_PACKED" for name in rising},
        sorting_columns=[pq.SortingColumn(table.column_names.index(sorted_by))],
    )


def finish(folder: Path, plan: Sequence[Shard]) -> None:
    """Nothing is left to do: every shard's files are the city's."""
