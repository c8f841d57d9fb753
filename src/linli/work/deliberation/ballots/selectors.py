"""Reading ballots: what one asks, its roll, how many have voted, and what an account may vote on."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound

from ..law import DecisionRule, rule_from_json, rule_of
from ..law.results import Asked
from .models import Ballot, Elector, Kind, Question
from .models.roll import STANDING
from .rules import RollLine, phase
from .workflow import RUNNING, State


def ballot_get(actor: Actor, public_id: UUID | str) -> Ballot:
    """Return a ballot that the actor may see, or raise ``NotFound``."""
    rows = Ballot.objects.visible_to(actor).select_related("unit", "compound")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次表决。"))
    return found


def state_now(ballot: Ballot) -> str:
    """Return the state of a ballot as the clock has it."""
    return phase(ballot.state, ballot.opens_at, ballot.closes_at, clock.now())


def public_url(ballot: Ballot) -> str:
    """Return the address of the page on which everybody reads of a ballot."""
    return reverse("ballots:public", args=[ballot.public_id])


def rule_kept(ballot: Ballot) -> DecisionRule:
    """Return the rule of a ballot: as it was announced with, until then as it is in force."""
    return rule_from_json(ballot.rule) if ballot.rule else rule_of(ballot.rule_key, ballot.rule_on)


def questions_asked(ballot: Ballot) -> list[Asked]:
    """Return what the ballot asks, as marks are checked and papers counted."""
    rows = Question.objects.filter(ballot=ballot)
    return [Asked(row.key, row.text, row.labels, row.seats, row.passes) for row in rows]


def roll_lines(ballot: Ballot) -> list[RollLine]:
    """Return the standing rows of a roll as they are published, in the order of their numbers."""
    rows = Elector.objects.filter(ballot=ballot, state__in=STANDING).order_by("number")
    found = rows.values_list("number", "label", "place", "heads", "area")
    return [RollLine(*row) for row in found.iterator(chunk_size=5_000)]


def running_elsewhere(ballot: Ballot) -> dict[int, str]:
    """Return who stands on the roll of an election elsewhere that runs: resident → its number.

    Nobody elects in two places at once; decisions of one's own neighbourhood may run side by side.
    """
    if ballot.kind != Kind.ELECTION:
        return {}
    others = Ballot.objects.filter(
        kind=Kind.ELECTION, rule_key=ballot.rule_key, state__in=(State.ANNOUNCED, *RUNNING)
    ).exclude(area_path=ballot.area_path)
    rows = Elector.objects.filter(ballot__in=others, state__in=STANDING, resident__isnull=False)
    return {int(pk): str(number) for pk, number in rows.values_list("resident_id", "ballot__number") if pk}
