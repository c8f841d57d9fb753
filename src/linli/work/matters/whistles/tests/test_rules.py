"""Pure decisions about whistles."""

from datetime import UTC, datetime, timedelta

import pytest

from linli.work.matters.whistles import rules
from linli.work.matters.whistles.workflow import WORKFLOW, State

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


def test_a_unit_has_until_the_hour_and_never_less_than_its_cause_leaves_it() -> None:
    later = NOW + timedelta(hours=5)
    assert rules.check_in_due("concern", NOW, later) == later + timedelta(minutes=15)
    soon = NOW + timedelta(minutes=1)
    assert rules.check_in_due("emergency", NOW, soon) == NOW + timedelta(minutes=30)
    assert rules.check_in_due("joint", NOW, soon) == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "晚于现在"), (-5, "晚于现在"), (31 * 24 * 60, "最多提前30天"), (10, None)]
)
def test_when_nobody_can_be_called_to(minutes: int, words: str | None) -> None:
    refusal = rules.gather_refusal(NOW + timedelta(minutes=minutes), NOW)
    assert (words is None and refusal is None) or words in (refusal or "")


def test_nobody_checks_in_the_day_before() -> None:
    gather = NOW + timedelta(hours=24)
    assert "还没到报到的时候" in (rules.early_refusal(gather, NOW, "明天") or "")
    assert rules.early_refusal(gather, gather - timedelta(minutes=120), "") is None


@pytest.mark.parametrize(("minutes", "is_refused"), [(-60, False), (0, False), (2, False), (3, True)])
def test_a_clock_before_the_last_line_is_noticed(minutes: int, is_refused: bool) -> None:
    refusal = rules.clock_refusal(NOW + timedelta(minutes=minutes), NOW, "10:00")
    assert (refusal is not None) is is_refused
    assert rules.clock_refusal(None, NOW, "") is None


def test_how_far_is_too_far() -> None:
    near = rules.metres_between(121.45, 31.2, 121.452, 31.2)
    assert 180 < near < 200
    assert rules.distance_refusal(near) is None
    assert "约301米" in (rules.distance_refusal(301) or "")
    assert "约1.2公里" in (rules.distance_refusal(1230) or "")


@pytest.mark.parametrize(
    ("chosen", "lead", "field"),
    [([], None, "units"), ([1, 1], 1, "units"), ([1, 2], None, "lead"), ([1, 2], 3, "lead"), ([1], None, "")],
)
def test_who_can_be_called(chosen: list[int], lead: int | None, field: str) -> None:
    assert list(rules.units_refusals(chosen, lead)) == ([field] if field else [])


def test_every_cause_and_setting_has_its_source() -> None:
    for cause in ("concern", "joint", "emergency"):
        assert rules.cause_source(cause).endswith("（建议值）")


# every pair of a state and a move, as the desk knows it
ALLOWED = {
    "called": {"check_in", "answer", "log", "lead", "finish", "cancel"},
    "finished": {"rate", "close", "reply"},
    "closed": {"reply"},
    "cancelled": set(),
}


@pytest.mark.parametrize("state", State.values)
def test_what_may_follow_which(state: str) -> None:
    assert {move for move in WORKFLOW.moves if WORKFLOW.allows(state, move)} == ALLOWED[state]
