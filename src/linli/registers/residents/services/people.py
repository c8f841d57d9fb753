"""Persons: registered, corrected, moved between households, moved away; births, deaths, guardians."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotFound
from linli.core.service import service
from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import in_house_language
from linli.foundation.duties.services import duty_close, duty_open

from ..checking import reason_checked
from ..entries import GuardianEntry, PersonEntry, PersonRead, needs_guardian, person_read
from ..locking import household_locked, members_now, memberships_now, part_locked, resident_locked
from ..models import AccountLink, CareEntry, Guardian, Household, Membership, Resident
from ..placing import home_of, place_of
from ..refusals import GuardianNeeded, invalid
from ..sealing import number_index, sealed_get, sealed_values
from .acts import Act
from .entering import (
    day_after_begin,
    guardians_found,
    guardians_name,
    head_pass,
    member_join,
    members_leave,
    occupancy_end,
    person_take,
)
from .placing import resident_place

Presence, Relation = Membership.Presence, Membership.Relation
GUARDIAN_LIMIT = Limit(3, LimitUnit.WORKING_DAY, "民法典第31、32条：监护不能中断；期限为本平台默认")


def _place(household: Household) -> dict[str, Any]:
    return {name: getattr(household, name) for name in ("area_path", "place_code", "compound_id")}


def _same_there(household: Household, person: PersonRead) -> bool:
    """Whether somebody of the same name and birth belongs to the household already (a form sent twice)."""
    for row in members_now(household):
        same_name = sealed_get(row.resident, "name") == person.name
        born = sealed_get(row.resident, "birth")
        if same_name and (not born or person.birth is None or born == person.birth.isoformat()):
            return True
    return False


@service(idempotent=True)
def resident_register(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    person: PersonEntry,
    relation: str,
    presence: str = "living",
    from_on: date | None = None,
    guardians: Sequence[GuardianEntry] = (),
    reason: str = "",
) -> Resident:
    """Register a person in a household; who came back under their number is taken up again.

    ``from_on`` None: nobody knows since when. Under 14 a guardian is needed (``guardian_proposals``).
    """
    household = household_locked(actor, household_id, version)
    read = person_read(person, clock.today())
    if _same_there(household, read):
        raise Conflict(_("这一户已有同名同生日的人。"), hint=_("如果是两个人，请先补全两人的证件号码。"))
    act = Act(actor, "resident.register", on=from_on, reason=reason)
    resident = person_take(act=act, person=read, place=_place(household))
    member_join(
        act=act,
        household=household,
        resident=resident,
        relation=relation,
        presence=presence,
        from_on=from_on,
    )
    guardians_name(act=act, ward=resident, guardians=guardians_found(actor=actor, entries=guardians))
    act.finish(resident)
    return resident


@service(idempotent=True)
def resident_enter(
    *,
    actor: Actor,
    part_id: str,
    person: PersonEntry,
    guardians: Sequence[GuardianEntry] = (),
    reason: str = "",
) -> Resident:
    """Enter a person who belongs to no household here: the owner of a part who lives elsewhere."""
    part = part_locked(actor, part_id)
    act = Act(actor, "resident.enter", reason=reason)
    resident = person_take(act=act, person=person_read(person, clock.today()), place=place_of(part))
    guardians_name(act=act, ward=resident, guardians=guardians_found(actor=actor, entries=guardians))
    act.about(part)
    act.finish(resident)
    return resident


@service
def resident_correct(
    *,
    actor: Actor,
    resident_id: str,
    version: int,
    reason: str,
    name: str | None = None,
    number: str | None = None,
    number_kind: str = "",
    phone: str | None = None,
    birth: date | str | None = None,
    sex: str | None = None,
    source: str = "worker",
) -> Resident:
    """Correct what was written of a person; what is not given stays, empty text removes (not the name).

    ``reason`` is needed. What a number says must agree with the rest. From now on ``origins`` names
    ``source`` (the worker, or the person themselves) for what was changed.
    """
    resident = resident_locked(actor, resident_id, version)
    act = Act(actor, "resident.correct", reason=reason_checked(reason, is_required=True), source=source)
    old = {field: sealed_get(resident, field) for field in ("name", "number", "phone", "birth")}
    entry = PersonEntry(
        name=old["name"] if name is None else name,
        number=old["number"] if number is None else number,
        number_kind=number_kind or (resident.number_kind if number is None else ""),
        phone=old["phone"] if phone is None else phone,
        birth=old["birth"] if birth is None else birth,
        sex=resident.sex if sex is None else sex,
    )
    read = person_read(entry, clock.today())
    _number_free(resident, read)
    if needs_guardian(read.birth, act.on) and not resident.guardians.filter(to_on__isnull=True).exists():
        raise GuardianNeeded
    _write(act, resident, old, read)
    act.finish(resident)
    return resident


def _number_free(resident: Resident, person: PersonRead) -> None:
    index = number_index(person.number)
    taken = Resident.objects.filter(number_index=index).exclude(pk=resident.pk) if index else None
    if taken is not None and taken.exists():
        message = _(
            "这个证件号码已经登记在另一个人名下。一个号码只能属于一个人，请核对；如果是同一个人，请合并。"
        )
        raise invalid(number=message)


def _write(act: Act, resident: Resident, old: dict[str, str], person: PersonRead) -> None:
    new = {
        "name": person.name,
        "number": person.number,
        "phone": person.phone,
        "birth": person.birth.isoformat() if person.birth else "",
    }
    changed = {field: value for field, value in new.items() if value != old[field]}
    columns = sealed_values(resident, **changed)
    plain = {"sex": person.sex, "number_kind": person.number_kind}
    known = [*changed, *(["sex"] if person.sex != resident.sex else [])]
    if known:
        today = clock.today().isoformat()
        columns["origins"] = resident.origins | {field: [act.source, today] for field in known}
    act.change(resident, **columns, **plain)


@service
def resident_move(
    *,
    actor: Actor,
    resident_id: str,
    version: int,
    household_id: str,
    relation: str,
    presence: str = "living",
    head: str = "",
    on: date | None = None,
    reason: str = "",
) -> Resident:
    """Let a person leave the household they live in (or are registered in) and join another, on a day.

    ``head`` names who is head of those who are left, needed where the head leaves; where nobody is left the
    household ends.
    """
    resident = resident_locked(actor, resident_id, version)
    into = household_locked(actor, household_id)
    act = Act(actor, "resident.move", on=on, reason=reason)
    rows = [row for row in memberships_now(resident) if row.presence == presence]
    if any(row.household_id == into.pk for row in rows):
        raise Conflict(_("这个人已经在这一户。"))
    members_leave(act=act, rows=rows, on=act.on)
    _heads_pass(act, rows, head)
    member_join(
        act=act, household=into, resident=resident, relation=relation, presence=presence, from_on=act.on
    )
    if resident.state == Resident.State.AWAY:
        act.change(resident, state=Resident.State.HERE, state_on=act.on)
    resident_place(act=act, resident=resident)
    act.finish(resident)
    return resident


@service
def resident_move_away(
    *,
    actor: Actor,
    resident_id: str,
    version: int,
    on: date | None = None,
    is_registered_still: bool = False,
    head: str = "",
    reason: str = "",
) -> Resident:
    """Let a person move out of the registry's sight; ``is_registered_still``: 户在人不在, the hukou stays."""
    resident = resident_locked(actor, resident_id, version)
    rows = memberships_now(resident)
    living = [row for row in rows if row.presence == Presence.LIVING]
    if not rows or (is_registered_still and not living):
        raise Conflict(_("这个人现在没有登记居住在这里。"))
    act = Act(actor, "resident.move_away", on=on, reason=reason)
    leaving = living if is_registered_still else rows
    members_leave(act=act, rows=leaving, on=act.on)
    if is_registered_still and len(rows) == len(living):
        row = living[0]
        member_join(
            act=act,
            household=row.household,
            resident=resident,
            relation=row.relation,
            presence=Presence.REGISTERED,
            from_on=act.on,
        )
    else:
        _heads_pass(act, leaving, head)
    if not is_registered_still:
        act.change(resident, state=Resident.State.AWAY, state_on=act.on)
    resident_place(act=act, resident=resident)
    act.finish(resident)
    return resident


def _heads_pass(act: Act, left: Sequence[Membership], head: str) -> None:
    """Name other heads, and close households that nobody is left in."""
    for household in {row.household_id: row.household for row in left}.values():
        head_pass(act=act, household=household, head_id=head, on=act.on)
        if not members_now(household):
            for occupancy in household.occupancies.filter(to_on__isnull=True).select_related("part"):
                occupancy_end(act=act, occupancy=occupancy, on=act.on)
            act.change(household, ended_on=act.on)


@service(idempotent=True)
def birth_register(
    *,
    actor: Actor,
    mother_id: str,
    person: PersonEntry,
    relation: str,
    father_id: str = "",
    reason: str = "",
) -> Resident:
    """Register a newborn in the mother's household; mother, and father where named, are the guardians.

    ``relation`` is the child's to the head. The day of birth is needed.
    """
    mother = resident_locked(actor, mother_id)
    if mother.sex == Resident.Sex.MALE:
        raise invalid(mother=_("请选择孩子的母亲。"))
    home = next(iter(memberships_now(mother)), None)
    if home is None:
        raise Conflict(_("母亲没有登记在任何一户，请先登记母亲的住处。"))
    read = person_read(person, clock.today())
    if read.birth is None:
        raise invalid(birth=_("请填写出生日期。"))
    household = household_locked(actor, home.household.public_id)
    if _same_there(household, read):
        raise Conflict(_("这一户已有同名同生日的人。"))
    act = Act(actor, "resident.birth", on=read.birth, reason=reason)
    child = person_take(act=act, person=read, place=_place(household))
    member_join(
        act=act,
        household=household,
        resident=child,
        relation=relation,
        presence=Presence.LIVING,
        from_on=max(read.birth, home.from_on or read.birth),  # with the mother, where she came later
    )
    parents = [(mother, str(Guardian.Kind.PARENT))]
    parents += guardians_found(
        actor=actor, entries=[GuardianEntry(father_id, Guardian.Kind.PARENT)] if father_id else []
    )
    guardians_name(act=act, ward=child, guardians=parents)
    act.finish(child)
    return child


@service
def death_register(
    *,
    actor: Actor,
    resident_id: str,
    version: int,
    on: date,
    head: str = "",
    reason: str = "",
) -> Resident:
    """Register a death: memberships, guardianships, care and the account link end that day; titles stay.

    A child under 14 who loses the only guardian becomes somebody's duty. ``head`` as in ``resident_move``.
    """
    resident = resident_locked(actor, resident_id, version)
    born = sealed_get(resident, "birth")
    if born and on.isoformat() < born:
        raise invalid(on=_("去世日期不能早于出生日期。"))
    act = Act(actor, "resident.death", on=on, reason=reason)
    rows = memberships_now(resident)
    members_leave(act=act, rows=rows, on=act.on)
    _heads_pass(act, rows, head)
    wards = [row.ward for row in resident.wards.filter(to_on__isnull=True).select_related("ward")]
    for guardian in [
        *resident.wards.filter(to_on__isnull=True),
        *resident.guardians.filter(to_on__isnull=True),
    ]:
        act.change(guardian, to_on=max(act.on, guardian.from_on or act.on))
    _ties_end(act, resident, _("登记去世"))
    act.change(resident, state=Resident.State.DEAD, state_on=act.on)
    for ward in wards:
        _guardian_missing(act, ward)
    act.finish(resident)
    return resident


def _ties_end(act: Act, resident: Resident, reason: str) -> None:
    states = (CareEntry.State.PROPOSED, CareEntry.State.CONFIRMED)
    for care in CareEntry.objects.filter(resident=resident, state__in=states):
        act.change(care, state=CareEntry.State.ENDED)
    for link in AccountLink.objects.standing().filter(resident=resident):
        act.change(link, state=AccountLink.State.ENDED, ended_at=act.at, reason=reason)


def _guardian_missing(act: Act, ward: Resident) -> None:
    born = sealed_get(ward, "birth")
    is_child = needs_guardian(date.fromisoformat(born) if born else None, clock.today())
    if not is_child or ward.guardians.filter(to_on__isnull=True).exists():
        return
    with in_house_language():
        duty_open(
            room="residents",
            subject_id=str(ward.public_id),
            subject_number="",
            title="一名未满14周岁的孩子失去了登记的监护人",
            url=_card_url(ward),
            action="name_guardian",
            action_label="登记监护人",
            area_path=ward.area_path,
            limit=GUARDIAN_LIMIT,
            function=Function.COMMITTEE,
        )


def _card_url(resident: Resident) -> str:
    home = home_of(resident)
    return f"/desk/residents/households/{home.household.public_id}/" if home else "/desk/residents/"


@service
def guardian_set(
    *, actor: Actor, resident_id: str, version: int, guardian: GuardianEntry, reason: str = ""
) -> Resident:
    """Register another guardian of a person; the duty to name one is done."""
    ward = resident_locked(actor, resident_id, version)
    found = guardians_found(actor=actor, entries=[guardian])
    if ward.guardians.filter(to_on__isnull=True, guardian=found[0][0]).exists():
        raise Conflict(_("这位监护人已经登记。"))
    act = Act(actor, "guardian.set", reason=reason)
    guardians_name(act=act, ward=ward, guardians=found)
    duty_close(room="residents", subject_id=str(ward.public_id), action="name_guardian", by=actor.person_id)
    act.finish(ward)
    return ward


@service
def guardian_end(
    *,
    actor: Actor,
    resident_id: str,
    version: int,
    guardian_id: str,
    on: date | None = None,
    reason: str,
) -> Resident:
    """End a guardianship; the last one of a child under 14 stays until another is named."""
    ward = resident_locked(actor, resident_id, version)
    rows = ward.guardians.filter(to_on__isnull=True).select_for_update()
    chosen = next((row for row in rows if str(row.guardian.public_id) == str(guardian_id)), None)
    if chosen is None:
        raise NotFound(_("没有找到这位监护人的登记。"))
    born = sealed_get(ward, "birth")
    if len(rows) == 1 and needs_guardian(date.fromisoformat(born) if born else None, clock.today()):
        raise GuardianNeeded
    act = Act(actor, "guardian.end", on=on, reason=reason_checked(reason, is_required=True))
    day_after_begin(on=act.on, begun=chosen.from_on)
    act.change(chosen, to_on=act.on)
    act.finish(ward)
    return ward
