"""The pages of buildings and of compounds without a street, over HTTP."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from linli.foundation.places.compoundfile import compounds_read
from linli.foundation.places.models import Building, Compound, Level, Part, Stair, UnplacedCompound
from linli.foundation.places.services import building_close, compounds_load
from tests.people import Cast, place_make

from .factories import LOADER
from .homes import Homes, homes_build

pytestmark = pytest.mark.django_db
REGISTER = "/desk/settings/places/"


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


@pytest.fixture
def client(homes: Homes) -> Client:
    return homes.cast.client("worker")


def _url(homes: Homes, rest: str = "") -> str:
    return f"{REGISTER}buildings/{homes.building.public_id}/{rest}"


def test_the_building_stands_there_floor_by_floor(homes: Homes, client: Client) -> None:
    text = client.get(_url(homes)).content.decode()
    assert text.index("6层") < text.index("1层")
    assert text.count('class="home"') == 24 and "住宅24套" in text and "2单元" in text
    read_only = homes.cast.client("district").get(_url(homes)).content.decode()
    assert "601室" in read_only and "成批登记" not in read_only and "更正" not in read_only
    page = client.get(f"{REGISTER}compounds/{homes.compound.public_id}/").content.decode()
    assert _url(homes) in page and ">24<" in page


def test_the_page_costs_the_same_for_one_and_for_hundreds(
    homes: Homes, client: Client, django_assert_max_num_queries: Any
) -> None:
    plan = {"stairs": "3单元、4单元", "first_floor": 1, "last_floor": 30, "rooms": 6, "first_room": 1}
    made = client.post(
        _url(homes, "rooms/"), {**plan, "numbering": "floor_two", "kind": "dwelling", "act": "make"}
    )
    assert made.status_code == 302 and Part.objects.count() == 384
    with django_assert_max_num_queries(20):
        client.get(_url(homes))


PLAN = {
    "stairs": "3单元",
    "first_floor": "1",
    "last_floor": "6",
    "rooms": "2",
    "first_room": "1",
    "numbering": "floor_two",
    "kind": "dwelling",
    "area": "68.85",
}


def test_rooms_are_shown_made_and_taken_back(homes: Homes, client: Client) -> None:
    shown = client.post(_url(homes, "rooms/"), {**PLAN, "stairs": "2单元，3单元", "act": "preview"})
    text = shown.content.decode()
    assert "将登记12处房屋" in text and "12处已经有了" in text and Part.objects.count() == 24
    made = client.post(_url(homes, "rooms/"), {**PLAN, "act": "make"}, follow=True)
    assert "已登记12处房屋" in made.content.decode() and "撤销这一批" in made.content.decode()
    assert Part.objects.filter(stair__name="3单元", area=6885).count() == 12
    batch = re.search(r'name="made" value="([^"]+)"', made.content.decode())
    undone = client.post(_url(homes, "rooms/undo/"), {"made": batch[1]}, follow=True)
    assert "已撤销12处房屋" in undone.content.decode()
    assert Part.objects.count() == 24 and not Stair.objects.filter(name="3单元").exists()
    assert client.post(_url(homes, "rooms/undo/"), {"made": batch[1]}).status_code == 409
    assert client.post(_url(homes, "rooms/undo/"), {"made": "batch:x"}).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_floor": "0"}, "没有0层"),
        ({"rooms": "0"}, "每层户数应在1到99之间"),
        ({"skip": "四楼"}, "请写楼层数字"),
        ({"area": "0"}, "面积必须大于0"),
        ({"rooms": ""}, "填"),
        ({"numbering": "floor_letter", "rooms": "30"}, "最多26户"),
    ],
)
def test_a_wrong_plan_says_where_and_makes_nothing(
    homes: Homes, client: Client, wrong: dict[str, str], said: str
) -> None:
    answer = client.post(_url(homes, "rooms/"), {**PLAN, **wrong, "act": "make"})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert "3单元" in answer.content.decode() and Part.objects.count() == 24


def test_a_part_is_entered_corrected_closed_and_opened_again(homes: Homes, client: Client) -> None:
    stair = homes.building.stairs.first()
    sent = {"stair": stair.public_id, "name": "701", "floor": "", "kind": "dwelling", "area": "68.8"}
    assert client.get(_url(homes, "parts/")).status_code == 200
    assert client.post(_url(homes, "parts/"), sent).status_code == 302
    part = Part.objects.get(name="701")
    assert (part.floor, part.area, part.stair) == (7, 6880, stair)
    twice = client.post(_url(homes, "parts/"), sent)
    assert twice.status_code == 422 and "已有同号房屋" in twice.content.decode()
    wrong = client.post(_url(homes, "parts/"), {**sent, "name": "702", "area": "-1"})
    assert wrong.status_code == 422 and "面积必须大于0" in wrong.content.decode()
    url = f"{REGISTER}parts/{part.public_id}/"
    assert 'value="68.8"' in client.get(url).content.decode()
    change = {**sent, "floor": "7", "kind": "office", "version": "1"}
    assert client.post(url, change).status_code == 302
    stale = client.post(url, {**change, "kind": "shop"})
    assert stale.status_code == 409 and "701" in stale.content.decode()
    assert client.post(f"{url}close/", {"version": "2", "reason": ""}).status_code == 422
    assert client.post(f"{url}close/", {"version": "2", "reason": "误登"}).status_code == 302
    assert "701室已注销" in client.get(_url(homes)).content.decode()
    assert "701室" not in client.get(_url(homes)).content.decode()
    assert "701室" in client.get(_url(homes, "?closed=1")).content.decode()
    assert client.post(f"{url}reopen/", {"version": "3"}).status_code == 302
    assert Part.objects.get(name="701").closed_on is None


def test_a_building_is_corrected_and_closed(homes: Homes, client: Client) -> None:
    sent = {
        "name": "3号楼",
        "housing_type": "reformed",
        "built_year": "1986",
        "floors": "6",
        "floor_area": "2400.5",
    }
    url = _url(homes, "edit/")
    assert client.post(url, {**sent, "has_lift": "no", "version": "1"}).status_code == 302
    building = Building.objects.get()
    assert (building.floor_area, building.has_lift, building.built_year) == (240_050, False, 1986)
    text = client.get(_url(homes)).content.decode()
    assert "2,400.5" in text and "售后公房" in text and "没有" in text
    assert client.post(url, {**sent, "version": "1"}).status_code == 409
    wrong = client.post(url, {**sent, "built_year": "1700", "version": "2"})
    assert wrong.status_code == 422 and "1840年" in wrong.content.decode()
    assert client.post(_url(homes, "close/"), {"version": "2", "reason": "拆除"}).status_code == 302
    assert "已注销" in client.get(_url(homes)).content.decode()
    refused = client.post(_url(homes, "parts/"), {"name": "801", "kind": "dwelling"})
    assert refused.status_code == 409 and "已经注销" in refused.content.decode()
    assert client.post(_url(homes, "reopen/"), {"version": "3"}).status_code == 302
    assert Part.objects.open().count() == 24


def test_stairs_and_grids(homes: Homes, client: Client) -> None:
    grid = place_make("990101001001001", "第一网格", Level.GRID, homes.cast.places["committee_a_place"])
    assert client.post(_url(homes, "stairs/"), {"name": "3单元", "has_lift": "yes"}).status_code == 302
    stair = Stair.objects.get(name="3单元")
    assert stair.has_lift
    assert client.post(_url(homes, "stairs/"), {"name": "3单元"}).status_code == 422
    url = f"{REGISTER}stairs/{stair.public_id}/"
    assert client.post(url, {"name": "4单元", "version": 1}).status_code == 302
    assert client.post(url, {"name": "5单元", "version": 1}).status_code == 409  # stale
    assert client.post(f"{url}remove/").status_code == 302 and Stair.objects.count() == 2
    assert "第一网格" in client.get(_url(homes, "edit/")).content.decode()
    assert client.post(_url(homes, "grids/"), {"grids": [grid.code], "version": "1"}).status_code == 302
    assert list(homes.building.grids.all()) == [grid]
    assert client.post(_url(homes, "grids/"), {"grids": ["123"], "version": "2"}).status_code == 422
    assert "第一网格" in client.get(_url(homes)).content.decode()


def test_others_see_nothing_or_only_look(homes: Homes) -> None:
    for who, status in {"worker_b": 404, "other_street": 404, "resident": 403, "department": 403}.items():
        assert homes.cast.client(who).get(_url(homes)).status_code == status, who
    for who in ("district", "city"):
        assert homes.cast.client(who).get(_url(homes)).status_code == 200
        assert homes.cast.client(who).get(_url(homes, "edit/")).status_code == 403
        assert homes.cast.client(who).post(_url(homes, "rooms/"), {**PLAN, "act": "make"}).status_code == 403
    assert Part.objects.count() == 24


def test_a_closed_building_offers_no_entry(homes: Homes, client: Client) -> None:
    building_close(actor=homes.worker, building_id=homes.building.public_id, version=1, reason="拆除")
    text = client.get(_url(homes)).content.decode()
    assert "成批登记" not in text and "恢复" in text


# -- compounds without a street ----------------------------------------------------------------------------


@pytest.fixture
def waiting(cast: Cast, tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "小区.csv"
    path.write_text("name,district\n甲苑,临江区\n乙苑,临江区\n丙苑,\n")
    compounds_load(actor=LOADER, batch=compounds_read(path))
    return {row.name: str(row.public_id) for row in UnplacedCompound.objects.all()}


def test_what_waits_is_placed_together_or_dismissed(cast: Cast, waiting: dict[str, str]) -> None:
    url = f"{REGISTER}unplaced/"
    client = cast.client("street")
    text = client.get(url).content.decode()
    assert "甲苑" in text and "丙苑" not in text and "没有街镇信息" in text
    assert "丙苑" in cast.client("city").get(url).content.decode()
    street = cast.places["street_place"].code
    assert client.post(url, {"act": "place", "street": street}).status_code == 422
    assert client.post(url, {"act": "place", "chosen": [waiting["甲苑"]]}).status_code == 422
    assert client.post(url, {"act": "place", "chosen": ["x"], "street": street}).status_code == 422
    sent = {"act": "place", "chosen": [waiting["甲苑"], waiting["乙苑"]], "street": street}
    assert client.post(url, sent).status_code == 302
    assert Compound.objects.filter(street__code=street).count() == 2
    assert client.post(url, sent).status_code == 422
    gone = cast.client("city").post(url, {"act": "dismiss", "chosen": [waiting["丙苑"]]})
    assert gone.status_code == 302
    assert "没有待确认街镇的小区" in cast.client("city").get(url).content.decode()


def test_a_committee_sees_but_does_not_place(cast: Cast, waiting: dict[str, str]) -> None:
    url = f"{REGISTER}unplaced/"
    text = cast.client("worker").get(url).content.decode()
    assert "甲苑" in text and "放到这个街镇" not in text
    assert cast.client("worker").post(url, {"chosen": [waiting["甲苑"]]}).status_code == 403
    assert cast.client("resident").get(url).status_code == 403
