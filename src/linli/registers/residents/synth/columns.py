"""Arrays as columns of Arrow: words by number, missing values, dates, letters."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from .draws import Flags, Ints
from .numbers import Letters

NOBODY = -1


def words(codes: Ints, listed: Sequence[str]) -> Any:
    """Return a dictionary column: each number stands for a word, below zero for unknown.

    A word may stand in the list more than once; it is one entry of the dictionary.
    """
    once = {word: at for at, word in enumerate(dict.fromkeys(listed))}
    places = np.array([once[word] for word in listed], dtype=np.int32)
    found = places[np.maximum(codes, 0)]
    return pa.DictionaryArray.from_arrays(pa.array(found, mask=codes < 0), pa.array(list(once)))


def whole(values: Ints, kind: Any = np.int64) -> Any:
    """Return whole numbers; below zero is unknown."""
    return pa.array(values.astype(kind), mask=values < 0)


def yes_no(values: Ints) -> Any:
    """Return yes, no, or unknown (below zero)."""
    return pa.array(values > 0, mask=values < 0)


def dates(days: Ints, known: Flags | None = None) -> Any:
    """Return days since 1970 as dates."""
    return pa.array(days.astype(np.int32), mask=None if known is None else ~known).cast(pa.date32())


def letters(written: Letters, known: Flags | None = None) -> Any:
    """Return rows of ASCII letters as strings without a copy for each."""
    count, width = written.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    text = pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(written))
    )
    return text if known is None else pa.compute.if_else(pa.array(known), text, None)


def ids(rows: Ints, base: int) -> Any:
    """Return rows of a shard as ids of the whole city; below zero is nobody."""
    return pa.array(rows + base, mask=rows < 0)
