"""The language in Chinese is the same language."""

import pytest

from linli.work.benefits.language.cases import cases_read
from linli.work.benefits.language.columns import columns
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.shipped import ShippedVersion, policies_shipped
from linli.work.benefits.language.source import Unreadable, source_read
from linli.work.benefits.language.words import NAMES, codes_of_names, in_chinese, place_words
from linli.work.benefits.language.writing import cases_write, policy_write

from .texts import WHOLE

VERSIONS = [version for policy in policies_shipped() for version in policy.versions]
CHINESE = """
发给谁: 个人
怎么发: 按月
条件:
  都要:
    - {名称: 本市户籍, 条款: 第二条, 事实: 户籍, 是: 本市户籍}
    - {年龄: {不低于: 65}}
    - {数值: {人均: 月收入}, 低于: {标准: dibao}}
    - {任一: [{事实: 残疾等级, 属于: [一级, 二级]}, {事实: 子女数, 是: 没有}]}
    - {成员: {任一: {年龄: {不满: 3}}}}
    - {整月: {自: 出生日期, 按日历月: 是, 低于: 900}}
金额:
  分档: {其中: 年龄, 各档: [{从: 65, 到: 70, 发: 75}, {从: 70, 发: 150}]}
免申即享: 是
"""
CODES = """
unit: person
pays: month
when:
  all:
    - {label: 本市户籍, clause: 第二条, fact: hukou, is: local}
    - {age: {from: 65}}
    - {value: {per_head: income}, under: {standard: dibao}}
    - {any: [{fact: disability_grade, in: [1, 2]}, {fact: children, is: none}]}
    - {members: {any: {age: {under: 3}}}}
    - {months: {since: birth, calendar: yes, under: 900}}
amount:
  bands: {of: age, rows: [{from: 65, to: 70, pay: 75}, {from: 70, pay: 150}]}
automatic: yes
"""


def test_chinese_is_read_as_the_same() -> None:
    assert source_read(CHINESE).raw == source_read(CODES).raw
    assert policy_read(CHINESE).when == policy_read(CODES).when
    assert policy_read(CHINESE).is_automatic


def test_cases_in_chinese_are_read_as_the_same() -> None:
    chinese = (
        "- 案例: 65岁生日当天还不算\n  日期: 2025-03-01\n  本人: {出生日期: 1960-03-01, 户籍: 本市户籍}\n"
        "  成员: [{就业状况: 无业, 月收入: 没有}]\n  家庭: {救助身份: 最低生活保障家庭}\n"
        "  别的政策: {dibao: 不符合}\n  应当: 待核\n  缺: [月收入]\n"
    )
    (case,) = cases_read(chinese)
    assert case.people == ({"birth": 19600301, "hukou": 1}, {"employment": 6, "income": 0})
    assert (case.household, case.verdicts, case.expect) == ({"assistance": 1}, {"dibao": False}, None)
    assert case.missing == {"income"}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"{version.document} {version.from_on}")
def test_what_ships_goes_into_chinese_and_back(version: ShippedVersion) -> None:
    rule, cases = source_read(version.text).raw, source_read(version.cases).raw
    said = policy_write(rule)
    assert said == version.text
    assert source_read(policy_write(rule, with_codes=True)).raw == rule
    assert source_read(cases_write(cases)).raw == cases
    assert not set(NAMES) & set(said.replace(":", " ").replace("{", " ").split())


def test_nothing_is_said_in_two_ways() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
    labels = [line.label for line in columns().values()]
    assert len(set(labels)) == len(labels)
    assert not set(labels) & set(NAMES.values())
    for line in columns().values():
        assert len(set(line.choices.values())) == len(line.choices)
    assert codes_of_names()["户籍"] == "hukou"


def test_texts_are_left_as_they_are() -> None:
    raw = source_read(
        "plain: 年龄\nbring: [户籍, age]\nwhen: [{label: age, clause: none, policy: tekun}]\n"
    ).raw
    assert raw["plain"] == "年龄"  # type: ignore[call-overload, index]
    assert in_chinese(raw) == {
        "大白话": "年龄",
        "要带": ["户籍", "age"],
        "条件": [{"名称": "age", "条款": "none", "政策": "tekun"}],
    }


def test_both_words_for_one_thing_are_twice() -> None:
    with pytest.raises(Unreadable) as refused:
        source_read("age: 1\n年龄: 2\n")
    assert "“年龄”在同一处写了两次" in refused.value.message


def test_a_whole_policy_in_chinese() -> None:
    said = policy_write(source_read(WHOLE).raw)
    assert said.startswith("发给谁: 个人\n怎么发: 按月\n")
    assert "    - {名称: 本市户籍, 条款: 第二条, 事实: 户籍, 属于: [本市户籍]}\n" in said
    assert policy_read(said).when == policy_read(WHOLE).when


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("when.all[2].age.from", "条件 › 都要第3项 › 年龄 › 不低于"),
        ("amount.bands.rows[0]", "金额 › 分档 › 各档第1项"),
        ("案例 [0].person.hukou", "案例 第1项 › 本人 › 户籍"),
        ("案例 65岁生日当天", "案例 65岁生日当天"),
        ("unit", "发给谁"),
        ("foo", "foo"),
        ("", ""),
    ],
)
def test_places_as_people_read_them(place: str, words: str) -> None:
    assert place_words(place) == words
