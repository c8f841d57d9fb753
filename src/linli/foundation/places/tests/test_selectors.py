"""Names, children, search, and from what a reporter gives to one place."""

from datetime import date

import pytest

from linli.core.errors import InvalidInput, NotFound
from linli.foundation.places import selectors
from linli.foundation.places.models import Compound, Division, Level
from linli.foundation.places.selectors import place_resolve
from linli.foundation.places.services import compound_add, compound_confirm_committee
from tests.people import Cast

from .factories import boundary_make, xuhui_load

pytestmark = pytest.mark.django_db
WEST, SOUTH = 121.4, 31.2
INSIDE = {"lng": 121.45, "lat": 31.25}
OTHER_STREET = {"lng": 121.55, "lat": 31.25}
RIVER = {"lng": 121.65, "lat": 31.25}
BEIJING = {"lng": 116.4, "lat": 39.9}


@pytest.fixture
def city(cast: Cast) -> Cast:
    """The cast's two streets side by side as squares, in a district that is wider than both."""
    boundary_make(cast.places["district_place"], WEST, SOUTH, 0.3)
    boundary_make(cast.places["street_place"], WEST, SOUTH)
    boundary_make(cast.places["other_street_place"], WEST + 0.1, SOUTH)
    return cast


@pytest.fixture
def compound(city: Cast) -> Compound:
    return compound_add(
        actor=city.actor("street"), name="春晖苑", street=city.places["street_place"], **INSIDE
    )


def _confirm(city: Cast, compound: Compound) -> Compound:
    return compound_confirm_committee(
        actor=city.actor("street"),
        compound_id=compound.public_id,
        committee=city.places["committee_a_place"],
    )


# -- divisions ---------------------------------------------------------------------------------------------


def test_names_leave_out_the_city_of_the_code(cast: Cast) -> None:
    committee = cast.places["committee_a_place"]
    assert selectors.division_name(committee) == "临江区桂花街道桂花第一居委会"
    assert selectors.division_name(committee.path, Level.PROVINCE) == "测试市临江区桂花街道桂花第一居委会"
    assert selectors.division_name("") == ""


def test_names_of_many_paths_are_one_query(cast: Cast, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    paths = [place.path for place in cast.places.values()]
    with django_assert_num_queries(1):
        names = selectors.division_names(paths, Level.STREET)
    assert names[cast.places["street_place"].path] == "桂花街道"
    assert names[cast.places["province"].path] == ""


def test_children_and_committees(cast: Cast) -> None:
    assert [d.code for d in selectors.division_children("")] == ["99"]
    children = selectors.division_children(cast.places["district_place"].path)
    assert [d.name for d in children] == ["桂花街道", "梧桐街道"]
    committees = selectors.committee_list(cast.places["street_place"])
    assert [d.name for d in committees] == ["桂花第一居委会", "桂花第二居委会"]


def test_a_code_of_another_day(cast: Cast) -> None:
    old = cast.places["other_street_place"]
    Division.objects.filter(pk=old.pk).update(valid_to=date(2024, 1, 1))
    assert selectors.division_by_code(old.code, on=date(2023, 12, 31)) == old
    for day in (None, date(2024, 1, 1), date(2019, 1, 1)):
        with pytest.raises(NotFound, match="没有区划代码"):
            selectors.division_by_code(old.code, on=day)


@pytest.mark.parametrize("code", ["", "abc", "990101999", "9" * 500])
def test_an_unknown_code(cast: Cast, code: str) -> None:
    with pytest.raises(NotFound):
        selectors.division_by_code(code)


# -- search ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["春晖", "晖苑", "chunhui", "Chun Hui", "chun'hui", "chy", "CHY"])
def test_compounds_are_found_by_name_pinyin_and_initials(compound: Compound, query: str) -> None:
    assert selectors.compound_search(query) == [compound]


@pytest.mark.parametrize("query", ["", "  ", "秋", "huiyuan", "%", "_", "\\", "'", "' OR 1=1", "x" * 1000])
def test_and_not_by_anything_else(compound: Compound, query: str) -> None:
    assert selectors.compound_search(query) == []


def test_search_stays_in_its_area(city: Cast, compound: Compound) -> None:
    assert selectors.compound_search("春晖", city.places["street_place"].path) == [compound]
    assert selectors.compound_search("春晖", city.places["other_street_place"].path) == []


def test_divisions_are_found_by_pinyin() -> None:
    xuhui_load()
    names = [d.name for d in selectors.division_search("hunanlu", Level.STREET)]
    assert names == ["湖南路街道"]
    assert [d.name for d in selectors.division_search("xthfz", Level.STREET)] == []
    found = selectors.division_search("大木桥", Level.COMMITTEE)
    assert found and all("大木桥" in d.name for d in found)
    assert found == sorted(found, key=lambda d: d.pinyin)


def test_nearby_is_sorted_by_distance(city: Cast, compound: Compound) -> None:
    near = compound_add(
        actor=city.actor("street"),
        name="近苑",
        street=city.places["street_place"],
        lng=121.4505,
        lat=31.25,
    )
    compound_add(
        actor=city.actor("street"), name="远苑", street=city.places["street_place"], lng=121.47, lat=31.25
    )
    compound_add(actor=city.actor("street"), name="无处苑", street=city.places["street_place"])
    found = selectors.compound_nearby(121.4506, 31.25)
    assert [item.compound for item in found] == [near, compound]
    assert [item.metres for item in found] == [10, 57]


# -- from a position to a place ----------------------------------------------------------------------------


def test_a_position_gives_a_street(city: Cast) -> None:
    place = place_resolve(**INSIDE)
    assert (place.division, place.how, place.lng) == (city.places["street_place"], "street", 121.45)
    assert place.code == "990101001"
    assert place.area_path == city.places["street_place"].path


def test_a_committee_boundary_comes_first(city: Cast, compound: Compound) -> None:
    _confirm(city, compound)
    boundary_make(city.places["committee_b_place"], 121.44, 31.24, 0.02)
    place = place_resolve(**INSIDE, compound=compound, committee=city.places["committee_a_place"])
    assert (place.division, place.how) == (city.places["committee_b_place"], "boundary")
    assert place.compound == compound


def test_then_the_confirmed_committee_of_the_compound(city: Cast, compound: Compound) -> None:
    assert place_resolve(compound=compound).how == "street"
    _confirm(city, compound)
    for given in (str(compound.public_id), compound.public_id):
        place = place_resolve(compound=given, committee="990101001002")
        assert (place.division, place.how) == (city.places["committee_a_place"], "compound")
    river = place_resolve(compound=compound.public_id, **RIVER)
    assert (river.how, river.lng) == ("compound", 121.65)


def test_then_the_persons_choice(city: Cast, compound: Compound) -> None:
    place = place_resolve(**INSIDE, committee="990101001002")
    assert (place.division, place.how) == (city.places["committee_b_place"], "chosen")
    assert place_resolve(compound=compound, committee="990101001002").how == "chosen"
    assert place_resolve(committee=city.places["committee_b_place"]).lng is None


def test_else_the_street_that_was_chosen(city: Cast) -> None:
    place = place_resolve(street="990101002")
    assert (place.division, place.how) == (city.places["other_street_place"], "street")
    assert place_resolve(street=city.places["street_place"], **RIVER).how == "street"


@pytest.mark.parametrize("level", ["street", "committee"])
def test_a_choice_far_from_the_pin_is_questioned(city: Cast, level: str) -> None:
    chosen = {"street": "990101002"} if level == "street" else {"committee": "990101002001"}
    with pytest.raises(InvalidInput, match="图上的位置在桂花街道，所选的却属于梧桐街道"):
        place_resolve(**INSIDE, **chosen)


def test_near_the_edge_the_person_is_believed(city: Cast) -> None:
    near_edge = {"lng": 121.4985, "lat": 31.25}  # 143 m inside 桂花街道
    assert place_resolve(**near_edge, street="990101002").division.name == "梧桐街道"
    far = {"lng": 121.4960, "lat": 31.25}
    with pytest.raises(InvalidInput):
        place_resolve(**far, street="990101002")


def test_on_a_schematic_map_the_person_is_believed(city: Cast) -> None:
    city.places["street_place"].boundary.delete()
    boundary_make(city.places["street_place"], WEST, SOUTH, is_schematic=True)
    assert place_resolve(**INSIDE, committee="990101002001").how == "chosen"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "还不知道地点"),
        ({"lng": "", "lat": ""}, "还不知道地点"),
        (BEIJING, "不在本市范围内"),
        ({**BEIJING, "committee": "990101001001"}, "不在本市范围内"),
        (RIVER, "没有落在任何街镇的边界内"),
        ({"lng": 121.4}, "位置坐标无效"),
        ({"lng": "东", "lat": "北"}, "位置坐标无效"),
        ({"lng": float("inf"), "lat": 31.0}, "位置坐标无效"),
        ({"lng": "121,4", "lat": "31.2"}, "位置坐标无效"),
        ({"lng": 31.25, "lat": 121.45}, "位置坐标无效"),
        ({"committee": "990101001"}, "“桂花街道”不是居村委会"),
        ({"street": "990101001001"}, "“桂花第一居委会”不是街镇"),
        ({"street": "990101001", "committee": "990101002001"}, "不在同一个街镇"),
    ],
)
def test_what_gives_no_place(city: Cast, given: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        place_resolve(**given)  # type: ignore[arg-type]
    assert words in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(
    "given",
    [
        {"committee": "990101001999"},
        {"street": "无"},
        {"compound": "nonsense"},
        {"compound": "01890a5d-ac96-774b-bcce-b302099a8057"},
    ],
)
def test_what_does_not_exist(city: Cast, given: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        place_resolve(**given)  # type: ignore[arg-type]


def test_zero_is_a_coordinate(city: Cast) -> None:
    with pytest.raises(InvalidInput, match="不在本市范围内"):
        place_resolve(lng=0, lat=0)


def test_without_a_map_the_choice_decides(cast: Cast) -> None:
    place = place_resolve(**BEIJING, committee="990101001001")
    assert (place.how, place.lng) == ("chosen", 116.4)
    with pytest.raises(InvalidInput, match="还不知道地点"):
        place_resolve(**BEIJING)
