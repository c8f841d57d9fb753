"""Elections and recalls as JSON: reading, naming, supporting, agreeing, declaring, as on the pages."""

from __future__ import annotations

from collections.abc import Callable
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

from ..bodies.kinds import Declaration
from . import selectors, services
from .models import Candidate, Election, Post, Recall, Round
from .permissions import can_see_elections
from .workflow import Recalling, State

router = Router(tags=[_("选举与罢免")])
States = Literal["", *State.values]  # type: ignore[valid-type]
Recallings = Literal["", *Recalling.values]  # type: ignore[valid-type]


# -- what goes out ------------------------------------------------------------------------
class PostOut(Schema):
    """One office and how many are elected to it."""

    order: int
    title: str
    seats: int


class CandidateOut(Schema):
    """Somebody who was named; ``key`` is by what ballots know them."""

    public_id: UUID
    key: str
    post: int = Field(alias="post.order", description=_("职务的序号。"))
    name: str
    about: str
    how: str = Field(description=_("party 党组织提名，voters 选民联名提名。"))
    state: str = Field(description=_("named、standing、withdrawn、struck、elected。"))
    reason: str
    names: int = Field(description=_("联名的选民人数。"))
    agreed_at: datetime | None
    round: int | None = Field(description=_("第几轮当选。"))


class RoundOut(Schema):
    """One vote, the ballot by which it is held, and what it came to: post → elected, tied, seats left."""

    number: int
    ballot: UUID = Field(alias="ballot.public_id")
    outcome: dict[str, Any]
    taken_at: datetime | None


class ElectionOut(Schema):
    """An election as lists have it; nobody is named."""

    public_id: UUID
    number: str
    version: int
    state: str = Field(
        description=_(
            "nominating 提名中，listed 候选人已公布，voting 投票选举，held 待移交，handed，cancelled。"
        )
    )
    title: str
    rule_key: str
    rule_on: date
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    place_code: str
    compound: UUID | None = Field(None, alias="compound.public_id")
    needs_woman: bool
    nominations_until: date
    listed_at: datetime | None
    concluded_at: datetime | None
    vacancies: str
    handed_on: date | None
    seated_on: date | None
    cancelled_reason: str


class ElectionWholeOut(ElectionOut):
    """An election with its posts, and the candidates and rounds that the caller may know of."""

    posts: list[PostOut]
    candidates: list[CandidateOut]
    rounds: list[RoundOut]
    proxies: int = Field(description=_("最近一轮投票登记了几份委托。"))

    @staticmethod
    def resolve_posts(election: Election) -> list[Post]:
        """Return the posts in their order."""
        return list(election.posts.all())

    @staticmethod
    def resolve_candidates(election: Election, context: dict[str, Any]) -> list[Candidate]:
        """Return whom the caller knows of."""
        return selectors.candidates_told(actor_of(context["request"]), election)

    @staticmethod
    def resolve_rounds(election: Election, context: dict[str, Any]) -> list[Round]:
        """Return the rounds that the caller knows of."""
        return selectors.rounds_told(actor_of(context["request"]), election)

    @staticmethod
    def resolve_proxies(election: Election) -> int:
        """Return how many stand."""
        return selectors.proxies_of(election).count()


class ElectionsOut(Schema):
    """Some elections, and the cursor of those that follow."""

    items: list[ElectionOut]
    next_cursor: str


class RecallOut(Schema):
    """A proposal of recall: why, what the one concerned says, how many ask of how many needed."""

    public_id: UUID
    number: str
    version: int
    state: str = Field(
        description=_("collecting 附议中，voting 罢免投票，recalled 已罢免，kept 未通过，dropped。")
    )
    rule_key: str
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    office: str
    needed: int = Field(description=_("法定要多少人附议。"))
    found: int = Field(description=_("已附议的人数。"))
    ballot: UUID = Field(alias="ballot.public_id")
    ended_reason: str


class RecallWholeOut(RecallOut):
    """A proposal with whom it names."""

    name: str
    reason: str
    defence: str


class RecallsOut(Schema):
    """Some recalls, and the cursor of those that follow."""

    items: list[RecallOut]
    next_cursor: str


# -- what comes in ----------------------------------------------------------------------------
class ElectionsListed(QueryInput):
    """How the list is narrowed."""

    q: str = Field("", max_length=60, description=_("编号或名称。"))
    state: States = ""
    limit: Limit = 50
    cursor: Cursor = ""


class RecallsListed(QueryInput):
    """How the list is narrowed."""

    q: str = Field("", max_length=60, description=_("编号、职务或组织单位"))
    state: Recallings = ""
    limit: Limit = 50
    cursor: Cursor = ""


class Named(Input):
    """Somebody named by the party organisation, with its document; or, without them, the caller."""

    post: int = Field(description=_("职务的序号。"))
    resident: UUID | None = Field(None, description=_("提名的居民；居民本人自荐时不填。"))
    document: str = Field("", max_length=120, description=_("党组织提名的文件或会议；自荐时不填。"))
    about: str = Field("", max_length=300)


class Supported(Input):
    """Who signed on paper; without anybody, the caller for themselves."""

    residents: list[UUID] = Field([], max_length=500, description=_("纸上联名的选民；本人联名时不填。"))


class Ended(Input):
    """Why somebody no longer stands."""

    reason: str = Field(max_length=200)


class Declared(Input):
    """What a candidate declares of near relatives in office, from the signed paper that was checked."""

    has: bool = Field(description=_("有没有近亲属任职。"))
    whom: str = Field("", max_length=100, description=_("是谁、担任什么职务；加密保存，不再显示。"))
    is_checked: bool = Field(description=_("已核对本人签字的声明。"))


# -- elections ----------------------------------------------------------------------------------
@router.get(
    "/elections", response=ElectionsOut, auth=let_in(), summary=_("选举列表"), operation_id="election_list"
)
def elections(request: HttpRequest, asked: Query[ElectionsListed]) -> dict[str, Any]:
    """List the elections of the caller's areas, the latest first."""
    actor = actor_of(request)
    if not can_see_elections(actor):
        raise NotAllowed()
    found = slice_of(
        selectors.election_list(actor, asked.q, asked.state),
        by=("-created_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "elections", **asked.dict(exclude={"limit", "cursor"})},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/elections/{uuid:public_id}",
    response=ElectionWholeOut,
    auth=let_in(),
    summary=_("一次选举"),
    operation_id="election",
    description=_("候选人与公开页面上的一样；组织和监督的单位还看得到没有列入的和原因。"),
)
def election(request: HttpRequest, public_id: UUID) -> Election:
    """Return one election with who stands."""
    return selectors.election_public(public_id)


def _act(request: HttpRequest, service: Callable[..., Any], public_id: UUID, **said: Any) -> Election:
    service(actor=actor_of(request), request_key=request_key_of(request), **said)
    return selectors.election_public(public_id)


@router.post(
    "/elections/{uuid:public_id}/candidates",
    response=ElectionWholeOut,
    auth=let_in(),
    summary=_("提名或自荐候选人"),
    operation_id="candidate_name",
    description=_("组织单位登记党组织的提名；居民本人自荐。"),
)
def candidate_name(request: HttpRequest, public_id: UUID, said: Named) -> Election:
    """Name a candidate for the party organisation, or stand oneself."""
    if said.resident is None:
        if said.document:
            raise invalid(resident=_now("登记党组织的提名要写明提名谁。"))
        offered = said.dict(include={"post", "about"})
        return _act(request, services.candidate_offer, public_id, election_id=public_id, **offered)
    named = {**said.dict(exclude={"resident"}), "resident_id": said.resident}
    return _act(request, services.candidate_propose, public_id, election_id=public_id, **named)


def _candidate(request: HttpRequest, public_id: UUID, candidate_id: UUID) -> UUID:
    return selectors.candidate_get(selectors.election_public(public_id), candidate_id).public_id


@router.post(
    "/elections/{uuid:public_id}/candidates/{uuid:candidate_id}/support",
    response=ElectionWholeOut,
    auth=let_in(),
    summary=_("联名提名"),
    operation_id="candidate_support",
)
def candidate_support(request: HttpRequest, public_id: UUID, candidate_id: UUID, said: Supported) -> Election:
    """Name a candidate together with others."""
    found = _candidate(request, public_id, candidate_id)
    people = {"resident_ids": said.residents}
    return _act(request, services.candidate_support, public_id, candidate_id=found, **people)


@router.post(
    "/elections/{uuid:public_id}/candidates/{uuid:candidate_id}/agree",
    response=ElectionWholeOut,
    auth=let_in(),
    summary=_("登记本人同意参选"),
    operation_id="candidate_agree",
)
def candidate_agree(request: HttpRequest, public_id: UUID, candidate_id: UUID, said: Nothing) -> Election:
    """Write down that a candidate agrees to stand."""
    found = _candidate(request, public_id, candidate_id)
    return _act(request, services.candidate_agree, public_id, candidate_id=found)


@router.post(
    "/elections/{uuid:public_id}/candidates/{uuid:candidate_id}/end",
    response=ElectionWholeOut,
    auth=let_in(),
    summary=_("退出或取消候选"),
    operation_id="candidate_end",
)
def candidate_end(request: HttpRequest, public_id: UUID, candidate_id: UUID, said: Ended) -> Election:
    """Withdraw as a candidate, or take one off as the organiser."""
    found = _candidate(request, public_id, candidate_id)
    return _act(request, services.candidate_end, public_id, candidate_id=found, reason=said.reason)


@router.post(
    "/elections/{uuid:public_id}/candidates/{uuid:candidate_id}/declaration",
    response=ElectionWholeOut,
    auth=let_in(),
    summary=_("登记近亲属声明"),
    operation_id="candidate_declare",
    description=_("法律不许有近亲属任职的，有就不能参选；声明的人名不返回。"),
)
def candidate_declare(request: HttpRequest, public_id: UUID, candidate_id: UUID, said: Declared) -> Election:
    """Write down what a candidate declares of near relatives."""
    found = _candidate(request, public_id, candidate_id)
    declaration = Declaration(**said.dict())
    return _act(request, services.candidate_declare, public_id, candidate_id=found, declaration=declaration)


# -- recalls --------------------------------------------------------------------------------------
@router.get("/recalls", response=RecallsOut, auth=let_in(), summary=_("罢免列表"), operation_id="recall_list")
def recalls(request: HttpRequest, asked: Query[RecallsListed]) -> dict[str, Any]:
    """List the proposals of recall of the caller's areas, the latest first."""
    actor = actor_of(request)
    if not can_see_elections(actor):
        raise NotAllowed()
    found = slice_of(
        selectors.recall_list(actor, asked.q, asked.state),
        by=("-created_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "recalls", **asked.dict(exclude={"limit", "cursor"})},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/recalls/{uuid:public_id}",
    response=RecallWholeOut,
    auth=let_in(),
    summary=_("一件罢免提议"),
    operation_id="recall",
)
def recall(request: HttpRequest, public_id: UUID) -> Recall:
    """Return one proposal of recall."""
    return selectors.recall_public(public_id)


@router.post(
    "/recalls/{uuid:public_id}/support",
    response=RecallWholeOut,
    auth=let_in(),
    summary=_("附议罢免"),
    operation_id="recall_support",
)
def recall_support(request: HttpRequest, public_id: UUID, said: Supported) -> Recall:
    """Support a recall: the caller for themselves, the organiser from signed papers."""
    services.recall_support(
        actor=actor_of(request),
        recall_id=public_id,
        resident_ids=said.residents,
        request_key=request_key_of(request),
    )
    return selectors.recall_public(public_id)
