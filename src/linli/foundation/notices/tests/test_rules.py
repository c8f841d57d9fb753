"""Quiet hours, segments, cost, personal details, common areas: values in, values out."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.clock import BEIJING
from linli.foundation.notices.rules import (
    common_path,
    fate,
    is_quiet,
    needs_second_person,
    personal_details,
    quiet_end,
    sms_segments,
    whole_fen,
)
from linli.foundation.notices.workflow import WORKFLOW, State


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (20, 59, False),
        (21, 0, True),
        (23, 59, True),
        (0, 0, True),
        (7, 59, True),
        (8, 0, False),
        (12, 0, False),
    ],
)
def test_the_night_is_quiet(hour: int, minute: int, expected: bool) -> None:
    assert is_quiet(datetime(2026, 3, 10, hour, minute, tzinfo=BEIJING), 21, 8) is expected


def test_quiet_hours_within_a_day() -> None:
    assert is_quiet(datetime(2026, 3, 10, 13, tzinfo=BEIJING), 12, 14)
    assert not is_quiet(datetime(2026, 3, 10, 14, tzinfo=BEIJING), 12, 14)


@given(st.integers(0, 366 * 24 * 60))
def test_the_end_of_the_quiet_is_near_and_not_quiet(minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=BEIJING) + timedelta(minutes=minutes)
    ends = quiet_end(at, 21, 8)
    assert at <= ends <= at + timedelta(hours=11) and not is_quiet(ends, 21, 8)
    assert ends == at or is_quiet(at, 21, 8)


@pytest.mark.parametrize(
    ("length", "expected"), [(0, 1), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_segments(length: int, expected: int) -> None:
    assert sms_segments("水" * length) == expected


def test_a_picture_letter_counts_twice() -> None:
    assert sms_segments("😀" * 35) == 1 and sms_segments("😀" * 36) == 2


def test_cost_is_rounded_up_to_a_fen() -> None:
    assert whole_fen(3 * Decimal("4.5")) == 14 and whole_fen(2000 * Decimal("4.5")) == 9000


@pytest.mark.parametrize("people", [0, 500])
def test_up_to_500_one_person_is_enough(people: int) -> None:
    assert not needs_second_person(people) and needs_second_person(people + 501)


@pytest.mark.parametrize(
    "text",
    [
        "找王某13912345678",
        "139 1234 5678",
        "+86-139-1234-5678",
        "证件310101199001011234",
        "31010119900101123x",
    ],
)
def test_personal_details_are_seen(text: str) -> None:
    assert personal_details(text)


@pytest.mark.parametrize(
    "text", ["电话021-61234567", "2026年3月10日9时", "单号20260310123456789012", "12345", ""]
)
def test_unit_numbers_and_dates_are_none(text: str) -> None:
    assert not personal_details(text)


def test_the_area_that_holds_all() -> None:
    assert common_path(["31/3101/310104/", "31/3101/310105/"]) == "31/3101/"
    assert common_path(["31/3101/"]) == "31/3101/"
    assert common_path(["31/310/", "31/3101/"]) == "31/"  # whole codes, not letters
    assert common_path(["31/", "32/"]) == common_path([]) == ""


def test_what_becomes_of_a_notice() -> None:
    plain = {"is_information": True, "is_emergency": False, "has_refused": False, "sent_today": 0, "most": 3}
    assert not fate(**plain).is_held
    assert fate(**plain | {"sent_today": 3}).reason == "已到每日上限"
    assert fate(**plain | {"has_refused": True}).reason == "本人不接收"
    assert not fate(**plain | {"is_information": False, "sent_today": 99}).is_held
    assert not fate(**plain | {"is_information": False, "is_emergency": True, "has_refused": True}).is_held


MOVES = {
    "edit": "draft",
    "try": "draft pending",
    "submit": "draft",
    "ask": "draft scheduled",
    "approve": "pending",
    "return": "pending",
    "cancel": "draft pending",
    "begin": "scheduled",
    "spread": "running",
    "stop": "scheduled running",
    "finish": "running",
    "resend": "running done",
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_pair_of_state_and_move(state: str, move: str) -> None:
    assert set(MOVES) == set(WORKFLOW.moves)
    assert WORKFLOW.allows(state, move) is (state in MOVES[move].split())
