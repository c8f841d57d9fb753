"""What a draft changes of the version before it, line by line of the written rule. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from ..language.source import Unreadable, source_read
from ..language.writing import policy_write

MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that came or went."""

    is_new: bool
    words: str


def differences(before: str, after: str) -> list[Changed]:
    """Return the lines that went and came, in order, both texts laid out alike first.

    Nothing where one of them cannot be read or is longer than anybody compares.
    """
    try:
        old, new = (policy_write(source_read(text).raw).splitlines() for text in (before, after))
    except Unreadable:
        return []
    if max(len(old), len(new)) > MOST_LINES:
        return []
    found = list[Changed]()
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [Changed(False, _bare(line)) for line in old[a:b]]
            found += [Changed(True, _bare(line)) for line in new[c:d]]
    return found


def _bare(line: str) -> str:
    return line.strip().removeprefix("- ")
