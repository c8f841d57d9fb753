"""Words that make a report an emergency, keep it from the public, or point to a category; pure."""

import functools
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .clocks import yaml_read


@dataclass(frozen=True, slots=True)
class Emergency:
    """What an emergency is about: the words found, whom to call, and whether a report is a legal duty."""

    kind: str
    name: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    must_report: bool
    source: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Why something can never be published, and whether it complains about a person."""

    reasons: tuple[str, ...]
    is_complaint: bool

    def __bool__(self) -> bool:
        return bool(self.reasons)


def folded(text: str) -> str:
    """Return the spelling in which words are looked for: NFKC, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@functools.cache
def _emergencies() -> Mapping[str, Any]:
    return yaml_read("emergency.yaml")  # type: ignore[no-any-return]


@functools.cache
def _sensitive() -> tuple[Mapping[str, Any], ...]:
    return tuple(yaml_read("sensitive.yaml")["groups"])


def _found(text: str, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word in text)


def emergency_in(text: str) -> Emergency | None:
    """Return the emergency that a text speaks of, the one with most words first, or ``None``.

    The numbers are those of every kind that was found.
    """
    content = _emergencies()
    plain = folded(text)
    for phrase in content["except"]:
        plain = plain.replace(phrase, "　")
    hits = [(row, words) for row in content["kinds"] if (words := _found(plain, row["words"]))]
    if not hits:
        return None
    first, _ = max(hits, key=lambda hit: (hit[0]["report"], len(hit[1])))
    return Emergency(
        kind=first["kind"],
        name=first["name"],
        words=tuple(word for _, words in hits for word in words),
        numbers=tuple(sorted({number for row, _ in hits for number in row["numbers"]})),
        must_report=first["report"],
        source=first["source"],
    )


def sensitivity_of(text: str) -> Sensitivity:
    """Return which protected circles a text touches (family violence, minors, aid, health, complaints)."""
    plain = folded(text)
    groups = [group for group in _sensitive() if _found(plain, group["words"])]
    return Sensitivity(
        tuple(group["name"] for group in groups), any(group.get("is_complaint", False) for group in groups)
    )


def words_matched(text: str, words_of: Mapping[str, Iterable[str]]) -> list[tuple[str, list[str]]]:
    """Rank keys by how many letters of their words a text holds; words inside longer ones count once."""
    plain = folded(text)
    ranked = []
    for key, words in words_of.items():
        found = sorted(_found(plain, words), key=len, reverse=True)
        kept = [
            word for index, word in enumerate(found) if not any(word in longer for longer in found[:index])
        ]
        if kept:
            ranked.append((key, kept))
    return sorted(ranked, key=lambda pair: -sum(map(len, pair[1])))
