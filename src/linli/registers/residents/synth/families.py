"""Households and who is in them: six places round a table, filled by the kind of household.

Places: 0 the one from whom the household is drawn (woman of the middle generation, or the person alone),
1 the partner, 2 and 3 children, 4 and 5 the old woman and the old man. In a group all six are unrelated.
All arrays are (households, 6); days are counted from 1970-01-01.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .assumptions import figures
from .draws import YEAR, Flags, Floats, Ints, Spread, chosen, flags

PLACES = 6
SHAPES = ("alone", "couple", "parents", "parent", "generations", "grandparents", "group", "dormitory")
ALONE, COUPLE, PARENTS, PARENT, GENERATIONS, GRANDPARENTS, GROUP, DORMITORY = range(len(SHAPES))
UNRELATED = (GROUP, DORMITORY)
LAWFUL_MAN, OLDEST, OLDEST_WITH_PARENTS = 22.0, 105.0, 80.0
EARLIEST, LATEST = 18.01, 45.98  # years between mother and child, a day inside the whole years
ROOM_FOR_TWO = 1.0  # years between brothers and sisters


@dataclass(frozen=True)
class Cell:
    """One kind of household, one stretch of age, from here or from elsewhere: what is raked."""

    kind: int
    low: float
    high: float
    migrants: bool
    prior: float


class Kinds:
    """The kinds of households of ``households.yaml`` as arrays by number."""

    def __init__(self) -> None:
        self.figures = figures("households")
        rows: Mapping[str, Mapping[str, Any]] = self.figures["kinds"]
        self.codes = list(rows)
        self.shape = np.array([SHAPES.index(row["shape"]) for row in rows.values()])
        self.male = np.array([row.get("male", 0.0) for row in rows.values()])
        self.second = np.array([row.get("second", 0.0) for row in rows.values()])
        self.child_up_to = np.array([row.get("child_up_to", 0.0) for row in rows.values()])
        self.sizes = np.zeros((len(rows), PLACES))
        for number, row in enumerate(rows.values()):
            for size, weight in row.get("sizes", {1: 1}).items():
                self.sizes[number, size - 1] = weight
        self.rows = list(rows.values())

    @cached_property
    def cells(self) -> list[Cell]:
        """Every stretch of age of every kind, twice: from here and from elsewhere, with its assumed share."""
        return [
            Cell(number, float(low), float(high), migrants, row["share"] * weight / total * part)
            for number, row in enumerate(self.rows)
            for total in [sum(row["ages"].values())]
            for (low, weight), high in zip(row["ages"].items(), list(row["ages"])[1:], strict=False)
            for migrants, part in ((False, 1 - row["migrants"]), (True, row["migrants"]))
        ]

    def spread(self, name: str) -> Spread:
        """Return a distribution of the file by its name."""
        return Spread(self.figures[name])


@dataclass
class Households:
    """Drawn households: kind, presence, births (days), sexes, migrants, head, whose old they are."""

    kind: Ints
    shape: Ints
    here: Flags
    births: Ints
    male: Flags
    migrant: Flags
    head: Ints
    is_wifes: Flags  # the old are the parents of place 0

    @property
    def sizes(self) -> Ints:
        """How many persons each household has."""
        counts: Ints = self.here.sum(axis=1)
        return counts


def presence(kinds: Kinds, cells: Ints, rng: np.random.Generator) -> Flags:
    """Say which places are taken in households of these cells; place 0 always is."""
    kind = np.array([cell.kind for cell in kinds.cells])[cells]
    shape, count = kinds.shape[kind], len(cells)
    here = np.zeros((count, PLACES), dtype=bool)
    here[:, 0] = True
    here[:, 1] = np.isin(shape, (COUPLE, PARENTS, GENERATIONS)) | (
        (shape == GRANDPARENTS) & flags(rng, 0.8, count)
    )
    here[:, 2] = np.isin(shape, (PARENTS, PARENT, GENERATIONS, GRANDPARENTS))
    here[:, 3] = here[:, 2] & flags(rng, kinds.second[kind], count)
    three = shape == GENERATIONS
    here[:, 5] = three & flags(rng, kinds.figures["elder_man"], count)
    here[:, 4] = three & (flags(rng, kinds.figures["elder_woman"], count) | ~here[:, 5])
    for number in np.flatnonzero(np.isin(kinds.shape, UNRELATED)):
        mine = kind == number
        sizes = chosen(rng, kinds.sizes[number], int(mine.sum())) + 1
        here[mine] = np.arange(PLACES) < sizes[:, None]
    return here


def households(kinds: Kinds, cells: Ints, here: Flags, as_of: int, rng: np.random.Generator) -> Households:
    """Draw births, sexes and the rest for households whose cells and presence are known."""
    table = kinds.cells
    kind = np.array([cell.kind for cell in table])[cells]
    shape, count = kinds.shape[kind], len(cells)
    male = _sexes(kinds, kind, shape, rng)
    bounds = np.array([(cell.low, cell.high) for cell in table])[cells]
    ages, is_wifes = _ages(kinds, kind, shape, bounds, rng)
    births = as_of - np.floor(ages * YEAR).astype(np.int64)
    migrant = np.repeat(np.array([cell.migrants for cell in table])[cells][:, None], PLACES, axis=1)
    mixed = np.isin(shape, (COUPLE, PARENTS, GENERATIONS)) & flags(rng, kinds.figures["mixed_couples"], count)
    migrant[mixed, 1] ^= True
    migrant[mixed, 2:4] = False  # a child follows the parent who is registered here
    drawn = Households(kind, shape, here, births, male, migrant, np.zeros(count, np.int64), is_wifes)
    drawn.head = _heads(kinds, drawn, ages, rng)
    return drawn


def _sexes(kinds: Kinds, kind: Ints, shape: Ints, rng: np.random.Generator) -> Flags:
    count = len(kind)
    male = np.zeros((count, PLACES), dtype=bool)
    male[:, 0] = flags(rng, kinds.male[kind], count)
    male[:, 1] = True
    for place in (2, 3):
        male[:, place] = flags(rng, kinds.figures["boys"], count)
    male[:, 5] = True
    mates = shape == GROUP
    male[mates] = rng.random((int(mates.sum()), PLACES)) < kinds.male[kind[mates], None]
    dormitory = shape == DORMITORY
    male[dormitory] = male[dormitory, :1]  # rooms of a dormitory are of one sex
    return male


def _ages(
    kinds: Kinds, kind: Ints, shape: Ints, bounds: Floats, rng: np.random.Generator
) -> tuple[Floats, Flags]:
    count = len(kind)
    ages = np.zeros((count, PLACES))
    ages[:, 0] = rng.uniform(bounds[:, 0], bounds[:, 1])
    first, second = _children(kinds, kind, shape, ages[:, 0], rng)
    eldest = np.where(np.isin(shape, (PARENTS, GENERATIONS)), np.maximum(first, second), -EARLIEST)
    older = kinds.spread("man_older")
    youngest_man = np.maximum(LAWFUL_MAN, eldest + EARLIEST)
    oldest_man = np.where(shape == GENERATIONS, OLDEST_WITH_PARENTS, OLDEST)
    ages[:, 1] = ages[:, 0] + older.draw(rng, youngest_man - ages[:, 0], oldest_man - ages[:, 0])
    ages[:, 2], ages[:, 3] = first, second
    is_wifes = flags(rng, kinds.figures["wifes_parents"], count)
    own_child = np.where(is_wifes, ages[:, 0], ages[:, 1])
    latest = np.minimum(LATEST, OLDEST - own_child)
    ages[:, 4] = own_child + kinds.spread("mother_gap").draw(rng, np.full(count, EARLIEST), latest)
    low = np.maximum(LAWFUL_MAN, own_child + EARLIEST) - ages[:, 4]
    ages[:, 5] = ages[:, 4] + older.draw(rng, low, OLDEST - ages[:, 4])
    together = np.isin(shape, UNRELATED)
    ages[together] = rng.uniform(bounds[together, :1], bounds[together, 1:], (int(together.sum()), PLACES))
    return ages, is_wifes


def _children(
    kinds: Kinds, kind: Ints, shape: Ints, mother: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw two children's ages; the second is at least a year apart from the first."""
    gap = kinds.spread("mother_gap")
    low = np.maximum(EARLIEST, mother - kinds.child_up_to[kind])
    high = np.minimum(LATEST, mother)
    one = gap.draw(rng, low, high)
    after = high - (one + ROOM_FOR_TWO)
    before = (one - ROOM_FOR_TWO) - low
    is_after = (after > 0) & ((before <= 0) | flags(rng, 0.5, len(kind)))
    two = gap.draw(
        rng, np.where(is_after, one + ROOM_FOR_TWO, low), np.where(is_after, high, one - ROOM_FOR_TWO)
    )
    grand = kinds.spread("grandmother_gap").draw(rng, mother - kinds.child_up_to[kind], mother)
    return np.where(shape == GRANDPARENTS, mother - grand, mother - one), mother - two


def _heads(kinds: Kinds, drawn: Households, ages: Floats, rng: np.random.Generator) -> Ints:
    count, words = len(drawn.kind), kinds.figures
    man = flags(rng, words["head_is_man"], count) & drawn.here[:, 1]
    paired = ~np.isin(drawn.shape, UNRELATED)
    head = np.where(man & paired, 1, 0)
    elder = (drawn.shape == GENERATIONS) & flags(rng, words["head_is_elder"], count)
    head = np.where(elder, np.where(drawn.here[:, 5], 5, 4), head)
    grown = (drawn.shape == PARENT) & (ages[:, 2] >= 30) & flags(rng, words["head_is_grown_child"], count)
    return np.where(grown, 2, head).astype(np.int64)
