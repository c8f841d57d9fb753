"""Bodies as JSON: who decides, who belongs to it, by when it must meet; and that it met."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core import clock
from linli.core.cursor import slice_of
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, QueryInput

from . import selectors, services
from .models import Body, Member, Term
from .permissions import can_see_bodies
from .selectors import BodyFilters

router = Router(tags=[_("议事组织")])


class BodyMemberOut(Schema):
    """One present member."""

    public_id: UUID
    name: str = Field(alias="full_name")
    post: str
    post_name: str
    speaks_for: str = Field(description=_("代表哪里。"))
    from_on: date


class BodyTermOut(Schema):
    """The term that runs."""

    number: int = Field(description=_("第几届。"))
    begins_on: date
    ends_on: date = Field(description=_("法定届满日期。"))


class BodyOut(Schema):
    """A body; the rule is the one by which it decides."""

    public_id: UUID
    version: int
    kind: str
    kind_name: str
    name: str
    rule: str = Field(alias="what.rule", description=_("表决规则的代码。"))
    place_code: str
    compound: UUID | None = Field(None, alias="compound.public_id")
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    founded_on: date
    dissolved_on: date | None
    meet_by: date | None = Field(description=_("最迟哪天要开会；没有规定的为空。"))


class BodyWholeOut(BodyOut):
    """A body with its term and its members."""

    term: BodyTermOut | None
    members: list[BodyMemberOut]

    @staticmethod
    def resolve_term(body: Body) -> Term | None:
        """Return the term that runs."""
        return selectors.term_now(body)

    @staticmethod
    def resolve_members(body: Body) -> list[Member]:
        """Return who belongs to it today."""
        return selectors.members_on(body, clock.today())


class BodiesOut(Schema):
    """Some bodies, and the cursor of those that follow."""

    items: list[BodyOut]
    next_cursor: str


class BodiesListed(QueryInput):
    """How the list is narrowed."""

    stage: Literal["standing", "due", "overdue", "dissolved", "all"] = "standing"
    kind: str = ""
    q: str = Field("", max_length=60, description=_("组织或小区"))
    limit: Limit = 50
    cursor: Cursor = ""


class BodyMet(Input):
    """A meeting that was held elsewhere."""

    on: date = Field(description=_("开会日期。"))
    note: str = ""


@router.get("", response=BodiesOut, auth=let_in(), summary=_("议事组织"), operation_id="body_list")
def bodies(request: HttpRequest, query: Query[BodiesListed]) -> dict[str, Any]:
    """List bodies."""
    actor = actor_of(request)
    if not can_see_bodies(actor):
        raise NotAllowed()
    rows = selectors.body_list(actor, BodyFilters(query.stage, query.kind, query.q))
    narrowed = {"list": "bodies", **query.dict(exclude={"limit", "cursor"})}
    found = slice_of(
        rows.order_by("-id"), by=("-id",), cursor=query.cursor, limit=query.limit, asked=narrowed
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/{uuid:public_id}", response=BodyWholeOut, auth=let_in(), summary=_("一个组织"), operation_id="body"
)
def body(request: HttpRequest, public_id: UUID) -> Body:
    """Return one body with its members."""
    return selectors.body_get(actor_of(request), public_id)


@router.post(
    "/{uuid:public_id}/met",
    response=BodyWholeOut,
    auth=let_in(),
    summary=_("登记已开会"),
    operation_id="body_met",
)
def met(request: HttpRequest, public_id: UUID, said: BodyMet) -> Body:
    """Note a meeting that was held elsewhere."""
    actor = actor_of(request)
    found = selectors.body_get(actor, public_id)
    services.body_met(actor=actor, body_id=found.pk, on=said.on, note=said.note)
    return selectors.body_get(actor, public_id)
