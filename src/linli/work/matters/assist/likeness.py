"""Which of a million texts say the same: cosine over runs of one to three letters, weighted by rarity; pure.

People's texts share sentences: a notice that is forwarded, a form of words, the same report from a whole
staircase. Each different sentence is kept once, with what it holds turned round (run → sentences); a text is
a few numbers of sentences. A query adds up its runs over the sentences, the sentences over the texts, and
weighs the best few hundred texts exactly. Plain arrays, so that they can be mapped from disk and shared by
processes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
LONGEST = 3
LETTER_BITS = 21
CHUNK = 10_000
MERGED_AT = 8_000_000
MOST_READ = 2_000_000
WEIGHED = 300
MOST_COUNTED = 65_535  # of one run in one sentence
BLANKS = re.compile(r"\s\s+")
SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+|[^。！？!?；;\n]+")


def plain(text: str) -> str:
    """Return a text as it is compared: lower case, runs of blanks as one."""
    return BLANKS.sub(" ", text.lower())


def sentences_of(folded: str) -> list[str]:
    """Return the sentences of a text with what ends them: joined they are the text again; never none."""
    return SENTENCE.findall(folded) or [""]


def _runs(folded: Sequence[str]) -> tuple[Array, Array]:
    """Return every run of one to three letters as a code, and the text that it stands in."""
    letters = np.frombuffer("".join(folded).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    lengths = np.array([len(text) for text in folded], np.int64)
    owner = np.repeat(np.arange(len(folded), dtype=np.int64), lengths)
    codes, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
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
    return np.concatenate(codes), np.concatenate(owners)


def runs_counted(folded: Sequence[str]) -> tuple[Array, Array, Array, Array]:
    """Return the runs of some texts: codes in order, and (text, place of the code, how often)."""
    codes, owners = _runs(folded)
    known, place = np.unique(codes, return_inverse=True)
    pair, often = np.unique(owners << 32 | place, return_counts=True)
    return known, pair >> 32, pair & 0xFFFFFFFF, often


@dataclass(frozen=True, slots=True)
class Likeness:
    """The index. ``codes`` in order with their ``rarity``: the vocabulary.

    ``letters``/``cuts`` are the sentences, as UTF-8; ``lists``/``holders``/``often`` say for each run which
    sentences hold it, and how often; ``begins``/``parts`` which sentences each text consists of; ``lengths``
    are the texts' norms.
    """

    codes: Array
    rarity: Array
    letters: Array
    cuts: Array
    lists: Array
    holders: Array
    often: Array
    begins: Array
    parts: Array
    lengths: Array

    def nearest(self, text: str, most: int = 10) -> list[tuple[int, float]]:
        """Return the rows most like a text with their cosine (0 to 1), best first."""
        place, weight = self.weights_of(text)
        if not len(place):
            return []
        rows = self._candidates(place, weight, max(WEIGHED, most))
        scores = self.cosines(rows, place, weight)
        best = np.argsort(-scores, kind="stable")[:most]
        return [(int(rows[at]), float(scores[at])) for at in best if scores[at] > 0]

    def weights_of(self, text: str) -> tuple[Array, Array]:
        """Return where the runs of a text stand in the vocabulary, and their weights (of length one)."""
        known, _owner, _place, often = runs_counted([plain(text)])
        at = np.searchsorted(self.codes, known)
        at = np.minimum(at, max(len(self.codes) - 1, 0))
        is_known = self.codes[at] == known if len(self.codes) else np.zeros(len(known), bool)
        place = at[is_known]
        weight = often[is_known] * self.rarity[place]
        return place, (weight / max(float(np.sqrt((weight**2).sum())), 1e-12)).astype(np.float32)

    def _candidates(self, place: Array, weight: Array, most: int) -> Array:
        """Return the rows whose sentences hold most of what is sought, for their length."""
        pointed = self._sentences(place, weight)
        if pointed is None:
            return np.zeros(0, np.int64)
        share = np.add.reduceat(pointed[self.parts], self.begins[:-1]) / self.lengths
        if len(share) > most:
            rows = np.sort(np.argpartition(-share, most)[:most])
            return rows[share[rows] > 0]
        return np.flatnonzero(share)

    def _sentences(self, place: Array, weight: Array) -> Array | None:
        """Return how much of what is sought each sentence holds; None where no sentence holds anything.

        The runs that say most are read first, until enough is read.
        """
        worth = weight * self.rarity[place]
        order = np.argsort(-worth, kind="stable")
        place, worth = place[order], worth[order]
        sizes = (self.lists[place + 1] - self.lists[place]).astype(np.int64)
        read = int(np.searchsorted(np.cumsum(sizes), MOST_READ, side="right"))
        parts = [self.holders[self.lists[at] : self.lists[at + 1]] for at in place[:read]]
        if not parts or not sizes[:read].sum():
            return None
        often = [self.often[self.lists[at] : self.lists[at + 1]] for at in place[:read]]
        weights = np.repeat(worth[:read], sizes[:read]) * np.concatenate(often)
        summed = np.bincount(np.concatenate(parts), weights=weights, minlength=len(self.cuts) - 1)
        return summed.astype(np.float32)

    def cosines(self, rows: Array, place: Array, weight: Array) -> Array:
        """Return the exact cosine of some rows with a weighted text."""
        if not len(rows) or not len(place):
            return np.zeros(len(rows), np.float32)
        known, worth = self.codes[place], weight * self.rarity[place]
        code, owner = _runs([self.text(int(row)) for row in rows])
        at = np.minimum(np.searchsorted(known, code), len(known) - 1)
        found = np.where(known[at] == code, worth[at], 0)
        whole: Array = np.bincount(owner, found, minlength=len(rows)) / self.lengths[rows]
        return whole

    def text(self, row: int) -> str:
        """Return a text as it is compared."""
        own = self.parts[self.begins[row] : self.begins[row + 1]]
        said = [self.letters[self.cuts[part] : self.cuts[part + 1]].tobytes() for part in own]
        return b"".join(said).decode("utf-8", "surrogatepass")

    def save(self, folder: Path) -> None:
        """Write each array as a file that can be mapped."""
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)


def likeness_open(folder: Path) -> Likeness:
    """Map an index from disk; processes share its pages."""
    names = [field.name for field in fields(Likeness)]
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in names}
    return Likeness(**{name: np.asarray(array) for name, array in arrays.items()})


# -- making one -----------------------------------------------------------------------------------
def likeness_build(texts: Iterable[str]) -> Likeness:
    """Index texts by their position; raises nothing for empty ones, which are like no other."""
    seen: dict[str, int] = {}
    begins, parts, vocabulary = [0], list[Array](), _Vocabulary()
    for chunk in _chunks(texts):
        folded = [plain(text) for text in chunk]
        split = [sentences_of(text) for text in folded]
        own = [seen.setdefault(said, len(seen)) for text in split for said in text]
        parts.append(np.array(own, np.int32))
        begins.extend(np.cumsum([len(text) for text in split]) + begins[-1])
        vocabulary.add(folded)
    codes, held = vocabulary.merged()
    count = len(begins) - 1
    rarity = (np.log((1 + count) / (1 + held)) + 1).astype(np.float32)
    lists, holders, often = _turned_round(list(seen), codes)
    plainly = [said.encode("utf-8", "surrogatepass") for said in seen]
    cuts = np.concatenate([[0], np.cumsum([len(said) for said in plainly], dtype=np.int64)])
    letters = np.frombuffer(b"".join(plainly), np.uint8)
    every = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    none = np.ones(count, np.float32)
    bare = Likeness(codes, rarity, letters, cuts, lists, holders, often, np.array(begins), every, none)
    return Likeness(
        codes, rarity, letters, cuts, lists, holders, often, np.array(begins), every, _lengths(bare)
    )


def _chunks(texts: Iterable[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Vocabulary:
    """Every run that was met, and how many texts hold it."""

    def __init__(self) -> None:
        self.codes, self.held = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]

    def add(self, folded: Sequence[str]) -> None:
        codes, _owner, place, _often = runs_counted(folded)
        self.codes.append(codes)
        self.held.append(np.bincount(place, minlength=len(codes)))
        if sum(map(len, self.codes[1:])) > MERGED_AT:
            codes, held = self.merged()
            self.codes, self.held = [codes], [held]

    def merged(self) -> tuple[Array, Array]:
        codes, place = np.unique(np.concatenate(self.codes), return_inverse=True)
        held = np.bincount(place, np.concatenate(self.held), minlength=len(codes))
        return codes, held.astype(np.int64)


def _turned_round(sentences: Sequence[str], codes: Array) -> tuple[Array, Array, Array]:
    """Return for each run where its list begins, and the lists: which sentences hold it, how often."""
    from scipy import sparse

    places, owners, counts = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint16)]
    for number, chunk in enumerate(_chunks(sentences)):
        known, owner, place, often = runs_counted(chunk)
        places.append(np.searchsorted(codes, known).astype(np.int32)[place])
        owners.append((owner + number * CHUNK).astype(np.int32))
        counts.append(np.minimum(often, MOST_COUNTED).astype(np.uint16))
    place, owner, often = np.concatenate(places), np.concatenate(owners), np.concatenate(counts)
    shape = (len(sentences), len(codes))
    by_run = sparse.csr_matrix((often, (owner, place)), shape).tocsc()
    return by_run.indptr.astype(np.int64), by_run.indices.astype(np.int32), by_run.data


def _lengths(index: Likeness) -> Array:
    """Return the norm of every text of an index that has none yet."""
    count = len(index.begins) - 1
    found = [np.zeros(0, np.float32)]
    for first in range(0, count, CHUNK):
        rows = range(first, min(first + CHUNK, count))
        known, owner, place, often = runs_counted([index.text(row) for row in rows])
        weight = often * index.rarity[np.searchsorted(index.codes, known)[place]]
        squares = np.bincount(owner, weight.astype(np.float64) ** 2, minlength=len(rows))
        found.append(np.sqrt(np.maximum(squares, 1e-24)).astype(np.float32))
    return np.concatenate(found)
