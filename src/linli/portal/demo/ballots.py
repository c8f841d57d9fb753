"""Ballots of the demo: owners vote on a lift just now; households have decided on their rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from linli.core.actor import Actor, system
from linli.registers.residents.linking.selectors import resident_linked
from linli.work.deliberation.ballots.models import Ballot, Elector, Sheet
from linli.work.deliberation.ballots.selectors import electors_of
from linli.work.deliberation.ballots.services import (
    casting,
    counting,
    making,
    objecting,
    paper,
    proxies,
    rolls,
)
from linli.work.deliberation.ballots.services.making import Draft, QuestionEntry

from .life import Plot, Stage, at_hour

CLOCK = system("ballots")
SAID = ("yes", "yes", "yes", "yes", "no", "yes", "abstain")


def ballots_held(stage: Stage, end: datetime) -> Iterator[Plot]:
    """Two ballots: the lift of 和风苑 runs, the rules of 七彩家园 were voted on and counted."""
    yield lift(stage, end)
    yield rules_of_the_house(stage, end)


def lift(stage: Stage, end: datetime) -> Plot:
    """Owners of one building decide on a lift by heads and area: web, paper and door ballots."""
    head, worker = stage.cast["dunhua.head"], stage.cast["dunhua.worker"]
    place = stage.places[0]
    yield (at := at_hour(end - timedelta(days=20), 10))
    draft = Draft(
        title=f"{place.buildings[0].name}加装电梯",
        rule_key="owners_part_major",
        questions=[
            QuestionEntry("同意加装一台六层六站的电梯"),
            QuestionEntry("同意按楼层分摊建设费用，运行费由受益户共同承担"),
        ],
        text="预计总费用62万元，财政补贴28万元。施工四个月，期间出入走北侧便道。图纸和报价在居委会可以看。",
        opens_at=at_hour(at + timedelta(days=16), 9),
        closes_at=at_hour(end + timedelta(days=6), 20),
        channels=["web", "paper", "phone", "door"],
        compound_id=place.compound.public_id,
        building_ids=[place.buildings[0].public_id],
    )
    ballot = _announced(head, draft)
    yield at + timedelta(days=1)
    said = {"actor": worker, "ballot_id": ballot.public_id}
    objection = objecting.objection_make(
        **said, about="roll", text="有一套的面积写少了，请照产权证核对。", by_name="楼里的住户"
    )
    yield at + timedelta(days=2)
    objecting.objection_rule(
        actor=head,
        ballot_id=ballot.public_id,
        objection_id=objection.public_id,
        is_upheld=False,
        ruling="已与产权证逐项核对，面积一致。",
    )
    yield at + timedelta(days=9)
    rolls.roll_freeze(actor=head, ballot_id=ballot.public_id)
    yield ballot.opens_at
    counting.ballot_open(actor=CLOCK, ballot_id=ballot.public_id)
    yield ballot.opens_at + timedelta(hours=3)
    electors = _others(ballot, stage.cast["resident.00"])
    sheets = paper.sheets_issue(**said, elector_ids=[one.public_id for one in electors[:6]])
    _proxy(stage, worker, ballot, electors[11])
    yield ballot.opens_at + timedelta(days=1)
    _web(stage.cast["resident.00"], ballot)
    _doors(worker, head, ballot, electors[6:11])
    yield ballot.opens_at + timedelta(days=2)
    _papers(head, worker, ballot, sheets)


def _announced(head: Actor, draft: Draft) -> Ballot:
    ballot = making.ballot_make(actor=head, draft=draft)
    ballot = rolls.roll_build(actor=head, ballot_id=ballot.public_id)
    return making.ballot_announce(actor=head, ballot_id=ballot.public_id, version=ballot.version)


def _others(ballot: Ballot, actor: Actor) -> list[Elector]:
    own = [one.pk for one in electors_of(actor, ballot)]
    return list(Elector.objects.filter(ballot=ballot, state="in").exclude(pk__in=own).order_by("number"))


def _marks(ballot: Ballot, mark: str) -> dict[str, list[str]]:
    return {question.key: [mark] for question in ballot.questions.all()}


def _proxy(stage: Stage, worker: Actor, ballot: Ballot, giver: Elector) -> None:
    """One owner is away and has signed at the counter that a neighbour votes for them."""
    holder = resident_linked(stage.cast["resident.00"].person_id)
    if holder is not None:
        proxies.proxy_give(
            actor=worker,
            ballot_id=ballot.public_id,
            elector_id=giver.public_id,
            holder_id=holder.public_id,
            how="signed",
            document="当面签署，委托书1号",
        )


def _web(woman: Actor, ballot: Ballot) -> None:
    for elector in electors_of(woman, ballot):
        said: dict[str, Any] = {"ballot_id": ballot.public_id, "elector_id": elector.public_id}
        casting.vote_cast(actor=woman, choices=_marks(ballot, "yes"), **said)


def _doors(worker: Actor, witness: Actor, ballot: Ballot, electors: Sequence[Elector]) -> None:
    for elector, mark in zip(electors, cycle(SAID), strict=False):
        casting.vote_take(
            actor=worker,
            ballot_id=ballot.public_id,
            elector_id=elector.public_id,
            choices=_marks(ballot, mark),
            channel="door",
            witness=witness.person_id,
        )


def _papers(first: Actor, second: Actor, ballot: Ballot, sheets: Sequence[Sheet]) -> None:
    """Four sheets come back: two are keyed in twice, one once; one is spoiled, one is still out."""
    for sheet, mark in zip(sheets[:4], SAID, strict=False):
        said = {"ballot_id": ballot.public_id, "code": sheet.code}
        paper.sheet_return(actor=second, **said)
        if sheet in sheets[:3]:
            paper.sheet_key(actor=first, marks=_marks(ballot, mark), **said)
        if sheet in sheets[:2]:
            paper.sheet_key(actor=second, marks=_marks(ballot, mark), **said)
    if len(sheets) > 4:
        torn = {"ballot_id": ballot.public_id, "code": sheets[4].code}
        paper.sheet_spoil(actor=second, remark="写错了，换发", **torn)


def rules_of_the_house(stage: Stage, end: datetime) -> Plot:
    """Households of 七彩家园 vote on rules about parking; four of five take part, it passes."""
    head, worker = stage.cast["kongjiang.head"], stage.cast["kongjiang.worker"]
    place = next(one for one in stage.places if one.compound.name == "七彩家园")
    yield (at := at_hour(end - timedelta(days=19), 10))
    draft = Draft(
        title="七彩家园停车公约",
        rule_key="residents_meeting_households",
        questions=[QuestionEntry("同意《七彩家园停车公约》")],
        text="一户一位优先，来访车辆停北门，晚上十点后地面车位可以临停。",
        opens_at=at_hour(at + timedelta(days=11), 9),
        closes_at=at_hour(end - timedelta(days=3), 20),
        channels=["web", "paper", "phone", "door"],
        way="named",
        compound_id=place.compound.public_id,
    )
    ballot = _announced(head, draft)
    yield at + timedelta(days=6)
    rolls.roll_freeze(actor=head, ballot_id=ballot.public_id)
    yield ballot.opens_at + timedelta(hours=2)
    counting.ballot_open(actor=CLOCK, ballot_id=ballot.public_id)
    electors = list(Elector.objects.filter(ballot=ballot, state="in").order_by("number"))
    _doors(worker, head, ballot, electors[: len(electors) * 4 // 5])
    yield ballot.closes_at
    counting.ballot_close(actor=CLOCK, ballot_id=ballot.public_id)
    yield at_hour(ballot.closes_at + timedelta(days=1), 9, 30)
    counting.ballot_count(actor=head, ballot_id=ballot.public_id)
