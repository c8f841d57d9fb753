"""Roles: granted, ended, exercised by a deputy, handed over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service
from linli.foundation.places.models import Division

from ..models import Account, Deputyship, Person, Role, Unit
from ..permissions import can_end_deputyship, can_end_role, can_grant_role, can_set_deputyship


@dataclass(frozen=True, slots=True)
class Handover:
    """What moved when somebody left."""

    duties: int
    roles: int
    deputyships: int


@service
def role_grant(
    *,
    actor: Actor,
    person: Person,
    unit: Unit,
    function: str,
    areas: Iterable[Division] = (),
    title: str = "",
    is_unit_admin: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Role:
    """Let a person act for a unit; without ``areas`` the role covers whatever the unit covers."""
    places, begins = list(areas), valid_from or clock.today()
    if not can_grant_role(actor, unit, function, tuple(place.path for place in places)):
        raise NotAllowed(_("您不能授予这个岗位。"), hint=_("岗位只能在本单位的职能和区域内授予。"))
    if valid_to is not None and valid_to < begins:
        raise InvalidInput(
            _("结束日期不能早于开始日期。"), details={"valid_to": _("结束日期不能早于开始日期。")}
        )
    if Role.objects.valid_on(begins).filter(person=person, unit=unit, function=function).exists():
        raise Conflict(_("这个人在本单位已有同样的岗位。"), hint=_("如需调整，请先结束原来的岗位。"))
    role = Role.objects.create(
        person=person,
        unit=unit,
        function=function,
        title=title.strip(),
        is_unit_admin=is_unit_admin,
        valid_from=begins,
        valid_to=valid_to,
    )
    role.areas.set(places)
    record("role.grant", role, touched=[Role.areas.through])
    return role


@service
def role_end(*, actor: Actor, role: Role) -> Role:
    """End a role now; the next page its holder opens no longer knows it."""
    if not can_end_role(actor, role):
        raise NotAllowed
    if role.ended_at is not None:
        raise Conflict(_("这个岗位已经结束。"))
    if role.is_unit_admin and role.person_id == actor.person_id:
        raise Conflict(_("不能结束自己的管理员岗位。"), hint=_("请由另一位管理员或上级管理员办理。"))
    record("role.end", role, changes_of(role, ended_at=clock.now()))
    return role


def _may_stand_in(deputy: Person, role: Role) -> bool:
    held = Role.objects.valid_on(clock.today()).filter(person=deputy, unit_id=role.unit_id or 0)
    has_account = Account.objects.filter(person=deputy, kind=Account.Kind.STAFF, is_active=True)
    return held.exists() and has_account.exists()


def _deputyship_problem(role: Role, deputy: Person, from_on: date, to_on: date) -> tuple[str, str]:
    """Return the field and the words of what is wrong, or two empty strings."""
    if to_on < from_on:
        return "to_on", _("结束日期不能早于开始日期。")
    if to_on < clock.today():
        return "to_on", _("结束日期已经过去。")
    if deputy.pk == role.person_id:
        return "deputy", _("不能由本人代理本人。")
    if not _may_stand_in(deputy, role):
        return "deputy", _("代理人须是同一单位的在岗人员。")
    overlapping = role.deputyships.filter(ended_at__isnull=True, from_on__lte=to_on, to_on__gte=from_on)
    if overlapping.exists():
        return "from_on", _("这段时间已经安排了代理人，请先取消原来的安排。")
    return "", ""


@service
def deputyship_set(
    *, actor: Actor, role: Role, deputy: Person, from_on: date, to_on: date, reason: str = ""
) -> Deputyship:
    """Let a colleague exercise a role during its holder's leave, both days included."""
    if not can_set_deputyship(actor, role):
        raise NotAllowed
    if not Role.objects.valid_on(clock.today()).filter(pk=role.pk).exists():
        raise Conflict(_("这个岗位已经结束，不需要代理。"))
    field, words = _deputyship_problem(role, deputy, from_on, to_on)
    if words:
        raise InvalidInput(words, details={field: words})
    deputyship = Deputyship.objects.create(
        role=role, deputy=deputy, from_on=from_on, to_on=to_on, reason=reason.strip()
    )
    record("deputyship.set", deputyship)
    return deputyship


@service
def deputyship_end(*, actor: Actor, deputyship: Deputyship) -> Deputyship:
    """End a deputyship now (the holder is back early)."""
    if not can_end_deputyship(actor, deputyship):
        raise NotAllowed
    if deputyship.ended_at is not None:
        raise Conflict(_("这次代理已经结束。"))
    record("deputyship.end", deputyship, changes_of(deputyship, ended_at=clock.now()))
    return deputyship


@service
def handover_all(*, actor: Actor, person: Person, successor: Person, reason: str) -> Handover:
    """Hand everything over when somebody leaves: duties to the successor, roles and deputyships ended.

    Refused unless the actor manages the unit of every role that ends; the successor works in one of
    these units. What the person has to do as a resident stays with them.
    """
    from linli.foundation.duties.services import duty_handover  # duties stands on accounts

    roles = list(Role.objects.valid_on(clock.today()).filter(person=person).select_related("unit"))
    _handover_check(actor, person, successor, roles)
    moved = duty_handover(actor=actor, from_person=person.pk, to_person=successor.pk)
    now = clock.now()
    for role in roles:
        record("role.end", role, changes_of(role, ended_at=now), purpose=reason)
    standing = Deputyship.objects.filter(deputy=person, ended_at__isnull=True, to_on__gte=clock.today())
    for deputyship in standing:
        record("deputyship.end", deputyship, changes_of(deputyship, ended_at=now), purpose=reason)
    record("person.handover", person, purpose=reason)
    return Handover(moved, len(roles), len(standing))


def _handover_check(actor: Actor, person: Person, successor: Person, roles: list[Role]) -> None:
    if not roles:
        raise Conflict(_("这个人现在没有岗位，不需要移交。"))
    if person.pk == actor.person_id or not all(can_end_role(actor, role) for role in roles):
        raise NotAllowed(
            _("您不能办理这个人的离岗移交。"),
            hint=_("本人的移交、以及在其他单位还有岗位的，请由上级管理员办理。"),
        )
    words = ""
    if successor.pk == person.pk:
        words = _("接手人不能是本人。")
    elif not any(_may_stand_in(successor, role) for role in roles):
        words = _("接手人须是同一单位的在岗人员。")
    if words:
        raise InvalidInput(words, details={"successor": words})
