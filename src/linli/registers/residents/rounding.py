"""Figures about people that name nobody, also by subtraction; pure.

Every number of people is rounded to the nearest ten, and none to four are said as "<5", so that not even
"nobody" is told. So no total minus its other parts gives a small part: each of them may be several off.
A sum of money is told in tens of people who all get what the fifth highest gets: whoever chooses what people
get could else read one person's part from the sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SMALL, STEP = 5, 10


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number as it may be shown: ``value`` is None where it is less than five."""

    value: int | None

    @property
    def drawn(self) -> int:
        """The number by which a picture draws it."""
        return self.value or 0

    @property
    def cell(self) -> int | str:
        """What a spreadsheet holds: a number that it can add up, words where it is hidden."""
        return str(self) if self.value is None else self.value

    def __str__(self) -> str:
        return f"<{SMALL}" if self.value is None else f"{self.value:,}"


def rounded(number: int) -> Rounded:
    """Return a count of people as it may be shown."""
    return Rounded(None if number < SMALL else (number + STEP // 2) // STEP * STEP)


def rounded_sum(total: int, highest: Sequence[int]) -> int | None:
    """Return a sum of amounts above nothing as it may be shown, ``None`` where it is too few people's.

    ``highest`` are the five highest of them, the highest first; the four above the fifth count as it does.
    """
    if len(highest) < SMALL:
        return None
    each = highest[SMALL - 1]
    full = (total - sum(highest[:SMALL]) + SMALL * each + each // 2) // each
    shown = rounded(full).value
    return None if shown is None else shown * each
