"""Coordinates: WGS-84, GCJ-02 and BD-09 in NumPy, and distances on the sphere.

Linli stores WGS-84 only. Maps made in China come in GCJ-02 (shifted by some hundred metres by a published
reverse-engineered formula over the Krasovsky 1940 ellipsoid) or BD-09 (GCJ-02 shifted once more); both are
converted at the border. All functions take degrees, as numbers or arrays of any one shape, and return
arrays of that shape. Outside the rough box of China the three are the same and nothing is changed.
"""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
_AXIS = 6_378_245.0  # Krasovsky 1940, metres
_ECCENTRICITY_2 = 0.006_693_421_622_965_943
_BD_TURN = np.pi * 3000.0 / 180.0
_BD_SHIFT = (0.0065, 0.006)
_ROUNDS = 8  # each round shrinks the error at least 40-fold: far below 1e-11 degrees


class Datum(StrEnum):
    """What a pair of coordinates refers to."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def _arrays(lng: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lng, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def in_china_box(lng: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return where the shifted coordinate systems apply (the box used by all map makers)."""
    x, y = _arrays(lng, lat)
    return (x >= 72.004) & (x <= 137.8347) & (y >= 0.8293) & (y <= 55.8271)


def _waves(value: Floats, *terms: tuple[float, float]) -> Floats:
    total = np.zeros_like(value)
    for size, frequency in terms:
        total = total + size * np.sin(frequency * np.pi * value)
    return total


def _gcj_metres(x: Floats, y: Floats) -> Pair:
    root = np.sqrt(np.abs(x))
    common = _waves(x, (20.0, 6.0), (20.0, 2.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (common + _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))) * 2 / 3
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (common + _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))) * 2 / 3
    return east, north


def _gcj_forward(lng: Floats, lat: Floats) -> Pair:
    east, north = _gcj_metres(lng - 105.0, lat - 35.0)
    angle = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_2 * np.sin(angle) ** 2
    metres_lng = _AXIS / np.sqrt(flattening) * np.cos(angle) * np.pi / 180.0
    metres_lat = _AXIS * (1.0 - _ECCENTRICITY_2) / flattening**1.5 * np.pi / 180.0
    return lng + east / metres_lng, lat + north / metres_lat


def _bd_forward(lng: Floats, lat: Floats) -> Pair:
    radius = np.hypot(lng, lat) + 2e-5 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lng) + 3e-6 * np.cos(lng * _BD_TURN)
    return radius * np.cos(angle) + _BD_SHIFT[0], radius * np.sin(angle) + _BD_SHIFT[1]


def _inverse(forward: Callable[[Floats, Floats], Pair], lng: Floats, lat: Floats) -> Pair:
    """Undo ``forward`` by repeated correction; it moves points smoothly and little, so this converges."""
    guess_lng, guess_lat = lng, lat
    for _ in range(_ROUNDS):
        there_lng, there_lat = forward(guess_lng, guess_lat)
        guess_lng, guess_lat = guess_lng + (lng - there_lng), guess_lat + (lat - there_lat)
    return guess_lng, guess_lat


def _inside(convert: Callable[[Floats, Floats], Pair], lng: ArrayLike, lat: ArrayLike) -> Pair:
    x, y = _arrays(lng, lat)
    inside = in_china_box(x, y)
    moved_x, moved_y = convert(np.where(inside, x, 121.0), np.where(inside, y, 31.0))
    return np.where(inside, moved_x, x), np.where(inside, moved_y, y)


def wgs84_to_gcj02(lng: ArrayLike, lat: ArrayLike) -> Pair:
    """Convert WGS-84 to GCJ-02."""
    return _inside(_gcj_forward, lng, lat)


def gcj02_to_wgs84(lng: ArrayLike, lat: ArrayLike) -> Pair:
    """Convert GCJ-02 to WGS-84 (round trip within 2e-6 m)."""
    return _inside(lambda x, y: _inverse(_gcj_forward, x, y), lng, lat)


def gcj02_to_bd09(lng: ArrayLike, lat: ArrayLike) -> Pair:
    """Convert GCJ-02 to BD-09."""
    return _inside(_bd_forward, lng, lat)


def bd09_to_gcj02(lng: ArrayLike, lat: ArrayLike) -> Pair:
    """Convert BD-09 to GCJ-02 (round trip within 2e-6 m)."""
    return _inside(lambda x, y: _inverse(_bd_forward, x, y), lng, lat)


def to_wgs84(lng: ArrayLike, lat: ArrayLike, datum: Datum) -> Pair:
    """Convert coordinates of ``datum`` to WGS-84."""
    if datum is Datum.BD09:
        lng, lat = bd09_to_gcj02(lng, lat)
    if datum is not Datum.WGS84:
        lng, lat = gcj02_to_wgs84(lng, lat)
    return _arrays(lng, lat)


def from_wgs84(lng: ArrayLike, lat: ArrayLike, datum: Datum) -> Pair:
    """Convert WGS-84 coordinates to ``datum``."""
    if datum is not Datum.WGS84:
        lng, lat = wgs84_to_gcj02(lng, lat)
    if datum is Datum.BD09:
        lng, lat = gcj02_to_bd09(lng, lat)
    return _arrays(lng, lat)


def haversine_m(lng_a: ArrayLike, lat_a: ArrayLike, lng_b: ArrayLike, lat_b: ArrayLike) -> Floats:
    """Return great-circle distances in metres (sphere of mean radius; off by at most 0.5 %)."""
    (x_a, y_a), (x_b, y_b) = _arrays(lng_a, lat_a), _arrays(lng_b, lat_b)
    half_x, half_y = np.radians(x_b - x_a) / 2, np.radians(y_b - y_a) / 2
    across = np.sin(half_y) ** 2 + np.cos(np.radians(y_a)) * np.cos(np.radians(y_b)) * np.sin(half_x) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(across, 0.0, 1.0))))
