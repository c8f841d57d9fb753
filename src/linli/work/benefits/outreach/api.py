"""Visits, leads, waves and progress as JSON, for people at the desk; machines have no way to persons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core.actor import Actor
from linli.core.cursor import slice_of
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.shapes import Cursor, Input, Limit, QueryInput, request_key_of
from linli.foundation.places.models import Division
from linli.registers.residents.selectors import cards_of

from ..models import Lead, Outreach, Policy
from . import selectors
from .funnel import FunnelRow, funnel, funnel_area
from .releasing import wave_foreseen
from .selectors import VisitRow, WaveRow
from .services import lead_doubt, lead_settle, outreach_tell, wave_release
from .shown import LeadShown, visit_shown

router = Router(tags=[_("政策找人")])
STATES = _(
    "waiting 待派、open 待联系、told 已告知、applied 已申请、granted 已享受、refused 未获批、has 早已享受、"
    "declined 本人不要、wrong 信息有误、gone 不再符合、objected 本人反对自动匹配。"
)
FEW = _("区和市看到的按10取整，不足5为null。")


# -- what goes out ------------------------------------------------------------------------------------------
class BenefitLeadLine(Schema):
    """One lead among others."""

    public_id: UUID
    version: int
    policy: str = Field(description=_("政策代号。"))
    policy_name: str
    state: str = Field(description=STATES)
    verdict: str = Field(description=_("eligible 符合，unknown 待核。"))
    found_on: date
    visit: UUID | None = Field(description=_("派出以后是哪一次上门。"))


class BenefitLeadsOut(Schema):
    """Some leads, and the cursor of those that follow."""

    items: list[BenefitLeadLine]
    next_cursor: str


class BenefitReasonOut(Schema):
    """One condition of a trace; the value of a sensitive fact is ``***``."""

    label: str
    clause: str
    answer: str = Field(description=_("yes 符合，no 不符合，unknown 还不知道。"))
    value: str
    against: str
    known_on: date | None = Field(description=_("按哪天登记的情况。"))
    missing: list[str]


class BenefitStepOut(Schema):
    """One step of a lead."""

    at: datetime
    state: str
    reason: str


class BenefitLeadOut(BenefitLeadLine):
    """One lead with its reasons and its story."""

    who: str = Field(description=_("只显示姓；全家的写“全家”。"))
    amount: int | None = Field(description=_("金额（分），按政策的周期。"))
    missing: list[str] = Field(description=_("还缺哪些情况。"))
    reason: str
    reckoned_on: date | None
    reasons: list[BenefitReasonOut]
    steps: list[BenefitStepOut]
    moves: list[str] = Field(description=_("现在可以记的结果。"))


class BenefitVisitLine(Schema):
    """One visit among others."""

    public_id: UUID
    version: int
    state: str = Field(description=_("open 待上门，done 已办。"))
    channel: str = Field(description=_("visit 上门，phone 电话，message 站内消息。"))
    address: str
    head: str = Field(description=_("户主，只显示姓。"))
    worker: str
    due_at: datetime | None
    opened_at: datetime
    first_contact_at: datetime | None
    closed_at: datetime | None
    leads: list[BenefitLeadLine]


class BenefitVisitsOut(Schema):
    """Some visits, and the cursor of those that follow."""

    items: list[BenefitVisitLine]
    next_cursor: str


class BenefitVisitOut(Schema):
    """One visit with everything that was found for the household."""

    visit: BenefitVisitLine
    leads: list[BenefitLeadOut]
    bring: list[str] = Field(description=_("请对方准备。"))


class BenefitWaveOut(Schema):
    """One wave; numbers of people are rounded for district and city."""

    public_id: UUID
    version: int
    policy: str
    policy_name: str
    area: str
    state: str = Field(description=_("open 进行中，paused 暂停，done 已结束。"))
    per_worker_week: int
    includes_unknown: bool
    until_on: date | None
    given: int | None = Field(description=FEW)
    waiting: int | None = Field(description=FEW)
    released_at: datetime
    ended_at: datetime | None


class BenefitWavesOut(Schema):
    """Some waves, and the cursor of those that follow."""

    items: list[BenefitWaveOut]
    next_cursor: str


class BenefitFunnelRow(Schema):
    """How far it has come for one policy, or in one area."""

    name: str
    found: int | None = Field(description=FEW)
    never: int | None
    told: int | None
    applied: int | None
    granted: int | None


class BenefitProgressOut(Schema):
    """How far outreach has come in an area: in all, by policy, by the areas below; never contacted first."""

    area: str
    whole: BenefitFunnelRow
    policies: list[BenefitFunnelRow]
    areas: list[BenefitFunnelRow]


# -- what comes in ------------------------------------------------------------------------------------------
class BenefitVisitsAsked(QueryInput):
    """How the list of visits is narrowed."""

    tab: Literal["open", "result", "done"] = Field(
        "open", description=_("open 待上门，result 待结果，done 已办。")
    )
    policy: str = Field("", max_length=40, description=_("政策代号。"))
    mine: bool = False
    limit: Limit = 50
    cursor: Cursor = ""


class BenefitLeadsAsked(QueryInput):
    """How the list of leads is narrowed."""

    state: str = Field("", max_length=10, description=STATES)
    policy: str = Field("", max_length=40, description=_("政策代号。"))
    limit: Limit = 50
    cursor: Cursor = ""


class BenefitWavesAsked(QueryInput):
    """Which page of the waves."""

    limit: Limit = 50
    cursor: Cursor = ""


class BenefitWaveAsk(Input):
    """A wave as it is asked for."""

    policy: str = Field(max_length=40, description=_("政策代号。"))
    area: str = Field(max_length=15, description=_("区划代码。"))
    per_worker_week: int = Field(10, description=_("每人每周几户，1到100。"))
    includes_unknown: bool = Field(False, description=_("包括缺情况、值得上门核实的。"))
    until_on: date | None = Field(None, description=_("派到哪天为止；空是一直派。"))


class BenefitWaveRelease(BenefitWaveAsk):
    """A wave to be released."""

    even_if_nobody: bool = Field(False, description=_("现在没有人要去也放出，以后找到的人自动派。"))


class BenefitWaveOutlook(Schema):
    """What a wave would mean; nothing was written. Numbers of people are rounded for district and city."""

    households: int | None = Field(description=FEW)
    people: int | None = Field(description=_("几份待遇；按家庭发的是几户。"))
    worth: int | None = Field(description=_("缺情况、值得核实而没有算进来的。"))
    workers: int
    weeks: int
    is_rough: bool = Field(description=_("人多，还没有减去已享受、问过、反对的。"))
    found_on: date | None = Field(description=_("按哪天的匹配；空是还没有匹配过。"))
    nobody: str = Field(description=_("没有人要去时写明原因；空是有人要去。"))
    todo: str


class BenefitProgressAsked(QueryInput):
    """Which area."""

    area: str = Field("", max_length=15, description=_("区划代码；不填是您负责的区域。"))


class BenefitTell(Input):
    """Over which version of the visit it was pressed."""

    version: int


class BenefitSettle(Input):
    """What became of a lead."""

    version: int
    move: Literal["tell", "apply", "grant", "has", "decline", "refuse"]
    reason: str = Field("", max_length=200, description=_("本人不要、未获批时必填。"))


class BenefitDoubt(Input):
    """That what the lead rests on is wrong."""

    version: int
    reason: str = Field(max_length=200)


# -- visits and leads ---------------------------------------------------------------------------------------
@router.get("/visits", response=BenefitVisitsOut, summary=_("政策上门列表"), operation_id="benefit_visits")
def benefit_visits(request: HttpRequest, asked: Query[BenefitVisitsAsked]) -> dict[str, Any]:
    """List the visits of one's areas, the latest first."""
    actor = actor_of(request)
    rows = selectors.outreach_list(actor, tab=asked.tab, policy=asked.policy, is_mine=asked.mine)
    narrowed = {"list": "benefit-visits", **asked.dict(exclude={"limit", "cursor"})}
    by = ("-opened_at", "-id")
    found = slice_of(rows, by=by, cursor=asked.cursor, limit=asked.limit, asked=narrowed)
    items = [_visit(row) for row in selectors.visit_rows(actor)(found.rows)]
    return {"items": items, "next_cursor": found.next_cursor}


@router.get(
    "/visits/{uuid:public_id}",
    response=BenefitVisitOut,
    summary=_("一次政策上门"),
    operation_id="benefit_visit",
)
def benefit_visit(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return one visit with its leads and why they are."""
    actor = actor_of(request)
    return _whole(actor, selectors.outreach_get(actor, public_id))


@router.post(
    "/visits/{uuid:public_id}/tell",
    response=BenefitVisitOut,
    summary=_("全部记为已告知"),
    operation_id="benefit_visit_tell",
)
def benefit_visit_tell(request: HttpRequest, public_id: UUID, body: BenefitTell) -> dict[str, Any]:
    """Note that the household was told of everything."""
    actor = actor_of(request)
    return _whole(actor, outreach_tell(actor=actor, outreach_id=public_id, version=body.version))


@router.get("/leads", response=BenefitLeadsOut, summary=_("政策线索列表"), operation_id="benefit_leads")
def benefit_leads(request: HttpRequest, asked: Query[BenefitLeadsAsked]) -> dict[str, Any]:
    """List the leads of one's areas, the latest first; no names."""
    rows = selectors.lead_list(actor_of(request), state=asked.state, policy=asked.policy)
    narrowed = {"list": "benefit-leads", **asked.dict(exclude={"limit", "cursor"})}
    by = ("-found_on", "-id")
    found = slice_of(rows, by=by, cursor=asked.cursor, limit=asked.limit, asked=narrowed)
    return {"items": [_line(lead) for lead in found.rows], "next_cursor": found.next_cursor}


@router.get(
    "/leads/{uuid:public_id}", response=BenefitLeadOut, summary=_("一条政策线索"), operation_id="benefit_lead"
)
def benefit_lead(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return one lead with its reasons and its story."""
    return _read(actor_of(request), public_id)


@router.post(
    "/leads/{uuid:public_id}/settle",
    response=BenefitLeadOut,
    summary=_("记下一条线索的结果"),
    operation_id="benefit_lead_settle",
)
def benefit_lead_settle(request: HttpRequest, public_id: UUID, body: BenefitSettle) -> dict[str, Any]:
    """Note what became of one lead."""
    actor = actor_of(request)
    lead_settle(actor=actor, lead_id=public_id, **body.dict())
    return _read(actor, public_id)


@router.post(
    "/leads/{uuid:public_id}/doubt",
    response=BenefitLeadOut,
    summary=_("记为信息有误，请居委会核实"),
    operation_id="benefit_lead_doubt",
)
def benefit_lead_doubt(request: HttpRequest, public_id: UUID, body: BenefitDoubt) -> dict[str, Any]:
    """Note that what a lead rests on is wrong; the committee finds out what is right."""
    actor = actor_of(request)
    lead_doubt(actor=actor, lead_id=public_id, **body.dict())
    return _read(actor, public_id)


def _line(lead: Lead) -> dict[str, Any]:
    names = ("public_id", "version", "state", "verdict", "found_on")
    policy = {"policy": lead.policy.code, "policy_name": lead.policy.name}
    visit = lead.outreach.public_id if lead.outreach else None
    return {**{name: getattr(lead, name) for name in names}, **policy, "visit": visit}


def _visit(row: VisitRow) -> dict[str, Any]:
    names = ("public_id", "version", "state", "channel", "due_at", "opened_at", "first_contact_at")
    visit = {name: getattr(row.visit, name) for name in (*names, "closed_at")}
    leads = [{**_line(lead), "visit": row.visit.public_id} for lead in row.leads]
    return {**visit, "address": row.address, "head": row.head, "worker": row.worker, "leads": leads}


def _whole(actor: Actor, visit: Outreach) -> dict[str, Any]:
    [row] = selectors.visit_rows(actor)([visit])
    shown = visit_shown(actor, row.home, selectors.leads_of(visit))
    return {"visit": _visit(row), "leads": [_shown(one) for one in shown.leads], "bring": list(shown.bring)}


def _read(actor: Actor, public_id: UUID) -> dict[str, Any]:
    lead = selectors.lead_get(actor, public_id)
    [home] = cards_of(actor, [lead.household])
    [shown] = visit_shown(actor, home, [lead]).leads
    return _shown(shown)


def _shown(one: LeadShown) -> dict[str, Any]:
    names = ("label", "clause", "answer", "value", "against", "known_on", "missing")
    reasons = [{name: getattr(line, name) for name in names} for line in one.trace.lines]
    steps = [{"at": s.event.at, "state": s.event.to_state, "reason": s.event.reason} for s in one.steps]
    return {
        **_line(one.lead),
        "who": one.who,
        "amount": one.lead.amount,
        "missing": one.lead.missing,
        "reason": one.lead.reason,
        "reckoned_on": one.trace.on,
        "reasons": reasons,
        "steps": steps,
        "moves": [move.code for move in one.moves],
    }


# -- waves and progress -------------------------------------------------------------------------------------
@router.get("/waves", response=BenefitWavesOut, summary=_("政策批次列表"), operation_id="benefit_waves")
def benefit_waves(request: HttpRequest, asked: Query[BenefitWavesAsked]) -> dict[str, Any]:
    """List the waves over one's areas, the latest first."""
    actor = actor_of(request)
    found = slice_of(
        selectors.waves_seen(actor),
        by=("-released_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "benefit-waves"},
    )
    items = [_wave(row) for row in selectors.wave_rows(actor)(found.rows)]
    return {"items": items, "next_cursor": found.next_cursor}


@router.post(
    "/waves/outlook",
    response=BenefitWaveOutlook,
    summary=_("放出批次以前看要去多少户"),
    operation_id="benefit_wave_outlook",
)
def benefit_wave_outlook(request: HttpRequest, body: BenefitWaveAsk) -> dict[str, Any]:
    """Return what releasing a wave would mean."""
    shown = wave_foreseen(actor_of(request), **_asked(body))
    names = ("workers", "weeks", "is_rough", "found_on", "nobody", "todo")
    numbers = {name: getattr(shown, name).value for name in ("households", "people", "worth")}
    return {**numbers, **{name: getattr(shown, name) for name in names}}


@router.post(
    "/waves", response=BenefitWaveOut, summary=_("放出一个批次"), operation_id="benefit_wave_release"
)
def benefit_wave_release(request: HttpRequest, body: BenefitWaveRelease) -> dict[str, Any]:
    """Release a wave."""
    actor = actor_of(request)
    asked = _asked(body)
    wave = wave_release(
        actor=actor, **asked, even_if_nobody=body.even_if_nobody, request_key=request_key_of(request)
    )
    [row] = selectors.wave_rows(actor)([wave])
    return _wave(row)


def _asked(body: BenefitWaveAsk) -> dict[str, Any]:
    policy = Policy.objects.filter(code=body.policy).first()
    place = Division.objects.filter(code=body.area, valid_to__isnull=True).first()
    if policy is None:
        raise NotFound(gettext("没有找到这项政策。"))
    names = ("per_worker_week", "includes_unknown", "until_on")
    said = {name: getattr(body, name) for name in names}
    return {**said, "policy_id": policy.public_id, "area_path": place.path if place else ""}


@router.get(
    "/waves/{uuid:public_id}", response=BenefitWaveOut, summary=_("一个政策批次"), operation_id="benefit_wave"
)
def benefit_wave(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return one wave."""
    actor = actor_of(request)
    [row] = selectors.wave_rows(actor)([selectors.wave_get(actor, public_id)])
    return _wave(row)


def _wave(row: WaveRow) -> dict[str, Any]:
    names = ("public_id", "version", "state", "per_worker_week", "includes_unknown", "until_on")
    wave = {name: getattr(row.wave, name) for name in (*names, "released_at", "ended_at")}
    policy = {"policy": row.wave.policy.code, "policy_name": row.wave.policy.name, "area": row.area}
    return {**wave, **policy, "given": row.numbers.given.value, "waiting": row.numbers.waiting.value}


@router.get(
    "/progress", response=BenefitProgressOut, summary=_("政策找人进度"), operation_id="benefit_progress"
)
def benefit_progress(request: HttpRequest, asked: Query[BenefitProgressAsked]) -> dict[str, Any]:
    """Return how far outreach has come in an area."""
    actor, path = actor_of(request), ""
    if asked.area:
        place = Division.objects.filter(code=asked.area, valid_to__isnull=True).first()
        path = place.path if place else asked.area  # a path that is none is not found either
    division = funnel_area(actor, path)
    found = funnel(actor, division)
    return {
        "area": division.code,
        "whole": _row(found.whole),
        "policies": [_row(row) for row in found.policies],
        "areas": [_row(row) for row in found.areas],
    }


def _row(row: FunnelRow) -> dict[str, Any]:
    numbers = {name: getattr(row, name).value for name in ("found", "never", "told", "applied", "granted")}
    return {"name": row.name, **numbers}
