"""Cases as a clerk writes them, and what is refused."""

from datetime import date

import pytest

from linli.work.benefits.language.cases import MOST_CASES, cases_read
from linli.work.benefits.language.columns import Kind
from linli.work.benefits.language.source import Unreadable, source_read
from linli.work.benefits.language.tree import NEVER
from linli.work.benefits.language.writing import cases_write

WHOLE = """
- name: 一家三口
  on: 2025-07-01
  person: {birth: 1960-03-01, 户籍: 本市户籍, income: 1500.50, retired_on: none}
  members: [{income: -20, disability_grade: none}, {}]
  household: {assistance: edge, homes: 2}
  policies: {dibao: not, edge: unknown}
  standards: {dibao: 1600, places: 3}
  expect: eligible
  amount: 75
"""
KINDS = {"dibao": Kind.MONEY, "places": Kind.NUMBER}


def test_a_case() -> None:
    (case,) = cases_read(WHOLE, KINDS)
    assert (case.name, case.on, case.expect, case.amount) == ("一家三口", date(2025, 7, 1), True, 7500)
    assert case.people == (
        {"birth": 19600301, "hukou": 1, "income": 150050, "retired_on": NEVER},
        {"income": -2000, "disability_grade": 0},
        {},
    )
    assert case.household == {"assistance": 2, "homes": 2}
    assert case.verdicts == {"dibao": False, "edge": None}
    assert case.standards == {"dibao": 160000, "places": 3}
    assert case.line == 2


def test_cases_are_written_in_one_layout() -> None:
    text = cases_write(source_read(WHOLE).raw)
    assert cases_write(source_read(text).raw) == text
    assert cases_read(text, KINDS)[0].people == cases_read(WHOLE, KINDS)[0].people


def test_none_of_an_empty_text() -> None:
    assert cases_read("") == cases_read(" \n") == ()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("name: x\n", "", "要写成列表"),
        ("- {on: 2025-01-01, expect: not}\n", "[0]", "要有名称"),
        ("- {name: x, on: 元旦, expect: not}\n", "[0].on", "要填日期"),
        ("- {name: x, expect: not}\n", "[0].on", "还没有填"),
        ("- {name: x, on: 2025-01-01, expect: maybe}\n", "[0].expect", "待核"),
        ("- {name: x, on: 2025-01-01}\n", "[0].expect", "待核"),
        ("- {name: x, on: 2025-01-01, expect: not, amount: 5}\n", "[0]", "应当是符合"),
        ("- {name: x, on: 2025-01-01, expect: eligible, missing: [hukou]}\n", "[0]", "应当是待核"),
        ("- {name: x, on: 2025-01-01, expect: eligible, amount: 很多}\n", "[0].amount", "要填金额"),
        (
            "- {name: x, on: 2025-01-01, expect: not, person: {hukuo: local}}\n",
            "[0].person.hukuo",
            "没有“hukuo”",
        ),
        (
            "- {name: x, on: 2025-01-01, expect: not, person: {income: 许多}}\n",
            "[0].person.income",
            "要填金额",
        ),
        (
            "- {name: x, on: 2025-01-01, expect: not, person: {homes: 1}}\n",
            "[0].person.homes",
            "写在“家庭”里",
        ),
        (
            "- {name: x, on: 2025-01-01, expect: not, household: {hukou: local}}\n",
            "[0].household.hukou",
            "本人",
        ),
        ("- {name: x, on: 2025-01-01, expect: not, colour: red}\n", "[0].colour", "不能写"),
        (
            "- {name: x, on: 2025-01-01, expect: not}\n- {name: x, on: 2025-01-01, expect: not}\n",
            "[1].name",
            "已有",
        ),
        ("- {name: x, on: 2025-01-01, expect: not, members: " + str([{}] * 31) + "}\n", "[0]", "最多30人"),
        ("- {name: x}\n" * (MOST_CASES + 1), "", "最多200个"),
    ],
)
def test_refused(text: str, place: str, words: str) -> None:
    with pytest.raises(Unreadable) as raised:
        cases_read(text)
    assert raised.value.faults[0].place == place
    assert words in raised.value.faults[0].words


def test_every_wrong_case_is_named() -> None:
    with pytest.raises(Unreadable) as raised:
        cases_read("- {name: a, on: x, expect: not}\n- {name: b, on: 2025-01-01, expect: y}\n")
    assert [fault.place for fault in raised.value.faults] == ["[0].on", "[1].expect"]
