"""States and allowed moves as one table per room."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .errors import MoveNotAllowed


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step: its code, the states it starts from, and where it ends (``None``: unchanged)."""

    code: str
    label: str
    sources: frozenset[str]
    target: str | None


class Workflow:
    """A table of moves; ``require`` is the only gate between two states."""

    def __init__(self, name: str, states: dict[str, str], moves: Iterable[Move]) -> None:
        self.name = name
        self.states = states
        self.moves = {move.code: move for move in moves}
        for move in self.moves.values():
            unknown = (move.sources | ({move.target} if move.target else set())) - set(states)
            if unknown:
                raise ValueError(f"{name}: move {move.code} names unknown states {sorted(unknown)}")

    def allows(self, state: str, code: str) -> bool:
        """Whether the move may start from this state."""
        return state in self.moves[code].sources

    def require(self, state: str, code: str) -> str:
        """Return the state after the move, or raise ``MoveNotAllowed`` in the reader's words."""
        move = self.moves[code]
        if state not in move.sources:
            raise MoveNotAllowed(
                _("现在的状态是「%(state)s」，不能%(label)s。")
                % {"state": self.states[state], "label": move.label},
                details={"state": state, "move": code},
            )
        return move.target or state

    def from_state(self, state: str) -> list[Move]:
        """Return every move that may start here."""
        return [move for move in self.moves.values() if state in move.sources]
