"""What runs the expressions: DuckDB within the process, held to so many threads and so much memory, or a
cluster (``cluster``)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import ibis

# A stage is one selection: put into one, what is shared would be reckoned as often as it is used.
ibis.options.sql.fuse_selects = False
THREADS = 2
MEMORY = "1GB"
MEMORY_EACH = "500MB"  # of an engine of one thread
# Columns of few values get a dictionary, others are not even tried, nothing is packed: half of the time of
# writing, a tenth of that of reading.
FORMAT = "FORMAT parquet, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 100, COMPRESSION uncompressed"


class Engine(Protocol):
    """Runs what is said over the people of a part."""

    def people(self, path: Path) -> Any:
        """Return the rows of a Parquet file, by the same name each time."""

    def compile(self, said: Any) -> str:
        """Return an expression as a statement."""

    def write(self, sql: str, path: Path) -> None:
        """Write what a statement gives to a Parquet file, which is there only when it is whole."""


class Embedded:
    """DuckDB within the process."""

    def __init__(self, spill: Path) -> None:
        self._backend = connected(spill)

    def people(self, path: Path) -> Any:
        """Return the rows of a Parquet file."""
        view(self._backend, "people", [path])
        return self._backend.table("people")

    def compile(self, said: Any) -> str:
        """Return an expression as a statement."""
        return str(self._backend.compile(said))

    def write(self, sql: str, path: Path) -> None:
        """Write what a statement gives to a Parquet file."""
        sql_written(self._backend, sql, path)


def connected(spill: Path | None = None, threads: int = THREADS, memory: str = MEMORY) -> Any:
    """Return a connection to an empty engine in memory; what does not fit goes to the folder ``spill``."""
    more = {"temp_directory": str(spill)} if spill else {}
    return ibis.duckdb.connect(threads=threads, memory_limit=memory, **more)


def sql_written(engine: Any, sql: str, path: Path) -> None:
    """Write what a statement gives to a Parquet file, under another name until it is whole."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    engine.con.execute(f"COPY ({sql}) TO '{quoted(unfinished)}' ({FORMAT})")
    unfinished.chmod(0o600)
    unfinished.replace(path)


def view(engine: Any, name: str, paths: Iterable[Path]) -> None:
    """Let a table be what is in these Parquet files."""
    files = ", ".join(f"'{quoted(path)}'" for path in paths)
    engine.con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{files}])")  # noqa: S608


def rows_of(engine: Any, said: Any) -> list[dict[str, Any]]:
    """Return what an expression gives, which must be little."""
    rows: list[dict[str, Any]] = engine.con.sql(engine.compile(said)).to_arrow_table().to_pylist()
    return rows


def quoted(path: Path) -> str:
    """Return a path as it stands between the quotes of a statement."""
    return str(path).replace("'", "''")
