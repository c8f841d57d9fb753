"""Meetings as JSON: reading, signing in at the door, counting hands; the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core.cursor import slice_of
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import unit_by_public_id
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, Nothing, QueryInput, request_key_of

from . import selectors, services
from .models import AgendaItem, Kind, Meeting
from .rules import Quorum
from .selectors import MeetingFilters

router = Router(tags=[_("会议")])


# -- what goes out ----------------------------------------------------------------------
class MeetingItemOut(Schema):
    """One thing on the agenda and what came of it; ``steps`` is the sum as the rule has it."""

    public_id: UUID
    order: int
    title: str
    text: str
    is_vote_wanted: bool = Field(description=_("要不要举手表决。"))
    matter: UUID | None = Field(None, alias="matter.public_id")
    outcome: str = Field(description=_("passed、failed、agreed、not_agreed、heard、postponed，或空。"))
    decision: str
    present: int | None = Field(description=_("表决时到会的人数。"))
    yes: int | None
    no: int | None
    abstain: int | None
    steps: list[dict[str, Any]]


class QuorumOut(Schema):
    """How many are there of how many must be."""

    present: int
    whole: int = Field(description=_("组成人员。"))
    needed: int = Field(description=_("法定人数，0表示没有规定。"))
    holds: bool
    words: str
    article: str


class MeetingOut(Schema):
    """A meeting as whoever may see it reads it; never a name, never a code."""

    public_id: UUID
    number: str
    version: int
    kind: str
    state: str = Field(
        description=_("draft 筹备中，called 已通知，open 开会中，closed 已散会，minuted、filed、cancelled。")
    )
    title: str
    about: str
    body: str = Field(description=_("会议组织。"))
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    place_code: str
    place: str
    online: str
    starts_at: datetime
    called_at: datetime | None
    late_reason: str = Field(description=_("晚于法定期限通知的理由。"))
    opened_at: datetime | None
    closed_at: datetime | None
    is_quorate: bool | None
    rule_key: str
    quorum: QuorumOut
    items: list[MeetingItemOut]

    @staticmethod
    def resolve_quorum(meeting: Meeting) -> Quorum:
        """Return who is there now."""
        return selectors.quorum_of(meeting)

    @staticmethod
    def resolve_items(meeting: Meeting) -> list[AgendaItem]:
        """Return the agenda in its order."""
        return selectors.items_of(meeting)


class MeetingsOut(Schema):
    """Some meetings, and the cursor of those that follow."""

    items: list[MeetingOut]
    next_cursor: str


# -- what comes in ------------------------------------------------------------------------
class MeetingsListed(QueryInput):
    """How the list is narrowed."""

    stage: Literal["preparing", "coming", "held", "ended", "all"] = "all"
    kind: Literal["", *Kind.values] = ""  # type: ignore[valid-type]
    q: str = Field("", max_length=60, description=_("编号、会议、组织或议题"))
    from_on: date | None = Field(None, description=_("开会日期从"))
    to_on: date | None = Field(None, description=_("到"))
    lapsed: bool = Field(False, description=_("只看人数不足没有举行的。"))
    limit: Limit = 50
    cursor: Cursor = ""


class SignedIn(Input):
    """The code of an invitation, as a reader at the door scans it."""

    code: str = Field(max_length=20, description=_("请柬码。"))


class HandsCounted(Input):
    """Hands of an item that is voted on, or the outcome of one that is not."""

    yes: int | None = None
    no: int | None = None
    abstain: int | None = None
    outcome: Literal["", "agreed", "not_agreed", "heard", "postponed"] = ""
    decision: str = ""
    unit: UUID | None = Field(None, description=_("由哪个单位办理，只用于来自事项的议题。"))


# -- reading --------------------------------------------------------------------------------
@router.get("", response=MeetingsOut, auth=let_in(), summary=_("会议列表"), operation_id="meeting_list")
def meetings(request: HttpRequest, asked: Query[MeetingsListed]) -> dict[str, Any]:
    """List the meetings that the caller may see, the latest first."""
    actor = actor_of(request)
    if not actor.is_staff:
        raise NotAllowed()
    filters = MeetingFilters(asked.stage, asked.kind, asked.q, asked.from_on, asked.to_on, asked.lapsed)
    found = slice_of(
        selectors.meeting_list(actor, filters),
        by=("-starts_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "meetings", **asked.dict(exclude={"limit", "cursor"})},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/{uuid:public_id}", response=MeetingOut, auth=let_in(), summary=_("一次会议"), operation_id="meeting"
)
def meeting(request: HttpRequest, public_id: UUID) -> Meeting:
    """Return one meeting."""
    return selectors.meeting_get(actor_of(request), public_id)


# -- acting ---------------------------------------------------------------------------------
def _act(request: HttpRequest, service: Callable[..., Any], public_id: UUID, **said: Any) -> Meeting:
    actor = actor_of(request)
    found = selectors.meeting_get(actor, public_id)
    service(actor=actor, meeting_id=found.pk, request_key=request_key_of(request), **said)
    return selectors.meeting_get(actor, public_id)


@router.post(
    "/{uuid:public_id}/sign-in",
    response=MeetingOut,
    auth=let_in(),
    summary=_("按请柬码签到"),
    operation_id="meeting_sign_in",
    description=_("会场门口的扫码枪或平板；由工作人员登录后使用。"),
)
def sign_in(request: HttpRequest, public_id: UUID, body: SignedIn) -> Meeting:
    """Note somebody's coming by the code of their invitation."""
    return _act(request, services.attendance_by_code, public_id, code=body.code)


@router.post(
    "/{uuid:public_id}/items/{uuid:item_id}/decide",
    response=MeetingOut,
    auth=let_in(),
    summary=_("记下议题的结果"),
    operation_id="meeting_decide",
)
def decide(request: HttpRequest, public_id: UUID, item_id: UUID, body: HandsCounted) -> Meeting:
    """Count hands by the rule of the meeting, or say the outcome of what is not voted on."""
    found = selectors.meeting_get(actor_of(request), public_id)
    item = found.items.filter(public_id=item_id).first()
    if item is None:
        raise NotFound
    said = body.dict()
    said["unit"] = unit_by_public_id(str(said["unit"])) if said["unit"] else None
    return _act(request, services.item_decide, public_id, item_id=item.pk, **said)


@router.post(
    "/{uuid:public_id}/close",
    response=MeetingOut,
    auth=let_in(),
    summary=_("宣布散会"),
    operation_id="meeting_close",
)
def close(request: HttpRequest, public_id: UUID, body: Nothing) -> Meeting:
    """End the meeting."""
    return _act(request, services.meeting_close, public_id)


@router.post(
    "/{uuid:public_id}/adjourn",
    response=MeetingOut,
    auth=let_in(),
    summary=_("人数不足，不举行"),
    operation_id="meeting_adjourn",
)
def adjourn(request: HttpRequest, public_id: UUID, body: Nothing) -> Meeting:
    """Say that too few are there."""
    return _act(request, services.meeting_adjourn, public_id)
