"""Pure decisions about secret ballots."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.work.deliberation.ballots.rules import Asked
from linli.work.deliberation.secret import rules

ROOT = "9/1/"
ASKED = [
    Asked("1", "选举委员", dict.fromkeys("abc", ""), 2),
    Asked("2", "是否同意", dict.fromkeys(("yes", "no", "abstain"), "")),
]
RECEIPTS = ["f" * 64, "e" * 64]
GROUPS = [{"key": ROOT, "label": "全部", "ballots": 12}]


def result(**more: Any) -> list[dict[str, Any]]:
    questions = [{'["a"]': 7, '["a","b"]': 3, "[]": 1, "null": 1}, {'["yes"]': 12}]
    return [{"key": ROOT, "ballots": 12, "questions": questions, "unopened": RECEIPTS[:1], **more}]


# -- length ----------------------------------------------------------------------------
@given(st.lists(st.text("abc王0123456789", min_size=1, max_size=40), min_size=1, max_size=30, unique=True))
def test_every_choice_fits_and_all_are_equally_long(keys: list[str]) -> None:
    asked = [Asked("1", "选", dict.fromkeys(keys, ""), len(keys))]
    longest = json.dumps([keys], separators=(",", ":"), ensure_ascii=False).encode()
    assert rules.plain_length(asked) > len(longest)
    assert rules.plain_length(asked) % 64 == 0
    assert rules.sealed_length(asked) == rules.plain_length(asked) + 48


# -- groups ------------------------------------------------------------------------------
PLACES = st.dictionaries(
    st.sampled_from(
        ["9/1/", "9/1/1/", "9/1/2/", "9/1/3/", "9/1/1/1/", "9/1/1/2/", "9/1/2/1/", "9/1/3/1/", "8/"]
    ),
    st.integers(1, 40),
    min_size=1,
)


@given(PLACES)
def test_no_group_is_small_unless_it_is_alone(counts: dict[str, int]) -> None:
    merged = rules.groups_merged(counts, ROOT)
    sums = Counter[str]()
    for place, group in merged.items():
        sums[group] += counts[place]
        assert place.startswith(group) or group == ROOT
    assert set(merged) == set(counts)
    assert sum(sums.values()) == sum(counts.values())
    assert len(sums) == 1 or min(sums.values()) >= rules.LEAST


def test_a_small_place_joins_what_is_above_it_and_takes_the_smallest_neighbour_along() -> None:
    merged = rules.groups_merged({"9/1/1/": 9, "9/1/2/": 30, "9/1/3/": 12}, ROOT)
    assert merged == {"9/1/1/": ROOT, "9/1/3/": ROOT, "9/1/2/": "9/1/2/"}
    assert rules.groups_merged({"9/1/1/": 10, "9/1/2/": 10}, ROOT) == {"9/1/1/": "9/1/1/", "9/1/2/": "9/1/2/"}
    assert rules.groups_merged({"9/1/1/": 3}, ROOT) == {"9/1/1/": ROOT}
    assert rules.groups_merged({}, ROOT) == {}


# -- what a ceremony registers --------------------------------------------------------------
HASHES = ["1" * 64, "2" * 64, "3" * 64]


def test_a_key_and_three_different_shares() -> None:
    assert rules.key_faults("ab" * 32, HASHES) == {}


@pytest.mark.parametrize(
    ("key", "hashes"),
    [
        ("", HASHES),
        ("ab" * 31, HASHES),
        ("AB" * 32, HASHES),
        ("00" * 32, HASHES),
        ("ab" * 32, HASHES[:2]),
        ("ab" * 32, [*HASHES[:2], ""]),
        ("ab" * 32, [HASHES[0], HASHES[0], HASHES[2]]),
        ("1" * 64, HASHES),
    ],
)
def test_what_is_no_ceremony_is_refused(key: str, hashes: list[str]) -> None:
    assert rules.key_faults(key, hashes)


# -- what comes back ---------------------------------------------------------------------
def test_a_result_that_accounts_for_every_ballot() -> None:
    assert rules.result_faults(GROUPS, ASKED, RECEIPTS, result()) == ""
    assert rules.counts_of(ASKED, result()) == {
        "ballots": 12,
        "1": {"a": 10, "abstain": 1, "b": 3, "invalid": 1},
        "2": {"yes": 12},
    }


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("", "分组"),
        ([], "分组"),
        ([1], "格式"),
        (result(more=1), "格式"),
        (result(ballots=11), "票数"),
        (result(key="8/"), "票数"),
        (result(unopened=["d" * 64]), "不在封存"),
        (result(unopened="f"), "不在封存"),
        (result(questions=[]), "表决事项"),
        (result(questions=[{'["a"]': 12}, [12]]), "格式"),
        (result(questions=[{'["a"]': 11}, {'["yes"]': 12}]), "加起来"),
        (result(questions=[{'["a"]': 13, '["b"]': -1}, {'["yes"]': 12}]), "正整数"),
        (result(questions=[{'["a"]': 11, '["b"]': True}, {'["yes"]': 12}]), "正整数"),
        (result(questions=[{'["x"]': 12}, {'["yes"]': 12}]), "没有的选项"),
        (result(questions=[{'["b","a"]': 12}, {'["yes"]': 12}]), "没有的选项"),
        (result(questions=[{'["a","b","c"]': 12}, {'["yes"]': 12}]), "没有的选项"),
        (result(questions=[{'["a", "b"]': 12}, {'["yes"]': 12}]), "没有的选项"),
        (result(questions=[{"我是王": 12}, {'["yes"]': 12}]), "没有的选项"),
        (result(questions=[{'["a"]': 12}, {'["yes","no"]': 12}]), "没有的选项"),
    ],
)
def test_a_result_that_does_not_is_refused(found: Any, words: str) -> None:
    assert words in rules.result_faults(GROUPS, ASKED, RECEIPTS, found)


def test_two_openings_that_differ_leave_none_standing_until_one_agrees() -> None:
    assert rules.standing([]) == ""
    assert rules.standing(["a"]) == "a"
    assert rules.standing(["a", "a"]) == "a"
    assert rules.standing(["a", "b"]) == ""
    assert rules.standing(["a", "b", "b"]) == "b"
    assert rules.standing(["a", "b", "c"]) == ""
    assert rules.standing(["a", "b", "b", "a"]) == ""
