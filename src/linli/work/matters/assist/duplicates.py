"""The indexes of what was said: over live matters for the desk, over public versions for residents.

Each stands under ``LINLI_HOME/assist/<kind>/<stamp>/`` as plain arrays that processes map; the worker makes
it anew when something came in, and only what has appeared whole is opened. Whoever asks filters the answers
by what the reader may see; what came in since is looked at by them too.
"""

import functools
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .likeness import Likeness, likeness_build, likeness_open
from .store import folder

MATTERS, PUBLIC = "likeness-matters", "likeness-public"
MOST = 200


def index_write(kind: str, rows: Iterable[tuple[int, str]]) -> int:
    """Make an index anew from (key, text); the one before is removed. Returns how many texts it holds."""
    home = folder() / kind
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    try:
        keys: list[int] = []

        def texts() -> Iterable[str]:
            for key, text in rows:
                keys.append(key)
                yield text

        likeness_build(texts()).save(draft)
        np.save(draft / "keys.npy", np.array(keys, np.int64), allow_pickle=False)
        before = _standing(home)
        draft.replace(home / f"{_number(before) + 1:08d}")
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    for old in before[:-1]:  # the last one may still be read by somebody who has just looked it up
        shutil.rmtree(old, ignore_errors=True)
    return len(keys)


def _standing(home: Path) -> list[Path]:
    return sorted(path for path in home.glob("[0-9]*") if path.is_dir()) if home.is_dir() else []


def _number(standing: list[Path]) -> int:
    return int(standing[-1].name) if standing else 0


def like(kind: str, text: str, most: int = MOST) -> list[int]:
    """Return the keys of what is most like a text, best first; none before there is an index."""
    standing = _standing(folder() / kind)
    if not standing:
        return []
    index, keys = _opened(standing[-1])
    return [int(keys[row]) for row, _cosine in index.nearest(text, most)]


@functools.lru_cache(maxsize=4)
def _opened(place: Path) -> tuple[Likeness, "np.ndarray[tuple[int], np.dtype[np.int64]]"]:
    return likeness_open(place), np.load(place / "keys.npy", allow_pickle=False)
