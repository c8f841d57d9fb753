"""Pure decisions about meetings; states and their moves."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.errors import MoveNotAllowed
from linli.work.deliberation.meetings import rules
from linli.work.deliberation.meetings.models import Kind, Outcome
from linli.work.deliberation.meetings.workflow import WORKFLOW, State

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)
ALLOWED = {
    "draft": "edit add_item drop_item invite invite_guest mark uninvite call cancel",
    "called": "add_item invite_guest mark tell attend leave proxy open adjourn cancel",
    "open": "add_item invite_guest mark attend leave proxy speak decide close adjourn",
    "closed": "call_again write object answer",
    "minuted": "call_again write sign object answer file",
    "filed": "call_again",
    "cancelled": "",
}
TARGETS = {
    "call": "called",
    "open": "open",
    "close": "closed",
    "adjourn": "closed",
    "write": "minuted",
    "file": "filed",
    "cancel": "cancelled",
}


@pytest.mark.parametrize(("state", "move"), list(product(State.values, WORKFLOW.moves)))
def test_every_pair_of_state_and_move(state: str, move: str) -> None:
    if move in ALLOWED[state].split():
        assert WORKFLOW.require(state, move) == TARGETS.get(move, state)
    else:
        with pytest.raises(MoveNotAllowed):
            WORKFLOW.require(state, move)


def test_every_kind_has_its_line() -> None:
    for kind in Kind.values:
        row = rules.kind_row(kind)
        assert row.notice_days >= 1
        assert row.source
        assert set(row.outcomes) <= set(Outcome.values) - {"passed", "failed", "postponed"}


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "晚于现在"), (-5, "晚于现在"), (181 * 24 * 60, "最多提前180天"), (10, None)]
)
def test_when_nobody_can_be_called_to(minutes: int, words: str | None) -> None:
    refusal = rules.start_refusal(NOW + timedelta(minutes=minutes), NOW)
    assert (words is None and refusal is None) or words in (refusal or "")


def test_nobody_signs_in_too_early() -> None:
    starts = NOW + timedelta(hours=5)
    assert "还没到签到的时候" in (rules.early_refusal(starts, NOW, "今天") or "")
    assert rules.early_refusal(starts, starts - timedelta(minutes=120), "") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王芳", [("王芳", "")]),
        ("王芳，3号楼代表\n\n 李强\t4号楼", [("王芳", "3号楼代表"), ("李强", "4号楼")]),
        ("买买提·艾力;代表", [("买买提·艾力", "代表")]),
        ("欧阳 娜娜，代表，女", [("欧阳 娜娜", "代表，女")]),
        ("轩辕㛃𬭩，代表", [("轩辕㛃𬭩", "代表")]),
        (" \n\t\n", []),
    ],
)
def test_lists_as_people_type_them(text: str, found: list[tuple[str, str]]) -> None:
    assert [(row.name, row.part) for row in rules.names_read(text)] == found


@CALM
@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    rows = rules.names_read(text)
    assert all(row.name.strip() for row in rows)
    rules.names_refusal(rows, 0)
    rules.points_refusal(rules.points_read(text))


@CALM
@given(st.integers(0, 50), *[st.integers(0, 60)] * 3)
def test_no_more_hands_than_people(present: int, yes: int, no: int, abstain: int) -> None:
    wrong = rules.hands_refusals(present, {"yes": yes, "no": no, "abstain": abstain})
    assert bool(wrong) == (yes + no + abstain > present or yes + no + abstain == 0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026年12月1日", date(2026, 12, 1)),
        ("2026/12/1", date(2026, 12, 1)),
        ("2026-02-30", None),
        ("下周", None),
        ("", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert rules.date_read(text) == day


def test_a_digest_tells_any_change() -> None:
    first = rules.content_digest({"came": 6}, "谈了")
    assert first == rules.content_digest({"came": 6}, "谈了")
    assert first != rules.content_digest({"came": 7}, "谈了")
    assert first != rules.content_digest({"came": 6}, "谈了。")
