"""Which bit of a whole number stands for which missing fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .order import BadRule

WIDTHS = {15: "int16", 31: "int32"}  # bits of a signed number of that width
MOST = 62  # bits of a signed 64-bit number, less one that the engine needs for itself
OPEN = 1 << 62  # that one: something is unknown, whatever it may be


@dataclass(frozen=True, slots=True)
class Legend:
    """Facts in the order of their bits; a snapshot's first, then what a run finds missing beyond facts."""

    facts: tuple[str, ...]

    @property
    def width(self) -> str:
        """The narrowest kind of whole number that holds all of its bits."""
        return next((width for bits, width in WIDTHS.items() if len(self.facts) <= bits), "int64")

    def with_more(self, facts: Iterable[str]) -> Legend:
        """Return a legend that knows these as well; raises ``BadRule`` where there are more than 62."""
        whole = tuple(dict.fromkeys((*self.facts, *facts)))
        if len(whole) > MOST:
            raise BadRule(f"{len(whole)} facts, and a run can tell {MOST} apart")
        return Legend(whole)

    def bits(self, facts: Iterable[str]) -> int:
        """Return the number that says that these are missing."""
        return sum(1 << self.facts.index(fact) for fact in set(facts))

    def named(self, bits: int) -> tuple[str, ...]:
        """Return the facts behind a number, sorted."""
        return tuple(sorted(fact for at, fact in enumerate(self.facts) if bits >> at & 1))
