"""What other rooms put onto the page 待办: one-press actions beside their duties, bulk acts, remarks on top.

The page stands below the rooms and knows none of them; a room registers itself in ``ready()``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linli.core.actor import Actor

from .models import Duty


@dataclass(frozen=True, slots=True)
class Press:
    """Something to press beside a duty: done at once (``fields`` are sent), or a link to its form."""

    label: str
    icon: str
    url: str
    is_one_press: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkBar:
    """What may be done to several records of a room: where they are sent; acts are (code, words, icon)."""

    url: str
    acts: Sequence[tuple[str, object, str]]


@dataclass(frozen=True, slots=True)
class Remark:
    """One line above the list, such as who is on duty now."""

    icon: str
    text: str
    url: str = ""
    more: str = ""


Presses = Callable[[Actor, Sequence[Duty]], Mapping[str, Sequence[Press]]]
_presses: dict[str, Presses] = {}
_bars: dict[str, Callable[[Actor], BulkBar]] = {}
_remarks: list[Callable[[Actor], Iterable[Remark]]] = []


def room_acts_add(room: str, presses: Presses, bar: Callable[[Actor], BulkBar]) -> None:
    """Name what a room offers beside its duties; ``presses`` answers by the duties' ids as text."""
    _presses[room], _bars[room] = presses, bar


def remarks_add(remarks: Callable[[Actor], Iterable[Remark]]) -> None:
    """Name a source of lines above the list."""
    if remarks not in _remarks:
        _remarks.append(remarks)


def presses_for(actor: Actor, duties: Sequence[Duty]) -> dict[str, Sequence[Press]]:
    """Return what may be pressed beside each duty, by its id as text."""
    found: dict[str, Sequence[Press]] = {}
    for room, presses in _presses.items():
        if own := [duty for duty in duties if duty.room == room]:
            found.update(presses(actor, own))
    return found


def bars_for(actor: Actor, duties: Sequence[Duty]) -> dict[str, BulkBar]:
    """Return the bulk acts of the rooms that stand on the list, where there are any."""
    rooms = {duty.room for duty in duties}
    bars = {room: bar(actor) for room, bar in _bars.items() if room in rooms}
    return {room: bar for room, bar in bars.items() if bar.acts}


def remarks_for(actor: Actor) -> list[Remark]:
    """Return the lines above the list."""
    return [remark for source in _remarks for remark in source(actor)]
