"""Who stands in a secret ballot: none of them holds a share of its key."""

from __future__ import annotations

from collections.abc import Iterable

from linli.foundation.accounts.selectors import person_names
from linli.registers.residents.linking.selectors import resident_linked

from ..ballots.models import Ballot
from ..ballots.standing import standers_told
from .models import Ceremony


def barred_among(ballot: Ballot, person_ids: Iterable[int]) -> set[int]:
    """Return which of these people stand in the ballot and may hold no share of its key."""
    standers = standers_told(ballot)
    if not standers:
        return set()
    people = list(person_ids)
    names = person_names(people)
    found = set()
    for one in people:
        resident = resident_linked(one)
        key = resident.pk if resident else None
        if any(stander.is_who(key, names.get(one, "")) for stander in standers):
            found.add(one)
    return found


def barred_trustees(ceremony: Ceremony) -> set[int]:
    """Return the trustees who stand in the ballot after all: their account was tied to a candidate since."""
    people = ceremony.trustees.values_list("person_id", flat=True)
    return barred_among(ceremony.ballot, people)
