"""Which division is a point in: an index of all boundaries of a level, kept in memory by each process."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import shape

from .models import Boundary, Level

NOWHERE: Final = -1
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class PointIndex:
    """Outlines of one level, large to small, with their division ids (same order) and a search tree.

    A point on an edge belongs to the outline. Where outlines overlap (simplified files do, by about 0.5 %)
    the smallest wins: it is the more exact statement about the point. Equal sizes: the lower id.
    """

    ids: Ids
    outlines: NDArray[Any]
    tree: shapely.STRtree

    def divisions_at(self, lngs: ArrayLike, lats: ArrayLike) -> Ids:
        """Return the division id of each point (degrees, WGS-84, one-dimensional), -1 where there is none."""
        x, y = np.asarray(lngs, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        point, outline = self.tree.query(shapely.points(x, y))
        inside = shapely.intersects_xy(self.outlines[outline], x[point], y[point])
        smallest = np.full(len(x), NOWHERE)
        np.maximum.at(smallest, point[inside], outline[inside])
        return np.where(smallest == NOWHERE, NOWHERE, self.ids[smallest]) if len(self.ids) else smallest

    def nearest(self, lngs: ArrayLike, lats: ArrayLike) -> list[tuple[int, float, float]]:
        """Return for each point the division whose outline is nearest, and the outline's point nearest to it.

        Near in degrees of latitude, with degrees of longitude as long; -1 where there is no outline at all.
        """
        x, y = np.asarray(lngs, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        if not len(self.ids):
            return [(NOWHERE, 0.0, 0.0)] * len(x)
        points = shapely.points(x, y)
        found: Any = self.tree.nearest(points)
        lines = shapely.shortest_line(self.outlines[found], points)
        ends = shapely.get_coordinates(shapely.get_point(lines, 0)).tolist()
        return [(int(self.ids[at]), lng, lat) for at, (lng, lat) in zip(found, ends, strict=True)]


def point_index_build(divisions: Sequence[int], geometries: Sequence[dict[str, Any]]) -> PointIndex:
    """Return the index of GeoJSON geometries with their division ids."""
    outlines = np.array([shape(geometry) for geometry in geometries], dtype=object)
    ids = np.array(divisions, dtype=np.int64)
    order = np.lexsort((-ids, -shapely.area(outlines))) if len(ids) else np.array([], dtype=np.int64)
    outlines, ids = outlines[order], ids[order]
    shapely.prepare(outlines)
    for outline in outlines:
        # The first question builds GEOS's inner index, which is not safe to build from two threads.
        shapely.intersects_xy(outline, *outline.bounds[:2])
    return PointIndex(ids, outlines, shapely.STRtree(outlines))


_DRAWN = (Level.COUNTY, Level.STREET, Level.COMMITTEE)
_built: tuple[Any, dict[Level, PointIndex]] | None = None
_lock = threading.Lock()


def boundary_version() -> tuple[Any, ...]:
    """Return a value that changes whenever any boundary is loaded, replaced or removed."""
    with connection.cursor() as cursor:  # asked on every report: plain SQL spares ten times its own time
        cursor.execute("SELECT COUNT(*), MAX(loaded_at), SUM(west), SUM(north) FROM places_boundary")
        return tuple(cursor.fetchone())


def _index_of(level: Level) -> PointIndex:
    rows = Boundary.objects.filter(division__level=level, division__valid_to__isnull=True)
    pairs = list(rows.values_list("division_id", "geometry"))
    return point_index_build([pair[0] for pair in pairs], [pair[1] for pair in pairs])


def point_indexes() -> dict[Level, PointIndex]:
    """Return the index of each level as the database stands; one small query when nothing has changed."""
    global _built
    version = boundary_version()
    with _lock:
        if _built is None or _built[0] != version:
            _built = (version, {level: _index_of(level) for level in _DRAWN})
        return _built[1]
