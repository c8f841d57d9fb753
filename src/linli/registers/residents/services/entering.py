"""Steps of several services: people come into the registry, join and leave households, get guardians."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict
from linli.core.service import require_service
from linli.foundation.places.models import Part

from ..checking import choice_checked
from ..entries import GuardianEntry, PersonRead, is_adult, needs_guardian
from ..locking import is_seen, members_now
from ..models import Guardian, Household, Membership, Occupancy, Resident
from ..placing import home_of, part_of
from ..refusals import GuardianNeeded, HeadNeeded, PersonElsewhere, invalid
from ..rules import relation_after
from ..sealing import number_index, sealed_get, sealed_set
from ..tokens import county_of, name_plain
from .acts import Act

Relation, Presence = Membership.Relation, Membership.Presence
KNOWN_FIELDS = ("name", "number", "phone", "birth", "sex")


def _birth(resident: Resident) -> date | None:
    text = sealed_get(resident, "birth")
    return date.fromisoformat(text) if text else None


@require_service
def person_take(*, act: Act, person: PersonRead, place: dict[str, Any]) -> Resident:
    """Return the person with this number who comes back, or a new one; one number is one person.

    Raises ``PersonElsewhere`` for somebody who is here already, ``Conflict`` for another name or a death.
    """
    known = _known(person)
    if known is None:
        return _person_make(act, person, place)
    if name_plain(sealed_get(known, "name")) != name_plain(person.name):
        raise Conflict(
            _("这个证件号码已经登记在另一个姓名下。"),
            hint=_("请核对号码和姓名；如果登记的姓名错了，请先更正那一条。"),
        )
    if known.state == Resident.State.DEAD:
        raise Conflict(_("这个人已登记去世。"), hint=_("如果登记错了，请先撤销去世登记。"))
    if home_of(known) is not None and known.memberships.filter(to_on__isnull=True).exists():
        raise _elsewhere(act.actor, known)
    act.change(known, state=Resident.State.HERE, state_on=act.on, **place)
    return known


def _known(person: PersonRead) -> Resident | None:
    index = number_index(person.number)
    if index is None:
        return None
    found = Resident.objects.select_for_update().filter(number_index=index).first()
    while found is not None and found.merged_into_id is not None:
        found = Resident.objects.select_for_update().get(pk=found.merged_into_id)
    return found


def _elsewhere(actor: Actor, known: Resident) -> PersonElsewhere:
    """Say where somebody is already, as far as the actor may know."""
    home = home_of(known)
    part = part_of(home.household) if home else None
    if part is not None and is_seen(actor, known):
        return PersonElsewhere(
            _("这个人已经登记在%(where)s。") % {"where": part},
            hint=_("一个人不能同时住在两处。请改办“迁入本户”。"),
            details={"where": str(part), "resident": str(known.public_id)},
        )
    return PersonElsewhere(
        _("这个人已经登记在另一辖区。"),
        hint=_("请申请迁入，对方居委确认后登记到这里；在此之前什么都不会改变。"),
        details={"is_elsewhere": True},
    )


def _person_make(act: Act, person: PersonRead, place: dict[str, Any]) -> Resident:
    resident = Resident(
        number_kind=person.number_kind,
        sex=person.sex,
        source=act.source,
        state_on=act.on,
        created_at=act.at,
        updated_at=act.at,
        county_code=county_of(place["area_path"]),
        **place,
    )
    sealed_set(resident, name=person.name, number=person.number, phone=person.phone, birth=person.birth)
    known = [name for name in KNOWN_FIELDS if getattr(person, name)]
    resident.origins = {name: [act.source, clock.local_date(act.at).isoformat()] for name in known}
    return act.add(resident)


@require_service
def member_join(
    *,
    act: Act,
    household: Household,
    resident: Resident,
    relation: str,
    presence: str,
    from_on: date | None,
) -> Membership:
    """Let a person belong to a household; the second head and whoever is there already are refused."""
    choice_checked(Membership, "relation", relation)
    choice_checked(Membership, "presence", presence)
    here = household.memberships.filter(to_on__isnull=True)
    if relation == Relation.HEAD and here.filter(relation=Relation.HEAD).exists():
        message = _("这一户已经有户主。一户只能有一位户主，请改选与户主的关系，或办理变更户主。")
        raise invalid(relation=message)
    if here.filter(resident=resident, presence=presence).exists():
        raise Conflict(_("这个人已经在这一户。"))
    return act.add(
        Membership(
            household=household,
            resident=resident,
            relation=relation,
            presence=presence,
            from_on=from_on,
            source=act.source,
            recorded_at=act.at,
        )
    )


@require_service
def members_leave(*, act: Act, rows: Iterable[Membership], on: date) -> None:
    """End memberships on a day."""
    for row in rows:
        day_after_begin(on=on, begun=row.from_on)
        act.change(row, to_on=on)


@require_service
def occupancy_end(*, act: Act, occupancy: Occupancy | None, on: date) -> None:
    """End a stay in a part on a day, where there is one."""
    if occupancy is not None:
        day_after_begin(on=on, begun=occupancy.from_on)
        act.change(occupancy, to_on=on)


@require_service
def occupancy_begin(
    *, act: Act, household: Household, part: Part, tenure: str, from_on: date | None
) -> Occupancy:
    """Let a household live in a part."""
    choice_checked(Occupancy, "tenure", tenure)
    return act.add(
        Occupancy(
            part=part,
            household=household,
            tenure=tenure,
            from_on=from_on,
            source=act.source,
            recorded_at=act.at,
        )
    )


@require_service
def day_after_begin(*, on: date, begun: date | None) -> None:
    """Refuse an end before its beginning."""
    if begun is not None and on < begun:
        words = _("日期不能早于登记的开始日期%(begun)s。") % {"begun": begun.isoformat()}
        raise invalid(on=words)


@require_service
def relation_set(*, act: Act, row: Membership, relation: str, on: date) -> Membership:
    """Let a member be something else to the head from a day on; what they were stays as history."""
    if row.relation == relation:
        return row
    day_after_begin(on=on, begun=row.from_on)
    if row.from_on == on:
        act.change(row, relation=relation)
        return row
    act.change(row, to_on=on)
    return member_join(
        act=act,
        household=row.household,
        resident=row.resident,
        relation=relation,
        presence=row.presence,
        from_on=on,
    )


@require_service
def head_pass(*, act: Act, household: Household, head_id: str, on: date) -> None:
    """Name another head where those who are left have none; the only one left is it.

    ``head_id`` is a resident's public id. Raises ``HeadNeeded``. Collective households have no head.
    """
    left = members_now(household)
    if not left or household.kind == Household.Kind.COLLECTIVE:
        return
    if any(row.relation == Relation.HEAD for row in left):
        return
    if not head_id and len({row.resident_id for row in left}) > 1:
        raise HeadNeeded
    chosen = [row for row in left if not head_id or str(row.resident.public_id) == str(head_id)]
    if not chosen:
        raise invalid(head=_("新的户主必须是这一户的人。"))
    head_set(act=act, rows=left, head=chosen[0], on=on)


@require_service
def head_set(*, act: Act, rows: Sequence[Membership], head: Membership, on: date) -> None:
    """Make a member the head; the others' relations follow where they follow for certain."""
    was = head.relation
    after = {row.pk: relation_after(was, row.relation) for row in rows if row.resident_id != head.resident_id}
    for row in sorted(rows, key=lambda row: row.relation != Relation.HEAD):  # the former head first
        if row.pk in after:
            relation_set(act=act, row=row, relation=after[row.pk], on=on)
    relation_set(act=act, row=head, relation=Relation.HEAD, on=on)


@require_service
def guardians_name(*, act: Act, ward: Resident, guardians: Sequence[tuple[Resident, str]]) -> None:
    """Register who looks after a person; a child under 14 without any is refused (``GuardianNeeded``).

    Ages are those of today, whenever the rest of the act happened; nobody has a guardian before birth.
    """
    today, born = clock.local_date(act.at), _birth(ward)
    for guardian, kind in guardians:
        choice_checked(Guardian, "kind", kind)
        birth = _birth(guardian)
        if guardian.pk == ward.pk:
            raise invalid(guardian=_("监护人必须是另一个人。"))
        if birth is not None and not is_adult(birth, today):
            raise invalid(guardian=_("监护人必须年满18周岁。"))
        if guardian.state in (Resident.State.DEAD, Resident.State.MERGED, Resident.State.ERASED):
            raise invalid(guardian=_("监护人的登记已经失效，请另选一位。"))
        act.add(
            Guardian(
                ward=ward,
                guardian=guardian,
                kind=kind,
                from_on=max(act.on, born) if born else act.on,
                source=act.source,
                recorded_at=act.at,
            )
        )
    has_one = guardians or ward.guardians.filter(to_on__isnull=True).exists()
    if not has_one and needs_guardian(born, today):
        raise GuardianNeeded


@require_service
def guardians_found(*, actor: Actor, entries: Sequence[GuardianEntry]) -> list[tuple[Resident, str]]:
    """Return the persons named as guardians; they must be in the actor's areas."""
    found = []
    for entry in entries:
        rows = Resident.objects.visible_to(actor).select_for_update()
        person = rows.filter(public_id=entry.resident_id).first()
        if person is None:
            raise invalid(guardian=_("没有找到这位监护人的登记，请先登记监护人。"))
        found.append((person, entry.kind))
    return found
