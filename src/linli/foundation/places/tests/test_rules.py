"""Codes, kinds, short names, pinyin: what a clerk could check with the coding rule in hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.errors import InvalidInput
from linli.foundation.places.models import CODE_LENGTH, Level
from linli.foundation.places.rules import (
    code_unpadded,
    division_kind,
    division_level,
    division_path,
    division_short_name,
    number_sort_key,
    parent_code,
    path_codes,
    pinyin_keys,
    pinyin_syllables,
)

codes = st.builds(
    lambda digits, length: ("3" + digits)[:length],
    st.text("123456789", min_size=14, max_size=14),
    st.sampled_from(sorted(CODE_LENGTH.values())),
)


@given(codes)
def test_a_path_ends_with_its_code_and_begins_with_its_parents(code: str) -> None:
    path = division_path(code)
    assert path_codes(path)[-1] == code
    if above := parent_code(code):
        assert path.startswith(division_path(above))
    assert len(path_codes(path)) == division_level(code)


@given(codes.filter(lambda code: len(code) <= 12))
def test_padding_with_zeros_is_undone(code: str) -> None:
    assert code_unpadded(code.ljust(12, "0")) == code
    assert code_unpadded(f" {code} ") == code


def test_the_path_of_a_committee() -> None:
    assert division_path("310104012001") == "31/3101/310104/310104012/310104012001/"


def test_a_level_settles_what_zeros_leave_open() -> None:
    assert code_unpadded("441900000000", level=Level.COUNTY) == "441900"
    assert code_unpadded("441900000000") == "4419"


@pytest.mark.parametrize("code", ["", "abc", "3101041", "00", "３１", "31010401200100", "-1", "31 01"])
def test_not_a_code(code: str) -> None:
    with pytest.raises(InvalidInput):
        code_unpadded(code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("31", ""),
        ("310104", ""),
        ("310104001", "街道"),
        ("310104099", "街道"),
        ("310113100", "镇"),
        ("310113199", "镇"),
        ("310151200", "乡"),
        ("310151399", "乡"),
        ("310114401", "类乡级"),
        ("310114501", "类乡级"),
        ("310104012001", "居委"),
        ("310104012199", "居委"),
        ("310114401201", "村委"),
        ("310114501401", "类居委"),
        ("310104501501", "类村委"),
    ],
)
def test_kind_by_the_coding_rule(code: str, kind: str) -> None:
    assert division_kind(code) == kind


@pytest.mark.parametrize(
    ("name", "kind"), [("徐汇区", "区"), ("崇明县", "县"), ("昆山市", "市"), ("飞地", "")]
)
def test_the_kind_of_a_county_is_in_its_name(name: str, kind: str) -> None:
    assert division_kind("310104", name) == kind


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [
        ("中山居民委员会", Level.COMMITTEE, "中山居委"),
        ("中山居委会", Level.COMMITTEE, "中山居委"),
        ("嘉富社区居民委员会", Level.COMMITTEE, "嘉富居委"),
        ("嘉富社区居委会", Level.COMMITTEE, "嘉富居委"),
        ("光明村村委会", Level.COMMITTEE, "光明村"),
        ("光明村村民委员会", Level.COMMITTEE, "光明村"),
        ("东平林场虚拟生活区", Level.COMMITTEE, "东平林场虚拟生活区"),
        ("徐汇区", Level.COUNTY, "徐汇"),
        ("浦东新区", Level.COUNTY, "浦东"),
        ("湖南路街道", Level.STREET, "湖南路街道"),
    ],
)
def test_short_names(name: str, level: int, short: str) -> None:
    assert division_short_name(name, level) == short


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("重固镇", "chongguzhen", "cgz"),
        ("莘庄镇", "xinzhuangzhen", "xzz"),
        ("长桥街道", "changqiaojiedao", "cqjd"),
        ("朝阳农场", "chaoyangnongchang", "cync"),
        ("闵行区", "minhangqu", "mhq"),
        ("3号楼", "3haolou", "3hl"),
        ("𠮷祥里", "xiangli", "xl"),
    ],
)
def test_pinyin(name: str, pinyin: str, initials: str) -> None:
    found, first = pinyin_keys(pinyin_syllables(name))
    assert (found.endswith(pinyin), first.endswith(initials)) == (True, True)


def test_keys_fit_their_columns() -> None:
    pinyin, initials = pinyin_keys(pinyin_syllables("庄" * 60))
    assert (len(pinyin), len(initials)) == (120, 30)


def test_buildings_sort_as_people_count() -> None:
    names = ["10号楼", "2号楼", "1号楼", "甲楼"]
    assert sorted(names, key=number_sort_key) == ["1号楼", "2号楼", "10号楼", "甲楼"]
