"""What is never kept, in whatever words a heading says it: ethnicity, religion, politics, party, union."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import yaml

from .dictionary import DATA

_PIECES = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Never:
    """One kind of fact that has no place here, with the law behind it."""

    kind: str
    label: str
    law: str
    words: tuple[str, ...]
    excepted: tuple[str, ...]


@functools.cache
def nevers() -> tuple[Never, ...]:
    """Return the kinds of ``data/never.yaml``."""
    content: dict[str, Any] = yaml.safe_load((DATA / "never.yaml").read_text(encoding="utf-8"))
    return tuple(
        Never(row["kind"], row["label"], row["law"], tuple(row["words"]), tuple(row["except"]))
        for row in content["kinds"]
    )


def never_kept(heading: str) -> Never | None:
    """Return what kind of forbidden fact a heading, a label or a field's name betrays, ``None`` if none.

    Chinese words are found anywhere in it, blanks left out; Latin ones as whole words (``race``, not
    ``trace``), in ``snake_case`` and ``camelCase`` alike.
    """
    plain = unicodedata.normalize("NFKC", heading)
    latin = " ".join(_PIECES.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).lower()))
    text = "".join(plain.split())
    for kind in nevers():
        left = text
        for phrase in kind.excepted:
            left = left.replace(phrase, "")
        if any(_stands(word, left, f" {latin} ") for word in kind.words):
            return kind
    return None


def _stands(word: str, text: str, latin: str) -> bool:
    if word.isascii():
        return f" {word.replace('_', ' ')} " in latin
    return word in text
