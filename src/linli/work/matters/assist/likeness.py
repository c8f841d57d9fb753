"""Which of a million texts say the same: cosine over runs of one to three letters, weighted by rarity; pure.

Two tables over one vocabulary: every text's runs (exact), and for every run that is not too common the
texts that hold it. A query adds up its rarest runs over the second, and weighs the best few exactly by the
first. Plain arrays, so that they can be mapped from disk and shared by processes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Array = npt.NDArray[Any]
LONGEST = 3
LETTER_BITS = 21
CHUNK = 10_000
COMMON_SHARE = 0.05
COMMON_AT_LEAST = 2_000
MOST_READ = 3_000_000
WEIGHED = 4_000
BLANKS = re.compile(r"\s\s+")


def plain(text: str) -> str:
    """Return a text as it is compared: lower case, runs of blanks as one."""
    return BLANKS.sub(" ", text.lower())


def runs_counted(texts: Sequence[str]) -> tuple[Array, Array, Array, Array]:
    """Return the runs of some texts: codes in order, and (text, place of the code, how often)."""
    folded = [plain(text) for text in texts]
    letters = np.frombuffer("".join(folded).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    lengths = np.array([len(text) for text in folded], np.int64)
    owner = np.repeat(np.arange(len(folded), dtype=np.int64), lengths)
    codes, owners = [], []
    for length in range(1, LONGEST + 1):
        last = len(letters) - length + 1
        if last <= 0:
            continue
        code = np.zeros(last, np.uint64)
        for step in range(length):
            code = (code << np.uint64(LETTER_BITS)) | letters[step : step + last]
        is_inside = owner[:last] == owner[length - 1 : length - 1 + last]
        # A leading mark keeps runs of different length apart: no letter is code point 0.
        codes.append(code[is_inside])
        owners.append(owner[:last][is_inside])
    if not codes:
        none = np.zeros(0, np.int64)
        return np.zeros(0, np.uint64), none, none, none
    known, place = np.unique(np.concatenate(codes), return_inverse=True)
    pair, often = np.unique(np.concatenate(owners) << 32 | place, return_counts=True)
    return known, pair >> 32, pair & 0xFFFFFFFF, often


@dataclass(frozen=True, slots=True)
class Likeness:
    """The index: ``codes`` in order with their ``rarity``; the texts' runs by row, with their lengths.

    ``begins``/``runs``/``often`` are the rows; ``lists``/``holders`` say for each run which texts hold it
    (nothing for common ones).
    """

    codes: Array
    rarity: Array
    begins: Array
    runs: Array
    often: Array
    lengths: Array
    lists: Array
    holders: Array

    def nearest(self, text: str, most: int = 10) -> list[tuple[int, float]]:
        """Return the rows most like a text with their cosine (0 to 1), best first."""
        place, weight = self.weights_of(text)
        if not len(place):
            return []
        rows = self._candidates(place, weight)
        scores = self.cosines(rows, place, weight)
        best = np.argsort(-scores, kind="stable")[:most]
        return [(int(rows[at]), float(scores[at])) for at in best if scores[at] > 0]

    def weights_of(self, text: str) -> tuple[Array, Array]:
        """Return where the runs of a text stand in the vocabulary, and their weights (of length one)."""
        known, _owner, _place, often = runs_counted([text])
        at = np.searchsorted(self.codes, known)
        at = np.minimum(at, max(len(self.codes) - 1, 0))
        is_known = self.codes[at] == known if len(self.codes) else np.zeros(len(known), bool)
        place = at[is_known]
        weight = often[is_known] * self.rarity[place]
        return place, (weight / max(float(np.sqrt((weight**2).sum())), 1e-12)).astype(np.float32)

    def _candidates(self, place: Array, weight: Array) -> Array:
        """Return the rows that the rarest runs point to, the most pointed at first cut."""
        worth = weight * self.rarity[place]
        order = np.argsort(-worth, kind="stable")
        place, worth = place[order], worth[order]
        sizes = (self.lists[place + 1] - self.lists[place]).astype(np.int64)
        read = np.cumsum(sizes) <= MOST_READ
        place, worth, sizes = place[read], worth[read], sizes[read]
        parts = [self.holders[self.lists[at] : self.lists[at + 1]] for at in place]
        if not parts or not sizes.sum():
            return np.zeros(0, np.int64)
        summed = np.bincount(
            np.concatenate(parts), weights=np.repeat(worth, sizes), minlength=len(self.lengths)
        )
        pointed = np.flatnonzero(summed)
        if len(pointed) <= WEIGHED:
            return pointed
        share = summed[pointed] / self.lengths[pointed]
        return pointed[np.argpartition(-share, WEIGHED)[:WEIGHED]]

    def cosines(self, rows: Array, place: Array, weight: Array) -> Array:
        """Return the exact cosine of some rows with a weighted text."""
        if not len(rows):
            return np.zeros(0, np.float32)
        sought = np.zeros(len(self.codes), np.float32)
        sought[place] = weight * self.rarity[place]
        starts, ends = self.begins[rows], self.begins[rows + 1]
        sizes = ends - starts
        first = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) - np.repeat(first - starts, sizes)
        worth = sought[self.runs[at]] * self.often[at]
        whole: Array = np.add.reduceat(np.append(worth, 0), first)[: len(rows)] / self.lengths[rows]
        return np.where(sizes > 0, whole, 0)

    def save(self, folder: Path) -> None:
        """Write each array as a file that can be mapped."""
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)


def likeness_open(folder: Path) -> Likeness:
    """Map an index from disk; processes share its pages."""
    names = [field.name for field in fields(Likeness)]
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in names}
    return Likeness(**arrays)


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def likeness_build(texts: Iterable[str]) -> Likeness:
    """Index texts by their position; raises nothing for empty ones, which are like no other."""
    known, owner, place, often, count = [np.zeros(0, np.uint64)], [], [], [], 0
    for chunk in _chunks(texts):
        codes, rows, at, times = runs_counted(chunk)
        known.append(codes)
        owner.append(np.bincount(rows, minlength=len(chunk)))
        place.append(at.astype(np.int32))
        often.append(np.minimum(times, 65_535).astype(np.uint16))
        count += len(chunk)
    codes = np.unique(np.concatenate(known))
    for number, own in enumerate(known[1:]):
        place[number] = np.searchsorted(codes, own).astype(np.int32)[place[number]]
    begins = np.concatenate([[0], np.cumsum(np.concatenate(owner))]) if owner else np.zeros(1, np.int64)
    runs = np.concatenate(place) if place else np.zeros(0, np.int32)
    times = np.concatenate(often) if often else np.zeros(0, np.uint16)
    return _indexed(codes, begins, runs, times, count)


def _indexed(codes: Array, begins: Array, runs: Array, often: Array, count: int) -> Likeness:
    held = np.bincount(runs, minlength=len(codes))
    rarity = (np.log((1 + count) / (1 + held)) + 1).astype(np.float32)
    squares = np.concatenate([[0.0], np.cumsum((often * rarity[runs]).astype(np.float64) ** 2)])
    lengths = np.sqrt(np.maximum(squares[begins[1:]] - squares[begins[:-1]], 1e-24)).astype(np.float32)
    del squares
    is_rare = held <= max(COMMON_AT_LEAST, COMMON_SHARE * count)
    by_run = sparse.csr_matrix((np.ones(len(runs), np.bool_), runs, begins), (count, len(codes))).tocsc()
    sizes = np.diff(by_run.indptr)
    holders = by_run.indices[np.repeat(is_rare, sizes)].astype(np.int32)
    lists = np.concatenate([[0], np.cumsum(np.where(is_rare, sizes, 0))])
    return Likeness(codes, rarity, begins, runs, often, lengths, lists, holders)
