"""Who stands in a secret ballot, as the part above tells it: none of them holds a share of its key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linli.foundation.accounts.selectors import person_names
from linli.registers.residents.linking.selectors import resident_linked

from ..ballots.models import Ballot
from .models import Ceremony


@dataclass(frozen=True, slots=True)
class Stander:
    """Somebody on whom a ballot decides: in the register where known, else by name alone."""

    resident_id: int | None
    name: str


Teller = Callable[[Ballot], Iterable[Stander]]
_tellers: list[Teller] = []


def standers_told_by(teller: Teller) -> None:
    """Let a part that knows who stands in a ballot tell it (once, at start-up)."""
    _tellers.append(teller)


def barred_among(ballot: Ballot, person_ids: Iterable[int]) -> set[int]:
    """Return which of these people stand in the ballot and may hold no share of its key.

    The register decides where it knows both; else who has the same full name counts as the same person:
    another trustee is easily found, and no doubt then hangs over the key.
    """
    standers = [one for teller in _tellers for one in teller(ballot)]
    if not standers:
        return set()
    people = list(person_ids)
    names = person_names(people)
    return {one for one in people if _stands(one, names.get(one, ""), standers)}


def _stands(person_id: int, name: str, standers: list[Stander]) -> bool:
    resident = resident_linked(person_id)
    for one in standers:
        if resident is not None and one.resident_id is not None:
            if one.resident_id == resident.pk:
                return True
        elif one.name == name:
            return True
    return False


def barred_trustees(ceremony: Ceremony) -> set[int]:
    """Return the trustees who stand in the ballot after all: their account was tied to a candidate since."""
    people = ceremony.trustees.values_list("person_id", flat=True)
    return barred_among(ceremony.ballot, people)
