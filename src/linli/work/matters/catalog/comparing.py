"""What is different between two editions; pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf that differs between two editions; ``what`` are (field, before, after) in words."""

    path: str
    kind: str
    what: tuple[tuple[str, str, str], ...] = ()


def differences(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> list[Difference]:
    """Compare two editions, path → field → words: what came, what went, what changed, in order."""
    found = [
        Difference(path, "new", tuple((name, "", words) for name, words in said.items() if words))
        if path not in before
        else Difference(path, "changed", _what(before[path], said))
        for path, said in after.items()
        if before.get(path) != said
    ]
    gone = [
        Difference(path, "gone", tuple((name, words, "") for name, words in said.items() if words))
        for path, said in before.items()
        if path not in after
    ]
    return [*found, *gone]


def _what(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    names = dict.fromkeys([*before, *after])
    pairs = [(name, before.get(name, ""), after.get(name, "")) for name in names]
    return tuple(row for row in pairs if row[1] != row[2])
