"""How owners are counted: cases that a lawyer can read, and what holds for every roll; no database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from linli.core.errors import InvalidInput
from linli.registers.residents.owning.rules import (
    BadHeads,
    HeadsRule,
    OwnerEntry,
    Title,
    area_read,
    heads_counted,
    heads_rule,
    heads_rules_read,
    owners_faults,
    share_read,
    voter_settled,
)

CASES = Path(__file__).parents[5] / "tests" / "cases" / "heads.yaml"
RULE = heads_rule(date(2026, 11, 25))


def rule_of(case: dict[str, Any]) -> HeadsRule:
    parking = case.get("parking", "")
    return replace(
        RULE,
        same_buyer=case.get("same_buyer", RULE.same_buyer),
        parking_counts_area=parking in ("both", "area"),
        parking_counts_heads=parking == "both",
    )


def title_of(number: int, row: dict[str, Any]) -> Title:
    return Title(
        part=number,
        part_kind=row.get("kind", "dwelling"),
        area=int(Decimal(str(row["area"])) * 100),
        owners=frozenset(row.get("owners", ())),
        voter=row.get("voter", ""),
        is_unsold=row.get("unsold", False),
    )


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text()), ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    counted = heads_counted([title_of(n, row) for n, row in enumerate(case["titles"])], rule_of(case))
    assert counted.number == case["heads"], case["because"]
    assert counted.area == int(Decimal(str(case["area"])) * 100)
    assert len(counted.left_out) == case.get("left_out", 0)


names = st.sampled_from(["甲", "乙", "丙", "丁"])
drafts = st.tuples(
    st.sampled_from(["dwelling", "shop", "parking", "public"]),
    st.integers(1, 20_000),
    st.frozensets(names, max_size=3),
    st.booleans(),
)
rolls = st.lists(drafts, max_size=12).map(
    lambda rows: [
        Title(n, kind, area, owners, min(owners, default=""), unsold)
        for n, (kind, area, owners, unsold) in enumerate(rows)
    ]
)
rules = st.builds(
    lambda buyer, heads, area: replace(
        RULE, same_buyer=buyer, parking_counts_heads=heads, parking_counts_area=area
    ),
    st.sampled_from(["owners", "voter"]),
    st.booleans(),
    st.booleans(),
)


@given(rolls, rules, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(roll: list[Title], rule: HeadsRule, chance: Any) -> None:
    mixed = list(roll)
    chance.shuffle(mixed)
    assert heads_counted(mixed, rule) == heads_counted(roll, rule)


@given(rolls, rules, drafts)
def test_one_more_title_never_lowers_heads_or_area(
    roll: list[Title], rule: HeadsRule, more: tuple[str, int, frozenset[str], bool]
) -> None:
    kind, area, owners, unsold = more
    before = heads_counted(roll, rule)
    after = heads_counted([*roll, Title(99, kind, area, owners, min(owners, default=""), unsold)], rule)
    assert before.number <= after.number <= before.number + 1
    assert before.area <= after.area <= before.area + area


@given(rolls, rules)
def test_a_second_title_of_an_existing_head_is_no_head(roll: list[Title], rule: HeadsRule) -> None:
    for head in heads_counted(roll, rule).heads:
        again = replace(head.titles[0], part=99)
        if again.owners or again.is_unsold:
            assert heads_counted([*roll, again], rule).number == heads_counted(roll, rule).number


@given(rolls, rules)
def test_every_title_is_in_one_head_at_most_and_areas_add_up(roll: list[Title], rule: HeadsRule) -> None:
    counted = heads_counted(roll, rule)
    parts = [title.part for head in counted.heads for title in head.titles]
    assert len(parts) == len(set(parts)) <= len(roll)
    assert all(head.area == sum(title.area for title in head.titles) for head in counted.heads)


def test_rules_are_dated_sourced_and_marked() -> None:
    assert heads_rule(date(1999, 1, 1)) == heads_rule(date(2021, 1, 1))
    for note in RULE.notes:
        assert note.source and note.mark in "✔○✘"
    assert {"✘"} <= {note.mark for note in RULE.notes}  # what is not settled says so
    row = yaml.safe_load((Path(__file__).parent.parent / "data" / "heads.yaml").read_text())["rules"][0]
    for wrong in ([], [row, row], [row | {"same_buyer": "guess"}]):
        with pytest.raises(BadHeads):
            heads_rules_read({"rules": wrong})


# -- what a title must satisfy -----------------------------------------------------------------------------
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("owners", "words"),
    [
        ([], "至少登记一位"),
        ([OwnerEntry()], "一个人或一个单位"),
        ([OwnerEntry(1, 2)], "一个人或一个单位"),
        ([OwnerEntry(1), OwnerEntry(1)], "填了两次"),
        ([OwnerEntry(1, share=HALF), OwnerEntry(2)], "都填"),
        ([OwnerEntry(1, share=HALF), OwnerEntry(2, share=Fraction(1, 3))], "5/6"),
        ([OwnerEntry(1, share=HALF), OwnerEntry(2, share=Fraction(2, 3))], "7/6"),
        ([OwnerEntry(1, share=Fraction(3, 2)), OwnerEntry(2, share=-HALF)], "大于0"),
        ([OwnerEntry(1, is_voter=True), OwnerEntry(2, is_voter=True)], "一人表决"),
    ],
)
def test_faulty_owners_are_told_what_to_do(owners: list[OwnerEntry], words: str) -> None:
    assert words in owners_faults(owners, may_be_empty=False)


def test_sound_owners_pass() -> None:
    thirds = [OwnerEntry(n, share=Fraction(1, 3)) for n in (1, 2, 3)]
    assert owners_faults(thirds, may_be_empty=False) == ""
    assert owners_faults([OwnerEntry(1), OwnerEntry(establishment_id=1)], may_be_empty=False) == ""
    assert owners_faults([], may_be_empty=True) == ""
    assert voter_settled([OwnerEntry(1)])[0].is_voter
    assert not any(owner.is_voter for owner in voter_settled(thirds))


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=9))
def test_shares_that_are_parts_of_a_whole_always_add_up(parts: list[int]) -> None:
    whole = sum(parts)
    owners = [OwnerEntry(n, share=Fraction(part, whole)) for n, part in enumerate(parts, 1)]
    assert owners_faults(owners, may_be_empty=False) == ""


@pytest.mark.parametrize(
    ("text", "share"),
    [("1/2", HALF), ("50%", HALF), ("0.5", HALF), ("二", None), ("３/４", Fraction(3, 4)), ("1", Fraction(1)),
     ("2分之1", HALF), ("0", None), ("3/2", None), ("-1/2", None), ("1/0", None), ("1/9999999", None)],
)  # fmt: skip
def test_shares_are_read(text: str, share: Fraction | None) -> None:
    if share is None:
        with pytest.raises(InvalidInput):
            share_read(text)
    else:
        assert share_read(text) == share
    assert share_read(" ") is None


@pytest.mark.parametrize(
    ("text", "area"), [("89.5", 8950), ("89.50平方米", 8950), ("０.０１", 1), ("120", 12000)]
)
def test_areas_are_read(text: str, area: int) -> None:
    assert area_read(text) == area


@pytest.mark.parametrize("text", ["0", "-5", "89.555", "", "很大", "NaN", "100001", "1e9"])
def test_impossible_areas_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        area_read(text)
    assert set(refusal.value.details) == {"area"}
