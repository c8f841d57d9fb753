"""What the clock says, what a sheet says, and digests; no database."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.codes import ALPHABET, code_new, code_plain, code_shown
from linli.work.deliberation.ballots.rules import (
    ABSTAIN,
    INVALID,
    Reconciliation,
    RollLine,
    casting_refusal,
    marks_faults,
    phase,
    receipt_of,
    roll_digest,
    sheet_read,
    two_agree,
)
from linli.work.deliberation.ballots.workflow import State
from linli.work.deliberation.law.results import Asked

OPENS = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=3)
LIFT = Asked("1", "加装电梯", {"yes": "同意", "no": "反对", "abstain": "弃权"})
SEATS = Asked("2", "选举委员", {"a": "甲", "b": "乙", "c": "丙"}, seats=2)


@pytest.mark.parametrize(
    ("state", "after", "seen"),
    [
        ("frozen", timedelta(seconds=-1), "frozen"),
        ("frozen", timedelta(), "open"),  # the job has not come by yet
        ("open", timedelta(days=3, seconds=-1), "open"),
        ("open", timedelta(days=3), "closed"),  # exactly at the end: too late
        ("frozen", timedelta(days=3, seconds=1), "closed"),
        ("draft", timedelta(days=1), "draft"),
        ("announced", timedelta(days=1), "announced"),
        ("counted", timedelta(days=9), "counted"),
    ],
)
def test_phase_goes_by_the_clock(state: str, after: timedelta, seen: str) -> None:
    assert phase(state, OPENS, CLOSES, OPENS + after) == seen


def test_a_second_late_is_late() -> None:
    assert casting_refusal("open", OPENS, CLOSES, CLOSES - timedelta(microseconds=1)) == ""
    assert "截止" in casting_refusal("open", OPENS, CLOSES, CLOSES)
    assert "截止" in casting_refusal("open", OPENS, CLOSES, CLOSES + timedelta(seconds=1))
    assert "还没有开始" in casting_refusal("frozen", OPENS, CLOSES, OPENS - timedelta(seconds=1))
    assert "还没有开始" in casting_refusal("announced", OPENS, CLOSES, OPENS)
    assert "取消" in casting_refusal(State.CANCELLED, OPENS, CLOSES, OPENS)


def test_a_whole_ballot_has_no_faults_and_any_gap_has_one() -> None:
    asked = [LIFT, SEATS]
    assert marks_faults(asked, {"1": ["yes"], "2": ["a", "c"]}) == {}
    assert "请对" in marks_faults(asked, {"1": ["yes"]})["2"]
    assert "只能选一项" in marks_faults(asked, {"1": ["yes", "no"], "2": ["a"]})["1"]
    assert "最多选2项" in marks_faults(asked, {"1": ["yes"], "2": ["a", "b", "c"]})["2"]
    assert "刷新" in marks_faults(asked, {"1": ["maybe"], "2": ["a"]})["1"]
    assert "刷新" in marks_faults(asked, {"1": ["yes"], "2": ["a", "a"]})["2"]
    assert "刷新" in marks_faults(asked, {"1": ["yes"], "2": ["a"], "3": ["x"]})["3"]


def test_a_sheet_with_two_marks_is_invalid_where_they_are() -> None:
    read = sheet_read([LIFT, SEATS], {"1": ["yes", "no"], "2": ["c", "a"]})
    assert read == {"1": [INVALID], "2": ["a", "c"]}


def test_a_blank_sheet_abstains() -> None:
    assert sheet_read([LIFT], {}) == {"1": [ABSTAIN]}


@given(st.lists(st.sampled_from(["yes", "no", "abstain", "other"]), max_size=6))
def test_what_is_read_is_one_answer_whatever_the_marks(marks: list[str]) -> None:
    [answer] = sheet_read([LIFT], {"1": marks})["1"]
    known = {*marks} & {"yes", "no", "abstain"}
    assert answer == (ABSTAIN if not known else INVALID if len(known) > 1 else next(iter(known)))


def test_receipt_says_which_choices_in_any_order() -> None:
    assert receipt_of("v", {"1": ["yes"], "2": ["b", "a"]}) == receipt_of(
        "v", {"2": ["a", "b"], "1": ["yes"]}
    )
    assert receipt_of("v", {"1": ["yes"]}) != receipt_of("v", {"1": ["no"]})
    assert receipt_of("v", {"1": ["yes"]}) != receipt_of("w", {"1": ["yes"]})


def test_roll_digest_is_sha256_of_the_published_lines() -> None:
    lines = [RollLine(2, "李*", "1号楼102室", 1, 8950), RollLine(1, "王*", "1号楼101室", 1, 6880)]
    text = "1\t1号楼101室\t王*\t1\t6880\n2\t1号楼102室\t李*\t1\t8950\n"
    assert roll_digest(lines) == hashlib.sha256(text.encode()).hexdigest()
    assert roll_digest(lines) != roll_digest([lines[0], RollLine(1, "王*", "1号楼101室", 1, 6881)])


def test_codes_are_read_back_however_they_are_typed() -> None:
    code = code_new()
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert code_plain(code_shown(code).lower() + " ") == code


@given(*(st.integers(0, 50) for _ in range(3)))
def test_sheets_reconcile_only_when_all_are_accounted_for(returned: int, spoiled: int, missing: int) -> None:
    total = returned + spoiled + missing
    assert Reconciliation(total, returned, spoiled, missing).agrees
    assert Reconciliation(total + 1, returned, spoiled, missing).outstanding == 1


def test_two_readings_settle_only_when_they_are_the_same() -> None:
    assert two_agree([{"1": ["yes"]}, {"1": ["yes"]}]) == {"1": ["yes"]}
    assert two_agree([{"1": ["yes"]}, {"1": ["no"]}]) is None
    assert two_agree([{"1": ["yes"]}]) is None
