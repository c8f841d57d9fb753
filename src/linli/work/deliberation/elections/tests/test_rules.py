"""Pure decisions about elections, at the boundary and one to each side."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.work.deliberation.elections import rules
from linli.work.deliberation.law import Share, rule_of

ON = date(2026, 3, 10)
LAW = rule_of("committee_election_voters", ON)
POSTS = {1: ("主任", 1), 2: ("委员", 2)}


def standing(number: int, post: int, **more: Any) -> rules.Standing:
    given = {"is_party": True, "names": 0, "has_agreed": True, "is_woman": False, **more}
    return rules.Standing(number=number, post=post, **given)


@pytest.mark.parametrize(("names", "fits"), [(9, False), (10, True), (11, True)])
def test_ten_voters_name_a_candidate(names: int, fits: bool) -> None:
    candidate = standing(1, 1, is_party=False, names=names)
    assert (rules.fault_of(candidate, rules.nominators_needed(LAW)) == "") is fits


def test_without_consent_nobody_stands() -> None:
    assert "同意" in rules.fault_of(standing(1, 1, has_agreed=False), 10)


@pytest.mark.parametrize(
    ("first", "second", "fits"), [(1, 3, False), (2, 2, False), (2, 3, True), (3, 4, True)]
)
def test_there_are_more_candidates_than_seats(first: int, second: int, fits: bool) -> None:
    found = [standing(n, 1) for n in range(first)] + [standing(9 + n, 2) for n in range(second)]
    said = rules.list_refusal(POSTS, found, must_exceed=True, needs_woman=False)
    assert (said == "") is fits


def test_a_woman_stands_where_the_law_asks_for_one() -> None:
    men = [standing(n, post) for n, post in enumerate((1, 1, 2, 2, 2))]
    assert rules.list_refusal(POSTS, men, must_exceed=True, needs_woman=True) == "候选人里要有妇女。"
    women = [*men, standing(9, 2, is_woman=True)]
    assert rules.list_refusal(POSTS, women, must_exceed=True, needs_woman=True) == ""


@given(st.integers(0, 5_000), st.integers(1, 5), st.integers(2, 10), st.booleans())
def test_the_fewest_supports_reach_the_share_and_one_less_does_not(
    electors: int, num: int, den: int, strict: bool
) -> None:
    share = Share(min(num, den - 1), den, strict)
    needed = rules.supports_needed(share, electors)
    if electors:
        assert share.holds(needed, electors)
        assert needed == 1 or not share.holds(needed - 1, electors)


@pytest.mark.parametrize(("electors", "needed"), [(100, 10), (101, 11), (99, 10), (1, 1), (0, 1)])
def test_a_tenth_asks_for_a_recall(electors: int, needed: int) -> None:
    assert rules.supports_needed(Share(1, 10, False), electors) == needed


def test_what_a_round_leaves() -> None:
    def said(**more: Any) -> Any:
        return rules.left_of(
            {"is_valid": True, "elected": [], "tied": [], "second_round": None, **more}, 2, ["c1", "c2", "c3"]
        )

    assert said(elected=["c1", "c2"]) is None
    assert said(elected=["c1"]) is None  # nobody is left to stand
    assert said(elected=["c1"], tied=["c2", "c3"]) == rules.Left(1, ("c2", "c3"))
    again = {"seats": 1, "candidates": ["c2", "c3"]}
    assert said(elected=["c1"], second_round=again) == rules.Left(1, ("c2", "c3"))
    assert said(is_valid=False) == rules.Left(2, ("c1", "c2", "c3"))


def test_a_second_round_asks_for_a_third_and_keeps_the_days_for_objections() -> None:
    again = rules.round_rule(LAW, 2, is_anew=False)
    assert [str(part.share) for part in again.passing] == [">=1/3"]
    assert again.turnout == LAW.turnout
    assert again.roll_days == 5 + 3 + 1
    assert rules.round_rule(LAW, 1, is_anew=False) is LAW
    assert rules.round_rule(LAW, 2, is_anew=True).passing == LAW.passing
