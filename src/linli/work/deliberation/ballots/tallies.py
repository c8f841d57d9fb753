"""Counting a ballot: papers from the tables, figures and verdicts from the law."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from ..law import (
    Cast,
    Choosing,
    Counted,
    DecisionRule,
    ElectionVerdict,
    Tally,
    Verdict,
    Weights,
    decide,
    elect,
    votes_count,
)
from .models import Ballot, Box, Channel, Elector, Question, Sheet, Vote
from .models.roll import STANDING
from .rules import INVALID, Reconciliation
from .selectors import rule_kept

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the figures and what the law says of them."""

    question: Question
    tally: Tally
    verdict: Verdict | None
    election: ElectionVerdict | None

    @property
    def is_valid(self) -> bool:
        """Whether enough took part."""
        said = self.verdict or self.election
        return said is not None and said.is_valid

    @property
    def steps(self) -> Any:
        """The comparisons, as the page prints them."""
        said = self.verdict or self.election
        return said.steps if said else ()


def ballot_tally(ballot: Ballot) -> dict[str, Any]:
    """Count a ballot and return its figures as plain values: numbers only, nobody is named."""
    roll = roll_weights(ballot)
    counted = _secret(ballot) if ballot.is_secret else _named(ballot)
    questions = list(ballot.questions.all())
    figures = {question.key: _figures(counted[question.key]) for question in questions}
    rule = rule_kept(ballot)
    outcomes = [_outcome(rule, question, roll, figures[question.key]) for question in questions]
    return {
        "electors": {"heads": roll.heads, "area": roll.area},
        "questions": {one.question.key: figures[one.question.key] | _said(one) for one in outcomes},
        "channels": channel_counts(ballot),
        "sheets": _sheets(ballot),
    }


def roll_weights(ballot: Ballot) -> Weights:
    """Return the heads and the area of the standing roll."""
    rows = Elector.objects.filter(ballot=ballot, state__in=STANDING)
    found = rows.aggregate(heads=Sum("heads"), area=Sum("area"))
    return Weights(found["heads"] or 0, found["area"] or 0)


def papers(ballot: Ballot) -> Iterator[Cast]:
    """Yield the named votes with their weights, in no order that says anything."""
    rows = Vote.objects.filter(ballot=ballot, elector__state__in=STANDING).order_by("receipt")
    for choices, heads, area in rows.values_list("choices", "elector__heads", "elector__area").iterator(
        CHUNK
    ):
        yield Cast(choices, heads, area)


def _choosing(question: Question) -> Choosing:
    keys = tuple(str(choice["key"]) for choice in question.choices)
    return Choosing(question.key, keys, question.seats)


def _named(ballot: Ballot) -> dict[str, Counted]:
    cast = list(papers(ballot))
    return {row.key: votes_count(cast, _choosing(row)) for row in ballot.questions.all()}


def _secret(ballot: Ballot) -> dict[str, Counted]:
    """Add up what was counted in boxes and what was opened of the web; heads alone count."""
    sources = [row.counts for row in Box.objects.filter(ballot=ballot)]
    if ballot.sealed_counts:
        sources.append({"sheets": ballot.sealed_counts["ballots"], **ballot.sealed_counts})
    took = sum(source["sheets"] for source in sources)
    found = {}
    for question in ballot.questions.all():
        marks: Counter[str] = Counter()
        for source in sources:
            marks.update(source.get(question.key, {}))
        invalid = marks.pop(INVALID, 0)
        keys = [str(choice["key"]) for choice in question.choices]
        choices = {key: Weights(marks.get(key, 0)) for key in dict.fromkeys([*keys, "abstain"])}
        found[question.key] = Counted(Weights(took), choices, Weights(invalid))
    return found


def _weights(found: Weights) -> dict[str, int]:
    return {"heads": found.heads, "area": found.area}


def _figures(counted: Counted) -> dict[str, Any]:
    return {
        "participants": _weights(counted.participants),
        "choices": {key: _weights(found) for key, found in counted.choices.items()},
        "invalid": _weights(counted.invalid),
    }


def tally_read(roll: Weights, figures: Mapping[str, Any]) -> Tally:
    """Return the law's tally of kept figures."""
    choices = {key: Weights(**found) for key, found in figures["choices"].items()}
    took, invalid = Weights(**figures["participants"]), Weights(**figures["invalid"])
    return Tally.of_ballot(roll, took, choices, invalid=invalid)


def _outcome(rule: DecisionRule, question: Question, roll: Weights, figures: Mapping[str, Any]) -> Outcome:
    tally = tally_read(roll, figures)
    if rule.kind == "election":
        return Outcome(question, tally, None, elect(rule, tally, question.seats))
    return Outcome(question, tally, decide(rule, tally), None)


def _said(outcome: Outcome) -> dict[str, Any]:
    if outcome.verdict:
        return {"is_valid": outcome.verdict.is_valid, "is_passed": outcome.verdict.is_passed}
    said = outcome.election
    assert said is not None
    return {"is_valid": said.is_valid, "elected": list(said.elected), "tied": list(said.tied)}


def outcomes(ballot: Ballot) -> list[Outcome]:
    """Return what came of each question of a counted ballot, the sums said in the reader's language."""
    roll, rule = Weights(**ballot.tally["electors"]), rule_kept(ballot)
    kept = ballot.tally["questions"]
    return [_outcome(rule, row, roll, kept[row.key]) for row in ballot.questions.all()]


def channel_counts(ballot: Ballot) -> dict[str, int]:
    """Return how many voted by which way."""
    if ballot.is_secret:
        web = ballot.sealed_counts.get("ballots", 0)
        boxes = sum(row.counts.get("sheets", 0) for row in Box.objects.filter(ballot=ballot))
        return {Channel.WEB: web, Channel.PAPER: boxes}
    rows = Vote.objects.filter(ballot=ballot, elector__state__in=STANDING).order_by()
    return dict(rows.values_list("channel").annotate(n=Count("pk")).order_by("channel"))


def reconciliation(ballot: Ballot) -> Reconciliation:
    """Return what became of the sheets of a ballot."""
    rows = Sheet.objects.filter(ballot=ballot).order_by()
    found = dict(rows.values_list("state").annotate(n=Count("pk")))
    return Reconciliation(
        sum(found.values()), found.get("returned", 0), found.get("spoiled", 0), found.get("missing", 0)
    )


def _sheets(ballot: Ballot) -> dict[str, int]:
    found = reconciliation(ballot)
    names = ("issued", "returned", "spoiled", "missing")
    return {name: getattr(found, name) for name in names}


def tally_digest(tally: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a tally's figures."""
    return hashlib.sha256(json.dumps(tally, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
