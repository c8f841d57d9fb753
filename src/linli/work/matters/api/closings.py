"""Closing many at once over JSON: proposed, looked through by another person, taken back."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop
from ninja import Field, Query, Schema, Status

from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Input, Nothing, QueryInput, request_key_of

from .. import selectors, services
from ..models import ClosingBatch, Matter
from ..refusals import invalid
from .reading import router

MOST = 100


class ClosingItemOut(Schema):
    """One matter of a proposal, and what came of it."""

    matter: UUID = Field(alias="matter.public_id")
    number: str = Field(alias="matter.number")
    title: str = Field(alias="matter.title")
    outcome: str = Field(
        description=gettext_noop(
            "空表示等待复核；struck 划掉，failed 没有办成，closed 已办结，undone 已撤销。"
        )
    )
    why: str


class ClosingOut(Schema):
    """A proposal to close several matters."""

    public_id: UUID
    state: str = Field(
        description=gettext_noop(
            "waiting 待复核，approved 已办结，refused 不同意，withdrawn 已撤回，undone 已撤销。"
        )
    )
    unit: UUID = Field(alias="unit.public_id")
    finding: str
    decision: str
    proposed_at: datetime
    decided_at: datetime | None
    total: int
    closed: int


class ClosingFullOut(ClosingOut):
    """A proposal with its matters."""

    items: list[ClosingItemOut] = Field(alias="listed")


class ClosingIn(Input):
    """Which matters, and what was seen of all of them."""

    matters: list[UUID] = Field(min_length=1, max_length=MOST)
    finding: str


class StruckIn(Input):
    """One matter that the reviewer leaves out, and why."""

    matter: UUID
    why: str = ""


class ReviewIn(Input):
    """What another person decides; what is struck out stays as it is."""

    is_agreed: bool
    decision: str
    struck: list[StruckIn] = Field([], max_length=MOST)


class ClosingReasonIn(Input):
    reason: str


class ClosingsAsked(QueryInput):
    """The newest ones are given."""

    limit: int = Field(20, ge=1, le=MOST)


def _full(request: HttpRequest, public_id: UUID) -> ClosingBatch:
    actor = actor_of(request)
    batch = selectors.closing_get(actor, public_id)
    batch.listed = selectors.closing_items(actor, batch)  # type: ignore[attr-defined]
    return batch


def _ids(request: HttpRequest, keys: list[UUID]) -> list[int]:
    wanted = list(dict.fromkeys(keys))
    found = list(
        Matter.objects.visible_to(actor_of(request)).filter(public_id__in=wanted).values_list("pk", flat=True)
    )
    if len(found) != len(wanted):
        raise NotFound(gettext("有的事项没有找到。"))
    return found


def _struck(batch: ClosingBatch, said: list[StruckIn]) -> dict[int, str]:
    known = dict(batch.items.values_list("matter__public_id", "pk"))
    if any(row.matter not in known for row in said):
        raise invalid(struck=gettext("有的不在这一批里，请刷新后再试。"))
    return {known[row.matter]: row.why for row in said}


@router.get(
    "/closings",
    response=list[ClosingOut],
    auth=let_in(),
    summary=gettext_noop("批量办结"),
    operation_id="closing_list",
)
def closings(request: HttpRequest, asked: Query[ClosingsAsked]) -> list[ClosingBatch]:
    """Return the newest proposals of one's areas."""
    return list(selectors.closing_list(actor_of(request))[: asked.limit])


@router.post(
    "/closings",
    response={201: ClosingFullOut},
    auth=let_in(),
    summary=gettext_noop("提出批量办结"),
    operation_id="closing_propose",
    description=gettext_noop(
        "提出以后须另一人复核，复核通过才逐件办结。有一件不能办结就整批拒绝，details 里逐件写明原因。"
    ),
)
def closing_propose(request: HttpRequest, body: ClosingIn) -> Status[ClosingBatch]:
    """Propose to close several."""
    batch = services.closing_propose(
        actor=actor_of(request),
        matter_ids=_ids(request, body.matters),
        finding=body.finding,
        request_key=request_key_of(request),
    )
    return Status(201, _full(request, batch.public_id))


@router.get(
    "/closings/{uuid:public_id}",
    response=ClosingFullOut,
    auth=let_in(),
    summary=gettext_noop("一批办结"),
    operation_id="closing_get",
)
def closing(request: HttpRequest, public_id: UUID) -> ClosingBatch:
    """Return one proposal with its matters."""
    return _full(request, public_id)


@router.post(
    "/closings/{uuid:public_id}/review",
    response=ClosingFullOut,
    auth=let_in(),
    summary=gettext_noop("复核批量办结"),
    operation_id="closing_review",
    description=gettext_noop("由没有提出这一批的人复核；同意时划掉的除外，其余逐件办结并告知反映人。"),
)
def closing_review(request: HttpRequest, public_id: UUID, body: ReviewIn) -> ClosingBatch:
    """Agree apart from what is struck out, or refuse."""
    batch = selectors.closing_get(actor_of(request), public_id)
    services.closing_review(
        actor=actor_of(request),
        batch_id=batch.pk,
        is_agreed=body.is_agreed,
        decision=body.decision,
        struck=_struck(batch, body.struck),
        request_key=request_key_of(request),
    )
    return _full(request, public_id)


@router.post(
    "/closings/{uuid:public_id}/withdraw",
    response=ClosingFullOut,
    auth=let_in(),
    summary=gettext_noop("撤回批量办结"),
    operation_id="closing_withdraw",
)
def closing_withdraw(request: HttpRequest, public_id: UUID, body: Nothing) -> ClosingBatch:
    """Take one's own proposal back before it is reviewed."""
    batch = selectors.closing_get(actor_of(request), public_id)
    services.closing_withdraw(actor=actor_of(request), batch_id=batch.pk, request_key=request_key_of(request))
    return _full(request, public_id)


@router.post(
    "/closings/{uuid:public_id}/undo",
    response=ClosingFullOut,
    auth=let_in(),
    summary=gettext_noop("撤销批量办结"),
    operation_id="closing_undo",
    description=gettext_noop("期限内可以撤销：事项回到待核查，反映人逐个得到告知；已经评价的不撤销。"),
)
def closing_undo(request: HttpRequest, public_id: UUID, body: ClosingReasonIn) -> ClosingBatch:
    """Take a closing back within its limit."""
    batch = selectors.closing_get(actor_of(request), public_id)
    services.closing_undo(
        actor=actor_of(request), batch_id=batch.pk, reason=body.reason, request_key=request_key_of(request)
    )
    return _full(request, public_id)
