"""A case that is not as it says tells in Chinese what came out and why."""

import pytest

from linli.work.benefits.engine.trying import Tried, tried
from linli.work.benefits.language.cases import cases_read
from linli.work.benefits.language.reading import policy_read
from linli.work.benefits.language.tree import Rule

ELDER = policy_read(
    "unit: person\npays: month\nwhen:\n  - {label: 本市户籍, fact: hukou, in: [local]}\n"
    "  - {age: {from: 65}}\n  - {not: {policy: other}}\namount: {lower: [{standard: dibao}, 75]}\n"
).rule("elder")
NOBODY = policy_read("unit: person\npays: status\nwhen: [{age: {from: 200}}]\n").rule("other")


def outcome(case: str, rule: Rule = ELDER, others: tuple[Rule, ...] = (NOBODY,)) -> Tried:
    (one,) = cases_read("- name: 案例\n  on: 2025-03-02\n" + case)
    return tried(one, rule, others, {"dibao": 159500})


OLD = "  person: {birth: 1960-03-01, hukou: local}\n"


@pytest.mark.parametrize(
    "case",
    [
        OLD + "  expect: eligible\n  amount: 75\n",
        OLD + "  expect: eligible\n  amount: 50\n  standards: {dibao: 50}\n",
        OLD + "  expect: not\n  policies: {other: eligible}\n",
        OLD + "  expect: unknown\n  policies: {other: unknown}\n",
        "  person: {birth: 1960-03-01}\n  expect: unknown\n  missing: [hukou]\n",
        "  person: {}\n  expect: unknown\n  missing: [hukou, birth]\n",
    ],
)
def test_right(case: str) -> None:
    assert outcome(case).is_right, outcome(case).faults


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        (OLD + "  expect: not\n", "应当不符合，算出来是符合。"),
        ("  person: {birth: 1960-03-01}\n  expect: not\n", "应当不符合，算出来是待核。还缺：户籍。"),
        (
            "  person: {birth: 1990-01-01, hukou: elsewhere}\n  expect: eligible\n",
            "应当符合，算出来是不符合。没有满足：本市户籍、年满65周岁。",
        ),
        (OLD + "  expect: eligible\n  amount: 80\n", "金额应当是80 元，算出来是75 元。"),
        (
            "  person: {birth: 1960-03-01}\n  expect: unknown\n  missing: [birth]\n",
            "缺的应当是出生日期，算出来是户籍。",
        ),
        ("  expect: not\n", "没有写“本人”"),
    ],
)
def test_wrong(case: str, fault: str) -> None:
    found = outcome(case)
    assert not found.is_right
    assert fault in found.faults[0]


def test_a_policy_that_is_not_at_hand_leaves_it_open() -> None:
    found = outcome(OLD + "  expect: eligible\n", others=())
    assert "待核" in found.faults[0]
