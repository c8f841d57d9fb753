"""A ballot is drafted, announced with its roll and its lawful dates, or cancelled with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, invalid
from linli.core.fields import public_number
from linli.core.rows import row_insert
from linli.core.service import record, require_service, service
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.calendar import holiday_calendar
from linli.foundation.notices.services import Telling, notice_spread
from linli.foundation.places.models import Compound

from ...bodies.models import Body
from ...law import DecisionRule, periods, rule_of, rule_to_json
from ..models import Ballot, Channel, Elector, ElectorPart, Question, Way
from ..models.ballot import NAMED_ONLY
from ..models.roll import STANDING
from ..permissions import can_organise_at, can_organise_ballots, can_override_ballot
from ..rollsources import OF_BODIES
from ..rules import YES_NO, lateness
from ..scope import Scope, scope_read
from ..selectors import ELECTORS, public_url, rule_kept
from ..standing import held_back
from ..wording import day_words
from .steps import ballot_begin, ballot_move, duty_done, duty_put, text_required

MOST_QUESTIONS, MOST_CHOICES = 20, 60
SCOPE = (Ballot.buildings.through, Ballot.stairs.through)


@dataclass(frozen=True, slots=True)
class QuestionEntry:
    """One thing to be asked; without ``choices`` it is answered by 同意, 反对, 弃权."""

    text: str
    choices: Sequence[Mapping[str, str]] = YES_NO
    seats: int = 1
    passes: str = "yes"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an organiser writes; ``area_path`` is needed where no compound says where it is."""

    title: str
    rule_key: str
    questions: Sequence[QuestionEntry]
    opens_at: datetime
    closes_at: datetime
    channels: Sequence[str]
    text: str = ""
    way: str = ""
    compound_id: UUID | None = None
    building_ids: Sequence[UUID] = field(default_factory=tuple)
    stair_ids: Sequence[UUID] = field(default_factory=tuple)
    area_path: str = ""
    body_id: UUID | None = None
    meeting: UUID | None = None


@service(idempotent=True)
def ballot_make(*, actor: Actor, draft: Draft) -> Ballot:
    """Draft a ballot by a rule that is in force; nobody but its organisers sees it yet."""
    unit = Unit.objects.filter(pk=actor.unit_id or 0).first()
    if unit is None or not can_organise_ballots(actor):
        raise NotAllowed(_("表决由居委会或街镇组织。"), hint=_("请联系本居委会。"))
    now = clock.now()
    columns, scope = _columns(actor, draft)
    ballot = Ballot(
        number=f"{now:%y}{public_number(8)}",
        created_at=now,
        created_by_id=actor.person_id,
        unit=unit,
        **columns,
    )
    row_insert(ballot)
    _scope_write(ballot, scope)
    _questions_write(ballot, draft)
    record("ballot.make", ballot, touched=[Question, *SCOPE])
    return ballot


@service
def ballot_edit(*, actor: Actor, ballot_id: UUID, version: int, draft: Draft) -> Ballot:
    """Change a draft; a roll that no longer fits what the ballot is about is taken away."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="edit", version=version)
    columns, scope = _columns(actor, draft)
    keys = [columns[name].pk if columns[name] else None for name in ("compound", "body")]
    after = (*keys, columns["area_path"], columns["electorate"])
    is_as_before = after == (ballot.compound_id, ballot.body_id, ballot.area_path, ballot.electorate)
    if not (_scope_write(ballot, scope) and is_as_before):
        ElectorPart.objects.filter(ballot=ballot).delete()
        Elector.objects.filter(ballot=ballot).delete()
        columns["roll_on"] = None
    Question.objects.filter(ballot=ballot).delete()
    _questions_write(ballot, draft)
    touched: list[type[Model]] = [Question, *SCOPE, Elector, ElectorPart]
    return ballot_move(ballot=ballot, move="edit", verb="edit", touched=touched, **columns)


def _scope_write(ballot: Ballot, scope: Scope) -> bool:
    """Write what a ballot is about; says whether it is what it was."""
    chosen = ((ballot.buildings, scope.buildings), (ballot.stairs, scope.stairs))
    is_same = all({row.pk for row in rows.all()} == {one.pk for one in wanted} for rows, wanted in chosen)
    ballot.buildings.set(scope.buildings)
    ballot.stairs.set(scope.stairs)
    return is_same


def _columns(actor: Actor, draft: Draft) -> tuple[dict[str, Any], Scope]:
    today = clock.today()
    rule = rule_of(draft.rule_key, today)
    scope = scope_read(rule.electorate, draft.compound_id, draft.building_ids, draft.stair_ids)
    body = _body(actor, rule, draft)
    path = _path(actor, draft, scope.compound, body)
    if not can_organise_at(actor, path):
        raise NotAllowed(_("您不能在这个地方组织表决。"), hint=_("表决由当地居委会或街镇组织。"))
    _times_checked(draft)
    way = _way(rule, draft.way)
    columns = {
        "title": text_required(value=draft.title, name="title", words=_("请填写题目。"), most=80),
        "text": draft.text.strip()[:5000],
        "kind": rule.kind,
        "rule_key": rule.key,
        "rule_on": today,
        "electorate": rule.electorate,
        "way": way,
        "channels": _channels(way, draft.channels),
        "may_change": rule.may_change,
        "body": body,
        "meeting": draft.meeting,
        "area_path": path,
        "place_code": path.rstrip("/").rpartition("/")[2],
        "compound": scope.compound,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
    }
    return columns, scope


def _body(actor: Actor, rule: DecisionRule, draft: Draft) -> Body | None:
    if rule.electorate not in OF_BODIES:
        return None
    rows = Body.objects.visible_to(actor).standing()
    body = rows.filter(public_id=draft.body_id).first() if draft.body_id else None
    if body is None:
        raise invalid(body=_("请选择由哪个组织的成员表决。"))
    return body


def _path(actor: Actor, draft: Draft, compound: Compound | None, body: Body | None) -> str:
    if compound is not None:
        return compound.area_path
    if body is not None:
        return body.area_path
    return draft.area_path or (actor.areas[0] if actor.areas else "")


def _times_checked(draft: Draft) -> None:
    if draft.opens_at <= clock.now():
        raise invalid(opens_at=_("开始时间要晚于现在。"))
    if draft.closes_at <= draft.opens_at:
        raise invalid(closes_at=_("截止时间要晚于开始时间。"))


def _way(rule: DecisionRule, wanted: str) -> str:
    if rule.way != "either":
        return rule.way
    if wanted not in Way.values:
        raise invalid(way=_("请选择记名还是无记名。"))
    return wanted


def _channels(way: str, wanted: Sequence[str]) -> list[str]:
    chosen = [channel for channel in Channel.values if channel in set(wanted)]
    if not chosen:
        raise invalid(channels=_("请至少选择一种投票途径。"))
    if way == Way.SECRET and set(chosen) & NAMED_ONLY:
        raise invalid(channels=_("无记名的表决不能用电话或上门登记：那样就知道是谁投的。"))
    if way == Way.NAMED and Channel.BOX in chosen:
        raise invalid(channels=_("记名的表决不用流动票箱，请用上门登记或纸质票。"))
    return chosen


def _questions_write(ballot: Ballot, draft: Draft) -> None:
    if not 0 < len(draft.questions) <= MOST_QUESTIONS:
        raise invalid(questions=_("请写1到%d个表决事项。") % MOST_QUESTIONS)
    rows = []
    for order, entry in enumerate(draft.questions, 1):
        words = _("请写明第%d个表决事项。") % order
        text = text_required(value=entry.text, name="questions", words=words, most=300)
        keys = [choice["key"] for choice in entry.choices]
        if not 0 < len(keys) <= MOST_CHOICES or len(set(keys)) < len(keys):
            raise invalid(questions=_("第%d个表决事项的选项有重复，或太多、太少。") % order)
        choices = [{"key": one["key"], "label": one["label"]} for one in entry.choices]
        given = {"choices": choices, "seats": entry.seats, "passes": entry.passes}
        rows.append(Question(ballot=ballot, order=order, text=text, **given))
    Question.objects.bulk_create(rows)


@service
def ballot_announce(*, actor: Actor, ballot_id: UUID, version: int, override_reason: str = "") -> Ballot:
    """Announce a ballot: publish its masked roll, fix its rule, tell the electors who have accounts.

    Too late for the lawful notice is refused with the article; the street may override with a reason.
    """
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="announce", version=version)
    _announceable(ballot)
    rule = rule_kept(ballot)
    dates = lawful_dates(ballot=ballot, on=clock.today())
    why = _lateness_settled(actor, ballot, rule, dates, override_reason)
    ballot_move(
        ballot=ballot,
        move="announce",
        verb="announce",
        rule=rule_to_json(rule),
        announced_at=clock.now(),
        roll_objections_until=dates.get("objections_until"),
        override_reason=why,
    )
    duty_put(ballot=ballot, action="freeze", due_at=ballot.opens_at)
    opens = day_words(clock.local_date(ballot.opens_at))
    body = f"{opens}开始投票。请先核对名册，有误请提出异议。"
    electors_told(actor=actor, ballot=ballot, kind="announce", title="表决公告", body=body)
    return ballot


def _announceable(ballot: Ballot) -> None:
    if words := held_back(ballot):
        raise Conflict(words, hint=_("请在选举或罢免的页面查看进展。"))
    if not Elector.objects.filter(ballot=ballot, state__in=STANDING).exists():
        raise Conflict(_("还没有名册，不能公告。"), hint=_("请先生成名册并核对。"))
    if ballot.opens_at <= clock.now():
        raise Conflict(_("开始时间已经过去，不能公告。"), hint=_("请先把开始和截止时间往后改。"))


@require_service
def lawful_dates(*, ballot: Ballot, on: date) -> dict[str, date]:
    """Return the lawful dates around a ballot if its roll is published on a day."""
    opens_on = clock.local_date(ballot.opens_at)
    return periods(rule_kept(ballot), voting_on=opens_on, listed_on=on, calendar=holiday_calendar())


def _lateness_settled(
    actor: Actor, ballot: Ballot, rule: DecisionRule, dates: Mapping[str, date], reason: str
) -> str:
    late = lateness(rule, dates, clock.today())
    if not late:
        return ""
    if reason.strip() and can_override_ballot(actor, ballot):
        return reason.strip()[:300]
    raise Conflict(
        f"{late}（{rule.source}）",
        hint=_("请把开始时间往后改；确需照办的，由街镇写明理由后公告。"),
    )


@require_service
def electors_told(*, actor: Actor, ballot: Ballot, kind: str, title: str, body: str) -> int:
    """Tell the electors who have accounts; number and words of the ballot only. Returns how many.

    Many are told in batches, by the worker, as a broadcast of which the area's desks see how far it is.
    """
    telling = Telling(
        audience=f"{ELECTORS}:{ballot.pk}",
        area_path=ballot.area_path,
        kind=f"ballot.{kind}",
        title=f"{title}：{ballot.title}",
        body=body,
        url=public_url(ballot),
        purpose="lawful",
        by_id=actor.person_id or ballot.created_by_id,
        unit_id=ballot.unit_id,
    )
    return notice_spread(telling=telling)


@service
def ballot_cancel(*, actor: Actor, ballot_id: UUID, reason: str, version: int | None = None) -> Ballot:
    """Cancel a ballot before its close, with a reason that everybody reads; its votes are never counted."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="cancel", version=version)
    why = text_required(value=reason, name="reason", words=_("请写明为什么取消。"), most=300)
    duty_done(actor=actor, ballot=ballot)
    if ballot.announced_at is not None:
        body = "原因见公告页。已经投的票不计。"
        electors_told(actor=actor, ballot=ballot, kind="cancel", title="表决取消", body=body)
    return ballot_move(ballot=ballot, move="cancel", verb="cancel", cancelled_reason=why)
