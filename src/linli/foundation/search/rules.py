"""How text becomes grams: values in, values out."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby, pairwise

FIRST_IDEOGRAPH = 0x2E80  # from here on scripts are written without spaces between words
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
MAX_GRAMS = 4000
FACET = "∈"  # no text gives a gram with this sign, and both indexes keep it inside a token
_NOT_IN_TOKENS = re.compile(r"[^0-9a-z]+")


@lru_cache(maxsize=20_000)
def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LN" or category in (
        "Cn",
        "Co",
    ):  # newer than this Unicode, or a private use: a rare name
        return "ideograph" if ord(character) >= FIRST_IDEOGRAPH else "word"
    if category in ("Mn", "Mc"):
        return "word"
    return "symbol" if category == "So" else ""


def _runs(text: str) -> list[tuple[str, str]]:
    """Split into (kind, run): letters of one word, a run of ideographs, or one symbol; "" is a gap."""
    runs: list[tuple[str, str]] = []
    for kind, characters in groupby(text, _kind):
        if kind == "symbol":
            runs += [(kind, character) for character in characters]
        else:
            runs.append((kind, "".join(characters)))
    return runs


def normalise(text: str) -> str:
    """Return the spelling under which texts are compared: NFKC, lower case, without joiners."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in folded if character not in JOINERS)


def _run_grams(kind: str, run: str) -> list[str]:
    if kind == "ideograph":
        return [a + b for a, b in pairwise(run)]
    return [run[:40]] if kind else []


def grams(text: str) -> list[str]:
    """Return the distinct grams of a text in order of appearance, at most ``MAX_GRAMS``.

    Pairs of neighbouring ideographs; whole words of letters or digits; single symbols (emoji); and,
    where a word touches an ideograph, both together: 3号楼 gives 3, 3号, 号楼.
    """
    runs = _runs(normalise(text))
    found = [gram for kind, run in runs for gram in _run_grams(kind, run)]
    for (left, before), (right, after) in pairwise(runs):
        if {left, right} == {"word", "ideograph"}:
            found.append(before[-1] + after[:40] if left == "ideograph" else before[-40:] + after[0])
    return list(dict.fromkeys(found))[:MAX_GRAMS]


def document_text(texts: Iterable[str], facets: Iterable[str] = ()) -> str:
    """Return what the index holds of a record: the grams of its texts and its facets, joined by blanks."""
    return " ".join([*grams("\n".join(texts)), *facets])


def facet(kind: str, value: str) -> str:
    """Return the token that says a record has a value of some kind: ("month", "2026-03") → ∈month∈2026∈03."""
    return FACET + _NOT_IN_TOKENS.sub(FACET, f"{kind} {value}".lower())


def area_facet(path: str) -> str:
    """Return the token of every record at or below a path: the last code of the path."""
    return path.rstrip("/").rpartition("/")[2] + FACET
