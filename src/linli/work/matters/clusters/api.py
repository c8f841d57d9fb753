"""Hot issues and clusters as JSON."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema, Status

from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Input, QueryInput, request_key_of

from ..api.reading import area_of
from ..selectors import matter_get
from . import selectors, services
from .models import Cluster, Receipt
from .receipts import receipts_running

router = Router(tags=[_("热点与同类事项")])
LONGEST_DAYS = 366


class HeatOut(Schema):
    """One hot issue; the period before is as long as the one that was asked for."""

    title: str = Field(description=_("处在中间的那一件的标题。"))
    messages: int = Field(alias="heat.messages")
    before: int = Field(alias="heat.before", description=_("上一个同样长的时段里的件数。"))
    growth: int = Field(alias="heat.growth")
    affected: int = Field(alias="heat.affected", description=_("反映人数加“我也遇到了”的人数。"))
    people: int = Field(alias="heat.people")
    likes: int = Field(alias="heat.likes")
    open_count: int
    places: list[tuple[str, int]]
    points: list[tuple[float, float]] = Field(description=_("经度、纬度，WGS-84。"))
    matters: list[UUID]
    cluster: UUID | None = Field(None, alias="cluster.public_id")
    first_at: datetime
    last_at: datetime

    @staticmethod
    def resolve_matters(issue: Any) -> list[UUID]:
        """Return the matters of the period."""
        return [row["public_id"] for row in issue.matters]


class HotOut(Schema):
    """The hot issues of a period."""

    issues: list[HeatOut]
    looked_at: int = Field(description=_("看了本期和上期多少件。"))
    total: int = Field(description=_("共找到多少个热点；issues 里是其中最热的。"))
    is_cut: bool = Field(description=_("件数太多，只看了最新的。"))


class HotAsked(QueryInput):
    """Where and between which days, both included."""

    area: str = Field("", max_length=15)
    from_on: date
    to_on: date


class ReceiptOut(Schema):
    """One receipt; never who reported."""

    matter: UUID = Field(alias="matter.public_id")
    number: str = Field(alias="matter.number")
    joined_at: datetime
    told_at: datetime | None
    told_how: str


class ClusterOut(Schema):
    """Many matters handled as one."""

    public_id: UUID
    number: str
    title: str
    head: UUID = Field(alias="head.public_id")
    state: str = Field(alias="head.state")
    made_at: datetime
    dissolved_at: datetime | None
    receipts: list[ReceiptOut]

    @staticmethod
    def resolve_receipts(cluster: Cluster) -> list[Receipt]:
        """Return the receipts in the order in which they joined, without what was taken out again."""
        return list(receipts_running(cluster).select_related("matter"))


class ClusterIn(Input):
    """What is handled as one."""

    title: str = Field(max_length=80)
    head: UUID
    matters: list[UUID] = Field(max_length=services.MOST)


class ReasonIn(Input):
    """Why."""

    reason: str = Field(max_length=300)


class ReleaseIn(ReasonIn):
    """What goes its own way again, and why."""

    matters: list[UUID] = Field(max_length=services.MOST)


@router.get("/hot-issues", response=HotOut, auth=let_in(), summary=_("热点"), operation_id="hot_issues")
def hot_issues(request: HttpRequest, asked: Query[HotAsked]) -> selectors.HotIssues:
    """Return what many reported in a period."""
    actor = actor_of(request)
    if not actor.is_governing:
        raise NotAllowed()
    if not timedelta(0) <= asked.to_on - asked.from_on <= timedelta(days=LONGEST_DAYS):
        words = _now("to_on 不能早于 from_on，最长一年。")
        raise InvalidInput(words, details={"to_on": words})
    return selectors.hot_issues(actor, area_of(actor, asked.area), asked.from_on, asked.to_on)


@router.get(
    "/clusters/{uuid:public_id}",
    response=ClusterOut,
    auth=let_in(),
    summary=_("一案多回执"),
    operation_id="cluster",
)
def cluster(request: HttpRequest, public_id: UUID) -> Cluster:
    """Return one cluster with its receipts."""
    return selectors.cluster_get(actor_of(request), public_id)


@router.post(
    "/clusters", response={201: ClusterOut}, auth=let_in(), summary=_("并为一案"), operation_id="cluster_make"
)
def cluster_new(request: HttpRequest, body: ClusterIn) -> Status[Cluster]:
    """Handle many matters as one."""
    actor = actor_of(request)
    made = services.cluster_make(
        actor=actor,
        title=body.title,
        head_id=matter_get(actor, body.head).pk,
        matter_ids=[matter_get(actor, key).pk for key in body.matters],
        request_key=request_key_of(request),
    )
    return Status(201, made)


@router.post(
    "/clusters/{uuid:public_id}/release",
    response=ClusterOut,
    auth=let_in(),
    summary=_("从一案里分出"),
    operation_id="cluster_release",
)
def cluster_release(request: HttpRequest, public_id: UUID, body: ReleaseIn) -> Cluster:
    """Take out what turned out to be another matter."""
    actor = actor_of(request)
    return services.cluster_release(
        actor=actor,
        cluster_id=selectors.cluster_get(actor, public_id).pk,
        matter_ids=[matter_get(actor, key).pk for key in body.matters],
        reason=body.reason,
        request_key=request_key_of(request),
    )


@router.post(
    "/clusters/{uuid:public_id}/dissolve",
    response=ClusterOut,
    auth=let_in(),
    summary=_("解散一案多回执"),
    operation_id="cluster_dissolve",
)
def cluster_dissolve(request: HttpRequest, public_id: UUID, body: ReasonIn) -> Cluster:
    """Let every matter go its own way again."""
    actor = actor_of(request)
    return services.cluster_dissolve(
        actor=actor,
        cluster_id=selectors.cluster_get(actor, public_id).pk,
        reason=body.reason,
        request_key=request_key_of(request),
    )
