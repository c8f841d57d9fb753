"""A table of moves is the only gate between two states."""

import pytest

from linli.core.errors import MoveNotAllowed
from linli.core.workflow import Move, Workflow

STATES = {"new": "新", "open": "办理中", "closed": "已办结"}
MOVES = (
    Move("start", "开始", frozenset({"new"}), "open"),
    Move("note", "补充", frozenset({"new", "open"}), None),
    Move("close", "办结", frozenset({"open"}), "closed"),
)
FLOW = Workflow("flow", STATES, MOVES)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.code)
@pytest.mark.parametrize("state", STATES)
def test_every_pair(state: str, move: Move) -> None:
    if state in move.sources:
        assert FLOW.allows(state, move.code)
        assert FLOW.require(state, move.code) == (move.target or state)
    else:
        assert not FLOW.allows(state, move.code)
        with pytest.raises(MoveNotAllowed, match=f"现在的状态是「{STATES[state]}」，不能{move.label}。"):
            FLOW.require(state, move.code)


def test_moves_from_a_state() -> None:
    assert [move.code for move in FLOW.from_state("open")] == ["note", "close"]
    assert FLOW.from_state("closed") == []


def test_a_table_with_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        Workflow("flow", STATES, [Move("lose", "丢失", frozenset({"new"}), "lost")])
