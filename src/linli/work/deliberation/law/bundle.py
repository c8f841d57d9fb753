"""The public bundle of a ballot: all that anybody needs to count again, and nothing that says who voted how.

Its form is written down in ``docs/recount.md``; ``docs/recount.py`` counts it again without Linli.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .counting import Cast, votes_count
from .results import Asked, Result, Sheets, Voters
from .rule import DecisionRule, rule_to_json

FORMAT = "linli-ballot/1"
SCRIPT = Path(__file__).parent / "data" / "recount.txt"  # a link to docs/recount.py
# The floor area of fewer flats than this says whose they are: it is shown only as a sum. So does a box with
# fewer papers: it is published together with others.
FEWEST = 10


class Paper(NamedTuple):
    """One named vote with the receipt by which its elector finds it."""

    cast: Cast
    receipt: str


def bundle_build(
    *,
    head: Mapping[str, str],
    rule: DecisionRule,
    roll_digest: str,
    voters: Voters,
    results: Sequence[Result],
    papers: Sequence[Paper] = (),
    sheets: Sequence[Sheets] = (),
    receipts: Sequence[str] = (),
    proxies: Sequence[int] = (),
    fewest: int = FEWEST,
) -> dict[str, Any]:
    """Return the bundle of a counted ballot, with its digest.

    ``head``: number, title, closing and the like, as they are printed. ``papers``: the named votes, whose
    area is left out where fewer than ten have the same (``rest`` has the sum). ``sheets``: uncoded sheets
    and opened secret votes, counted. ``receipts``: hashes of the sealed votes. ``proxies``: with how many
    votes of others each holder voted. ``fewest``: boxes with fewer papers are published together. Everything
    is sorted by content: neither order nor time says anything.
    """
    shown = _areas_shown(papers, rule)
    questions = [result.asked for result in results]
    whole: dict[str, Any] = {
        "format": FORMAT,
        "ballot": dict(head),
        "rule": rule_to_json(rule),
        "questions": [_question(asked) for asked in questions],
        "roll": {
            "digest": roll_digest,
            "heads": voters.electors.heads,
            "area": voters.electors.area if rule.by_area else 0,
            "households": voters.households,
            "households_present": voters.households_present,
        },
        "papers": sorted((_paper(paper, shown) for paper in papers), key=lambda row: row["receipt"]),
        "rest": _rest(questions, [paper.cast for paper in papers if paper.cast.area not in shown], rule),
        "sheets": sorted((_sheets(pile) for pile in sheets_merged(sheets, fewest)), key=_canonical),
        "receipts": sorted(receipts),
        "result": {result.asked.key: result.plain() for result in results},
    }
    if proxies:
        whole["proxies"] = sorted(proxies)
    return whole | {"digest": bundle_digest(whole)}


def bundle_digest(bundle: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a bundle without its own digest; this number is printed on the notice."""
    plain = {key: value for key, value in bundle.items() if key != "digest"}
    return hashlib.sha256(_canonical(plain).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sheets_merged(piles: Sequence[Sheets], fewest: int = FEWEST) -> list[Sheets]:
    """Return the piles as they are published: none with fewer papers than ``fewest``, unless all together.

    The small ones go into one; where that is still small, the smallest of the others goes with it. 0 merges
    nothing.
    """
    if not fewest:
        return list(piles)
    ranked = sorted((pile for pile in piles if pile.ballots), key=lambda pile: pile.ballots)
    merged: Sheets | None = None
    while ranked and (ranked[0].ballots < fewest or (merged is not None and merged.ballots < fewest)):
        pile = ranked.pop(0)
        merged = pile if merged is None else _together(merged, pile)
    return ranked if merged is None else [merged, *ranked]


def _together(one: Sheets, other: Sheets) -> Sheets:
    counts = {
        key: dict(Counter(one.counts.get(key, {})) + Counter(other.counts.get(key, {})))
        for key in {*one.counts, *other.counts}
    }
    return Sheets(one.ballots + other.ballots, counts)


def _question(asked: Asked) -> dict[str, Any]:
    choices = [{"key": key, "label": label} for key, label in asked.choices.items()]
    return {
        "key": asked.key,
        "text": asked.text,
        "choices": choices,
        "seats": asked.seats,
        "passes": asked.passes,
    }


def _areas_shown(papers: Sequence[Paper], rule: DecisionRule) -> set[int]:
    if not rule.by_area:
        return {0}
    return {area for area, n in Counter(paper.cast.area for paper in papers).items() if n >= FEWEST}


def _paper(paper: Paper, shown: set[int]) -> dict[str, Any]:
    area = paper.cast.area
    return {
        "receipt": paper.receipt,
        "choices": {key: sorted(marks) for key, marks in paper.cast.choices.items()},
        "heads": paper.cast.heads,
        "area": area if area in shown else None,
    }


def _rest(questions: Sequence[Asked], hidden: Sequence[Cast], rule: DecisionRule) -> dict[str, Any]:
    """Return the area that is not shown beside its paper, summed by question and choice."""
    if not rule.by_area:
        return {}
    found: dict[str, Any] = {"area": sum(cast.area for cast in hidden)}
    for asked in questions:
        counted = votes_count(hidden, asked.choosing)
        sums = {key: weights.area for key, weights in counted.choices.items()}
        found[asked.key] = sums | {"invalid": counted.invalid.area}
    return found


def _sheets(pile: Sheets) -> dict[str, Any]:
    return {"ballots": pile.ballots, "counts": {key: dict(marks) for key, marks in pile.counts.items()}}


def recount_text() -> str:
    """Return the script that counts a bundle again without Linli."""
    return SCRIPT.read_text(encoding="utf-8")
