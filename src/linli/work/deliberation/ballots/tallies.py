"""Counting a ballot: papers from the tables; figures, verdicts and the public bundle from the law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Sum

from linli.core import clock

from ..law import Cast, DecisionRule, Tally, Weights, decide, elect
from ..law.bundle import FEWEST, Paper, bundle_build
from ..law.results import ELECTION, Asked, Result, Sheets, Voters, results_of
from .models import Ballot, Box, Channel, Elector, Sheet, Vote
from .models.roll import STANDING
from .rules import Reconciliation
from .selectors import households_of, proxies_standing, questions_asked, rule_kept, voted_condition
from .workflow import ENDED

CHUNK = 5_000
TOTAL = "sheets"


def results(ballot: Ballot) -> list[Result]:
    """Return what came of each question, counted now; raises ``BadTally`` for figures that cannot be."""
    cast = [paper.cast for paper in papers(ballot)]
    return results_of(rule_kept(ballot), questions_asked(ballot), voters(ballot), cast, piles(ballot))


def results_kept(ballot: Ballot) -> list[Result]:
    """Return what came of each question from the figures that were counted, without reading a vote again."""
    rule, could = rule_kept(ballot), voters(ballot)
    return [_kept(rule, asked, could, ballot.tally["questions"]) for asked in questions_asked(ballot)]


def _kept(rule: DecisionRule, asked: Asked, could: Voters, kept: Mapping[str, Any]) -> Result:
    figures = kept[asked.key]
    tally = Tally.of_ballot(
        could.electors,
        _weights(figures["participants"]),
        {key: _weights(found) for key, found in figures["choices"].items()},
        invalid=_weights(figures["invalid"]),
        households=could.households,
        households_present=could.households_present,
    )
    if rule.kind == ELECTION:
        return Result(asked, tally, elect(rule, tally, asked.seats))
    return Result(asked, tally, decide(rule, tally, choice=asked.passes))


def _weights(found: Mapping[str, int]) -> Weights:
    return Weights(found["heads"], found["area"])


def ballot_tally(ballot: Ballot) -> dict[str, Any]:
    """Count a ballot and return its figures as plain values: numbers only, nobody is named."""
    could = voters(ballot)
    return {
        "electors": {"heads": could.electors.heads, "area": could.electors.area},
        "households": {"all": could.households, "present": could.households_present},
        "questions": {result.asked.key: result.plain() for result in results(ballot)},
        "channels": channel_counts(ballot),
        "sheets": _sheets(ballot),
        "proxies": sum(proxies_used(ballot)),
        "fewest": FEWEST,
    }


def ballot_bundle(ballot: Ballot) -> dict[str, Any]:
    """Return the public bundle of a ballot; its digest is printed on the notice at the door."""
    head = {
        "number": ballot.number,
        "title": ballot.title,
        "way": ballot.way,
        "unit": ballot.unit.name if ballot.unit else "",
        "opened_on": str(clock.local_date(ballot.opens_at)),
        "closed_on": str(clock.local_date(ballot.closes_at)),
    }
    return bundle_build(
        head=head,
        rule=rule_kept(ballot),
        roll_digest=ballot.roll_digest,
        voters=voters(ballot),
        results=results(ballot),
        papers=papers(ballot),
        sheets=piles(ballot),
        receipts=ballot.sealed_counts.get("receipts", []),
        proxies=proxies_used(ballot),
        fewest=ballot.tally.get("fewest", 0) if ballot.state in ENDED else FEWEST,
    )


def voters(ballot: Ballot) -> Voters:
    """Return heads, area and households of the standing roll; once it is counted, as they were counted.

    By then nobody can tell any more who voted on the web in secret.
    """
    if ballot.state in ENDED:
        households = ballot.tally.get("households", {"all": 0, "present": 0})
        return Voters(_weights(ballot.tally["electors"]), households["all"], households["present"])
    rows = Elector.objects.filter(ballot=ballot, state__in=STANDING)
    found = rows.aggregate(heads=Sum("heads"), area=Sum("area"))
    return Voters(Weights(found["heads"] or 0, found["area"] or 0), *households_of(ballot))


def proxies_used(ballot: Ballot) -> list[int]:
    """Return with how many votes of others each holder of proxies voted; numbers only."""
    givers = Elector.objects.filter(voted_condition(ballot), ballot=ballot, state__in=STANDING)
    held = proxies_standing(ballot).filter(giver__in=givers).order_by()
    return sorted(held.values("holder").annotate(n=Count("pk")).values_list("n", flat=True))


def papers(ballot: Ballot) -> list[Paper]:
    """Return the named votes with their weights and receipts, in no order that says anything."""
    rows = Vote.objects.filter(ballot=ballot, elector__state__in=STANDING).order_by("receipt")
    found = rows.values_list("choices", "elector__heads", "elector__area", "receipt")
    return [Paper(Cast(choices, heads, area), receipt) for choices, heads, area, receipt in found]


def piles(ballot: Ballot) -> list[Sheets]:
    """Return what was counted without names: each box, and what was opened of the web."""
    if not ballot.is_secret:
        return []
    found = [_pile(row.counts) for row in Box.objects.filter(ballot=ballot)]
    if sealed := ballot.sealed_counts:
        counts = {key: marks for key, marks in sealed.items() if isinstance(marks, dict)}
        found.append(Sheets(sealed["ballots"], counts))
    return found


def _pile(counts: Mapping[str, Any]) -> Sheets:
    return Sheets(counts[TOTAL], {key: marks for key, marks in counts.items() if key != TOTAL})


def channel_counts(ballot: Ballot) -> dict[str, int]:
    """Return how many voted by which way."""
    if ballot.is_secret:
        web = ballot.sealed_counts.get("ballots", 0)
        boxes = sum(row.counts.get(TOTAL, 0) for row in Box.objects.filter(ballot=ballot))
        return {str(Channel.WEB): web, str(Channel.PAPER): boxes}
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
