"""Gaps and overlaps, said plainly."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.work.matters.routing import rules
from linli.work.matters.routing.cells import Known
from linli.work.matters.routing.checking import Region, check, covers, overlap
from linli.work.matters.routing.conditions import Condition, Facts, matches
from linli.work.matters.routing.models import DecisionTable, DecisionVersion
from linli.work.matters.routing.rules import Outcome, Row
from linli.work.matters.routing.ruling import Sheet

from .test_conditions import conditions, facts

LEAVES = ["市容/噪声", "市容/垃圾", "物业/电梯"]
KNOWN = Known(
    categories=frozenset({"市容", *LEAVES, "物业"}),
    areas={"1": ("甲居委", "1/1/")},
    units={"a": ("甲", True), "b": ("乙", True), "c": ("丙", False)},
)


def found(policy: str, *rows: dict[str, Any]) -> list[str]:
    version = DecisionVersion(number=1, policy=policy, rows=list(rows))
    version.table = DecisionTable(pk=1, subject=rules.ROUTE, name="表")
    return [f"{f.kind} {f.words}" for f in check(Sheet.of(version, KNOWN), LEAVES)]


def test_a_row_for_everything_leaves_no_gap() -> None:
    assert found(rules.FIRST, {"category": ["市容"], "lead": "unit:a"}, {"lead": "unit:b"}) == []


def test_categories_without_a_row_are_named() -> None:
    assert found(rules.FIRST, {"category": ["市容"], "lead": "unit:a"}) == ["gap 没有一行管到：物业/电梯。"]


def test_a_case_of_a_category_without_a_row_is_named() -> None:
    rows = [
        {"category": ["市容/噪声"], "days": ["dayoff"], "hours": [[1320, 360]], "lead": "unit:a"},
        {"category": ["市容/噪声"], "days": ["workday"], "lead": "unit:a"},
        {"category": ["市容/垃圾", "物业"], "lead": "unit:b"},
    ]
    assert found(rules.FIRST, *rows) == ["gap 市容/噪声：遇到“周六、06:00-22:00”时，没有一行符合。"] or found(
        rules.FIRST, *rows
    ) == ["gap 市容/噪声：遇到“休息日、06:00-22:00”时，没有一行符合。"]


def test_areas_answers_and_words_are_told_apart() -> None:
    rest = {"category": ["市容/垃圾", "物业"], "lead": "unit:b"}
    noise = {"category": ["市容/噪声"], "lead": "unit:a"}
    assert "其余区域" in found(rules.FIRST, {**noise, "area": ["1"]}, rest)[0]
    assert "“夜里吗”没有回答" in found(rules.FIRST, {**noise, "answers": [["夜里吗", ["是"]]]}, rest)[0]
    assert "文字里没有所写的词" in found(rules.FIRST, {**noise, "words": ["装修"]}, rest)[0]


def test_a_hidden_row_is_named() -> None:
    rows = [{"lead": "unit:a"}, {"category": ["市容"], "lead": "unit:b"}]
    assert found(rules.FIRST, *rows) == [
        "shadow 第2行永远用不到：它的情况都已被上面的第1行包含。可以删去，或移到上面。"
    ]


def test_rows_that_clash_are_named() -> None:
    rows = [{"category": ["市容"], "lead": "unit:a"}, {"category": ["市容/噪声", "物业"], "lead": "unit:b"}]
    assert any("第1行和第2行会同时符合" in words for words in found(rules.UNIQUE, *rows))
    apart = [{**rows[0], "days": ["workday"]}, {**rows[1], "days": ["dayoff"]}]
    assert not any("同时符合" in words for words in found(rules.UNIQUE, *apart))


def test_the_same_row_twice_is_named_where_rows_are_collected() -> None:
    assert any("完全一样" in words for words in found(rules.COLLECT, {"lead": "unit:a"}, {"lead": "unit:a"}))


def test_a_closed_unit_is_a_fault_and_its_row_covers_nothing() -> None:
    words = found(rules.FIRST, {"lead": "unit:c"})
    assert words[0] == "fault 第1行：单位“丙”已停用。" and words[1].startswith("gap 没有一行管到")


def region(condition: Condition) -> Region:
    return Region(Row(1, condition, Outcome()))


PLACES_OF = [frozenset({"outside"}), frozenset({"compound"}), frozenset({"compound", "housing:lane"})]


@settings(max_examples=200, deadline=None)
@given(conditions, conditions, facts, st.sampled_from(PLACES_OF))
def test_covering_and_overlapping_are_never_claimed_wrongly(
    one: Condition, other: Condition, asked: Facts, places: frozenset[str]
) -> None:
    """A matter of the covered row fits the covering one; a matter that fits both shows an overlap."""
    answers = {question: said[:1] for question, said in asked.answers.items()}  # several fit any two rows
    asked = replace(asked, places=places, answers=answers)
    hits = matches(one, asked), matches(other, asked)
    if covers(region(one), region(other)) and hits[1]:
        assert hits[0]
    if all(hits):
        assert overlap(region(one), region(other))


@pytest.mark.parametrize("count", [500])
def test_a_large_table_is_checked_in_time(count: int) -> None:
    rows = [{"category": [LEAVES[n % 3]], "words": [f"词{n:03d}"], "lead": "unit:a"} for n in range(count)]
    assert len(found(rules.FIRST, *rows)) == 1


def _questions(count: int) -> list[dict[str, Any]]:
    """Return rows that each ask another question, so that every answer combines with every other."""
    return [{"answers": [[f"问{n}", ["是"]]], "lead": "unit:a"} for n in range(count)]


def test_many_questions_are_looked_through_whole() -> None:
    rest = {"days": ["workday", "dayoff"], "lead": "unit:b"}
    assert found(rules.FIRST, *_questions(12), rest) == []
    gaps = found(rules.FIRST, *_questions(10))
    assert len(gaps) == 1
    assert gaps[0].startswith("gap 市容/噪声、市容/垃圾、物业/电梯：遇到“")


def test_what_was_not_looked_through_is_said(monkeypatch: Any) -> None:
    from linli.work.matters.routing import checking

    monkeypatch.setattr(checking, "MOST_STEPS", 50)
    covered = {"days": ["workday", "dayoff"], "lead": "unit:b"}
    rows = [*_questions(12), *({**row, "hours": [[0, 720]]} for row in _questions(12)), covered]
    said = found(rules.UNIQUE, *rows)
    assert any(words.startswith("unsure ") and "没有逐一查完" in words for words in said)
