"""A body comes into the register, changes, is dissolved; a new term begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.foundation.places.selectors import Place

from ..kinds import BodyKind, kinds
from ..models import Body, BodyEvent, Member, Term
from ..permissions import can_keep_bodies_at
from ..refusals import invalid, invalid_if
from ..rules import day_faults, term_ends_on, term_faults
from ..selectors import lawful_day
from .acts import body_for_change, duties_settle, event_add, finish
from .members import MemberEntry, members_put

STREET_CODE = 9  # digits of a street's code; a committee's has more


@service(idempotent=True)
def body_found(
    *,
    actor: Actor,
    kind: str,
    name: str,
    where: Place,
    founded_on: date,
    parent_id: int | None = None,
    note: str = "",
) -> Body:
    """Enter a body that exists or was just founded; the actor's unit keeps it.

    ``where`` is a street for a street's bodies, a compound for owners, else a committee. From today on the
    body's lawful dates are watched.
    """
    what = _kind(kind)
    _place_checked(what, where)
    if actor.unit_id is None or not can_keep_bodies_at(actor, where.area_path):
        raise NotAllowed(_("您不能登记这个地方的组织。"), hint=_("组织由当地居委会或街镇登记。"))
    invalid_if(day_faults("founded_on", founded_on, clock.today()))
    body = Body(
        kind=kind,
        name=_named(name),
        parent=_parent(actor, what, parent_id),
        unit_id=actor.unit_id,
        area_path=where.area_path,
        place_code=where.code,
        compound=where.compound if what.level == "compound" else None,
        founded_on=founded_on,
        note=note.strip()[:300],
        created_at=clock.now(),
    )
    _saved(body)
    body.meet_by = lawful_day(body)
    body.save(update_fields=["meet_by"])
    event_add(actor=actor, body=body, verb="found")
    duties_settle(body=body)
    record("body.found", body, touched=(BodyEvent,))
    return body


def _kind(kind: str) -> BodyKind:
    if kind not in kinds():
        raise invalid(kind=_("请选择组织的种类。"))
    return kinds()[kind]


def _place_checked(what: BodyKind, where: Place) -> None:
    is_street = len(where.code) <= STREET_CODE
    if what.level == "street" and not is_street:
        raise invalid(where=_("%s属于街道，请选择街道。") % what.name)
    if what.level != "street" and is_street:
        raise invalid(where=_("请选择是哪个居委会或村委会的。"))
    if what.level != "compound":
        return
    if where.compound is None:
        raise invalid(compound=_("%s属于小区，请选择小区。") % what.name)
    lies, here = where.compound.area_path, where.area_path
    if not (lies.startswith(here) or here.startswith(lies)):
        raise invalid(compound=_("这个小区不在所选居委会的范围内。"))


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise invalid(name=_("请填写组织的名称。"))
    if len(plain) > 80:
        raise invalid(name=_("名称最多80个字。"))
    return plain


def _parent(actor: Actor, what: BodyKind, parent_id: int | None) -> Body | None:
    if parent_id is None:
        return None
    parent = Body.objects.visible_to(actor).standing().filter(pk=parent_id).first()
    if parent is None:
        raise NotFound(_("没有找到上级组织。"))
    if parent.kind != what.of:
        raise invalid(parent=_("%(name)s不能隶属于%(parent)s。") % {"name": what.name, "parent": parent.name})
    return parent


def _saved(body: Body) -> None:
    try:
        with transaction.atomic():
            body.save()
    except IntegrityError as error:
        raise invalid(name=_("这里已经有同类同名的组织。")) from error


@service
def body_change(
    *, actor: Actor, body_id: int, name: str, founded_on: date, note: str = "", version: int | None = None
) -> Body:
    """Correct a body's name, day of founding and note."""
    body = body_for_change(actor=actor, body_id=body_id, version=version)
    invalid_if(day_faults("founded_on", founded_on, clock.today()))
    first = body.members.order_by("from_on").values_list("from_on", flat=True).first()
    if first is not None and founded_on > first:
        raise invalid(founded_on=_("已有成员从%s起任职，成立日期不能更晚。") % first.isoformat())
    try:
        with transaction.atomic():
            plain = note.strip()[:300]
            changes = changes_of(body, name=_named(name), founded_on=founded_on, note=plain)
    except IntegrityError as error:
        raise invalid(name=_("这里已经有同类同名的组织。")) from error
    if not changes:
        return body
    record("body.change", body, changes)
    finish(actor=actor, body=body, verb="change")
    return body


@service
def body_dissolve(*, actor: Actor, body_id: int, on: date, reason: str, version: int | None = None) -> Body:
    """Dissolve a body: its members leave, its term ends, its duties go; it stays readable."""
    body = body_for_change(actor=actor, body_id=body_id, version=version)
    why = reason.strip()
    if not why:
        raise invalid(reason=_("请写明为什么撤销。"))
    invalid_if(day_faults("on", on, clock.today(), not_before=body.founded_on))
    if body.children.filter(dissolved_on__isnull=True).exists():
        raise Conflict(_("下属组织还没有撤销。"), hint=_("请先撤销下属组织。"))
    _latest_before(body, on)
    body.members.filter(to_on__isnull=True).update(to_on=on, leaving=Member.Leaving.ENDED)
    body.terms.filter(ended_on__isnull=True).update(ended_on=on)
    changes = changes_of(body, dissolved_on=on, dissolved_reason=why[:300])
    record("body.dissolve", body, changes, touched=(Member, Term))
    finish(actor=actor, body=body, verb="dissolve", note=why)
    return body


def _latest_before(body: Body, on: date) -> None:
    latest = body.members.filter(to_on__isnull=True).order_by("-from_on").first()
    if latest is not None and latest.from_on > on:
        raise invalid(on=_("有成员从%s起任职，日期不能更早。") % latest.from_on.isoformat())


@service
def term_begin(
    *,
    actor: Actor,
    body_id: int,
    begins_on: date,
    ends_on: date | None = None,
    members: Sequence[MemberEntry] = (),
    version: int | None = None,
) -> Body:
    """Begin a body's next term; the one before it ends the day before, and so do its members.

    Without ``ends_on`` it lasts as long as the law lets it （五年）. ``members`` are those elected.
    """
    body = body_for_change(actor=actor, body_id=body_id, version=version)
    what, previous = body.what, body.terms.first()
    last_day = ends_on or term_ends_on(what, begins_on)
    faults = day_faults("begins_on", begins_on, clock.today(), not_before=body.founded_on)
    invalid_if(faults or term_faults(what, begins_on, last_day, previous.begins_on if previous else None))
    _end(body, begins_on)
    term = Term.objects.create(
        body=body, number=previous.number + 1 if previous else 1, begins_on=begins_on, ends_on=last_day
    )
    members_put(body=body, term=term, from_on=begins_on, entries=members, by=actor.person_id)
    finish(
        actor=actor,
        body=body,
        verb="term",
        note=f"第{term.number}届，{begins_on.isoformat()}至{last_day.isoformat()}",
    )
    return body


def _end(body: Body, begins_on: date) -> None:
    """End what runs the day before; who only came in on the very day of the new term stays until then."""
    day_before = begins_on - timedelta(days=1)
    body.terms.filter(ended_on__isnull=True).update(ended_on=day_before)
    leaving = body.members.filter(to_on__isnull=True, from_on__lt=begins_on)
    leaving.update(to_on=day_before, leaving=Member.Leaving.TERM)
