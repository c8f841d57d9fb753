"""The page of figures: who reads which area, what the numbers are of, and how many queries it takes."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from linli.foundation.places.models import Boundary
from linli.foundation.places.selectors import place_resolve
from linli.work.matters import services
from linli.work.matters.models import Matter
from linli.work.matters.rollup.tasks import follow
from tests.people import Cast

from .areas import AREAS_READ

pytestmark = pytest.mark.django_db
QUERIES = 26
URL = reverse("dashboards:overview")


def report(cast: Cast, committee: str = "committee_a_place", by: str = "resident") -> Matter:
    """One matter in a committee."""
    place = place_resolve(committee=cast.places[committee])
    matter = services.matter_report(actor=cast.actor(by), text="路灯坏了", place=place)
    follow()
    return matter


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("visitor", 302),
        ("resident", 403),
        ("grid_worker", 403),
        ("department", 403),
        ("property", 403),
        ("operator", 403),
        ("worker", 200),
        ("street", 200),
        ("district", 200),
        ("city", 200),
        ("supervisor", 403),
    ],
)
def test_who_reads_figures(who: str, status: int, cast: Cast, clock: Any) -> None:
    assert cast.client(who).get(URL).status_code == status
    assert cast.client(who).get(reverse("dashboards:areas_geojson")).status_code == status


@pytest.mark.parametrize(("who", "area", "status"), AREAS_READ)
def test_only_ones_own_areas(who: str, area: str, status: int, cast: Cast, clock: Any) -> None:
    client = cast.client(who)
    assert client.get(URL, {"area": area}).status_code == status
    assert client.get(reverse("dashboards:areas_geojson"), {"area": area}).status_code == status


def test_numbers_are_of_the_area_and_lead_down(cast: Cast, clock: Any) -> None:
    report(cast)
    report(cast)
    report(cast, "committee_b_place")
    report(cast, "other_committee_place")
    district = cast.client("district").get(URL)
    assert district.context["figures"].received == 4
    assert [(row.name, row.figures.received) for row in district.context["rows"]] == [
        ("桂花街道", 3),
        ("梧桐街道", 1),
    ]
    street = cast.client("district").get(district.context["rows"][0].url)
    assert street.context["figures"].received == 3
    assert [row.name for row, _url in street.context["trail"]] == ["临江区", "桂花街道"]
    committee = cast.client("district").get(street.context["rows"][0].url)
    assert committee.context["figures"].received == 2
    assert committee.context["rows"] == []
    assert cast.client("worker").get(URL).context["figures"].received == 2


def test_city_passes_by_the_level_of_one(cast: Cast, clock: Any) -> None:
    report(cast)
    rows = cast.client("city").get(URL).context["rows"]
    assert [(row.name, row.figures.received) for row in rows] == [("临江区", 1), ("望山区", 0)]


def test_rates_have_denominators_or_a_dash(cast: Cast, clock: Any) -> None:
    report(cast)
    page = cast.client("street").get(URL).content.decode()
    assert "0件评价中0件" in page
    assert "—" in page
    assert "None" not in page


@pytest.mark.parametrize("period", ["30d", "month", "quarter", "year", "forged", ""])
def test_every_period_answers(period: str, cast: Cast, clock: Any) -> None:
    report(cast)
    answer = cast.client("street").get(URL, {"period": period})
    assert answer.context["figures"].received == 1


def test_a_change_is_against_the_days_before(cast: Cast, clock: Any) -> None:
    report(cast)
    page = cast.client("street").get(URL).content.decode()
    assert "上期为0" in page


def test_a_map_is_drawn_where_outlines_are(cast: Cast, clock: Any) -> None:
    assert "data-map" not in cast.client("district").get(URL).content.decode()
    street = cast.places["street_place"]
    square = [[[121.4, 31.2], [121.5, 31.2], [121.5, 31.3], [121.4, 31.3], [121.4, 31.2]]]
    Boundary.objects.create(
        division=street,
        geometry={"type": "Polygon", "coordinates": square},
        west=121.4,
        south=31.2,
        east=121.5,
        north=31.3,
        is_schematic=True,
        source="示意",
        loaded_at=clock,
    )
    report(cast)
    page = cast.client("district").get(URL).content.decode()
    assert "data-map" in page
    assert "示意图" in page
    answer = cast.client("district").get(reverse("dashboards:areas_geojson")).json()
    found = answer["features"][0]["properties"]
    assert (found["name"], found["received"]) == ("桂花街道", 1)
    assert found["url"].startswith(URL)


def test_query_count_does_not_grow_with_areas(cast: Cast, clock: Any, django_assert_num_queries: Any) -> None:
    for _number in range(6):
        report(cast)
    client = cast.client("district")
    client.get(URL)
    with django_assert_num_queries(QUERIES):
        client.get(URL)
