"""What is held about a person, room by room, as the person may see and take it along.

A room's ``holdings.py`` calls ``holding_add``; the privacy room loads those modules at start-up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of record: its label, where it comes from, and its rows (label → text) by person."""

    name: str
    label: Text
    source: Text
    rows: Callable[[int], Iterable[Row]]


_HOLDINGS: dict[str, Holding] = {}


def holding_add(holding: Holding) -> None:
    """Declare one kind of record (once a name)."""
    _HOLDINGS[holding.name] = holding


def holdings() -> list[Holding]:
    """Return every kind, in the order of declaration."""
    return list(_HOLDINGS.values())
