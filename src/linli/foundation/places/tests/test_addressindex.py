"""Which part an address means: exact, by lane, ambiguous, missing, closed; with few queries."""

from typing import Any

import pytest

from linli.foundation.places.addressindex import AddressIndex, How, address_match, addresses_match
from linli.foundation.places.models import Compound, Division, Part
from linli.foundation.places.services import building_add, compound_add, homes_make, part_add, part_close
from linli.foundation.places.services.homes import HomeRow
from tests.people import Cast

from .homes import Homes, homes_build

pytestmark = pytest.mark.django_db


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def _area(homes: Homes) -> str:
    return homes.cast.places["street_place"].path


def _more(homes: Homes, name: str, address: str = "") -> Compound:
    given = {"street": homes.compound.street, "committee": homes.compound.committee}
    return compound_add(actor=homes.worker, name=name, address=address, **given)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("春晖苑3号楼1单元302室", How.EXACT),
        ("春晖苑三幢一单元３０２", How.EXACT),
        ("测试市临江区桂花街道桂花第一居委会春晖苑3-1-302", How.EXACT),
        ("春晖苑小区3号楼1门302", How.STREET),
        ("桂花路20弄3号1单元302室", How.STREET),
        ("临江区桂花路20弄春晖苑3号1单元302室", How.EXACT),
        ("春晖苑（桂花路20弄）3号1单元302室", How.EXACT),
        ("3号楼1单元302", How.STREET),  # one compound in the area: no other can be meant
    ],
)
def test_a_part_is_found(homes: Homes, text: str, how: How) -> None:
    found = address_match(text, (_area(homes),))
    assert (found.how, found.part, found.reason) == (how, homes.part("302").pk, "")
    assert found.is_sure and found.building == homes.building.pk and found.compound.name == "春晖苑"


@pytest.mark.parametrize(
    ("text", "how", "reason"),
    [
        ("秋月苑3号楼1单元302室", How.NO_COMPOUND, "没有找到小区“秋月苑”"),
        ("桂花路99弄3号302", How.NO_COMPOUND, "桂花路99弄"),
        ("春晖苑9号楼302", How.NO_BUILDING, "春晖苑没有登记“9号楼”"),
        ("春晖苑3号楼1单元909", How.NO_PART, "没有登记“3号楼1单元909”"),
        ("春晖苑3号楼9单元302", How.NO_PART, "没有登记"),
        ("春晖苑3号楼302", How.AMBIGUOUS, "1单元302、2单元302"),
        ("春晖苑3号楼1单元302室(租户)", How.UNREAD, "“(租户)”没有读懂"),
        ("春晖苑302", How.UNREAD, "“302”没有读懂"),
        ("", How.NO_COMPOUND, "未写明"),
    ],
)
def test_what_is_not_found_says_why(homes: Homes, text: str, how: How, reason: str) -> None:
    _more(homes, "另一个")
    found = address_match(text, (_area(homes),))
    assert found.how == how and found.part is None and not found.is_sure
    assert reason in found.reason


def test_a_building_or_a_compound_alone_is_an_answer_too(homes: Homes) -> None:
    building, compound = addresses_match(["春晖苑3号楼", "桂花路20弄"], _area(homes))
    assert (building.how, building.building, building.part) == (How.EXACT, homes.building.pk, None)
    assert (compound.how, compound.compound.pk, compound.building) == (How.STREET, homes.compound.pk, None)


def test_of_the_same_name_in_two_streets_the_named_street_counts(homes: Homes, cast: Cast) -> None:
    other = compound_add(
        actor=cast.actor("other_street"), name="春晖苑", street=cast.places["other_street_place"]
    )
    building = building_add(actor=cast.actor("other_street"), compound_id=other.public_id, name="3号楼")
    part = part_add(actor=cast.actor("other_street"), building_id=building.public_id, name="302")
    area = cast.places["district_place"].path
    either, named = addresses_match(["春晖苑3号楼302室", "梧桐街道春晖苑3号楼302室"], area)
    assert either.how == How.AMBIGUOUS and "梧桐街道春晖苑" in either.reason
    assert (named.how, named.part) == (How.EXACT, part.pk)
    assert address_match("春晖苑3号楼1单元302", (_area(homes),)).part == homes.part("302").pk


@pytest.mark.parametrize("name", ["曹路镇", "华新镇", "川沙新镇"])
def test_a_street_that_looks_like_something_else_is_known_by_its_name(homes: Homes, name: str) -> None:
    Division.objects.filter(pk=homes.compound.street_id).update(name=name, short_name=name)
    for text in (f"测试市临江区{name}春晖苑3号楼1单元302室", f"{name}桂花路20弄3号1单元302室"):
        assert address_match(text).part == homes.part("302").pk


def test_a_name_and_a_lane_that_disagree_are_not_decided(homes: Homes) -> None:
    _more(homes, "秋月苑", "桂花路66弄")
    found = address_match("桂花路66弄春晖苑3号楼1单元302室", (_area(homes),))
    assert found.how == How.AMBIGUOUS and len(found.candidates) == 2


def test_street_numbers_and_ranges(homes: Homes) -> None:
    row = _more(homes, "安化路185-189号小区")
    building = building_add(actor=homes.worker, compound_id=row.public_id, name="187号")
    part = part_add(actor=homes.worker, building_id=building.public_id, name="302")
    house, even, beyond = addresses_match(
        ["安化路187号302室", "安化路186号302室", "安化路191号302"], _area(homes)
    )
    assert (house.how, house.part) == (How.STREET, part.pk)
    assert {even.how, beyond.how} == {How.NO_COMPOUND}
    assert address_match("安化路185-189号小区302室", (_area(homes),)).part == part.pk


def test_what_is_closed_is_not_found_but_named(homes: Homes) -> None:
    part_close(actor=homes.worker, part_id=homes.part("302").public_id, version=1, reason="合并")
    found = address_match("春晖苑3号楼1单元302室", (_area(homes),))
    assert found.how == How.NO_PART and found.is_closed and "已经注销" in found.reason


def test_thousands_cost_as_many_queries_as_one(homes: Homes, django_assert_num_queries: Any) -> None:
    rows = [
        HomeRow(homes.compound.pk, f"{n % 20 + 10}号", f"{n // 20 % 6 + 1}0{n % 4 + 1}") for n in range(400)
    ]
    homes_make(actor=homes.worker, rows=rows, source="test")
    texts = [str(part) for part in Part.objects.select_related("building__compound", "stair")] * 10
    ids = list(Part.objects.values_list("pk", flat=True)) * 10
    with django_assert_num_queries(3):  # compounds, names of divisions above, the area's own
        index = AddressIndex((_area(homes),))
    with django_assert_num_queries(3):  # buildings, stairs, parts
        found = index.match(texts)
    assert sorted(match.part or 0 for match in found) == sorted(ids)
    with django_assert_num_queries(1):
        index.match(texts[:50])
