"""Rounds: each is a ballot of its own; what it leaves open is voted on again between fewer candidates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict
from linli.core.service import record, service

from ...ballots.models import Ballot, Kind
from ...ballots.services.making import Draft, QuestionEntry, ballot_make
from ...ballots.services.rolls import roll_build
from ...ballots.workflow import ENDED
from ...law import rule_of, rule_to_json
from ..models import Candidate, Election, Round
from ..rules import left_of, round_rule
from ..selectors import Open, open_posts
from .steps import election_begin, election_move


@service
def round_open(
    *,
    actor: Actor,
    election_id: UUID,
    opens_at: datetime,
    closes_at: datetime,
    channels: Sequence[str],
    version: int | None = None,
) -> Round:
    """Draft the ballot of the next round with its roll; it is announced and run like any other ballot.

    The first round asks for every post; a further one for the seats left, by a third of the votes cast.
    """
    election = election_begin(actor=actor, election_id=election_id, move="round", version=version)
    last = Round.objects.filter(election=election).order_by("-number").first()
    if last is not None and last.taken_at is None and last.ballot.state != "cancelled":
        raise Conflict(_("上一轮的结果还没有登记。"), hint=_("请先登记结果，再组织下一轮。"))
    posts = open_posts(election)
    if not posts:
        raise Conflict(_("没有要选的职务：都已经选出。"))
    number = last.number + 1 if last else 1
    ballot = _ballot(actor, election, posts, number, opens_at, closes_at, channels)
    round_ = Round.objects.create(
        election=election,
        number=number,
        ballot=ballot,
        posts={str(place): post.order for place, post in enumerate(posts, 1)},
    )
    election_move(election=election, move="round", touched=(Round, Ballot))
    return round_


def _ballot(
    actor: Actor,
    election: Election,
    posts: Sequence[Open],
    number: int,
    opens_at: datetime,
    closes_at: datetime,
    channels: Sequence[str],
) -> Ballot:
    again = _("（第%d轮）") % number if number > 1 else ""
    draft = Draft(
        title=f"{election.title}{again}",
        rule_key=election.rule_key,
        questions=[
            QuestionEntry(post.title, [{"key": c.key, "label": c.name} for c in post.candidates], post.seats)
            for post in posts
        ],
        opens_at=opens_at,
        closes_at=closes_at,
        channels=channels,
        compound_id=election.compound.public_id if election.compound else None,
        area_path=election.area_path,
    )
    ballot = ballot_make(actor=actor, draft=draft)
    roll_build(actor=actor, ballot_id=ballot.public_id)
    ballot.refresh_from_db()
    is_anew = all(post.is_anew for post in posts)
    rule = round_rule(rule_of(election.rule_key, election.rule_on), number, is_anew=is_anew)
    ballot.kind = Kind.ELECTION
    ballot.rule = rule_to_json(rule) if number > 1 else {}
    ballot.save(update_fields=["kind", "rule"])
    return ballot


@service
def outcome_take(*, actor: Actor, election_id: UUID) -> Round:
    """Take over what the ballot of the present round came to: who is elected, what is left to vote on."""
    election = election_begin(actor=actor, election_id=election_id, move="outcome")
    last = Round.objects.filter(election=election).order_by("-number").select_related("ballot").first()
    if last is None or last.ballot.state not in ENDED:
        raise Conflict(_("这一轮还没有计票。"), hint=_("计票以后再登记结果。"))
    if last.taken_at is not None:
        raise Conflict(_("这一轮的结果已经登记。"))
    results = last.ballot.tally["questions"]
    outcome = {}
    for key, order in last.posts.items():
        result = results[key]
        for candidate in election.candidates.filter(post__order=order):
            if candidate.key in result.get("elected", []):
                candidate.state, candidate.round = Candidate.State.ELECTED, last.number
                candidate.save(update_fields=["state", "round"])
        question = last.ballot.questions.get(order=int(key))
        left = left_of(result, question.seats, [str(one["key"]) for one in question.choices])
        outcome[str(order)] = {
            "is_valid": result["is_valid"],
            "elected": result.get("elected", []),
            "tied": result.get("tied", []),
            "seats": left.seats if left else 0,
            "stand": list(left.candidates) if left else [],
        }
    last.outcome, last.taken_at = outcome, clock.now()
    last.save(update_fields=["outcome", "taken_at"])
    record("election.outcome", election, touched=[Round, Candidate])
    return last
