"""Taking addresses apart: cases a clerk could check, what is written is read back, and nothing breaks it."""

from dataclasses import asdict, fields
from pathlib import Path
from time import process_time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linli.foundation.places.addresses import (
    Address,
    address_parse,
    address_text,
    building_key,
    name_key,
    numeral_value,
    room_name,
    stair_key,
)

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "addresses.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"] or "empty")
def test_cases(case: dict[str, Any]) -> None:
    expected = {field.name: case.get(field.name, "") for field in fields(Address)}
    assert asdict(address_parse(case["text"])) == expected


numbers = st.integers(1, 2999).map(str)
roads = st.sampled_from(["延长路", "淮海中路", "四平路", "人民大道", "南京西路", "打浦桥街", "三门路"])
compounds = st.sampled_from(["春晖苑", "某某小区", "日晖四村", "清水苑(二期)", "锦绣江南公寓", "和风里"])
lanes = st.builds("{}弄{}".format, numbers, st.just("") | numbers.map("{}支弄".format))
buildings = st.builds(
    "{}{}".format, numbers | st.sampled_from("ABCD"), st.sampled_from(["号楼", "号", "幢", "栋", "座"])
) | numbers.map("{}号甲".format)
stairs = st.just("") | st.integers(1, 20).map("{}单元".format)
rooms = st.integers(101, 5910).map(str) | st.sampled_from(
    ["亭子间", "302A", "12甲", "底层", "2楼后楼", "三层阁", "半地下", "B1"]
)


@given(st.tuples(roads, lanes, st.just("") | compounds, buildings, stairs, rooms))
def test_a_lane_address_is_read_back(parts: tuple[str, ...]) -> None:
    address = Address("", *parts)
    assert address_parse(address_text(address)) == address


@given(st.tuples(compounds, buildings, stairs, rooms))
def test_an_address_by_name_is_read_back(parts: tuple[str, ...]) -> None:
    address = Address("", "", "", *parts)
    assert address_parse(address_text(address)) == address


@given(
    st.text(alphabet="上海市徐汇区湖南路街道延长弄号楼单元室小村0123456789一二三十甲AB-(/) 、#", max_size=40)
)
def test_any_text_is_read_without_losing_anything(text: str) -> None:
    address = address_parse(text)
    kept = "".join(asdict(address).values())
    # 室 behind a room, separators between parts, and 小区 behind a lane are dropped; nothing else.
    assert sum(char.isdigit() for char in kept) >= sum(char in "0123456789" for char in text)


@given(st.text(max_size=60))
def test_nothing_breaks_it(text: str) -> None:
    assert isinstance(address_parse(text), Address)
    for key in (building_key, stair_key, room_name, name_key):
        assert isinstance(key(text), str)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("一百", 100),
        ("一百零三", 103),
        ("一二三", 123),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert numeral_value(text) == value


def test_what_is_the_same_building_stair_and_room() -> None:
    assert {building_key(name) for name in ("3号楼", "3幢", "3栋", "三号楼", "3#", "３号", "3")} == {"3"}
    assert building_key("12号甲") == building_key("12甲号") != building_key("12号")
    assert {stair_key(name) for name in ("2单元", "二单元", "2门", "2号门", "2")} == {"2"}
    assert {room_name(name) for name in ("302室", "302", "３０２", " 302 室")} == {"302"}
    assert room_name("休息室") == "休息室"
    assert name_key("日晖四村") == name_key("日晖4村") and name_key("清水苑（二期）") == name_key("清水苑2期")


def test_known_divisions_are_taken_off_even_where_their_names_mislead() -> None:
    known = ("枣庄市", "市中区", "永安镇", "罗店古镇")
    found = address_parse("枣庄市市中区罗店古镇春晖苑3号楼101", known)
    assert (found.above, found.compound) == ("枣庄市市中区罗店古镇", "春晖苑")
    assert address_parse("市中区春晖苑3号楼101", known).above == "市中区"


def test_speed() -> None:
    texts = [case["text"] for case in CASES] * 200
    began = process_time()
    for text in texts:
        address_parse(text)
    assert len(texts) / (process_time() - began) > 20_000
