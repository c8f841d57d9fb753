"""Which division is a point in: an index of all boundaries of a level, kept in memory by each process."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.db.models import Count, Max, Sum
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


_built: dict[int, tuple[Any, PointIndex]] = {}
_lock = threading.Lock()


def boundary_version(level: int) -> tuple[Any, ...]:
    """Return a value that changes whenever a boundary of the level is loaded, replaced or removed."""
    rows = Boundary.objects.filter(division__level=level, division__valid_to__isnull=True)
    found = rows.aggregate(
        count=Count("id"), id=Max("id"), at=Max("loaded_at"), west=Sum("west"), north=Sum("north")
    )
    return tuple(found.values())


def point_index(level: Level) -> PointIndex:
    """Return the index of a level as the database stands; one small query when nothing has changed."""
    version = boundary_version(level)
    with _lock:
        held = _built.get(level)
        if held is None or held[0] != version:
            rows = Boundary.objects.filter(division__level=level, division__valid_to__isnull=True)
            pairs = list(rows.values_list("division_id", "geometry"))
            held = (version, point_index_build([pair[0] for pair in pairs], [pair[1] for pair in pairs]))
            _built[level] = held
        return held[1]
