"""On whom a ballot decides, as the parts above tell it: none of them votes for others or holds a share."""

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
_tellers: list[Teller] = []


def standers_told_by(teller: Teller) -> None:
    """Let a part that knows who stands in a ballot tell it (once, at start-up)."""
    _tellers.append(teller)


def standers_told(ballot: Ballot) -> list[Stander]:
    """Return on whom a ballot decides; empty where it decides on something."""
    return [one for teller in _tellers for one in teller(ballot)]


def stands_in(ballot: Ballot, resident: Resident) -> bool:
    """Whether a ballot decides on a person of the register."""
    standers = standers_told(ballot)
    name = sealed_get(resident, "name") if standers else ""
    return any(one.is_who(resident.pk, name) for one in standers)
