"""The register's pages and the public JSON, over HTTP."""

import json

import pytest
from django.test import Client

from linli.foundation.places.models import Boundary, Building, Compound
from linli.foundation.places.services import compound_add, compound_confirm_committee
from tests.people import Cast

from .factories import boundary_make, xuhui_load

pytestmark = pytest.mark.django_db
REGISTER = "/desk/settings/places/"
LIST = f"{REGISTER}compounds/"


@pytest.fixture
def city(cast: Cast) -> Cast:
    boundary_make(cast.places["district_place"], 121.4, 31.2, 0.3, is_schematic=True)
    boundary_make(cast.places["street_place"], 121.4, 31.2, is_schematic=True)
    return cast


@pytest.fixture
def compound(city: Cast) -> Compound:
    return compound_add(
        actor=city.actor("street"),
        name="春晖苑",
        street=city.places["street_place"],
        address="桂花路1弄",
        lng=121.45,
        lat=31.25,
    )


def _page(compound: Compound) -> str:
    return f"{LIST}{compound.public_id}/"


# -- pages -------------------------------------------------------------------------------------------------


def test_divisions_are_drilled_down(city: Cast) -> None:
    client = city.client("district")
    text = client.get(REGISTER).content.decode()
    assert "临江区" in text and "桂花街道" in text and "示意图" in text
    assert "?parent=990101" in text
    below = client.get(f"{REGISTER}?code=990101001").content.decode()
    assert "桂花第一居委会" in below
    assert client.get(f"{REGISTER}?code=123456").status_code == 404


def test_a_city_without_divisions_is_told_what_to_do(cast: Cast) -> None:
    text = cast.client("operator").get(REGISTER).content.decode()
    assert "测试市" in text


def test_who_sees_the_pages(city: Cast, compound: Compound) -> None:
    for url in (REGISTER, LIST):
        for name in ("worker", "street", "district", "city", "operator"):
            assert city.client(name).get(url).status_code == 200, (name, url)
        for name in ("department", "property", "resident", "grid_worker"):
            assert city.client(name).get(url).status_code == 403, (name, url)
        assert city.client("visitor").get(url).status_code == 302
    assert city.client("other_street").get(_page(compound)).status_code == 404
    assert city.client("worker").get(_page(compound)).status_code == 200


def test_the_list_is_searched_and_says_why_it_is_empty(city: Cast, compound: Compound) -> None:
    client = city.client("street")
    for query in ("?q=春晖", "?q=chunhui", "?q=chy", "?q=桂花路", "?state=unconfirmed", "?page=99"):
        assert "春晖苑" in client.get(LIST + query).content.decode(), query
    for query in ("?q=秋月", "?committee=990101001001"):
        text = client.get(LIST + query).content.decode()
        assert "没有符合条件的小区" in text and "春晖苑</a>" not in text
    assert "还没有登记小区" in city.client("other_street").get(LIST).content.decode()


def test_the_list_costs_the_same_for_one_and_for_forty(city: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(40):
        compound_add(actor=city.actor("street"), name=f"春晖{number}村", street=city.places["street_place"])
    client = city.client("street")
    client.get(LIST)
    with django_assert_max_num_queries(20):
        text = client.get(LIST).content.decode()
    assert text.count("data-row") == 40


def test_a_street_enters_a_compound(city: Cast) -> None:
    client = city.client("street")
    assert "登记小区" in client.get(f"{LIST}add/").content.decode()
    sent = {
        "name": "朝晖苑",
        "street": "990101001",
        "committee": "",
        "address": "",
        "lng": "121.45",
        "lat": "31.25",
    }
    answer = client.post(f"{LIST}add/", {**sent, "request_key": "a" * 20})
    made = Compound.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, _page(made))
    assert (made.lng, made.is_committee_confirmed) == (121.45, False)
    assert client.post(f"{LIST}add/", {**sent, "request_key": "a" * 20})["Location"] == _page(made)
    again = client.post(f"{LIST}add/", {**sent, "request_key": "b" * 20})
    assert again.status_code == 422
    assert "桂花街道已有同名小区" in again.content.decode()
    assert "朝晖苑" in again.content.decode()
    assert Compound.objects.count() == 1


def test_a_committee_enters_its_own_only(city: Cast) -> None:
    client = city.client("worker")
    text = client.get(f"{LIST}add/").content.decode()
    assert "桂花第一居委" in text and "桂花第二居委" not in text
    sent = {"name": "朝晖苑", "street": "990101001", "committee": "990101001002"}
    assert client.post(f"{LIST}add/", sent).status_code == 422
    assert not Compound.objects.exists()
    client.post(f"{LIST}add/", {**sent, "committee": "990101001001"})
    assert Compound.objects.get().is_committee_confirmed


def test_a_district_looks_but_does_not_enter(city: Cast, compound: Compound) -> None:
    client = city.client("district")
    assert client.get(f"{LIST}add/").status_code == 403
    assert "保存</button>" not in client.get(_page(compound)).content.decode()
    assert client.post(_page(compound), {"name": "别名", "version": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "请填写小区名称"),
        ({"name": "春晖苑", "lng": "116.4", "lat": "39.9"}, "不在本市范围内"),
        ({"name": "春晖苑", "lng": "121.45", "lat": ""}, "位置坐标无效"),
        ({"name": "长" * 81}, "80"),
    ],
)
def test_a_wrong_correction_keeps_what_was_typed(
    city: Cast, compound: Compound, sent: dict[str, str], words: str
) -> None:
    answer = city.client("street").post(_page(compound), {"version": "1", "address": "新地址", **sent})
    assert answer.status_code == 422
    assert words in answer.content.decode() and "新地址" in answer.content.decode()
    compound.refresh_from_db()
    assert compound.address == "桂花路1弄"


def test_correcting_and_being_too_late(city: Cast, compound: Compound) -> None:
    client = city.client("street")
    sent = {"name": "春晖一村", "address": "桂花路2弄", "version": "1", "lng": "", "lat": ""}
    assert client.post(_page(compound), sent).status_code == 302
    compound.refresh_from_db()
    assert (compound.name, compound.lng, compound.version) == ("春晖一村", None, 2)
    late = client.post(_page(compound), {**sent, "name": "春晖二村"})
    assert late.status_code == 409
    assert "春晖一村" in late.content.decode()


def test_markup_in_a_name_stays_text(city: Cast, compound: Compound) -> None:
    client = city.client("street")
    client.post(_page(compound), {"name": "<script>alert(1)</script>", "version": "1"})
    for url in (LIST, _page(compound)):
        assert "<script>alert" not in client.get(url).content.decode()


def test_a_committee_claims_a_compound(city: Cast, compound: Compound) -> None:
    client = city.client("worker")
    assert "未确认" in client.get(LIST).content.decode()
    answer = client.post(f"{_page(compound)}committee/", {"committee": "990101001001"})
    assert answer.status_code == 302
    compound.refresh_from_db()
    assert compound.area_path == city.places["committee_a_place"].path
    wrong = client.post(f"{_page(compound)}committee/", {"committee": "990101001002"})
    assert wrong.status_code == 422 and "请选择本街镇的居村委会" in wrong.content.decode()
    assert city.client("worker_b").get(_page(compound)).status_code == 404


def test_buildings_are_entered(city: Cast, compound: Compound) -> None:
    client = city.client("street")
    made = client.post(f"{_page(compound)}buildings/", {"name": "3号楼"})
    assert made.status_code == 302 and made["Location"].endswith(f"{Building.objects.get().public_id}/")
    twice = client.post(f"{_page(compound)}buildings/", {"name": "3号楼"})
    assert twice.status_code == 422 and "已有同名楼栋" in twice.content.decode()
    assert client.post(f"{_page(compound)}buildings/", {"name": ""}).status_code == 422
    assert "3号楼" in client.get(_page(compound)).content.decode()


# -- public JSON -------------------------------------------------------------------------------------------


def test_outlines_below_a_division(city: Cast, client: Client) -> None:
    answer = client.get("/map/divisions.geojson?parent=990101")
    body = json.loads(answer.content)
    assert answer["Content-Type"] == "application/geo+json"
    assert [f["properties"]["name"] for f in body["features"]] == ["桂花街道"]
    assert body["is_schematic"] and body["features"][0]["properties"]["is_schematic"]
    assert body["sources"] == ["test"]
    whole = json.loads(client.get("/map/divisions.geojson?parent=99").content)
    assert [f["properties"]["code"] for f in whole["features"]] == ["990101"]
    streets = json.loads(client.get("/map/divisions.geojson?parent=99&level=4").content)
    assert [f["properties"]["code"] for f in streets["features"]] == ["990101001"]


def test_outlines_are_cached_until_they_change(city: Cast, client: Client) -> None:
    first = client.get("/map/divisions.geojson?parent=990101")
    assert "max-age" in first["Cache-Control"]
    same = client.get("/map/divisions.geojson?parent=990101", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    Boundary.objects.filter(division=city.places["street_place"]).delete()
    changed = client.get("/map/divisions.geojson?parent=990101", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and json.loads(changed.content)["features"] == []


def test_a_whole_district_is_small_enough_for_a_page(client: Client) -> None:
    xuhui_load()
    answer = client.get("/map/divisions.geojson?parent=310104")
    assert len(json.loads(answer.content)["features"]) == 14
    assert len(answer.content) < 100_000


def test_a_position_is_located(city: Cast, client: Client, compound: Compound) -> None:
    answer = client.get("/place/locate/?lng=121.4505&lat=31.25")
    body = answer.json()
    assert answer["Cache-Control"] == "no-store"
    assert (body["street"]["code"], body["street"]["label"]) == ("990101001", "临江区桂花街道")
    assert [row["name"] for row in body["committees"]] == ["桂花第一居委会", "桂花第二居委会"]
    assert [(row["name"], row["metres"], row["committee"]) for row in body["compounds"]] == [
        ("春晖苑", 48, None)
    ]
    assert body["committee"] is None and body["is_schematic"] is True


def test_a_position_of_another_datum(city: Cast, client: Client) -> None:
    edge = "lng=121.4990&lat=31.25"  # inside; as GCJ-02 it lies 0.0045 degrees further west
    plain = client.get(f"/place/locate/?{edge}").json()
    moved = client.get(f"/place/locate/?{edge}&datum=gcj02").json()
    assert moved["lng"] == pytest.approx(plain["lng"] - 0.0045, abs=0.0005)


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/place/locate/", 422, "位置坐标无效"),
        ("/place/locate/?lng=a&lat=b", 422, "位置坐标无效"),
        ("/place/locate/?lng=nan&lat=31", 422, "位置坐标无效"),
        ("/place/locate/?lng=116.4&lat=39.9", 422, "不在本市范围内"),
        ("/place/locate/?lng=121.65&lat=31.25", 422, "没有落在任何街镇的边界内"),
        ("/place/locate/?lng=121.45&lat=31.25&datum=mars", 422, "不认识这个坐标系"),
        ("/place/search/?q=甲&area=000", 404, "没有区划代码"),
        ("/place/committees/?street=990101", 404, "不是街镇"),
        ("/place/committees/", 404, "没有区划代码"),
        ("/map/divisions.geojson", 404, "没有区划代码"),
        ("/map/divisions.geojson?parent=990101&level=x", 422, "没有“x”这一级"),
        ("/map/divisions.geojson?parent=990101&level=９", 422, "这一级"),
    ],
)
def test_bad_questions_get_plain_answers(
    city: Cast, client: Client, url: str, status: int, words: str
) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert answer.json()["hint"]


def test_search_over_compounds_streets_and_committees(city: Cast, client: Client, compound: Compound) -> None:
    compound_confirm_committee(
        actor=city.actor("street"),
        compound_id=compound.public_id,
        committee=city.places["committee_a_place"],
    )
    body = client.get("/place/search/?q=chunhui").json()
    [found] = body["compounds"]
    assert (found["name"], found["label"], found["committee"]["code"]) == (
        "春晖苑",
        "临江区桂花街道",
        "990101001001",
    )
    body = client.get("/place/search/?q=桂花").json()
    assert [row["name"] for row in body["streets"]] == ["桂花街道"]
    assert body["committees"][0]["label"] == "临江区桂花街道桂花第一居委会"
    assert client.get("/place/search/?q=桂花&area=990101002").json()["streets"] == []
    for nothing in ("", "%", "%00", "x" * 5000):
        assert client.get("/place/search/", {"q": nothing}).json()["compounds"] == []


def test_committees_of_a_street(city: Cast, client: Client) -> None:
    body = client.get("/place/committees/?street=990101001").json()
    assert [row["code"] for row in body["committees"]] == ["990101001001", "990101001002"]


def test_public_questions_are_only_asked(client: Client) -> None:
    for url in ("/place/locate/", "/place/search/", "/place/committees/", "/map/divisions.geojson"):
        assert client.post(url).status_code == 405
