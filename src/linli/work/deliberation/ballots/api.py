"""Ballots as JSON: the same services and selectors as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema, Status

from linli.core.cursor import slice_of
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, QueryInput, request_key_of

from . import selectors, tallies
from .gate import vote_place
from .models import Ballot, Elector, Kind, Proxy, Question, Vote
from .pages import readers_only
from .permissions import can_see_turnout, can_take_votes
from .selectors import BallotFilters, state_now
from .services import casting, proxies
from .workflow import ENDED

router = Router(tags=[_("表决")])


# -- what goes out --------------------------------------------------------------------------------
class ChoiceOut(Schema):
    """One choice of a question."""

    key: str
    label: str


class QuestionOut(Schema):
    """One thing that is asked."""

    key: str
    text: str
    seats: int = Field(description=_("最多选几项。"))
    choices: list[ChoiceOut]

    @staticmethod
    def resolve_key(question: Question) -> str:
        """Return by what its answers are kept."""
        return question.key


class BallotOut(Schema):
    """A ballot as it was announced; nothing of how it goes before it is counted."""

    public_id: UUID
    number: str
    title: str
    text: str
    kind: str
    way: str = Field(description=_("named 记名，secret 无记名。"))
    state: str = Field(
        description=_("按时钟算：announced、frozen、open、closed、counted、settled、cancelled。")
    )
    version: int
    rule_key: str
    channels: list[str]
    may_change: bool
    opens_at: datetime
    closes_at: datetime
    roll_digest: str
    roll_objections_until: date | None
    result_objections_until: date | None
    tally_digest: str
    questions: list[QuestionOut]

    @staticmethod
    def resolve_state(ballot: Ballot) -> str:
        """Return the state as the clock has it."""
        return state_now(ballot)

    @staticmethod
    def resolve_questions(ballot: Ballot) -> list[Question]:
        """Return what is asked, in order."""
        return list(ballot.questions.all())


class BallotsOut(Schema):
    """Some ballots, and the cursor of those that follow."""

    items: list[BallotOut]
    next_cursor: str


class TurnoutOut(Schema):
    """How many have voted so far, for whoever organises the ballot; area in 1/100 m²."""

    heads: int
    area: int
    all_heads: int
    all_area: int
    households: int = Field(description=_("有人投票的户；只在村民会议按户计算时有。"))
    all_households: int


class OwnOut(Schema):
    """A row of the roll for which the caller votes, as elector or by proxy."""

    elector: UUID = Field(alias="public_id")
    number: int
    place: str
    heads: int
    area: int
    seen: int = Field(description=_("投票时原样带回：-1 还没投过，否则是改过几次。"))

    by_proxy: bool = Field(description=_("true：受这一行的表决人委托代投。"))

    @staticmethod
    def resolve_by_proxy(elector: Elector) -> bool:
        """Return whether the caller votes for somebody else."""
        return bool(getattr(elector, "by_proxy", False))

    @staticmethod
    def resolve_seen(elector: Elector) -> int:
        """Return what a later change has to say."""
        vote: Vote | None = getattr(elector, "vote", None)
        return vote.changed if vote else casting.NONE_YET


class VoteOut(Schema):
    """One's own vote."""

    public_id: UUID
    choices: dict[str, list[str]]
    channel: str
    cast_at: datetime
    changed: int
    receipt: str


class ProxyOut(Schema):
    """Who votes for a row of the roll, masked as it is published."""

    public_id: UUID
    number: int = Field(alias="giver.number", description=_("委托人的名册号。"))
    label: str = Field(description=_("受托人，姓名遮盖。"))
    how: str = Field(description=_("brought 交来书面委托书，signed 当面签署。"))
    document: str
    given_at: datetime
    ended_at: datetime | None
    ended_reason: str


# -- what comes in ------------------------------------------------------------------------------------
class Listed(QueryInput):
    """How the list is narrowed."""

    stage: Literal["preparing", "running", "counting", "ended", "all"] = "all"
    q: str = Field("", max_length=60, description=_("题目或编号"))
    kind: Literal["", *Kind.values] = ""  # type: ignore[valid-type]
    limit: Limit = 50
    cursor: Cursor = ""


class VoteIn(Input):
    """A whole named vote: question → marked choices."""

    elector: UUID
    choices: dict[str, list[str]] = Field(examples=[{"1": ["yes"]}])
    seen: int = casting.NONE_YET


class ProxyIn(Input):
    """Whom an elector lets vote for them, by the paper signed before a worker."""

    number: int = Field(ge=1, description=_("委托人的名册号。"))
    holder: UUID = Field(description=_("受托的居民。"))
    document: str = Field(max_length=120, description=_("委托书的编号或日期。"))


class ProxyEnded(Input):
    """Why a proxy is taken back; the giver need not say."""

    reason: str = Field("", max_length=200)


# -- reading ------------------------------------------------------------------------------------------
@router.get("/ballots", response=BallotsOut, auth=let_in(), summary=_("表决列表"), operation_id="ballot_list")
def ballots(request: HttpRequest, asked: Query[Listed]) -> dict[str, Any]:
    """List the ballots of the caller's areas, the newest first."""
    actor = actor_of(request)
    readers_only(actor)
    rows = selectors.ballot_list(actor, BallotFilters(asked.stage, asked.q, asked.kind)).prefetch_related(
        "questions"
    )
    found = slice_of(
        rows.order_by("-opens_at", "-id"),
        by=("-opens_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "ballots", **asked.dict(exclude={"limit", "cursor"})},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/ballots/{uuid:public_id}",
    response=BallotOut,
    auth=let_in(),
    summary=_("一次表决"),
    operation_id="ballot",
)
def ballot(request: HttpRequest, public_id: UUID) -> Ballot:
    """Return one ballot that was announced, or a draft to its organisers."""
    return selectors.ballot_get(actor_of(request), public_id)


@router.get(
    "/ballots/{uuid:public_id}/turnout",
    response=TurnoutOut,
    auth=let_in(),
    summary=_("投票进度"),
    operation_id="ballot_turnout",
    description=_("只有组织单位看得到。"),
)
def ballot_turnout(request: HttpRequest, public_id: UUID) -> Any:
    """Return how many have voted so far."""
    actor = actor_of(request)
    found = selectors.ballot_get(actor, public_id)
    if not can_see_turnout(actor, found):
        raise NotFound
    return selectors.turnout(found)


@router.get(
    "/ballots/{uuid:public_id}/bundle",
    response=dict[str, Any],
    auth=let_in(),
    summary=_("公开数据包"),
    operation_id="ballot_bundle",
    description=_("计票以后才有；用 docs/recount.py 可以重新计票。"),
)
def ballot_bundle(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return the public bundle of a counted ballot."""
    found = selectors.public_ballot(public_id)
    if found.state not in ENDED:
        raise NotFound
    return tallies.ballot_bundle(found)


# -- voting -------------------------------------------------------------------------------------------
@router.get(
    "/ballots/{uuid:public_id}/own",
    response=list[OwnOut],
    auth=let_in(),
    summary=_("我可以投的票"),
    operation_id="ballot_own",
)
def ballot_own(request: HttpRequest, public_id: UUID) -> list[Elector]:
    """Return the rows of the roll for which the caller votes."""
    actor, found = actor_of(request), selectors.public_ballot(public_id)
    own = selectors.electors_of(actor, found)
    given = {one.giver_id for one in selectors.proxies_given(found, own)}
    held = [one.giver for one in selectors.proxies_held(actor, found)]
    for giver in held:
        giver.by_proxy = True  # type: ignore[attr-defined]
    return [one for one in own if one.pk not in given] + held


@router.post(
    "/ballots/{uuid:public_id}/vote",
    response={201: VoteOut},
    auth=let_in(),
    summary=_("投票"),
    operation_id="ballot_vote",
    description=_(
        "记名表决；本人投票，接入的系统不能代投。请带 Idempotency-Key；503 时过几秒用同一个键再发。"
    ),
)
def ballot_vote(request: HttpRequest, public_id: UUID, body: VoteIn) -> Status[Vote]:
    """Cast or change the caller's own vote."""
    with vote_place():
        cast = casting.vote_cast(
            actor=actor_of(request),
            ballot_id=public_id,
            elector_id=body.elector,
            choices=body.choices,
            seen=body.seen,
            request_key=request_key_of(request),
        )
    return Status(201, cast)


# -- proxies ------------------------------------------------------------------------------------------
@router.post(
    "/ballots/{uuid:public_id}/proxies",
    response={201: ProxyOut},
    auth=let_in(),
    summary=_("登记委托投票"),
    operation_id="ballot_proxy",
    description=_("当面签署、已核对身份的；交来的委托书要有照片，请在页面上登记。请带 Idempotency-Key。"),
)
def ballot_proxy(request: HttpRequest, public_id: UUID, body: ProxyIn) -> Status[Proxy]:
    """Take down a proxy that was signed before a worker."""
    actor = actor_of(request)
    found = selectors.ballot_get(actor, public_id)
    if not can_take_votes(actor, found):
        raise NotAllowed
    given = proxies.proxy_give(
        actor=actor,
        ballot_id=found.public_id,
        elector_id=selectors.elector_numbered(found, body.number).public_id,
        holder_id=body.holder,
        how=Proxy.How.SIGNED_HERE,
        document=body.document,
        request_key=request_key_of(request),
    )
    return Status(201, given)


@router.post(
    "/ballots/{uuid:public_id}/proxies/{uuid:proxy_id}/end",
    response=ProxyOut,
    auth=let_in(),
    summary=_("撤销委托投票"),
    operation_id="ballot_proxy_end",
    description=_("委托人本人，或登记委托的单位写明原因；投了以后不能撤销。"),
)
def ballot_proxy_end(request: HttpRequest, public_id: UUID, proxy_id: UUID, body: ProxyEnded) -> Proxy:
    """Take a proxy back before the vote is cast."""
    said = {"ballot_id": public_id, "proxy_id": proxy_id, "reason": body.reason}
    return proxies.proxy_end(actor=actor_of(request), **said)
