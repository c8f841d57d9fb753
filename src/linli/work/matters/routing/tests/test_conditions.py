"""When rows apply: the fast way equals a reading of every row, whatever the table."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.core.timelimits import Limit, LimitUnit
from linli.work.matters.routing import rules
from linli.work.matters.routing.conditions import (
    DAY,
    Condition,
    Facts,
    Matcher,
    Moment,
    is_within,
    matches,
    prefixes,
)
from linli.work.matters.routing.rules import Outcome, Row, RuleSet, collected

CATEGORIES = ("a", "a/b", "a/b/c", "ab", "d", "d/e")
AREAS = ("1/", "1/11/", "1/11/111/", "1/12/", "2/")
PLACES = ("compound", "outside", "housing:lane")
QUESTIONS, ANSWERS = ("q", "r"), ("是", "否")
WORDS = ("路灯", "不亮", "ＬＥＤ", "噪声")


def some(values: tuple[Any, ...]) -> Any:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


spans = st.tuples(st.integers(0, DAY - 1), st.integers(0, DAY)).filter(lambda span: span[0] != span[1])
conditions = st.builds(
    Condition,
    categories=some(CATEGORIES),
    areas=some(AREAS),
    places=some(PLACES),
    hours=st.lists(spans, max_size=2).map(tuple),
    days=some(("1", "6", "workday", "dayoff")),
    answers=st.dictionaries(
        st.sampled_from(QUESTIONS), st.lists(st.sampled_from(ANSWERS), min_size=1).map(tuple), max_size=2
    ).map(lambda said: tuple(said.items())),
    words=some(tuple(word.replace("ＬＥＤ", "led") for word in WORDS)),
)
facts = st.builds(
    Facts,
    category=st.sampled_from(("", *CATEGORIES, "a/b/c/x")),
    area=st.sampled_from((*AREAS, "1/11/111/1111/")),
    moment=st.builds(Moment, st.integers(0, DAY - 1), st.integers(1, 7), st.booleans()),
    places=st.frozensets(st.sampled_from(PLACES)),
    answers=st.dictionaries(
        st.sampled_from(QUESTIONS), st.lists(st.sampled_from((*ANSWERS, "不知道")), max_size=2).map(tuple)
    ),
    words=st.lists(st.sampled_from((*WORDS, "别的")), max_size=3).map("".join),
)
policies = st.sampled_from((rules.FIRST, rules.UNIQUE, rules.COLLECT))


@settings(max_examples=400, deadline=None)
@given(st.lists(conditions, max_size=12), facts)
def test_the_whole_table_at_once_equals_a_reading_of_every_row(table: list[Condition], asked: Facts) -> None:
    read = [number for number, condition in enumerate(table) if matches(condition, asked)]
    assert list(Matcher(table).hits(asked)) == read


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, max_size=10), facts, policies)
def test_decisions_equal_the_policy_over_every_row(table: list[Condition], asked: Facts, policy: str) -> None:
    rows = [Row(n, c, Outcome(lead=f"unit:{n % 3}")) for n, c in enumerate(table, 1)]
    naive = rules.decision(policy, (row for row in rows if matches(row.condition, asked)))
    assert RuleSet.of(policy, rows).decide(asked) == naive


def test_hours_run_over_midnight_and_end_before_their_last_minute() -> None:
    night = (22 * 60, 6 * 60)
    assert is_within(23 * 60, night) and is_within(0, night) and is_within(6 * 60 - 1, night)
    assert not is_within(6 * 60, night) and not is_within(12 * 60, night)
    assert is_within(DAY - 1, (22 * 60, 0)) and not is_within(0, (22 * 60, 0))


def test_a_name_that_begins_alike_is_not_below() -> None:
    assert list(prefixes("a/b/c")) == ["a", "a/b", "a/b/c"]
    assert list(prefixes("1/11/")) == ["1", "1/11"]
    assert list(prefixes("")) == []


def table_of(policy: str, *outcomes: Outcome) -> rules.Decision:
    rows = [Row(number, Condition(), outcome) for number, outcome in enumerate(outcomes, 1)]
    return rules.decision(policy, iter(rows))


def test_first_takes_the_topmost() -> None:
    said = table_of(rules.FIRST, Outcome(lead="unit:a"), Outcome(lead="unit:b"))
    assert said.outcome.lead == "unit:a" and [row.number for row in said.rows] == [1]


def test_unique_says_nothing_where_several_apply() -> None:
    said = table_of(rules.UNIQUE, Outcome(lead="unit:a"), Outcome(lead="unit:b"))
    assert said.clash == (1, 2) and not said.rows and not said.outcome.lead


def test_collect_puts_rows_together() -> None:
    said = collected(
        [
            Outcome(lead="unit:a", helpers=("unit:c",), is_direct=True),
            Outcome(affair_class="minor", limit=Limit(5, LimitUnit.WORKING_DAY)),
            Outcome(lead="unit:b", affair_class="major", limit=Limit(2, LimitUnit.HOUR), urgency="urgent"),
        ]
    )
    assert (said.lead, said.helpers) == ("unit:a", ("unit:b", "unit:c"))
    assert (said.affair_class, said.limit, said.urgency) == ("major", Limit(2, LimitUnit.HOUR), "urgent")
    assert not said.is_direct


@pytest.mark.parametrize("policy", [rules.FIRST, rules.UNIQUE, rules.COLLECT])
def test_a_row_that_cannot_be_followed_is_never_passed_by(policy: str) -> None:
    rows = [Row(1, Condition(), Outcome(), faults=("读不懂",)), Row(2, Condition(), Outcome(lead="unit:a"))]
    said = rules.decision(policy, iter(rows))
    assert [row.number for row in said.broken] == [1] and not said.rows


@pytest.mark.parametrize("policy", [rules.FIRST, rules.UNIQUE, rules.COLLECT])
def test_no_row_no_word(policy: str) -> None:
    assert table_of(policy) == rules.Decision()
