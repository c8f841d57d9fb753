"""Which messages are about one cause; pure: titles in, groups out. Nothing is learned, nothing kept.

Titles are compared by the runs of two and three letters that they share, weighted by rarity. Around the
message with the most alike ones a group forms, then around the next; groups whose centres are alike are
joined. So every group can say which message it formed around, and a long chain of half-alike ones is none.
"""

import heapq
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

# Chosen on the file of real messages that the tests read (tests/test_rules.py).
ALIKE = 0.30  # how alike a title must be to the one in the middle
CENTRES_ALIKE = 0.38  # how alike two groups must be to be one
LONE = 0.5  # how much of its weight a run has that no other title holds
JOININGS = 2
COMMON_SHARE = 0.05  # runs in more than this share of the titles say nothing
COMMON_AT_LEAST = 50
ROWS = 500


def groups_of(titles: Sequence[str]) -> list[list[int]]:
    """Return the positions of titles about one cause, the middle one first; largest group first."""
    if not titles:
        return []
    weights = _weights(titles)
    if weights is None:
        return [[position] for position in range(len(titles))]
    found = _stars(weights, ALIKE)
    for _turn in range(JOININGS):
        centres = _centres(weights, found)
        found = [
            [place for group in star for place in found[group]] for star in _stars(centres, CENTRES_ALIKE)
        ]
    return sorted(found, key=lambda group: (-len(group), group[0]))


def _weights(titles: Sequence[str]) -> Any:
    """Return the runs of each title by their rarity, rows of length one; ``None`` where no title has two
    letters."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    most = max(COMMON_AT_LEAST, int(COMMON_SHARE * len(titles)))
    vectorizer = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 3), max_df=most, sublinear_tf=True, norm=None, dtype=np.float32
    )
    try:
        counted = vectorizer.fit_transform(titles)
    except ValueError:
        return None
    held = np.bincount(counted.indices, minlength=counted.shape[1])
    return normalize(counted @ sparse.diags(np.where(held == 1, LONE, 1).astype(np.float32)))


def _centres(weights: Any, groups: list[list[int]]) -> Any:
    from scipy import sparse
    from sklearn.preprocessing import normalize

    owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    places = np.concatenate([np.array(group) for group in groups])
    ones = np.ones(len(places), np.float32)
    return normalize(
        sparse.csr_matrix((ones, (owner, places)), shape=(len(groups), weights.shape[0])) @ weights
    )


def _stars(rows: Any, least: float) -> list[list[int]]:
    """Take the row with the most alike ones that are still free, with these, until none is left."""
    alike = _alike(rows, least)
    free, found = set(range(len(alike))), []
    waiting = [(-len(near), place) for place, near in enumerate(alike)]
    heapq.heapify(waiting)
    while waiting:
        count, place = heapq.heappop(waiting)
        if place not in free:
            continue
        near = [other for other in alike[place] if other in free and other != place]
        if len(near) + 1 < -count:
            heapq.heappush(waiting, (-len(near) - 1, place))
            continue
        found.append([place, *near])
        free -= {place, *near}
    return found


def _alike(rows: Any, least: float) -> list[list[int]]:
    across, found = rows.T.tocsr(), []
    for start in range(0, rows.shape[0], ROWS):
        scores = rows[start : start + ROWS] @ across
        scores.data[scores.data < least] = 0
        scores.eliminate_zeros()
        found += [
            sorted({start + row, *scores.indices[scores.indptr[row] : scores.indptr[row + 1]].tolist()})
            for row in range(scores.shape[0])
        ]
    return found


@dataclass(frozen=True, slots=True)
class Message:
    """What is known of a message for heat: when, by whom (any key), how many said 我也遇到了."""

    at: datetime
    by: Hashable
    likes: int = 0


@dataclass(frozen=True, slots=True)
class Heat:
    """How hot an issue is in a period: messages, people, likes, and messages of the period before."""

    messages: int
    before: int
    people: int
    likes: int

    @property
    def affected(self) -> int:
        """People who reported it, and those who said that it happened to them too."""
        return self.people + self.likes

    @property
    def growth(self) -> int:
        """How many more messages than in the period before; negative where there are fewer."""
        return self.messages - self.before


def heat_of(messages: Iterable[Message], since: datetime) -> Heat:
    """Count a group's messages from ``since`` on, and those before it as the period before."""
    rows = list(messages)
    now = [row for row in rows if row.at >= since]
    return Heat(len(now), len(rows) - len(now), len({row.by for row in now}), sum(row.likes for row in now))
