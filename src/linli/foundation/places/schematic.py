"""A schematic map for installations without boundary files: rough district outlines, streets as cells.

The outlines come from the npm package echarts 4.9.0 (Apache-2.0), whose file is in GCJ-02 with points about
100 m apart. Streets are cells of about equal size; where a cell lies in its district says nothing.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from linli.core.errors import InvalidInput
from linli.core.geometry import Datum, Floats

from .outlines import outline_converted, outline_polygonal

SHANGHAI = Path(__file__).parent / "data" / "shanghai_schematic.geojson.gz"
SOURCE = "示意：区界取自 npm echarts 4.9.0（Apache-2.0），街镇为等分的格子，不代表实际范围"
# The street in which the demo plays gets the cell around its own neighbourhood (longitude, latitude).
PINNED = {"310110015": (121.535, 31.2945)}
_ENCODED_STEP = 1024  # echarts 4 writes whole 1/1024 degrees
_SAMPLES_PER_CELL = 200
_LLOYD_ROUNDS = 40


def _ring_decoded(text: str, offset: Iterable[int]) -> list[tuple[float, float]]:
    """Undo the delta and zigzag coding of echarts 4 map files (two characters a point)."""
    steps = np.array([ord(character) - 64 for character in text]).reshape(-1, 2)
    steps = (steps >> 1) ^ -(steps & 1)
    points = (steps.cumsum(axis=0) + np.array(list(offset))) / _ENCODED_STEP
    return [(float(x), float(y)) for x, y in points]


def _polygon_decoded(rings: list[str], offsets: list[list[int]]) -> Polygon:
    shell, *holes = [_ring_decoded(ring, offset) for ring, offset in zip(rings, offsets, strict=True)]
    return Polygon(shell, holes)


def _geometry_decoded(encoded: dict[str, Any]) -> BaseGeometry:
    rings, offsets = encoded["coordinates"], encoded["encodeOffsets"]
    if encoded["type"] == "Polygon":
        return _polygon_decoded(rings, offsets)
    return MultiPolygon([_polygon_decoded(a, b) for a, b in zip(rings, offsets, strict=True)])


def district_outlines(package: Path, province: str = "shanghai") -> dict[str, BaseGeometry]:
    """Return district name → outline in WGS-84, without overlaps, from an unpacked echarts 4 package."""
    path = package / "map" / "json" / "province" / f"{province}.json"
    if not path.exists():
        raise InvalidInput(
            f"没有找到 {path}。", hint="请先取包：npm pack echarts@4.9.0，解开后指定 package 文件夹。"
        )
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    outlines: dict[str, BaseGeometry] = {}
    for feature in sorted(features, key=lambda item: str(item["properties"]["name"])):
        outline = outline_converted(_geometry_decoded(feature["geometry"]), Datum.GCJ02)
        taken = shapely.union_all(list(outlines.values()))
        outlines[feature["properties"]["name"]] = outline_polygonal(outline.difference(taken))
    return outlines


def _samples(area: BaseGeometry, wanted: int) -> Floats:
    """Return lattice points inside an area, about ``wanted`` of them."""
    west, south, east, north = area.bounds
    step = (area.area / wanted) ** 0.5
    lattice = np.stack(np.meshgrid(np.arange(west, east, step), np.arange(south, north, step)), axis=-1)
    points = lattice.reshape(-1, 2)
    return points[shapely.contains_xy(area, points[:, 0], points[:, 1])]


def _centres(points: Floats, count: int, seed: int, pinned: Floats) -> Floats:
    """Spread ``count`` centres evenly over sample points (Lloyd), west to east, after the pinned ones.

    The same seed gives the same centres; the pinned ones (k × 2) stay where they are.
    """
    free = count - len(pinned)
    centres = points[np.random.default_rng(seed).choice(len(points), free, replace=False)]
    for _ in range(_LLOYD_ROUNDS):
        everyone = np.concatenate([pinned, centres])
        nearest = ((points[:, None, :] - everyone[None]) ** 2).sum(axis=2).argmin(axis=1) - len(pinned)
        own = [points[nearest == number] for number in range(free)]
        centres = np.array([p.mean(axis=0) if len(p) else c for p, c in zip(own, centres, strict=True)])
    return np.concatenate([pinned, centres[np.lexsort((centres[:, 1], centres[:, 0]))]])


def cells(area: BaseGeometry, codes: list[str], seed: int) -> dict[str, BaseGeometry]:
    """Divide an area into one cell per code, from west to east; cells neither overlap nor leave gaps."""
    if len(codes) == 1:
        return {codes[0]: area}
    pinned = [code for code in codes if code in PINNED]
    codes = pinned + [code for code in codes if code not in PINNED]
    at = np.array([PINNED[code] for code in pinned]).reshape(-1, 2)
    centres = _centres(_samples(area, _SAMPLES_PER_CELL * len(codes)), len(codes), seed, at)
    parts = shapely.voronoi_polygons(MultiPoint(centres), extend_to=area.envelope.buffer(1), ordered=True)
    return {
        code: outline_polygonal(cell.intersection(area))
        for code, cell in zip(codes, parts.geoms, strict=True)
    }


def schematic_build(
    districts: Mapping[str, BaseGeometry], codes: Mapping[str, str]
) -> dict[str, BaseGeometry]:
    """Return code → outline for districts and their streets.

    ``districts`` maps a district's name to its outline, ``codes`` every county's and street's code to its
    name. Raises ``InvalidInput`` when a district of the divisions has no outline.
    """
    built: dict[str, BaseGeometry] = {}
    for code in sorted(code for code in codes if len(code) == 6):
        if codes[code] not in districts:
            raise InvalidInput(f"地图里没有{codes[code]}（{code}）的轮廓。", hint="请换用含有这个区的地图。")
        built[code] = districts[codes[code]]
        streets = sorted(street for street in codes if len(street) == 9 and street.startswith(code))
        built |= cells(built[code], streets, seed=int(code)) if streets else {}
    return built


def schematic_write(outlines: Mapping[str, BaseGeometry], path: Path) -> None:
    """Write outlines as GeoJSON (.gz); the same outlines always give the same bytes."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": mapping(shapely.set_precision(outline, 1e-5)),
        }
        for code, outline in sorted(outlines.items())
    ]
    text = json.dumps(
        {"type": "FeatureCollection", "source": SOURCE, "features": features}, ensure_ascii=False
    )
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
