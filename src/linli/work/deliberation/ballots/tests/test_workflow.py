"""Every pair of state and move of a ballot: allowed where the table says so, refused in words elsewhere."""

import pytest

from linli.core.errors import MoveNotAllowed
from linli.work.deliberation.ballots.workflow import WORKFLOW, State

ALLOWED = {
    State.DRAFT: {"edit", "roll", "announce", "name_voter", "cancel"},
    State.ANNOUNCED: {"roll", "object_roll", "rule_roll", "freeze", "name_voter", "proxy", "cancel"},
    State.FROZEN: {
        *(
            "name_voter",
            "proxy",
            "sheets",
            "open",
            "cast",
            "return",
            "key",
            "box",
            "close",
            "reconcile",
            "cancel",
        )
    },
    State.OPEN: {
        "name_voter",
        "proxy",
        "sheets",
        "cast",
        "return",
        "key",
        "box",
        "close",
        "reconcile",
        "cancel",
    },
    State.CLOSED: {"key", "count_box", "reconcile", "count"},
    State.COUNTED: {"object_result", "rule_result", "recount", "settle"},
    State.SETTLED: set(),
    State.CANCELLED: set(),
}
TARGETS = {
    "announce": State.ANNOUNCED,
    "freeze": State.FROZEN,
    "open": State.OPEN,
    "close": State.CLOSED,
    "count": State.COUNTED,
    "recount": State.CLOSED,
    "settle": State.SETTLED,
    "cancel": State.CANCELLED,
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("code", list(WORKFLOW.moves))
def test_every_pair(state: str, code: str) -> None:
    if code in ALLOWED[State(state)]:
        assert WORKFLOW.require(state, code) == TARGETS.get(code, State(state))
    else:
        with pytest.raises(MoveNotAllowed) as refused:
            WORKFLOW.require(state, code)
        assert str(State(state).label) in refused.value.message


def test_what_is_counted_is_never_voted_on_again() -> None:
    for state in (State.CLOSED, State.COUNTED, State.SETTLED):
        assert not WORKFLOW.allows(state, "cast")
        assert not WORKFLOW.allows(state, "return")
        assert not WORKFLOW.allows(state, "cancel")
