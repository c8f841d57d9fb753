"""Policies as JSON: what is in force and was, for every system; drafts as text for who writes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from linli.core import clock
from linli.core.errors import Conflict, NotFound
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.shapes import Input

from ..language.source import MOST_CHARACTERS
from ..models import Policy, PolicyVersion
from . import selectors
from .checked import Looked, looked_through
from .services.versions import version_save

router = Router(tags=[gettext_noop("惠民政策")])
ENDED = gettext_noop("从哪天起停办；空表示没有停办。")


class PolicyLine(Schema):
    """One policy in force today."""

    code: str
    name: str
    authority: str
    unit: str = Field(description=gettext_noop("person 个人、household 家庭、child 孩子。"))
    version: int
    from_on: date
    to_on: date | None
    ended_on: date | None = Field(description=ENDED)
    document: str


class PoliciesOut(Schema):
    """Every policy in force on a day."""

    on: date
    items: list[PolicyLine]


class VersionOut(Schema):
    """One published version, with its rule and cases as they were published."""

    version: int
    from_on: date | None
    to_on: date | None
    document: str
    remark: str
    digest: str
    text: str = Field(description=gettext_noop("规则（YAML）。"))
    cases: str = Field(description=gettext_noop("案例（YAML）。"))


class PolicyOut(Schema):
    """One policy with all its published versions, the newest first."""

    public_id: UUID
    code: str
    name: str
    authority: str
    unit: str
    in_force: int | None = Field(description=gettext_noop("今天在用的版本；空表示没有。"))
    ended_on: date | None = Field(description=ENDED)
    versions: list[VersionOut]


class StandardOut(Schema):
    """One dated figure in force."""

    code: str
    name: str
    from_on: date
    amount: int = Field(description=gettext_noop("金额以分为单位；不是金额的就是这个数。"))
    is_money: bool
    source: str
    mark: str


class StandardsOut(Schema):
    """Every figure in force on a day at the caller's place, or the city's."""

    on: date
    items: list[StandardOut]


class DraftIn(Input):
    """The whole of a draft."""

    lock: int = Field(description=gettext_noop("读到的草稿的修改次数；别人改过就不写入。"))
    text: str = Field(max_length=MOST_CHARACTERS)
    cases: str = Field("", max_length=MOST_CHARACTERS)


class FindingOut(Schema):
    """One thing that must be mended (fault) or looked at (odd)."""

    kind: str
    place: str
    line: int
    words: str
    hint: str


class CaseOut(Schema):
    """How one case came out."""

    name: str
    is_right: bool
    words: str


class DraftOut(Schema):
    """A draft with what the checker and its cases say."""

    version: int
    state: str
    refusal: str = Field(description=gettext_noop("被退回的理由；空表示没有被退回。"))
    refused_at: datetime | None
    lock: int
    text: str
    cases_text: str
    findings: list[FindingOut]
    cases: list[CaseOut]


@router.get(
    "/policies",
    response=PoliciesOut,
    summary=gettext_noop("在用的惠民政策"),
    operation_id="benefit_policies",
    description=gettext_noop("某一天在用的全部政策；不写日期就是今天。"),
)
def benefit_policies(request: HttpRequest, on: date | None = None) -> dict[str, Any]:
    """Return what is in force on a day, by name."""
    day = on or clock.today()
    found = sorted(selectors.versions_in_force(day), key=lambda version: version.policy.name)
    return {"on": day, "items": [_line(version) for version in found]}


def _line(version: PolicyVersion) -> dict[str, Any]:
    policy = version.policy
    about = {name: getattr(policy, name) for name in ("code", "name", "authority", "unit", "ended_on")}
    days = {"from_on": version.from_on, "to_on": version.to_on}
    return {**about, **days, "version": version.number, "document": version.document}


@router.get(
    "/policies/{slug:code}",
    response=PolicyOut,
    summary=gettext_noop("一项惠民政策"),
    operation_id="benefit_policy",
    description=gettext_noop("一项政策和它发布过的各个版本，附规则和案例。"),
)
def benefit_policy(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a policy that has been published, with its versions."""
    policy = Policy.objects.public().filter(code=code).first()
    if policy is None:
        raise NotFound(_("没有这项政策。"))
    now = selectors.version_on(policy, clock.today())
    rows = policy.versions.filter(selectors.PUBLISHED).order_by("-from_on")
    names = ("public_id", "code", "name", "authority", "unit", "ended_on")
    about = {name: getattr(policy, name) for name in names}
    return {**about, "in_force": now.number if now else None, "versions": [_version(row) for row in rows]}


def _version(row: PolicyVersion) -> dict[str, Any]:
    names = ("from_on", "to_on", "document", "remark", "digest", "text", "cases")
    return {"version": row.number, **{name: getattr(row, name) for name in names}}


@router.get(
    "/standards",
    response=StandardsOut,
    summary=gettext_noop("在用的政策标准"),
    operation_id="benefit_standards",
    description=gettext_noop("某一天在用的各项标准；不写日期就是今天。"),
)
def benefit_standards(request: HttpRequest, on: date | None = None) -> dict[str, Any]:
    """Return the figures of a day."""
    day = on or clock.today()
    rows = selectors.standard_rows_of(day)
    names = ("code", "name", "from_on", "amount", "is_money", "source", "mark")
    return {"on": day, "items": [{name: getattr(row, name) for name in names} for row in rows]}


@router.get(
    "/drafts/{uuid:public_id}",
    response=DraftOut,
    summary=gettext_noop("政策草稿"),
    operation_id="benefit_draft",
    description=gettext_noop("正在写或待核准的版本，附检查和案例的结果。"),
)
def benefit_draft(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """Return what is in work of a policy, for whom drafts are."""
    version = _work(request, public_id)
    return _draft(version, looked_through(version))


@router.put(
    "/drafts/{uuid:public_id}",
    response=DraftOut,
    summary=gettext_noop("保存政策草稿"),
    operation_id="benefit_draft_save",
    description=gettext_noop("写入整份规则和案例，马上检查并重算每个案例。"),
)
def benefit_draft_save(request: HttpRequest, public_id: UUID, said: DraftIn) -> dict[str, Any]:
    """Write a draft's texts, as the page does."""
    version = _work(request, public_id)
    saved = version_save(actor=actor_of(request), policy_id=version.policy_id, **said.dict())
    return _draft(saved, looked_through(saved))


def _work(request: HttpRequest, public_id: UUID) -> PolicyVersion:
    version = selectors.draft_get(actor_of(request), public_id)
    if version is None:
        raise Conflict(_("这项政策现在没有草稿。"), hint=_("请先起草新版本。"))
    return version


def _draft(version: PolicyVersion, looked: Looked) -> dict[str, Any]:
    return {
        "version": version.number,
        "state": version.state,
        "refusal": version.refusal,
        "refused_at": version.refused_at,
        "lock": version.lock,
        "text": version.text,
        "cases_text": version.cases,
        "findings": looked.kept,
        "cases": [{"name": c.name, "is_right": c.is_right, "words": c.words} for c in looked.cases],
    }
