"""Random draws over whole arrays: seeded generators, shares of words, distributions cut to bounds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
YEAR = 365.2425


def generator(seed: int, *place: int) -> np.random.Generator:
    """Return the generator of one place in the run: the same seed and place give the same draws."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=place)))


def chosen(rng: np.random.Generator, shares: Sequence[float] | Floats, count: int) -> Ints:
    """Draw ``count`` indices by shares that need not add up to one."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], rng.random(count), side="right").astype(np.int64)


def chosen_by(rng: np.random.Generator, table: Floats, rows: Ints) -> Ints:
    """Draw a column for each row number: ``table`` holds a row of shares for every kind of person."""
    edges = np.cumsum(table, axis=1)
    edges /= edges[:, -1:]
    found = np.zeros(len(rows), dtype=np.int64)
    dice = rng.random(len(rows))
    for column in range(table.shape[1] - 1):
        found += dice >= edges[rows, column]
    return found


def flags(rng: np.random.Generator, shares: float | Floats, count: int) -> Flags:
    """Draw yes or no by one share or by a share for each."""
    drawn: Flags = rng.random(count) < shares
    return drawn


class Spread:
    """A distribution over a line, given as weights of stretches: ``{18: 1, 24: 5, 30: 4, 46: 0}``.

    Each key begins a stretch, the last one ends the whole; every stretch has some weight, so that a draw
    between any two bounds is defined.
    """

    def __init__(self, weights: Mapping[Any, Any]) -> None:
        self.at = np.array([float(key) for key in weights])
        mass = np.array([float(weight) for weight in weights.values()][:-1])
        if (np.diff(self.at) <= 0).any() or (mass <= 0).any():
            raise ValueError("a spread rises and has weight everywhere")
        self.below = np.concatenate(([0.0], np.cumsum(mass))) / mass.sum()

    def draw(self, rng: np.random.Generator, low: Floats, high: Floats) -> Floats:
        """Draw one value for each pair of bounds; bounds outside are drawn in."""
        first, last = (np.interp(bound, self.at, self.below) for bound in (low, high))
        drawn: Floats = np.interp(first + rng.random(len(low)) * (last - first), self.below, self.at)
        return drawn
