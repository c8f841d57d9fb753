"""Both evaluators say the same of every person: verdict, what is missing, amount, what is worth asking."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.work.benefits.engine.answers import HouseholdFacts, PersonFacts
from linli.work.benefits.engine.columnar import (
    ELIGIBLE,
    NOT,
    UNKNOWN,
    WORTH,
    Question,
    kept_columns,
    possible,
    question,
    verdicts,
)
from linli.work.benefits.engine.connecting import connected
from linli.work.benefits.engine.legend import Legend
from linli.work.benefits.engine.plain import judged
from linli.work.benefits.language.tree import Constant, Every, Members, Of, Over, Reckoned, Rule, Sum

from . import trees

DAY = date(2025, 3, 1)
LEGEND = Legend(trees.COLUMNS)


@pytest.fixture(scope="module")
def engine() -> Any:
    return connected()


def table_of(homes: list[HouseholdFacts], legend: Legend) -> pa.Table:
    """The rows that a snapshot would hold."""
    rows = []
    for at, home in enumerate(homes):
        for person in home.members:
            row = {name: person.values.get(name, home.values.get(name)) for name in trees.COLUMNS}
            absent = legend.bits(name for name, value in row.items() if value is None)
            rows.append(
                row
                | {
                    "person": len(rows),
                    "household": at,
                    "presence": person.values["presence"],
                    "absent": absent,
                }
            )
    kinds = {name: pa.int32() for name in trees.COLUMNS} | {
        "person": pa.int32(),
        "household": pa.int32(),
        "presence": pa.int8(),
        "absent": pa.int64(),
    }
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def in_columns(
    engine: Any, asked: Question, homes: list[HouseholdFacts], is_kept: bool
) -> list[dict[str, Any]]:
    engine.con.register("people", table_of(homes, LEGEND))
    table = engine.table("people")
    if is_kept:
        kept = kept_columns(table, asked, ["person"])
        engine.con.register("kept", _rows(engine, kept))
        table = table.join(engine.table("kept"), "person")
    found = verdicts(table, asked, asked.by_policy, ["person", "household"])
    rows = _rows(engine, found.order_by("person")).to_pylist()
    left = verdicts(possible(table, asked, asked.by_policy), asked, asked.by_policy, ["person", "household"])
    only_refused_are_left_out(asked, rows, _rows(engine, left).to_pylist())
    return rows


def only_refused_are_left_out(
    asked: Question, rows: list[dict[str, Any]], left: list[dict[str, Any]]
) -> None:
    """Who is still looked at is judged alike, who is not is refused by every policy and lacks nothing."""
    by_person = {row["person"]: row for row in left}
    for row in rows:
        found = by_person.get(row["person"])
        if found is not None:
            assert found == row
            continue
        for policy in asked.by_policy:
            said = tuple(row.get(f"{side}:{policy}") for side in ("verdict", "missing", "amount"))
            assert said == (NOT, 0, None), policy


def _rows(engine: Any, said: Any) -> pa.Table:
    return engine.con.sql(engine.compile(said)).to_arrow_table()


def in_plain(rules: tuple[Rule, ...], homes: list[HouseholdFacts]) -> list[dict[str, Any]]:
    rows = []
    for home in homes:
        found = judged(rules, home, DAY, trees.STANDARDS)
        for at, _ in enumerate(home.members):
            row = {}
            for policy, answers in found.items():
                answer = answers[0] if answers[0].person is None else answers[at]
                worth = WORTH if answer.is_worth_asking else UNKNOWN
                row[policy] = (
                    worth if answer.verdict is None else ELIGIBLE if answer.verdict else NOT,
                    answer.missing,
                    answer.amount,
                )
            rows.append(row)
    return rows


def agreed(engine: Any, rules: tuple[Rule, ...], homes: list[HouseholdFacts], is_kept: bool) -> None:
    asked = question(rules, DAY, trees.STANDARDS, LEGEND)
    rows = in_columns(engine, asked, homes, is_kept)
    expected = in_plain(rules, homes)
    assert len(rows) == len(expected)
    for row, plain in zip(rows, expected, strict=True):
        for policy, answer in plain.items():
            said = (
                row[f"verdict:{policy}"],
                asked.legend.named(row[f"missing:{policy}"]),
                row.get(f"amount:{policy}"),
            )
            assert said == answer, policy


ANY = given(
    rules=trees.rules, homes=st.lists(trees.households, min_size=1, max_size=12), is_kept=st.booleans()
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@ANY
def test_both_evaluators_agree(
    engine: Any, rules: tuple[Rule, ...], homes: list[HouseholdFacts], is_kept: bool
) -> None:
    agreed(engine, rules, homes, is_kept)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@ANY
def test_both_evaluators_agree_at_length(
    engine: Any, rules: tuple[Rule, ...], homes: list[HouseholdFacts], is_kept: bool
) -> None:
    agreed(engine, rules, homes, is_kept)


@pytest.mark.parametrize("sum_", list(Sum))
def test_amounts_of_millions_are_reckoned_alike(engine: Any, sum_: Sum) -> None:
    """What an engine takes for 32 bits by itself: two constants, and one over a small count."""
    much = Constant(2_000_000_000)
    everybody = Every(())
    rules = (
        Rule("two", "1", Of.PERSON, everybody, Reckoned(sum_, much, much)),
        Rule("count", "1", Of.PERSON, everybody, Reckoned(sum_, much, Members(Over.COUNT))),
    )
    home = HouseholdFacts({}, (PersonFacts(1, {"presence": 1}), PersonFacts(2, {"presence": 1})))
    agreed(engine, rules, [home], is_kept=False)
