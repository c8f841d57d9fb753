"""Texts as numbers: hashed words and letters, weighted by how rare they are; pure.

A gram is hashed and never stored, so that a model holds no words of anybody's report.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Cut = Callable[[str], list[str]]
WORD_BITS, LETTER_BITS, HEAD_BITS = 19, 20, 18
LONGEST_WORDS, LONGEST_LETTERS = 2, 4
LEAST_TEXTS = 2


def words_of(text: str) -> list[str]:
    """Return the words of a Chinese text in their order, in the spelling in which they are counted."""
    import rjieba

    plain = unicodedata.normalize("NFKC", text).lower()
    return [word for word in rjieba.cut(plain) if not word.isspace()]


def words_given(text: str) -> list[str]:
    """Return the words of a text that somebody has cut already, by its blanks."""
    return text.split()


def runs(parts: Sequence[str], longest: int, between: str = "") -> Iterator[str]:
    """Yield every run of one to ``longest`` neighbours."""
    for length in range(1, longest + 1):
        for start in range(len(parts) - length + 1):
            yield between.join(parts[start : start + length])


def head_of(text: str) -> str:
    """Return the subject: the first line where there are several, else nothing."""
    head, line_end, _ = text.partition("\n")
    return head if line_end else ""


@dataclass(frozen=True, slots=True)
class _Block:
    bits: int
    grams: Callable[[str, list[str]], Iterator[str]]


def _letters(text: str) -> Iterator[str]:
    return runs("".join(text.split()), LONGEST_LETTERS)


# What is counted apart, each with a length of one: words in runs of two, letters in runs of four, and
# the letters of the subject once more.
BLOCKS = (
    _Block(WORD_BITS, lambda text, words: runs(words, LONGEST_WORDS, " ")),
    _Block(LETTER_BITS, lambda text, words: _letters(text)),
    _Block(HEAD_BITS, lambda text, words: _letters(head_of(text))),
)
WIDTH = sum(1 << block.bits for block in BLOCKS)


def counts(texts: Sequence[str], cut: Cut = words_of) -> list[Any]:
    """Return how often each hashed gram stands in each text: a sparse matrix a block."""
    pairs = [(text, cut(text)) for text in texts]
    return [hashed((block.grams(text, words) for text, words in pairs), block.bits) for block in BLOCKS]


def hashed(grams: Iterable[Iterable[str]], bits: int) -> Any:
    """Return how often each gram stands in each row, by its hash of so many bits."""
    from sklearn.feature_extraction import FeatureHasher

    hasher = FeatureHasher(1 << bits, input_type="string", dtype=np.float32, alternate_sign=False)
    return hasher.transform(grams)


def rarity(counted: Sequence[Any]) -> Floats:
    """Return the weight of every gram: high where few texts hold it, 0 where fewer than two do."""
    parts = []
    for block in counted:
        held = np.bincount(block.indices, minlength=block.shape[1])
        weight = np.log((1 + block.shape[0]) / (1 + held)) + 1
        parts.append(np.where(held >= LEAST_TEXTS, weight, 0).astype(np.float32))
    return np.concatenate(parts)


def weighted(counted: Sequence[Any], positions: npt.NDArray[np.int32], weights: Floats) -> Any:
    """Return the texts over the kept grams, each block of a text with length one.

    ``positions`` says for every gram where it stands among those kept, or -1; ``weights`` is of the kept.
    """
    begins, parts = 0, []
    for block in counted:
        end = begins + block.shape[1]
        parts.append(_block_weighted(block, positions[begins:end], weights))
        begins = end
    return sum(parts[1:], start=parts[0])


def _block_weighted(block: Any, positions: npt.NDArray[np.int32], weights: Floats) -> Any:
    from scipy import sparse

    place = positions[block.indices]
    is_kept = place >= 0
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))[is_kept]
    place = place[is_kept]
    values = (1 + np.log(block.data[is_kept])) * weights[place]
    length = np.sqrt(np.bincount(rows, values**2, minlength=block.shape[0]))
    values = values / np.maximum(length[rows], 1e-9)
    shape = (block.shape[0], len(weights))
    return sparse.csr_matrix((values.astype(np.float32), (rows, place)), shape=shape)
