"""Every pair of a state and an act, allowed and forbidden: in the table, and through the services."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from linli.core.actor import system
from linli.core.errors import MoveNotAllowed
from linli.work.matters.models import Matter
from linli.work.matters.workflow import WORKFLOW, State

from .acts import ACTS, READY, subject_make
from .conftest import Gallery

LIFE = yaml.safe_load((Path(__file__).parent / "cases" / "lifecycle.yaml").read_text(encoding="utf-8"))
ROWS = LIFE["moves"]
PAIRS = [(row, state) for row in ROWS for state in LIFE["states"]]
ALLOWED = [(row, state) for row, state in PAIRS if state in row["from"]]
FORBIDDEN = [(row, state) for row, state in PAIRS if state not in row["from"] + row.get("beside", [])]


def _name(value: Any) -> str:
    return value["move"] if isinstance(value, dict) else str(value)


def test_the_states_are_those_of_the_design() -> None:
    assert LIFE["states"] == list(State.values)


def test_every_act_of_the_design_has_a_call() -> None:
    assert {row["move"] for row in ROWS} == set(ACTS)


@pytest.mark.parametrize(("row", "state"), PAIRS, ids=_name)
def test_the_table_says_what_the_design_says(row: dict[str, Any], state: str) -> None:
    expected = state in row["from"] or state in row.get("beside", [])
    assert WORKFLOW.allows(state, row["move"]) is expected
    if expected:
        assert WORKFLOW.require(state, row["move"]) == (state if row["to"] == "same" else row["to"])


def test_no_move_outside_the_design_changes_the_state() -> None:
    designed = {row["move"] for row in ROWS}
    assert [move.code for move in WORKFLOW.moves.values() if move.target and move.code not in designed] == []


@pytest.mark.parametrize(("row", "state"), ALLOWED, ids=_name)
def test_an_allowed_act_leads_where_it_should(gallery: Gallery, row: dict[str, Any], state: str) -> None:
    matter, move = gallery.get(state), row["move"]
    who = system("test") if row["who"] == ["system"] else gallery.life.who(row["who"][0])
    READY.get(move, lambda life, m: None)(gallery.life, matter)
    ACTS[move](gallery.life, who, matter)
    after = Matter.objects.get(pk=matter.pk)
    assert after.state == (state if row["to"] == "same" else row["to"])
    assert after.version > gallery.matters[state].version


@pytest.mark.parametrize(("row", "state"), FORBIDDEN, ids=_name)
def test_a_forbidden_act_is_refused_and_changes_nothing(
    gallery: Gallery, row: dict[str, Any], state: str, unchanged: Callable[[], None]
) -> None:
    matter, move = gallery.get(state), row["move"]
    subject_make(gallery.life, move, row.get("about"), matter)
    who = system("test") if row["who"] == ["system"] else gallery.life.who(row["who"][0])
    unchanged()
    with pytest.raises(MoveNotAllowed) as refused:
        ACTS[move](gallery.life, who, matter)
    unchanged()
    home = matter.merged_into if move == "ask_reopen" and matter.merged_into else matter
    assert str(State(home.state).label) in refused.value.message
