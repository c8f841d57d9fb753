"""Recall: enough voters ask, the one concerned answers, all vote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, invalid
from linli.core.fields import public_number
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.models import Unit

from ...ballots.models import Ballot, Elector, Kind
from ...ballots.models.roll import STANDING
from ...ballots.services.making import Draft, QuestionEntry, ballot_make
from ...ballots.services.rolls import roll_build
from ...ballots.services.steps import text_required
from ...ballots.workflow import ENDED
from ...law import rule_of
from ..models import Recall, RecallSupport
from ..permissions import can_hold_elections
from ..rules import supports_needed
from ..workflow import RECALL
from .steps import recall_begin, resident_seen, voter_of


@dataclass(frozen=True, slots=True)
class RecallDraft:
    """Who is to leave which office and why, and when it would be voted on."""

    name: str
    office: str
    reason: str
    rule_key: str
    opens_at: datetime
    closes_at: datetime
    channels: Sequence[str]


@service(idempotent=True)
def recall_make(*, actor: Actor, draft: RecallDraft) -> Recall:
    """Register a proposal of recall; its ballot is drafted with the roll, which says how many must ask."""
    unit = Unit.objects.filter(pk=actor.unit_id or 0).first()
    if unit is None or not can_hold_elections(actor):
        raise NotAllowed(_("罢免提议由居委会或街镇登记。"))
    rule = rule_of(draft.rule_key, clock.today())
    if rule.kind != "recall" or not rule.callers:
        raise invalid(rule_key=_("请选择一种罢免的规则。"))
    name = text_required(value=draft.name, name="name", words=_("请填写被提出罢免的人。"), most=60)
    office = text_required(value=draft.office, name="office", words=_("请填写职务。"), most=60)
    reason = text_required(value=draft.reason, name="reason", words=_("罢免要写明理由。"), most=1000)
    ballot = _ballot(actor, draft, f"罢免{office}{name}")
    electors = Elector.objects.filter(ballot=ballot, state__in=STANDING).count()
    caller = rule.callers[-1] if rule.electorate == "representatives" else rule.callers[0]
    recall = Recall.objects.create(
        number=f"{clock.now():%y}{public_number(8)}",
        rule_key=draft.rule_key,
        unit=unit,
        area_path=ballot.area_path,
        office=office,
        name=name,
        reason=reason,
        ballot=ballot,
        needed=supports_needed(caller.share, electors),
        created_at=clock.now(),
        created_by_id=actor.person_id,
    )
    record("recall.make", recall, touched=[Ballot])
    return recall


def _ballot(actor: Actor, draft: RecallDraft, title: str) -> Ballot:
    asked = Draft(
        title=title[:80],
        rule_key=draft.rule_key,
        questions=[QuestionEntry(f"是否同意{title}？")],
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        channels=draft.channels,
    )
    ballot = ballot_make(actor=actor, draft=asked)
    roll_build(actor=actor, ballot_id=ballot.public_id)
    Ballot.objects.filter(pk=ballot.pk).update(kind=Kind.RECALL)
    ballot.refresh_from_db()
    return ballot


@service(idempotent=True)
def recall_support(*, actor: Actor, recall_id: UUID, resident_ids: Iterable[UUID] = ()) -> Recall:
    """Support a recall: a voter for themselves, the organiser from signed papers; each once, voters only."""
    on_paper = list(dict.fromkeys(resident_ids))
    recall = recall_begin(actor=actor, recall_id=recall_id, move="support", by_voter=not on_paper)
    if on_paper:
        voters = [resident_seen(actor=actor, resident_id=one) for one in on_paper]
    else:
        voters = [voter_of(actor=actor, area_path=recall.area_path)]
    roll = Elector.objects.filter(ballot=recall.ballot_id, state__in=STANDING)
    if roll.filter(resident__in=voters).count() < len(voters):
        raise invalid(resident=_("附议的人要在选民名册上。"))
    if RecallSupport.objects.filter(recall=recall, resident__in=voters).exists():
        raise Conflict(_("这位选民已经附议过。"))
    taken_by = actor.person_id if on_paper else None
    RecallSupport.objects.bulk_create(
        RecallSupport(recall=recall, resident=voter, at=clock.now(), taken_by_id=taken_by) for voter in voters
    )
    record("recall.support", recall, touched=[RecallSupport])
    return recall


@service
def recall_defend(*, actor: Actor, recall_id: UUID, defence: str) -> Recall:
    """Write down what the one concerned says; everybody reads it beside the reasons."""
    recall = recall_begin(actor=actor, recall_id=recall_id, move="defend")
    said = text_required(value=defence, name="defence", words=_("请写明申辩的内容。"), most=1000)
    record("recall.defend", recall, changes_of(recall, defence=said, version=recall.version + 1))
    return recall


@service
def recall_vote(*, actor: Actor, recall_id: UUID) -> Recall:
    """Let all vote once enough have asked; the ballot is then announced like any other."""
    recall = recall_begin(actor=actor, recall_id=recall_id, move="vote")
    found = recall.supports.count()
    if found < recall.needed:
        words = _("附议的有%(found)d人，法定要%(needed)d人，还差%(missing)d人。")
        gap = {"found": found, "needed": recall.needed, "missing": recall.needed - found}
        raise Conflict(words % gap, hint=rule_of(recall.rule_key, clock.today()).callers[0].article)
    return _moved(recall, "vote", "vote")


@service
def recall_conclude(*, actor: Actor, recall_id: UUID) -> Recall:
    """Take over what the ballot came to: out of office, or kept."""
    recall = recall_begin(actor=actor, recall_id=recall_id, move="kept")
    if recall.ballot.state not in ENDED:
        raise Conflict(_("还没有计票。"), hint=_("计票以后再登记结果。"))
    result = recall.ballot.tally["questions"]["1"]
    return _moved(recall, "recalled" if result["is_passed"] else "kept", "conclude")


@service
def recall_drop(*, actor: Actor, recall_id: UUID, reason: str) -> Recall:
    """End a recall without a vote, with the reason: too few asked, the office was resigned."""
    recall = recall_begin(actor=actor, recall_id=recall_id, move="drop")
    if recall.ballot.state not in ("draft", "cancelled"):
        raise Conflict(_("罢免投票已经公告。"), hint=_("请先在表决页面取消那次投票。"))
    why = text_required(value=reason, name="reason", words=_("请写明为什么终止。"), most=300)
    return _moved(recall, "drop", "drop", ended_reason=why)


def _moved(recall: Recall, move: str, verb: str, **after: object) -> Recall:
    state = RECALL.require(recall.state, move)
    changes = changes_of(recall, state=state, version=recall.version + 1, **after)
    record(f"recall.{verb}", recall, changes)
    return recall
