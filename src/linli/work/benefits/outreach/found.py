"""What a run found, as plain values, and whom it is not taken for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ..models import Lead
from .workflow import STANDING

S = Lead.State
ASKED_AGAIN = frozenset({S.GONE, S.WRONG})  # these ends say nothing against asking again


class Whom(Enum):
    """Of whom a run makes leads by itself."""

    NOBODY = "nobody"
    NEW = "new"
    EVERYBODY = "everybody"


def whom(*, is_first: bool, is_compared: bool, is_known_who_lacks: bool) -> Whom:
    """Return of whom a run makes leads under one policy.

    Everybody where receipts tell who lacks it and nobody was found yet; else a policy's first run is a
    baseline and makes none, and later ones make leads of who is new since the run they are compared with.
    Without one to compare with, all would look new: nobody, until a wave is released.
    """
    if is_known_who_lacks:
        return Whom.EVERYBODY
    return Whom.NEW if is_compared and not is_first else Whom.NOBODY


@dataclass(frozen=True, slots=True)
class Found:
    """That a policy may be for somebody: ``resident_id`` is ``None`` where it is the household's.

    ``amount`` in fen by the policy's period; ``missing`` names facts, and is empty where eligible.
    """

    household_id: int
    resident_id: int | None
    is_eligible: bool = True
    amount: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int | None, int]:
        """Who it is about: the person, else the household."""
        return self.resident_id, 0 if self.resident_id else self.household_id


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier lead of the same policy about the same: by which version, how it ended."""

    version_id: int
    state: str

    def stands_against(self, version_id: int) -> bool:
        """Whether nobody is asked again: one is under way, or they answered under this very version."""
        if self.state in STANDING:
            return True
        return self.version_id == version_id and self.state not in ASKED_AGAIN


@dataclass(slots=True)
class Known:
    """What stands against leads of one batch, read at once."""

    places: Mapping[int, str]  # household → area path; who is missing has ended
    here: Collection[int]  # residents who are here
    objecting: Collection[int]  # residents
    objecting_homes: Collection[int]  # households of which a member objects
    receiving: Collection[tuple[int | None, int]]
    before: Mapping[tuple[int | None, int], Iterable[Before]]


@dataclass(slots=True)
class Taken:
    """How many of a batch became leads, and why the others did not."""

    made: int = 0
    objecting: int = 0
    receiving: int = 0
    asked: int = 0
    gone: int = 0
    households: set[int] = field(default_factory=set)

    def add(self, other: Taken) -> None:
        """Count another batch in."""
        self.made += other.made
        self.objecting += other.objecting
        self.receiving += other.receiving
        self.asked += other.asked
        self.gone += other.gone


def sifted(found: Iterable[Found], version_id: int, known: Known, taken: Taken) -> Iterator[Found]:
    """Yield those who become leads, each once, and count the others in ``taken``."""
    seen = set[tuple[int | None, int]]()
    for one in found:
        if one.household_id not in known.places or not _is_here(one, known):
            taken.gone += 1
        elif _objects(one, known):
            taken.objecting += 1
        elif one.key in known.receiving:
            taken.receiving += 1
        elif one.key in seen or any(b.stands_against(version_id) for b in known.before.get(one.key, ())):
            taken.asked += 1
        else:
            seen.add(one.key)
            taken.made += 1
            yield one


def _is_here(one: Found, known: Known) -> bool:
    return one.resident_id is None or one.resident_id in known.here


def _objects(one: Found, known: Known) -> bool:
    if one.resident_id is None:
        return one.household_id in known.objecting_homes
    return one.resident_id in known.objecting
