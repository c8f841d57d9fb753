"""One shard as rows of the files of 一标三实; at the end the shards are put together to one file of each."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.csv

from .areas import Shard
from .calendar import month_before
from .draws import generator
from .faults import planted
from .headings import FILES, headings
from .joined import rows_of
from .tables import City

BYTES_A_PERSON = 1300  # rows of shards and the files put together from them, at the same time
PIECES = ".pieces"
_BARE = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")


def _piece(folder: Path, name: str, shard: Shard) -> Path:
    return folder / PIECES / f"{shard.name}-{name}"


def is_written(folder: Path, shard: Shard, city: City) -> bool:
    """Say whether the shard's rows are there, by themselves or in the finished files."""
    return all((folder / name).exists() for name in FILES) or all(
        _piece(folder, name, shard).exists() for name in FILES
    )


def write(folder: Path, shard: Shard, tables: Mapping[str, Any], faults: float, city: City) -> Counter[str]:
    """Write the rows of a shard, with so many faults on purpose; returns which."""
    rows, counts = planted(
        rows_of(tables, month_before(city.as_of)), faults, generator(city.seed, 4, shard.index)
    )
    (folder / PIECES).mkdir(exist_ok=True)
    for name, table in rows.items():
        piece = _piece(folder, name, shard)
        fresh = piece.with_suffix(".unfinished")
        pyarrow.csv.write_csv(table, str(fresh), _BARE)
        fresh.replace(piece)
    return counts


def finish(folder: Path, plan: Sequence[Shard]) -> None:
    """Put the shards together, in their order, under one head; the rows by themselves go."""
    for name in FILES:
        fresh = folder / f".{name}"
        if (folder / name).exists():
            continue
        with fresh.open("wb") as whole:
            whole.write((",".join(headings(name)) + "\n").encode())
            for shard in plan:
                with _piece(folder, name, shard).open("rb") as piece:
                    shutil.copyfileobj(piece, whole)
        fresh.replace(folder / name)
    shutil.rmtree(folder / PIECES, ignore_errors=True)
