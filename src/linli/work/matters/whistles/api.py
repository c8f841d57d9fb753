"""Whistles as JSON: the same services and selectors as the pages, one address an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema, Status

from linli.core.actor import Function, Scope
from linli.core.cursor import slice_of
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import unit_by_public_id
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, Nothing, QueryInput, request_key_of
from linli.foundation.files.models import StoredFile
from linli.foundation.places.selectors import Place

from ..place import place_of
from ..refusals import invalid
from . import selectors, services
from .models import Call, Whistle
from .selectors import WhistleFilters

router = Router(tags=[_("吹哨报到")])
READING = (Scope.MATTERS_READ, Scope.MATTERS_ACT)


# -- what goes out ----------------------------------------------------------------
class CallOut(Schema):
    """One called unit: when it had to come, when and how it came, what it did, how it was rated."""

    public_id: UUID
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    is_lead: bool = Field(description=_("牵头。"))
    state: str = Field(
        description=_("called 待报到，came 已报到，answered 已反馈，absent 没有到场，dropped 已取消。")
    )
    due_at: datetime = Field(description=_("报到时限。"))
    came_at: datetime | None
    way: str = Field(description=_("code 扫码，position 到场定位，online 线上。"))
    metres: int | None = Field(description=_("按位置报到时离集合地点的米数；位置本身不保存。"))
    result: str
    coming: str = Field(description=_("到场：good、fair 或 poor。"))
    work: str = Field(description=_("办理：good、fair 或 poor。"))
    comment: str
    was_proper: bool | None = Field(description=_("单位认为这次哨该不该吹。"))
    reply: str


class WhistleOut(Schema):
    """A whistle as whoever may see it reads it; never the code of the spot."""

    public_id: UUID
    number: str
    version: int
    state: str = Field(description=_("called 已吹哨，finished 待评价，closed 已评价，cancelled 已取消。"))
    cause: str = Field(description=_("concern、joint 或 emergency。"))
    title: str
    reason: str
    matter: UUID | None = Field(None, alias="matter.public_id")
    place_code: str
    place: str
    lng: float | None
    lat: float | None
    gather_at: datetime
    online: str
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    called_at: datetime
    finished_at: datetime | None
    is_solved: bool | None
    outcome: str
    told: str = Field(description=_("告诉居民的话。"))
    cancelled_reason: str
    calls: list[CallOut]

    @staticmethod
    def resolve_calls(whistle: Whistle) -> list[Call]:
        """Return who is called, who leads first."""
        return selectors.calls_of(whistle)


class WhistlesOut(Schema):
    """Some whistles, and the cursor of those that follow."""

    items: list[WhistleOut]
    next_cursor: str


# -- what comes in ------------------------------------------------------------------
class Listed(QueryInput):
    """How the list is narrowed."""

    stage: Literal["running", "rating", "ended", "all"] = "all"
    cause: Literal["", "concern", "joint", "emergency"] = ""
    q: str = Field("", max_length=60, description=_("编号、事由或地点"))
    late: bool = Field(False, description=_("只看有迟到或没到的。"))
    limit: Limit = 50
    cursor: Cursor = ""


class BlowIn(Input):
    """A whistle without a matter; from a matter use ``POST /matters/{id}/whistle``."""

    cause: Literal["joint", "emergency"]
    reason: str = Field(max_length=500, description=_("请各单位来做什么。"))
    units: list[UUID]
    lead: UUID | None = None
    where: str = Field(
        description=_("committee:区划代码 或 street:区划代码。"), examples=["committee:310104013006"]
    )
    place: str = Field(max_length=160, description=_("集合地点。"))
    at: datetime = Field(description=_("集合时间。"))
    lng: float | None = None
    lat: float | None = None
    online: str = ""


class CheckIn(Input):
    """How somebody shows that the unit has come."""

    way: Literal["code", "position", "online"]
    code: str = ""
    lng: float | None = None
    lat: float | None = None


class Answered(Input):
    result: str
    photos: list[UUID] = []


class Logged(Input):
    note: str
    photos: list[UUID] = []


class Finished(Input):
    outcome: str
    is_solved: bool
    told: str = ""


class Because(Input):
    reason: str


class Replied(Input):
    was_proper: bool
    reply: str = ""


class Rated(Input):
    coming: Literal["good", "fair", "poor"]
    work: Literal["", "good", "fair", "poor"] = ""
    comment: str = ""


# -- reading ----------------------------------------------------------------------
@router.get(
    "", response=WhistlesOut, auth=let_in(*READING), summary=_("吹哨列表"), operation_id="whistle_list"
)
def whistles(request: HttpRequest, asked: Query[Listed]) -> dict[str, Any]:
    """List the whistles that the caller may see, the newest first."""
    actor = actor_of(request)
    if not actor.is_staff and actor.function != Function.CLIENT:
        raise NotAllowed()
    rows = selectors.whistle_list(actor, WhistleFilters(asked.stage, asked.cause, asked.q, asked.late))
    narrowed = {"list": "whistles", **asked.dict(exclude={"limit", "cursor"})}
    found = slice_of(
        rows.order_by("-called_at", "-id"),
        by=("-called_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked=narrowed,
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/{uuid:public_id}",
    response=WhistleOut,
    auth=let_in(*READING),
    summary=_("一次吹哨"),
    operation_id="whistle",
)
def whistle(request: HttpRequest, public_id: UUID) -> Whistle:
    """Return one whistle."""
    return selectors.whistle_get(actor_of(request), public_id)


# -- acting -----------------------------------------------------------------------
def _place(token: str) -> Place:
    if not token.startswith(("committee:", "street:")):
        raise invalid(where=_now("where 请写 committee:区划代码 或 street:区划代码。"))
    return place_of(token)


@router.post(
    "",
    response={201: WhistleOut},
    auth=let_in(),
    summary=_("吹哨"),
    operation_id="whistle_blow",
    description=_("联合执法或应急处置；从一件事项吹哨用 /matters/{id}/whistle。请带 Idempotency-Key。"),
)
def blow(request: HttpRequest, body: BlowIn) -> Status[Whistle]:
    """Call units without a matter."""
    said = body.dict()
    said["units"] = [unit_by_public_id(str(key)) for key in said["units"]]
    said["lead"] = unit_by_public_id(str(said["lead"])) if said["lead"] else None
    said["where"] = _place(said["where"])
    blown = services.whistle_blow(actor=actor_of(request), request_key=request_key_of(request), **said)
    return Status(201, blown)


def _photos(actor_key: str, ids: list[UUID]) -> list[StoredFile]:
    found = list(StoredFile.objects.filter(public_id__in=ids, uploaded_by=actor_key))
    if len(found) != len(set(ids)):
        raise invalid(photos=_now("有照片没有找到，请重新上传。"))
    return found


def _act(
    request: HttpRequest, service: Callable[..., Any], public_id: UUID, body: Schema, **more: Any
) -> Whistle:
    actor = actor_of(request)
    found = selectors.whistle_get(actor, public_id)
    said = {**body.dict(), **more}
    if "photos" in said:
        said["photos"] = _photos(actor.key, said["photos"])
    service(actor=actor, whistle_id=found.pk, request_key=request_key_of(request), **said)
    return Whistle.objects.select_related("unit", "matter").get(pk=found.pk)


def _call(request: HttpRequest, public_id: UUID, key: UUID) -> Call:
    found = selectors.whistle_get(actor_of(request), public_id).calls.filter(public_id=key).first()
    if found is None:
        raise NotFound
    return found


@router.post(
    "/{uuid:public_id}/check-in",
    response=WhistleOut,
    auth=let_in(),
    summary=_("报到"),
    operation_id="whistle_check_in",
    description=_("由人报到，接入的系统不能代报。"),
)
def check_in(request: HttpRequest, public_id: UUID, body: CheckIn) -> Whistle:
    """Check in for the own unit."""
    return _act(request, services.call_check_in, public_id, body)


@router.post(
    "/{uuid:public_id}/answer",
    response=WhistleOut,
    auth=let_in(),
    summary=_("反馈做了什么"),
    operation_id="whistle_answer",
)
def answer(request: HttpRequest, public_id: UUID, body: Answered) -> Whistle:
    """Say what the own unit did."""
    return _act(request, services.call_answer, public_id, body)


@router.post(
    "/{uuid:public_id}/log",
    response=WhistleOut,
    auth=let_in(),
    summary=_("记录现场"),
    operation_id="whistle_log",
)
def log(request: HttpRequest, public_id: UUID, body: Logged) -> Whistle:
    """Write a line into the joint record."""
    return _act(request, services.whistle_log, public_id, body)


@router.post(
    "/{uuid:public_id}/finish",
    response=WhistleOut,
    auth=let_in(),
    summary=_("办结吹哨"),
    operation_id="whistle_finish",
)
def finish(request: HttpRequest, public_id: UUID, body: Finished) -> Whistle:
    """Say what came of it."""
    return _act(request, services.whistle_finish, public_id, body)


@router.post(
    "/{uuid:public_id}/cancel",
    response=WhistleOut,
    auth=let_in(),
    summary=_("取消吹哨"),
    operation_id="whistle_cancel",
)
def cancel(request: HttpRequest, public_id: UUID, body: Because) -> Whistle:
    """Take it back."""
    return _act(request, services.whistle_cancel, public_id, body)


@router.post(
    "/{uuid:public_id}/reply",
    response=WhistleOut,
    auth=let_in(),
    summary=_("回应评价"),
    operation_id="whistle_reply",
)
def reply(request: HttpRequest, public_id: UUID, body: Replied) -> Whistle:
    """Answer the rating."""
    return _act(request, services.call_reply, public_id, body)


@router.post(
    "/{uuid:public_id}/calls/{uuid:key}/rate",
    response=WhistleOut,
    auth=let_in(),
    summary=_("评价到场和办理"),
    operation_id="whistle_rate",
)
def rate(request: HttpRequest, public_id: UUID, key: UUID, body: Rated) -> Whistle:
    """Rate how a unit came and worked."""
    return _act(request, services.call_rate, public_id, body, call_id=_call(request, public_id, key).pk)


@router.post(
    "/{uuid:public_id}/calls/{uuid:key}/lead",
    response=WhistleOut,
    auth=let_in(),
    summary=_("换牵头单位"),
    operation_id="whistle_lead",
)
def lead(request: HttpRequest, public_id: UUID, key: UUID, body: Nothing) -> Whistle:
    """Let another called unit lead."""
    return _act(request, services.whistle_lead, public_id, body, call_id=_call(request, public_id, key).pk)
