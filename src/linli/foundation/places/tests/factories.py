"""Small worlds of places: one real district, or squares on the cast's invented city."""

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linli.core import clock
from linli.core.actor import Actor, Function, system
from linli.foundation.places import edition, schematic
from linli.foundation.places.boundarybatch import BoundaryBatch
from linli.foundation.places.edition import Edition
from linli.foundation.places.models import Boundary, Division, Level
from linli.foundation.places.outlines import Feature, features_read
from linli.foundation.places.services import boundary_load_batch, divisions_load

LOADER = system("test")
XUHUI = "310104"
HUNAN_ROAD = "310104004"
STEP = 0.1


@functools.cache
def shanghai() -> Edition:
    return edition.edition_read(edition.SHANGHAI)


@functools.cache
def map_features() -> tuple[Feature, ...]:
    return tuple(features_read(schematic.SHANGHAI))


def edition_of(district: str = XUHUI) -> Edition:
    """The packaged edition, one district only."""
    rows = [row for row in shanghai().rows if district.startswith(row.code) or row.code.startswith(district)]
    return Edition("test", shanghai().valid_from, tuple(rows))


def schematic_batch(level: Level, district: str = XUHUI) -> BoundaryBatch:
    length = 6 if level is Level.COUNTY else 9
    chosen = [f for f in map_features() if f.code.startswith(district) and len(f.code) == length]
    return BoundaryBatch(chosen, schematic.SOURCE, level, is_schematic=True)


def xuhui_load() -> None:
    """Load one real district with its schematic map."""
    divisions_load(actor=LOADER, edition=edition_of())
    for level in (Level.COUNTY, Level.STREET):
        boundary_load_batch(actor=LOADER, batch=schematic_batch(level))


def actor_in(function: Function, *areas: str) -> Actor:
    return Actor(key=f"test:{function}", function=function, name="测试", person_id=1, areas=areas)


def square(west: float, south: float, size: float = STEP) -> list[list[list[float]]]:
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def boundary_make(
    division: Division, west: float, south: float, size: float = STEP, **given: Any
) -> Boundary:
    """Give a division a square outline."""
    return Boundary.objects.create(
        division=division,
        geometry={"type": "Polygon", "coordinates": square(west, south, size)},
        west=west,
        south=south,
        east=west + size,
        north=south + size,
        source="test",
        loaded_at=clock.now(),
        **given,
    )


def geojson_write(folder: Path, features: Sequence[dict[str, Any]], name: str = "file.geojson") -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False))
    return path


def feature_json(coordinates: Any, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
