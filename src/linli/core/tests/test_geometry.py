"""Datums and distances: properties, known points, the edges of China."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.geometry import Datum, from_wgs84, haversine_m, in_china_box, to_wgs84

ROUND_TRIP_M = 2e-6
inside_lng = st.floats(73.0, 137.0)
inside_lat = st.floats(1.0, 55.0)


@given(inside_lng, inside_lat, st.sampled_from(Datum))
def test_round_trip(lng: float, lat: float, datum: Datum) -> None:
    there = from_wgs84(lng, lat, datum)
    back = to_wgs84(*there, datum)
    assert haversine_m(lng, lat, *back) <= ROUND_TRIP_M


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(Datum))
def test_outside_china_nothing_moves(lng: float, lat: float, datum: Datum) -> None:
    if not in_china_box(lng, lat):
        assert from_wgs84(lng, lat, datum) == (lng, lat)
        assert to_wgs84(lng, lat, datum) == (lng, lat)


@given(inside_lng, inside_lat)
def test_gcj_shift_has_the_published_size(lng: float, lat: float) -> None:
    moved = haversine_m(lng, lat, *from_wgs84(lng, lat, Datum.GCJ02))
    assert moved < 800


@pytest.mark.parametrize(
    ("datum", "lng", "lat"),
    [
        # The people's square of Shanghai, as the published algorithms give it (six digits).
        (Datum.GCJ02, 121.478223, 31.228458),
        (Datum.BD09, 121.484781, 31.234311),
        (Datum.WGS84, 121.4737, 31.2304),
    ],
)
def test_known_point(datum: Datum, lng: float, lat: float) -> None:
    assert haversine_m(*from_wgs84(121.4737, 31.2304, datum), lng, lat) < 0.2


def test_arrays_keep_their_shape() -> None:
    lng, lat = np.full((3, 4), 121.4), np.full((3, 4), 31.2)
    x, y = to_wgs84(lng, lat, Datum.BD09)
    assert x.shape == y.shape == (3, 4)
    assert np.ptp(x) == np.ptp(y) == 0


def test_nothing_in_nothing_out() -> None:
    x, y = to_wgs84([], [], Datum.GCJ02)
    assert x.shape == y.shape == (0,)


def test_a_degree_of_latitude() -> None:
    assert haversine_m(121, 31, 121, 32) == pytest.approx(111_195, rel=1e-4)
    assert haversine_m(121, 31, 121, 31) == 0
    assert haversine_m(0, 0, 180, 0) == pytest.approx(np.pi * 6_371_008.8)


def test_real_compounds_match_their_converted_twins(shared_data) -> None:  # type: ignore[no-untyped-def]
    """19,212 compounds in BD-09 beside somebody else's (coarser, 1–2 m) conversion."""
    import csv
    import gzip

    path = shared_data / "geo" / "compounds_shanghai.csv.gz"
    if not path.exists():
        pytest.skip("no compounds in the shared data")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if 119 < float(row["lng_bd09"]) < 123]
    names = ("lng_bd09", "lat_bd09", "lng_wgs84", "lat_wgs84")
    table = np.array([[float(row[name]) for name in names] for row in rows])
    ours = to_wgs84(table[:, 0], table[:, 1], Datum.BD09)
    assert haversine_m(*ours, table[:, 2], table[:, 3]).max() < 3
