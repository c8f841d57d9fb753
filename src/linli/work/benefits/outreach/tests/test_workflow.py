"""Every pair of a lead's states and moves: exactly the table's are allowed."""

import pytest

from linli.core.errors import MoveNotAllowed
from linli.work.benefits.models import Lead
from linli.work.benefits.outreach.workflow import LEADS, PRESSED, STANDING

ALLOWED = {
    "waiting": {"deal", "lapse", "object", "approve"},
    "open": {
        *("tell", "apply", "grant", "refuse", "has", "decline", "wrong"),
        *("lapse", "object", "approve"),
    },
    "told": {"apply", "grant", "refuse", "has", "decline", "wrong", "object", "approve"},
    "applied": {"grant", "refuse", "has", "decline", "wrong", "approve"},
}


@pytest.mark.parametrize("state", Lead.State.values)
@pytest.mark.parametrize("move", LEADS.moves)
def test_every_pair(state: str, move: str) -> None:
    if move in ALLOWED.get(state, set()):
        assert LEADS.require(state, move) == LEADS.moves[move].target
    else:
        with pytest.raises(MoveNotAllowed):
            LEADS.require(state, move)


def test_standing_is_what_the_constraint_says() -> None:
    said = {one.condition for one in Lead._meta.constraints}  # type: ignore[attr-defined]
    assert all(set(STANDING) == set(dict(q.children)["state__in"]) for q in said)
    assert set(PRESSED) < set(LEADS.moves)
