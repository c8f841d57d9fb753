"""Who belongs to a body: joining, taking another post, leaving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound
from linli.core.service import changes_of, record, require_service, service

from ..kinds import Declaration, declaration_faults
from ..models import Body, Member, Term
from ..refusals import invalid, invalid_if
from ..rules import day_faults
from .acts import body_for_change, finish


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """One member to be: a resident of the register, an account's person, or a name; with a post.

    ``ballot`` is the public id of the ballot that elected them; who was elected declared as a candidate.
    """

    post: str
    name: str = ""
    resident_id: int | None = None
    person_id: int | None = None
    is_woman: bool | None = None
    speaks_for: str = ""
    ballot: UUID | None = None
    declaration: Declaration | None = None


@service
def member_join(
    *, actor: Actor, body_id: int, entry: MemberEntry, from_on: date, version: int | None = None
) -> Body:
    """Enter a member from a day on; one person is in a body once, and not in two that exclude each other."""
    body = body_for_change(actor=actor, body_id=body_id, version=version)
    if body.what.everybody:
        raise Conflict(_("%s由全体组成，没有成员名单。") % body.what.name)
    invalid_if(day_faults("from_on", from_on, clock.today(), not_before=body.founded_on))
    term = body.terms.filter(ended_on__isnull=True).first()
    if term is not None and from_on < term.begins_on:
        raise invalid(from_on=_("本届从%s开始，日期不能更早。") % term.begins_on.isoformat())
    most = body.what.members
    if most and body.members.filter(to_on__isnull=True).count() >= most[1]:
        words = _("%(name)s最多%(n)d人（%(law)s）。")
        raise Conflict(
            words % {"name": body.what.name, "n": most[1], "law": body.what.source},
            hint=_("请先登记离任的成员。"),
        )
    member = _put(body, term, from_on, entry, actor.person_id)
    finish(actor=actor, body=body, verb="join", member=member)
    return body


@require_service
def members_put(
    *, body: Body, term: Term, from_on: date, entries: Iterable[MemberEntry], by: int | None
) -> None:
    """Enter the members of a new term; ``by`` is the person who checked what they declare."""
    for entry in entries:
        _put(body, term, from_on, entry, by)


def _put(body: Body, term: Term | None, from_on: date, entry: MemberEntry, by: int | None) -> Member:
    name = " ".join(entry.name.split())
    known = entry.resident_id is not None or entry.person_id is not None
    invalid_if(_entry_faults(body, entry, name, known))
    member = Member(
        body=body,
        term=term,
        resident_id=entry.resident_id,
        person_id=entry.person_id,
        name="" if known else name,
        post=entry.post,
        is_woman=entry.is_woman,
        speaks_for=entry.speaks_for.strip()[:80],
        ballot=entry.ballot,
        from_on=from_on,
        **_declared(body, entry, by),
    )
    _alone(body, member)
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        raise Conflict(_("这个人已经是成员，不能登记两次。")) from error
    return member


def _declared(body: Body, entry: MemberEntry, by: int | None) -> dict[str, Any]:
    """Return what is kept of a declaration; refused where the law forbids what it says."""
    said = entry.declaration
    if said is not None or entry.ballot is None:
        invalid_if(declaration_faults(body.what, said))
    if said is None or body.what.relatives is None:
        return {}
    whom = said.whom.strip()[:100] if said.has else ""
    return {"has_relatives": said.has, "relatives_whom": whom, "relatives_checked_by_id": by}


def _entry_faults(body: Body, entry: MemberEntry, name: str, known: bool) -> dict[str, str]:
    if not (name or known):
        return {"name": _("请填写姓名，或填写登记里的证件号码。")}
    if len(name) > 40:
        return {"name": _("姓名最多40个字。")}
    if entry.post not in dict(body.what.posts):
        return {"post": _("请选择职务。")}
    return {}


def _alone(body: Body, member: Member) -> None:
    """Refuse who is in the body already under the same name, or in one that excludes this one."""
    present = body.members.filter(to_on__isnull=True).select_related("resident", "person")
    same = [one for one in present if one.full_name == member.full_name]
    if any(one.speaks_for == member.speaks_for for one in same):
        raise Conflict(
            _("这个人已经是成员，不能登记两次。"), hint=_("同名的另一个人，请在“代表哪里”里写明以便区别。")
        )
    excluding = Member.objects.filter(
        to_on__isnull=True,
        body__kind__in=body.what.not_with,
        body__area_path=body.area_path,
        body__dissolved_on__isnull=True,
    ).select_related("resident", "person", "body")
    for other in excluding:
        if _is_same(other, member):
            words = _("%(body)s的成员不得兼任%(this)s的成员（%(law)s）。")
            said = {"body": other.body.what.name, "this": body.what.name, "law": body.what.source}
            raise Conflict(words % said)


def _is_same(one: Member, other: Member) -> bool:
    """Whether two members are one person as far as can be known: by register, account or name."""
    for key in ("resident_id", "person_id"):
        if getattr(one, key) is not None and getattr(other, key) is not None:
            return bool(getattr(one, key) == getattr(other, key))
    return one.full_name == other.full_name


def _member(body: Body, member_id: int) -> Member:
    found = body.members.filter(pk=member_id).select_related("body").first()
    if found is None:
        raise NotFound(_("没有找到这位成员。"))
    if found.to_on is not None:
        raise Conflict(_("这位成员已经离任。"))
    return found


@service
def member_post(
    *,
    actor: Actor,
    body_id: int,
    member_id: int,
    post: str,
    speaks_for: str = "",
    is_woman: bool | None = None,
    version: int | None = None,
) -> Body:
    """Give a member another post, or correct for whom they speak."""
    body = body_for_change(actor=actor, body_id=body_id, version=version)
    member = _member(body, member_id)
    if post not in dict(body.what.posts):
        raise invalid(post=_("请选择职务。"))
    changes = changes_of(member, post=post, speaks_for=speaks_for.strip()[:80], is_woman=is_woman)
    if changes:
        record("body.post", member, changes)
        finish(actor=actor, body=body, verb="post", note=body.what.post_name(post), member=member)
    return body


@service
def member_leave(
    *, actor: Actor, body_id: int, member_id: int, on: date, leaving: str, version: int | None = None
) -> Body:
    """Note that a member left, when and why; the lawful consequences are others' business."""
    body = body_for_change(actor=actor, body_id=body_id, version=version)
    member = _member(body, member_id)
    if leaving not in Member.Leaving.values:
        raise invalid(leaving=_("请选择离任的原因。"))
    invalid_if(day_faults("on", on, clock.today(), not_before=member.from_on))
    changes = changes_of(member, to_on=on, leaving=leaving, relatives_whom="")
    record("body.leave", member, changes)
    finish(actor=actor, body=body, verb="leave", note=str(Member.Leaving(leaving).label), member=member)
    return body
