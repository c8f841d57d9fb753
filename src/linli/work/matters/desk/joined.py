"""What other rooms put into the menu of a matter's record: each adds one function at start-up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from linli.core.actor import Actor
from linli.core.errors import ProgrammingFault

from ..models import Matter


@dataclass(frozen=True, slots=True)
class JoinedAct:
    """An act of another room on a matter: words, one sentence on what it does, icon, and where it leads."""

    label: str
    help: str
    icon: str
    url: str


Maker = Callable[[Actor, Matter], Iterable[JoinedAct]]
_makers: dict[str, Maker] = {}


def joined_acts_add(code: str, make: Maker) -> None:
    """Make acts of another room known, once, at start-up; it decides itself whom they are offered to."""
    if code in _makers:
        raise ProgrammingFault(f"two rooms are called {code}")
    _makers[code] = make


def joined_acts(actor: Actor, matter: Matter) -> Sequence[JoinedAct]:
    """Return what other rooms offer an actor about a matter."""
    return [act for make in _makers.values() for act in make(actor, matter)]
