"""What the parts above tell of a ballot: on whom it decides, and why it may not be announced yet.

On whom a ballot decides votes for nobody else and holds no share of its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linli.registers.residents.models import Resident
from linli.registers.residents.sealing import sealed_get

from .models import Ballot


@dataclass(frozen=True, slots=True)
class Stander:
    """Somebody on whom a ballot decides: in the register where known, else by name alone."""

    resident_id: int | None
    name: str

    def is_who(self, resident_id: int | None, name: str) -> bool:
        """Whether it is this person: the register decides where it knows both, else the full name.

        Somebody else is easily found, and no doubt then hangs over the vote.
        """
        if self.resident_id is not None and resident_id is not None:
            return self.resident_id == resident_id
        return self.name == name


Teller = Callable[[Ballot], Iterable[Stander]]
Brake = Callable[[Ballot], str]
_tellers: list[Teller] = []
_brakes: list[Brake] = []


def standers_told_by(teller: Teller) -> None:
    """Let a part that knows who stands in a ballot tell it (once, at start-up)."""
    _tellers.append(teller)


def announcing_held_by(brake: Brake) -> None:
    """Let a part that knows when a ballot's time has come say why it has not (once, at start-up)."""
    _brakes.append(brake)


def held_back(ballot: Ballot) -> str:
    """Return why a draft may not be announced yet; empty where it may."""
    return next((words for words in (brake(ballot) for brake in _brakes) if words), "")


def standers_told(ballot: Ballot) -> list[Stander]:
    """Return on whom a ballot decides; empty where it decides on something."""
    return [one for teller in _tellers for one in teller(ballot)]


def stands_in(ballot: Ballot, resident: Resident) -> bool:
    """Whether a ballot decides on a person of the register."""
    standers = standers_told(ballot)
    name = sealed_get(resident, "name") if standers else ""
    return any(one.is_who(resident.pk, name) for one in standers)
