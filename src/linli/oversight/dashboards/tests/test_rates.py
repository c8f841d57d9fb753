"""The page of rates: whose areas, what each number is of, and that no person is ever put in order."""

import re
from typing import Any

import pytest
from django.urls import reverse

from linli.foundation.places.models import Boundary
from linli.oversight.dashboards.pictures import PICTURES, Cell, share
from linli.work.matters.rollup.tasks import follow
from linli.work.matters.rules import Rate
from linli.work.matters.tests.life import Life, place_of
from tests.people import RESIDENTS, STAFF, Cast

from .areas import AREAS_READ

pytestmark = pytest.mark.django_db
URL = reverse("dashboards:rates")
QUERIES = 26


def rated(life: Life, times: int = 1, **said: bool) -> None:
    """So many matters of committee A, closed and rated."""
    for _number in range(times):
        life.rate(life.to_closed(), **said)


def picture(answer: Any, code: str) -> Any:
    return next(each for each in answer.context["pictures"] if each.code == code)


@pytest.mark.parametrize(
    ("who", "area", "status"),
    [
        *AREAS_READ,
        ("worker", "990101001", 404),
        ("department", "990101001", 403),
        ("supervisor", "990101", 403),
        ("resident", "990101001", 403),
    ],
)
def test_only_ones_own_areas(who: str, area: str, status: int, cast: Cast, clock: Any) -> None:
    client = cast.client(who)
    for name in ("rates", "rates_geojson", "bulletin", "bulletin_docx"):
        assert client.get(reverse(f"dashboards:{name}"), {"area": area}).status_code == status, name


def test_a_street_is_told_nothing_of_another(life: Life) -> None:
    life.report(place=place_of(life.cast, "other_committee_place"))
    rated(life)
    follow()
    mine = life.cast.client("street").get(URL)
    assert [row[0].words for row in picture(mine, "by-area").rows] == ["桂花第一居委会", "桂花第二居委会"]
    assert "梧桐" not in mine.content.decode()
    theirs = life.cast.client("other_street").get(URL)
    assert picture(theirs, "by-area").rows[0][1].value == 1
    assert "桂花" not in theirs.content.decode().replace("桂花街道办事处", "")


def test_it_leads_from_the_city_down_to_the_committee(life: Life) -> None:
    rated(life)
    follow()
    client, page, names = life.cast.client("city"), URL, []
    for _level in range(3):
        answer = client.get(page)
        cell = picture(answer, "by-area").rows[0][0]
        names.append(cell.words)
        page = cell.url
    assert names == ["临江区", "桂花街道", "桂花第一居委会"]
    last = client.get(page)
    assert [row.name for row, _url in last.context["trail"]] == [
        "测试市", "临江区", "桂花街道", "桂花第一居委会",
    ]  # fmt: skip
    assert not [each for each in last.context["pictures"] if each.code == "by-area"]
    assert "1件评价中1件" in last.content.decode()


def test_what_has_no_number_is_in_the_table_and_not_in_the_picture(life: Life) -> None:
    rated(life, 10)
    follow()
    district = life.cast.client("district").get(URL)
    areas = picture(district, "by-area")
    assert [(row[0].words, is_drawn) for row, is_drawn in areas.lines] == [
        ("桂花街道", True), ("梧桐街道", False),
    ]  # fmt: skip
    assert areas.is_drawn
    other = life.cast.client("other_street").get(URL)
    assert not picture(other, "by-area").is_drawn
    assert 'data-picture="by-area"' not in other.content.decode()


def test_few_have_no_percentage_and_stand_in_no_order(life: Life) -> None:
    assert share(Rate(9, 9)) == Cell("9/9")
    assert share(Rate(9, 10)) == Cell("90.0%", 90.0, "9/10")
    assert share(Rate(0, 0)) == Cell("—")
    rated(life)
    follow()
    answer = life.cast.client("district").get(URL)
    rows = picture(answer, "by-unit").rows
    assert [(row[0].words, row[1].words, row[1].value) for row in rows] == [("桂花街道城管中队", "1/1", None)]
    assert "不足10件的不算百分比" in answer.content.decode()


def test_every_percentage_shows_what_it_is_of(life: Life) -> None:
    rated(life, 10)
    rated(life, 2, was_solved=False)
    follow()
    answer = life.cast.client("district").get(URL)
    cells = [cell for each in answer.context["pictures"] for row in each.rows for cell in row]
    shares = [cell for cell in cells if cell.words.endswith("%")]
    assert shares
    assert all(re.fullmatch(r"\d+/\d+", cell.of) for cell in shares)
    solved = picture(answer, "by-area").rows[0][3]
    assert (solved.words, solved.of) == ("83.3%", "10/12")
    page = answer.content.decode()
    assert "83.3%" in page
    assert "10/12" in page
    # The best come first, and what has few comes after them.
    assert [row[0].words for row in picture(answer, "by-area").rows] == ["桂花街道", "梧桐街道"]


@pytest.mark.parametrize("who", ["city", "district", "street", "worker"])
def test_no_person_stands_on_it(who: str, life: Life) -> None:
    rated(life, 10)
    follow()
    answer = life.cast.client(who).get(URL)
    shown = [cell.words for each in answer.context["pictures"] for row in each.rows for cell in row]
    names = {row[1] for row in STAFF} | {row[1] for row in RESIDENTS}
    assert not names & set(shown)
    main = answer.content.decode().split("<main", 1)[1]
    assert not [name for name in names if name in main]


def test_weights_and_what_is_left_out_are_said(life: Life) -> None:
    life.to_closed()
    rated(life)
    follow()
    page = life.cast.client("street").get(URL).content.decode()
    assert "三率综合的权重：联系20、解决40、满意40。" in page
    assert "未评价1件" in page


def test_every_picture_says_what_was_asked_and_can_be_taken_away(life: Life) -> None:
    rated(life, 10)
    follow()
    answer = life.cast.client("district").get(URL)
    page = answer.content.decode()
    assert {each.code for each in answer.context["pictures"]} == set(PICTURES)
    for each in answer.context["pictures"]:
        assert each.how in page
        assert f'data-picture="{each.code}"' in page
        assert reverse("exports:make", args=[f"rates-{each.code}"]) in page


@pytest.mark.parametrize("period", ["30d", "month", "quarter", "year", "forged", ""])
@pytest.mark.parametrize("show", ["solved", "on_time", "received", "forged"])
def test_every_period_and_shade_answers(period: str, show: str, life: Life) -> None:
    asked = {"period": period, "show": show}
    assert life.cast.client("district").get(URL, asked).status_code == 200


def test_before_the_first_counting_it_says_so(cast: Cast, clock: Any) -> None:
    page = cast.client("street").get(URL).content.decode()
    assert "统计还没有算过" in page
    assert "None" not in page.split("<main", 1)[1]


def test_the_map_is_shaded_by_a_rate_of_enough(life: Life, clock: Any) -> None:
    street = life.cast.places["street_place"]
    square = [[[121.4, 31.2], [121.5, 31.2], [121.5, 31.3], [121.4, 31.3], [121.4, 31.2]]]
    Boundary.objects.create(
        division=street, geometry={"type": "Polygon", "coordinates": square}, west=121.4, south=31.2,
        east=121.5, north=31.3, is_schematic=True, source="示意", loaded_at=clock,
    )  # fmt: skip
    rated(life, 9)
    follow()
    client, url = life.cast.client("district"), reverse("dashboards:rates_geojson")
    assert "data-map" in client.get(URL).content.decode()

    def shaded(show: str) -> Any:
        (feature,) = client.get(url, {"show": show}).json()["features"]
        return feature["properties"].get("shade")

    assert (shaded("solved"), shaded("received")) == (None, 9)
    rated(life, was_solved=False)
    follow()
    assert (shaded("solved"), shaded("satisfied"), shaded("received")) == (90.0, 100.0, 10)
    answer = client.get(url, {"show": "solved"}).json()
    assert answer["features"][0]["properties"]["url"].startswith(URL)


def test_query_count_does_not_grow_with_areas_or_units(
    life: Life, django_assert_max_num_queries: Any
) -> None:
    rated(life)
    life.report(place=place_of(life.cast, "other_committee_place"))
    life.report(place=place_of(life.cast, "committee_b_place"))
    follow()
    client = life.cast.client("district")
    client.get(URL)
    with django_assert_max_num_queries(QUERIES):
        client.get(URL)
