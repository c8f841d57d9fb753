"""What maps draw: the outlines below a place as GeoJSON, kept in memory until a boundary changes."""

import functools
import hashlib
import json
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from linli.core.errors import InvalidInput

from .models import Boundary, Level
from .pointindex import boundary_version
from .selectors import division_by_code

POINTS_MAX = 30_000
TOLERANCES = (0.0, 0.0002, 0.0005, 0.001, 0.002)  # degrees; 0.0001 is about 10 m


def _level(parent_level: int, asked: str) -> Level:
    """Return the level to draw: as asked, else districts of a city, streets of a district, and so on."""
    below = Level.COUNTY if parent_level <= Level.CITY else Level(min(parent_level + 1, Level.COMMITTEE))
    if not asked:
        return below
    if not asked.isascii() or not asked.isdigit() or int(asked) not in Level.values:
        raise InvalidInput(
            _("没有“%s”这一级。") % asked[:10], hint=_("级别写3（区）、4（街镇）或5（居村）。")
        )
    return Level(int(asked))


def _outlines(geometries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return outlines with few enough points for a page; each is simplified for itself."""
    outlines = [shape(geometry) for geometry in geometries]
    for tolerance in TOLERANCES:
        simple = [outline.simplify(tolerance) if tolerance else outline for outline in outlines]
        if int(shapely.get_num_coordinates(simple).sum()) <= POINTS_MAX:
            break
    return [mapping(outline) for outline in simple]


def boundary_features(parent_path: str, level: Level) -> list[dict[str, Any]]:
    """Return GeoJSON features of a level below a path, by code, with code, name, path and is_schematic."""
    rows = Boundary.objects.filter(division__level=level, division__valid_to__isnull=True)
    rows = rows.filter(division__path__startswith=parent_path).select_related("division")
    found = list(rows.order_by("division__code"))
    return [
        {
            "type": "Feature",
            "id": int(row.division.code),
            "properties": {
                "code": row.division.code,
                "name": row.division.name,
                "path": row.division.path,
                "is_schematic": row.is_schematic,
            },
            "geometry": geometry,
        }
        for row, geometry in zip(found, _outlines([row.geometry for row in found]), strict=True)
    ]


@functools.lru_cache(maxsize=128)
def _collection(parent_path: str, level: Level, version: tuple[Any, ...]) -> tuple[str, str]:
    features = boundary_features(parent_path, level)
    sources = Boundary.objects.filter(division__level=level, division__path__startswith=parent_path)
    document = {
        "type": "FeatureCollection",
        "is_schematic": any(feature["properties"]["is_schematic"] for feature in features),
        "sources": sorted(set(sources.values_list("source", flat=True))),
        "features": features,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()[:32]


def divisions_geojson(parent: str, level: str = "") -> tuple[str, str]:
    """Return the GeoJSON text of the outlines below a division's code, and its ETag.

    Raises ``NotFound`` for an unknown code and ``InvalidInput`` for an unknown level.
    """
    division = division_by_code(parent)
    chosen = _level(division.level, level)
    return _collection(division.path, chosen, boundary_version())
