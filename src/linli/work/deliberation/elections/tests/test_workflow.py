"""Every pair of state and move of elections and recalls."""

import pytest

from linli.core.errors import MoveNotAllowed
from linli.work.deliberation.elections.workflow import RECALL, WORKFLOW, Recalling, State

ALLOWED = {
    "propose": {"nominating": "nominating"},
    "settle": {"nominating": "nominating"},
    "withdraw": {"nominating": "nominating", "listed": "listed"},
    "list": {"nominating": "listed"},
    "round": {"listed": "voting", "voting": "voting"},
    "outcome": {"voting": "voting"},
    "conclude": {"voting": "held"},
    "hand_over": {"held": "handed"},
    "seat": {"held": "held", "handed": "handed"},
    "cancel": {"nominating": "cancelled", "listed": "cancelled", "voting": "cancelled"},
}
RECALLS = {
    "support": {"collecting": "collecting"},
    "defend": {"collecting": "collecting", "voting": "voting"},
    "vote": {"collecting": "voting"},
    "recalled": {"voting": "recalled"},
    "kept": {"voting": "kept"},
    "drop": {"collecting": "dropped", "voting": "dropped"},
}
PAIRS = [(WORKFLOW, ALLOWED, state, code) for state in State.values for code in ALLOWED]
PAIRS += [(RECALL, RECALLS, state, code) for state in Recalling.values for code in RECALLS]


def test_every_move_is_in_the_table() -> None:
    assert set(WORKFLOW.moves) == set(ALLOWED)
    assert set(RECALL.moves) == set(RECALLS)


@pytest.mark.parametrize(("table", "allowed", "state", "code"), PAIRS)
def test_each_pair(table: object, allowed: dict[str, dict[str, str]], state: str, code: str) -> None:
    if state in allowed[code]:
        assert table.require(state, code) == allowed[code][state]  # type: ignore[attr-defined]
    else:
        with pytest.raises(MoveNotAllowed):
            table.require(state, code)  # type: ignore[attr-defined]
