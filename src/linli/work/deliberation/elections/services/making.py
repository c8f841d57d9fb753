"""An election is begun, concluded, handed over within the lawful days, or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, invalid
from linli.core.fields import public_number
from linli.core.service import record, service
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.places.models import Compound

from ...ballots.permissions import can_organise_at
from ...ballots.services.steps import text_required
from ...law import rule_of
from ...law.dates import days_after
from ..models import Candidate, Election, Post, Round
from ..permissions import can_hold_elections
from ..rules import USUAL_HANDOVER_DAYS
from ..selectors import posts_left
from .steps import duty_done, duty_put, election_begin, election_move

MOST_POSTS, MOST_SEATS = 10, 30


@dataclass(frozen=True, slots=True)
class PostEntry:
    """One office and how many are elected to it."""

    title: str
    seats: int


@dataclass(frozen=True, slots=True)
class ElectionDraft:
    """What an organiser writes; ``area_path`` is the organiser's own where no compound says another."""

    title: str
    rule_key: str
    posts: Sequence[PostEntry]
    nominations_until: date
    compound_id: UUID | None = None
    needs_woman: bool = False


@service(idempotent=True)
def election_make(*, actor: Actor, draft: ElectionDraft) -> Election:
    """Begin an election by a rule in force: which posts, how many seats, until when candidates are named."""
    unit = Unit.objects.filter(pk=actor.unit_id or 0).first()
    if unit is None or not can_hold_elections(actor):
        raise NotAllowed(_("选举由居委会或街镇组织。"))
    compound, path = _place(actor, draft)
    _checked(draft)
    now = clock.now()
    election = Election.objects.create(
        number=f"{now:%y}{public_number(8)}",
        title=text_required(value=draft.title, name="title", words=_("请填写选举的名称。"), most=80),
        rule_key=draft.rule_key,
        rule_on=clock.today(),
        unit=unit,
        area_path=path,
        place_code=path.rstrip("/").split("/")[-1],
        compound=compound,
        needs_woman=draft.needs_woman,
        nominations_until=draft.nominations_until,
        created_at=now,
        created_by_id=actor.person_id,
    )
    Post.objects.bulk_create(
        Post(election=election, order=order, title=post.title.strip()[:40], seats=post.seats)
        for order, post in enumerate(draft.posts, 1)
    )
    duty_put(election=election, action="list", due_at=clock.local_midnight(draft.nominations_until))
    record("election.make", election, touched=[Post])
    return election


def _place(actor: Actor, draft: ElectionDraft) -> tuple[Compound | None, str]:
    rows = Compound.objects.filter(public_id=draft.compound_id) if draft.compound_id else None
    compound = rows.first() if rows is not None else None
    path = compound.area_path if compound else actor.areas[0] if actor.areas else ""
    if not path or not can_organise_at(actor, path):
        raise NotAllowed(_("您不能在这个地方组织选举。"))
    return compound, path


def _checked(draft: ElectionDraft) -> None:
    rule = rule_of(draft.rule_key, clock.today())
    if rule.kind != "election":
        raise invalid(rule_key=_("请选择一种选举的规则。"))
    if rule.electorate.startswith("owners") and draft.compound_id is None:
        raise invalid(compound=_("业主委员会的选举请选择是哪个小区。"))
    if not 0 < len(draft.posts) <= MOST_POSTS or not all(post.title.strip() for post in draft.posts):
        raise invalid(posts=_("请写明要选的职务，最多%d个。") % MOST_POSTS)
    if not all(0 < post.seats <= MOST_SEATS for post in draft.posts):
        raise invalid(posts=_("每个职务的应选名额是1到%d。") % MOST_SEATS)
    if draft.nominations_until < clock.today():
        raise invalid(nominations_until=_("提名截止不能早于今天。"))


@service
def election_conclude(*, actor: Actor, election_id: UUID, vacancies: str = "") -> Election:
    """End an election once its results stand; seats left open need a word. The hand-over is then due.

    The old office hands over within the days of the rule (10), counted by the Civil Code.
    """
    election = election_begin(actor=actor, election_id=election_id, move="conclude")
    last = Round.objects.filter(election=election).order_by("-number").first()
    if last is None or last.taken_at is None:
        raise Conflict(_("这一轮的结果还没有登记。"), hint=_("请先登记选举结果。"))
    if last.ballot.state != "settled":
        raise Conflict(_("结果还在公示，异议期满、确认生效后才能结束选举。"))
    left = posts_left(election)
    why = vacancies.strip()[:300]
    if left and not why:
        raise invalid(vacancies=_("还有职务没有选出，请组织另行选举，或写明缺额怎么办。"))
    rule = rule_of(election.rule_key, election.rule_on)
    days = rule.handover_days or USUAL_HANDOVER_DAYS
    due_on = days_after(clock.today(), days, holiday_calendar())
    duty_put(election=election, action="hand_over", due_at=clock.local_midnight(due_on + timedelta(days=1)))
    election.candidates.exclude(relatives_whom="").update(relatives_whom="")
    after = {"vacancies": why, "concluded_at": clock.now()}
    return election_move(election=election, move="conclude", touched=(Candidate,), **after)


@service
def handover_record(*, actor: Actor, election_id: UUID, items: str, handed_on: date) -> Election:
    """Write down what the old office handed over (seal, books, files, money, premises) and when."""
    election = election_begin(actor=actor, election_id=election_id, move="hand_over")
    said = text_required(
        value=items, name="items", words=_("请写明移交了什么：印章、账目、档案、资产、场所。"), most=2000
    )
    if handed_on > clock.today():
        raise invalid(handed_on=_("移交日期不能晚于今天。"))
    if election.concluded_at and handed_on < clock.local_date(election.concluded_at):
        raise invalid(handed_on=_("移交日期不能早于选举结束。"))
    duty_done(election=election, action="hand_over", by=actor.person_id)
    return election_move(election=election, move="hand_over", handover=said, handed_on=handed_on)


@service
def election_cancel(*, actor: Actor, election_id: UUID, reason: str) -> Election:
    """Cancel an election with a reason that everybody reads; a running ballot is cancelled first."""
    election = election_begin(actor=actor, election_id=election_id, move="cancel")
    why = text_required(value=reason, name="reason", words=_("请写明为什么取消。"), most=300)
    running = Round.objects.filter(election=election).exclude(ballot__state__in=("settled", "cancelled"))
    if running.exists():
        raise Conflict(_("这次选举的投票还在进行。"), hint=_("请先在表决页面取消那次投票。"))
    duty_done(election=election, by=actor.person_id)
    return election_move(election=election, move="cancel", cancelled_reason=why)
