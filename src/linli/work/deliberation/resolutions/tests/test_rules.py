"""Pure decisions about resolutions; states and their moves."""

from datetime import date
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.errors import MoveNotAllowed
from linli.work.deliberation.resolutions import rules
from linli.work.deliberation.resolutions.workflow import WORKFLOW, State

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALLOWED = {
    "draft": "add_task drop_task publish withdraw",
    "published": "add_task drop_task progress show_photos extend matter ask_filing receive return finish "
    "withdraw",
    "done": "show_photos",
    "withdrawn": "",
}
TARGETS = {"publish": "published", "finish": "done", "withdraw": "withdrawn"}


@pytest.mark.parametrize(("state", "move"), list(product(State.values, WORKFLOW.moves)))
def test_every_pair_of_state_and_move(state: str, move: str) -> None:
    if move in ALLOWED[state].split():
        assert WORKFLOW.require(state, move) == TARGETS.get(move, state)
    else:
        with pytest.raises(MoveNotAllowed):
            WORKFLOW.require(state, move)


@CALM
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_never_more_than_was_decided(fen: int, spent: int, more: int) -> None:
    refusal = rules.spending_refusal(fen, spent, more)
    assert (refusal is None) == (spent + more <= fen)
    assert rules.spending_refusal(None, 0, more) is None or more > 0


def test_money_of_dropped_tasks_is_what_they_spent() -> None:
    found = rules.money_of([(1000, 200, False), (500, 100, True), (None, 0, False)])
    assert (found.decided, found.spent, found.left) == (1100, 300, 800)


def test_published_for_fifteen_days_at_least() -> None:
    assert rules.public_until(date(2026, 3, 1), 15) == date(2026, 3, 16)
    assert rules.public_until(date(2026, 3, 1), 3) == date(2026, 3, 16)
    assert rules.public_until(date(2026, 3, 1), 30) == date(2026, 3, 31)
