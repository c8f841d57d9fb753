"""What other rooms do when a request about their records is granted: shown first, done with the answer.

The privacy room stands below them; a room calls ``carrier_add`` in ``ready()``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linli.core.actor import Actor

from .models import DataRequest


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a request as the person who answers compares it; values are in clear."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Carrier:
    """How one kind of record is changed at a person's wish.

    ``changes`` says what would change to whoever may see the record, ``carry`` does it inside the answer's
    transaction, ``basis`` says by which law the record is kept and when it may be deleted. Each raises
    ``Conflict`` with what to do where the record is gone, changed, or not the reader's: then the request can
    only be refused with words.
    """

    changes: Callable[[Actor, DataRequest], list[Change]]
    carry: Callable[[Actor, DataRequest], None]
    basis: Callable[[DataRequest], str]


_CARRIERS: dict[str, Carrier] = {}


def carrier_add(subject_kind: str, carrier: Carrier) -> None:
    """Name who carries out requests about one kind of record (once a kind)."""
    _CARRIERS[subject_kind] = carrier


def carriers() -> Mapping[str, Carrier]:
    """Return kind of record → who carries requests about it out."""
    return _CARRIERS


def carrier_of(request: DataRequest) -> Carrier | None:
    """Return who carries a request out; None where a person does it by hand and says what they did."""
    return _CARRIERS.get(request.subject_kind)
