"""The embedded engine: DuckDB, held to so many threads and so much memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis

# A stage is one selection: put into one, what is shared would be reckoned as often as it is used.
ibis.options.sql.fuse_selects = False
THREADS = 2
MEMORY = "1GB"


def connected(spill: Path | None = None, threads: int = THREADS, memory: str = MEMORY) -> Any:
    """Return a connection to an empty engine in memory; what does not fit goes to the folder ``spill``."""
    more = {"temp_directory": str(spill)} if spill else {}
    return ibis.duckdb.connect(threads=threads, memory_limit=memory, **more)
