"""Assessments as JSON: reading; entering sums that were counted, and another person's comparing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core.cursor import slice_of
from linli.core.errors import NotAllowed, invalid
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, Nothing, QueryInput, request_key_of

from ..bodies.selectors import body_get, members_on
from . import selectors, services
from .models import Assessment
from .permissions import can_see_assessments
from .rules import Marks
from .selectors import AssessedLine, AssessmentFilters

router = Router(tags=[_("民主评议")])
MOST_PAPERS = 100_000
States = Literal["", *Assessment.State.values]  # type: ignore[valid-type]


# -- what goes out ------------------------------------------------------------------------
class AssessmentOut(Schema):
    """That a meeting assessed a committee on a day."""

    public_id: UUID
    body: UUID = Field(alias="body.public_id")
    body_name: str = Field(alias="body.name")
    state: str = Field(description=_("entered 待核对，published 已公布，rejected 已退回。"))
    held_on: date
    composition: int = Field(description=_("应到人数。"))
    attendees: int = Field(description=_("到会人数。"))
    is_valid: bool = Field(description=_("到会人数达到规定。"))
    entered_at: datetime
    confirmed_at: datetime | None
    rejected_reason: str


class AssessedOut(Schema):
    """What it said of one member: sums, whether incompetent by the rule, whether the office ends by law."""

    member: UUID = Field(alias="row.member.public_id")
    name: str = Field(alias="row.member.full_name")
    post_name: str = Field(alias="row.member.post_name")
    competent: int = Field(alias="row.competent", description=_("称职。"))
    basic: int = Field(alias="row.basic", description=_("基本称职。"))
    incompetent: int = Field(alias="row.incompetent", description=_("不称职。"))
    abstain: int = Field(alias="row.abstain")
    invalid: int = Field(alias="row.invalid")
    is_incompetent: bool = Field(alias="row.is_incompetent")
    ends_office: bool = Field(description=_("连续两次不称职，职务依法终止。"))


class AssessmentWholeOut(AssessmentOut):
    """An assessment with what it said of each member."""

    lines: list[AssessedOut]

    @staticmethod
    def resolve_lines(assessment: Assessment) -> list[AssessedLine]:
        """Return one line for each member."""
        return selectors.lines_of(assessment)


class AssessmentsOut(Schema):
    """Some assessments, and the cursor of those that follow."""

    items: list[AssessmentOut]
    next_cursor: str


# -- what comes in ----------------------------------------------------------------------------
class AssessmentsListed(QueryInput):
    """How the list is narrowed."""

    q: str = Field("", max_length=60, description=_("委员会的名称。"))
    state: States = ""
    year: int | None = Field(None, ge=1990, le=9999)
    limit: Limit = 50
    cursor: Cursor = ""


class MarksIn(Input):
    """What the papers say of one member."""

    member: UUID
    competent: int = Field(ge=0, le=MOST_PAPERS)
    basic: int = Field(ge=0, le=MOST_PAPERS)
    incompetent: int = Field(ge=0, le=MOST_PAPERS)
    abstain: int = Field(0, ge=0, le=MOST_PAPERS)
    invalid: int = Field(0, ge=0, le=MOST_PAPERS)


class AssessmentIn(Input):
    """The sums of an assessment as they were counted at the meeting."""

    body: UUID
    held_on: date
    composition: int = Field(ge=0, le=MOST_PAPERS)
    attendees: int = Field(ge=0, le=MOST_PAPERS)
    marks: list[MarksIn] = Field(max_length=200)


class Rejected(Input):
    """Where the sums do not agree with the paper."""

    reason: str = Field(max_length=300)


# -- the addresses ------------------------------------------------------------------------------
@router.get("", response=AssessmentsOut, auth=let_in(), summary=_("评议列表"), operation_id="assessment_list")
def assessments(request: HttpRequest, asked: Query[AssessmentsListed]) -> dict[str, Any]:
    """List the assessments of the caller's areas, the latest first."""
    actor = actor_of(request)
    if not can_see_assessments(actor):
        raise NotAllowed()
    found = slice_of(
        selectors.assessment_list(actor, AssessmentFilters(asked.q, asked.state, asked.year)),
        by=("-held_on", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "assessments", **asked.dict(exclude={"limit", "cursor"})},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/{uuid:public_id}",
    response=AssessmentWholeOut,
    auth=let_in(),
    summary=_("一次评议"),
    operation_id="assessment",
    description=_("居民看得到已公布的。"),
)
def assessment(request: HttpRequest, public_id: UUID) -> Assessment:
    """Return one assessment."""
    return selectors.assessment_get(actor_of(request), public_id)


@router.post(
    "",
    response=AssessmentWholeOut,
    auth=let_in(),
    summary=_("登记评议票数"),
    operation_id="assessment_enter",
    description=_("计票机或计票表算出的票数；由另一个人核对后才公布。"),
)
def assessment_enter(request: HttpRequest, said: AssessmentIn) -> Assessment:
    """Enter the sums of an assessment."""
    actor = actor_of(request)
    body = body_get(actor, said.body)
    keys = {member.public_id: member.pk for member in members_on(body, said.held_on)}
    if {one.member for one in said.marks} != set(keys) or len(said.marks) != len(keys):
        raise invalid(marks=_now("请为这一天的每位成员填写票数；成员有变动的，请先登记成员。"))
    made = services.assessment_enter(
        actor=actor,
        body_id=body.pk,
        held_on=said.held_on,
        composition=said.composition,
        attendees=said.attendees,
        marks={keys[one.member]: Marks(**one.dict(exclude={"member"})) for one in said.marks},
        request_key=request_key_of(request),
    )
    return selectors.assessment_get(actor, made.public_id)


@router.post(
    "/{uuid:public_id}/confirm",
    response=AssessmentWholeOut,
    auth=let_in(),
    summary=_("核对并公布评议结果"),
    operation_id="assessment_confirm",
    description=_("由登记人以外的另一个人办理。"),
)
def assessment_confirm(request: HttpRequest, public_id: UUID, said: Nothing) -> Assessment:
    """Publish the sums of an assessment."""
    actor = actor_of(request)
    found = selectors.assessment_get(actor, public_id)
    key = request_key_of(request)
    services.assessment_confirm(actor=actor, assessment_id=found.pk, request_key=key)
    return selectors.assessment_get(actor, public_id)


@router.post(
    "/{uuid:public_id}/reject",
    response=AssessmentWholeOut,
    auth=let_in(),
    summary=_("退回评议票数"),
    operation_id="assessment_reject",
)
def assessment_reject(request: HttpRequest, public_id: UUID, said: Rejected) -> Assessment:
    """Send the sums back."""
    actor = actor_of(request)
    found = selectors.assessment_get(actor, public_id)
    key = request_key_of(request)
    services.assessment_reject(actor=actor, assessment_id=found.pk, reason=said.reason, request_key=key)
    return selectors.assessment_get(actor, public_id)
