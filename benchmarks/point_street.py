"""[point-street] which street is each of a million points in.

Ours: ``streets_of_points``, the shipped path with its check that no outline has changed. Peer: Shapely's
own vectorised answer, ``STRtree.query(points, predicate="intersects")`` on the same outlines, without the
rule for overlaps. Outlines: the 217 real ones of Shanghai where they lie beside the checkout, else the
packaged cells.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.frame import fresh_database, line

POINTS = 1_000_000
ROUNDS = 3
GOAL = 100_000
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "geo" / "towns_217.geojson.gz"


def _fastest(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _load() -> str:
    from django.core.management import call_command

    silence = StringIO()
    call_command("divisions", "load", stdout=silence)
    if REAL.exists():
        call_command("boundaries", "load", str(REAL), stdout=silence)
    return "real" if REAL.exists() else "schematic"


def _points() -> tuple[Any, Any]:
    """Return points spread evenly over the city's bounding box; about half lie in a street."""
    import numpy as np

    random = np.random.default_rng(2026)
    return random.uniform(120.86, 122.0, POINTS), random.uniform(30.68, 31.87, POINTS)


def main() -> int:
    """Measure and print one line."""
    os.environ.setdefault("LINLI_HOME", tempfile.mkdtemp(prefix="linli-bench-"))
    Path(os.environ["LINLI_HOME"]).mkdir(parents=True, exist_ok=True)
    with fresh_database("sqlite"):
        import shapely

        from linli.foundation.places.models import Level
        from linli.foundation.places.pointindex import point_indexes
        from linli.foundation.places.selectors import streets_of_points

        outlines = _load()
        lngs, lats = _points()
        index = point_indexes()[Level.STREET]
        tree = shapely.STRtree(index.outlines)
        ours = POINTS / _fastest(lambda: streets_of_points(lngs, lats))
        peer = POINTS / _fastest(lambda: tree.query(shapely.points(lngs, lats), predicate="intersects"))
        inside = int((streets_of_points(lngs, lats) >= 0).sum())
    size = f"{POINTS:,} points, {inside:,} in one of {len(index.ids)} {outlines} outlines"
    return line(
        "point-street",
        size=size,
        ours=ours,
        peer=peer,
        unit="points/s",
        goal=f">= {GOAL:,} points/s",
        holds=ours >= GOAL,
    )


if __name__ == "__main__":
    sys.exit(main())
