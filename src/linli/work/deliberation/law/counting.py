"""Counting papers: every mark once, by heads and by area, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .measures import Weights

ABSTAIN = "abstain"


class Cast(NamedTuple):
    """One paper: the marks on it by question, and its weight (area in 1/100 m²)."""

    choices: Mapping[str, Sequence[str]]
    heads: int = 1
    area: int = 0


@dataclass(frozen=True, slots=True)
class Choosing:
    """One question: what may be marked, and how many at most (seats of an election; 1 for a decision)."""

    key: str
    choices: tuple[str, ...]
    most: int = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """What the papers say of one question; too many marks, or marks of what is not there, are invalid."""

    participants: Weights
    choices: Mapping[str, Weights]
    invalid: Weights


def votes_count(papers: Iterable[Cast], question: Choosing) -> Counted:
    """Count the papers of one question; blank is an abstention, two marks on a decision are invalid."""
    heads = dict.fromkeys((*question.choices, ABSTAIN, ""), 0)
    area = dict.fromkeys(heads, 0)
    all_heads = all_area = 0
    known, key, most = frozenset((*question.choices, ABSTAIN)), question.key, question.most
    for paper in papers:
        all_heads += paper.heads
        all_area += paper.area
        marks = paper.choices.get(key) or (ABSTAIN,)
        for mark in marks if _is_valid(marks, known, most) else ("",):
            heads[mark] += paper.heads
            area[mark] += paper.area
    counts = {mark: Weights(heads[mark], area[mark]) for mark in heads}
    invalid = counts.pop("")
    return Counted(Weights(all_heads, all_area), counts, invalid)


def _is_valid(marks: Sequence[str], known: frozenset[str], most: int) -> bool:
    if len(marks) == 1:
        return marks[0] in known
    return (
        len(marks) <= most
        and len(set(marks)) == len(marks)
        and ABSTAIN not in marks
        and known.issuperset(marks)
    )
