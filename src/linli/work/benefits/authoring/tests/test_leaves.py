"""What is typed in a form and what stands in the draft are the same; what no form says stays text."""

from typing import Any

import pytest

from linli.work.benefits.authoring.leaves import Kind, node_of, typed_of
from linli.work.benefits.authoring.saying import Names, leaf_words
from linli.work.benefits.language.columns import Kind as ColumnKind
from linli.work.benefits.language.reading import policy_of
from linli.work.benefits.language.source import source_read
from linli.work.benefits.language.writing import policy_write

NAMES = Names({"dibao": "最低生活保障"}, {"dibao": "低保标准"})
LEAVES: list[tuple[Kind, dict[str, Any], str]] = [
    (Kind.AGE, {"age": {"from": "65", "under": "70"}}, "年满65周岁、不满70周岁"),
    (Kind.CHOICE, {"fact": "hukou", "in": ["local", "none"]}, "户籍：本市户籍、没有"),
    (Kind.NUMBER, {"fact": "income", "under": "1595.50"}, "月收入低于1595.50元"),
    (Kind.NUMBER, {"fact": "income", "under": {"standard": "dibao"}}, "月收入低于低保标准"),
    (
        Kind.HOUSEHOLD,
        {"value": {"per_head": "income"}, "under": {"times": [{"standard": "dibao"}, "2"]}},
        "家庭人均月收入低于低保标准 × 2",
    ),
    (Kind.DATE, {"fact": "retired_on", "from": "2025-07-01"}, "退休日期在2025-07-01或以后"),
    (Kind.SINCE, {"months": {"since": "birth", "under": "36"}}, "从出生日期算起低于36个月"),
    (Kind.SINCE, {"years": {"since": "retired_on", "from": "1"}}, "从退休日期算起不低于1年"),
    (
        Kind.COUNT,
        {"members": {"count": {"age": {"under": "3"}}, "from": "1"}},
        "家里不满3周岁的人数不低于1人",
    ),
    (Kind.POLICY, {"policy": "dibao"}, "符合“最低生活保障”"),
]


@pytest.mark.parametrize(("kind", "node", "words"), LEAVES, ids=[str(row[0]) for row in LEAVES])
def test_a_form_says_all_of_a_condition(kind: Kind, node: dict[str, Any], words: str) -> None:
    worded = {"label": "这样说", "clause": "第三条", **node}
    found = typed_of(worded)
    assert found is not None and found[0] is kind
    assert node_of(*found) == worded
    assert leaf_words(node, NAMES) == words


@pytest.mark.parametrize(("kind", "node", "words"), LEAVES, ids=[str(row[0]) for row in LEAVES])
def test_what_a_form_says_can_be_read(kind: Kind, node: dict[str, Any], words: str) -> None:
    draft = {"unit": "person", "pays": "month", "amount": "75", "when": {"all": [node]}}
    policy_of(source_read(policy_write(draft)), {"dibao": ColumnKind.MONEY})


@pytest.mark.parametrize(
    "node",
    [
        {"age": {"from": "65", "at_most": "69"}},
        {"age": "65"},
        {"fact": "hukou", "is": "local"},
        {"fact": "nothing_such", "under": "3"},
        {"fact": "income", "under": "1", "from": "0"},
        {"fact": "income", "under": {"sum": ["income", "3"]}},
        {"value": {"per_head": {"fact": "income", "where": {"age": {"from": "60"}}}}, "under": "3"},
        {"months": {"since": {"fact": "birth"}, "under": "36"}},
        {"members": {"count": "all", "from": "2"}},
        {"mark": "✘", "age": {"from": "65"}},
        {"odd": "x"},
        {},
    ],
)
def test_what_no_form_says_stays_text_and_is_still_shown(node: dict[str, Any]) -> None:
    assert typed_of(node) is None
    assert leaf_words(node, NAMES)
