"""Whom a neighbourhood calls: its committee, then its street office."""

from dataclasses import dataclass

from linli.core.actor import Function
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import unit_list
from linli.foundation.places.models import Division


@dataclass(frozen=True, slots=True)
class Contact:
    """A unit that answers for this neighbourhood, with a number that dials."""

    name: str
    phone: str
    dial: str
    address: str


def contact_list(place: Division) -> list[Contact]:
    """Return the committee and the street office of a place, as far as they are set up (two queries)."""
    found: list[Unit] = []
    for function in (Function.COMMITTEE, Function.STREET):
        found += list(unit_list(function, place.path)[:1])
    return [
        Contact(unit.name, unit.phone, "".join(filter(str.isdigit, unit.phone)), unit.address)
        for unit in found
    ]
