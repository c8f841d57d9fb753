"""What the benchmarks share: a fresh database of either kind, percentiles, the one printed line."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def milliseconds(act: Callable[[int], object], times: int) -> list[float]:
    """Run ``act(i)`` so many times and return how long each run took, in milliseconds."""
    taken = []
    for index in range(times):
        began = time.perf_counter()
        act(index)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[18]


def line(name: str, *, size: str, ours: float, peer: float | None, unit: str, goal: str, holds: bool,
         **more: Any) -> int:  # fmt: skip
    """Print the result as one JSON line and return the exit code."""
    ratio = round(ours / peer, 3) if peer else None
    result = {"name": name, "size": size, "ours": round(ours, 3), "peer": peer and round(peer, 3)}
    result |= {"unit": unit, "ratio": ratio, "goal": goal, "holds": holds, **more}
    print(json.dumps(result, ensure_ascii=False), flush=True)
    return 0 if holds else 1


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """Make a migrated database, ``sqlite`` (under LINLI_HOME) or ``postgresql`` (throwaway, durable).

    One process can open one of them only: Django reads its settings once. Yields the DATABASE_URL.
    """
    from linli.cli import postgres

    if kind == "postgresql":
        with postgres.throwaway(durable=True) as url:
            yield _migrated(url)
            from django.db import connections

            connections.close_all()
    else:
        yield _migrated(f"sqlite:///{os.environ['LINLI_HOME']}/bench.sqlite3")


def _migrated(url: str) -> str:
    os.environ["DATABASE_URL"] = url
    from linli.cli.ground import django_ready

    django_ready()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return url
