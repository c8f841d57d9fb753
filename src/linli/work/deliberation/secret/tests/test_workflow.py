"""Every pair of state and move of a key."""

import pytest

from linli.core.errors import MoveNotAllowed
from linli.work.deliberation.secret.workflow import WORKFLOW, State

ALLOWED = {
    "appoint": {"appointed": "appointed", "keyed": "appointed", "ready": "appointed"},
    "register": {"appointed": "keyed"},
    "keep": {"keyed": "keyed"},
    "ready": {"keyed": "ready"},
    "cast": {"ready": "ready"},
    "close": {"ready": "sealed"},
    "hand_out": {"ready": "ready", "sealed": "sealed", "opened": "opened"},
    "return": {"sealed": "opened", "opened": "opened"},
    "destroy": {
        "appointed": "destroyed",
        "keyed": "destroyed",
        "ready": "destroyed",
        "sealed": "destroyed",
        "opened": "destroyed",
    },
    "forget": {"destroyed": "destroyed"},
}


def test_every_move_is_in_the_table() -> None:
    assert set(WORKFLOW.moves) == set(ALLOWED)


@pytest.mark.parametrize("code", sorted(ALLOWED))
@pytest.mark.parametrize("state", State.values)
def test_each_pair(state: str, code: str) -> None:
    if state in ALLOWED[code]:
        assert WORKFLOW.require(state, code) == ALLOWED[code][state]
    else:
        with pytest.raises(MoveNotAllowed):
            WORKFLOW.require(state, code)
