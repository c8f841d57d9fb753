"""Households: opened, moved in, out and between parts, split, merged, with their head and their tenure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput
from linli.core.service import service
from linli.foundation.places.models import Part

from ..checking import choice_checked, day_checked
from ..entries import MemberEntry, person_read
from ..locking import household_locked, members_now, memberships_now, occupancy_now, part_locked
from ..models import Household, Membership, Occupancy, Resident
from ..placing import place_of
from ..refusals import invalid
from .acts import Act
from .entering import (
    guardians_found,
    guardians_name,
    head_pass,
    head_set,
    member_join,
    members_leave,
    occupancy_begin,
    occupancy_end,
    person_take,
)
from .placing import household_place

Relation = Membership.Relation
MOST_MEMBERS = 40


@service(idempotent=True)
def household_open(
    *,
    actor: Actor,
    part_id: str,
    members: Sequence[MemberEntry],
    tenure: str = "",
    from_on: date | None = None,
    kind: str = "family",
    reason: str = "",
) -> Household:
    """Register a household with its people in a part; ``from_on`` None: nobody knows since when.

    Refused as a whole; ``details["members"]`` maps the place of a person in the list to what is wrong there.
    """
    part = part_locked(actor, part_id)
    choice_checked(Household, "kind", kind)
    _members_checked(members, kind)
    act = Act(actor, "household.open", on=from_on, reason=reason)
    household = act.add(
        Household(kind=kind, created_at=act.at, updated_at=act.at, **place_of(part)),
    )
    occupancy_begin(act=act, household=household, part=part, tenure=tenure, from_on=from_on)
    people = [_member_enter(act, household, part, i, entry, from_on) for i, entry in enumerate(members)]
    for i, (resident, entry) in enumerate(zip(people, members, strict=True)):
        with _FaultsOf(i):
            own = [] if entry.guardian is None else [(people[entry.guardian], entry.guardian_kind)]
            named = own + guardians_found(actor=actor, entries=entry.guardians)
            guardians_name(act=act, ward=resident, guardians=named)
    act.finish(household)
    return household


def _members_checked(members: Sequence[MemberEntry], kind: str) -> None:
    if not members:
        raise invalid(members=_("请至少登记一个人。"))
    if len(members) > MOST_MEMBERS:
        raise invalid(members=_("一次最多登记%d个人，其余的请以后再加。") % MOST_MEMBERS)
    heads = sum(entry.relation == Relation.HEAD for entry in members)
    if heads > 1:
        raise invalid(members=_("一户只能有一位户主，现在写了%d位。") % heads)
    if not heads and kind == Household.Kind.FAMILY:
        raise invalid(members=_("请指定一位户主。"))
    for entry in members:
        if entry.guardian is not None and not 0 <= entry.guardian < len(members):
            raise invalid(members=_("监护人不在这一户的名单里。"))


class _FaultsOf:
    """Say of which person in the list a refusal speaks."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, fault: BaseException | None, trace: Any) -> None:
        if isinstance(fault, InvalidInput):
            words = _("第%(number)d人：%(message)s") % {"number": self.number + 1, "message": fault.message}
            raise InvalidInput(words, details={"members": {self.number: fault.details}}) from fault


def _member_enter(
    act: Act, household: Household, part: Part, number: int, entry: MemberEntry, from_on: date | None
) -> Resident:
    with _FaultsOf(number):
        since = entry.from_on or from_on
        if since is not None:
            day_checked(since)
        person = person_read(entry.person, clock.local_date(act.at))
        resident = person_take(act=act, person=person, place=place_of(part))
        member_join(
            act=act,
            household=household,
            resident=resident,
            relation=entry.relation,
            presence=entry.presence,
            from_on=since,
        )
        return resident


@service
def household_move(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    part_id: str,
    on: date | None = None,
    tenure: str = "",
    reason: str = "",
) -> Household:
    """Let a household move to another part on a day: both in the actor's areas."""
    household = household_locked(actor, household_id, version)
    part = part_locked(actor, part_id)
    act = Act(actor, "household.move", on=on, reason=reason)
    here = occupancy_now(household)
    if here is not None and here.part_id == part.pk:
        raise invalid(part=_("这一户现在就住在这里。"))
    occupancy_end(act=act, occupancy=here, on=act.on)
    occupancy_begin(act=act, household=household, part=part, tenure=tenure, from_on=act.on)
    _people_back(act, household)
    household_place(act=act, household=household)
    act.finish(household)
    return household


@service
def household_move_in(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    part_id: str,
    on: date | None = None,
    tenure: str = "",
    reason: str = "",
) -> Household:
    """Let a household that lives nowhere here (moved out, or a dwelling not known) move into a part."""
    household = household_locked(actor, household_id, version)
    part = part_locked(actor, part_id)
    if occupancy_now(household) is not None:
        raise Conflict(_("这一户已经登记在另一套房屋，请办搬家。"))
    act = Act(actor, "household.move_in", on=on, reason=reason)
    occupancy_begin(act=act, household=household, part=part, tenure=tenure, from_on=act.on)
    _people_back(act, household)
    household_place(act=act, household=household)
    act.finish(household)
    return household


def _people_back(act: Act, household: Household) -> None:
    for row in members_now(household):
        is_back = row.presence == Membership.Presence.LIVING and row.resident.state == Resident.State.AWAY
        if is_back:
            act.change(row.resident, state=Resident.State.HERE, state_on=act.on)


@service
def household_move_out(
    *, actor: Actor, household_id: str, version: int, on: date | None = None, reason: str = ""
) -> Household:
    """Let a household leave its part for somewhere outside the registry; its people are away from that day.

    The household goes on: when it comes back it moves in again.
    """
    household = household_locked(actor, household_id, version)
    here = occupancy_now(household)
    if here is None:
        raise Conflict(_("这一户没有登记在住的房屋。"))
    act = Act(actor, "household.move_out", on=on, reason=reason)
    occupancy_end(act=act, occupancy=here, on=act.on)
    for row in members_now(household):
        if row.presence == Membership.Presence.LIVING:
            act.change(row.resident, state=Resident.State.AWAY, state_on=act.on)
    act.finish(household)
    return household


@service(idempotent=True)
def household_split(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    leaving: Mapping[str, str],
    part_id: str = "",
    head: str = "",
    on: date | None = None,
    tenure: str = "",
    reason: str = "",
) -> Household:
    """Let some people of a household become one of their own; returns the new household.

    ``leaving`` maps the public ids of those who leave to their relation to the new head (one of them
    ``head``). ``part_id`` is where they live, by default where they are. ``head`` is who is head of those who
    stay, needed where the head leaves.
    """
    household = household_locked(actor, household_id, version)
    act = Act(actor, "household.split", on=on, reason=reason)
    rows = _leaving(household, leaving)
    here = occupancy_now(household)
    if not part_id and here is None:
        raise invalid(part=_("请选择新的一户住在哪里。"))
    part = part_locked(actor, part_id or str(here.part.public_id if here else ""))
    new = act.add(Household(created_at=act.at, updated_at=act.at, **place_of(part)))
    stays = here is not None and here.part_id == part.pk
    kept = here.tenure if here is not None and stays else ""
    occupancy_begin(act=act, household=new, part=part, tenure=tenure or kept, from_on=act.on)
    members_leave(act=act, rows=rows, on=act.on)
    for row in rows:
        relation = leaving[str(row.resident.public_id)]
        member_join(
            act=act,
            household=new,
            resident=row.resident,
            relation=relation,
            presence=row.presence,
            from_on=act.on,
        )
    head_pass(act=act, household=household, head_id=head, on=act.on)
    household_place(act=act, household=new)
    act.finish(new)
    return new


def _leaving(household: Household, leaving: Mapping[str, str]) -> list[Membership]:
    rows = members_now(household)
    chosen = [row for row in rows if str(row.resident.public_id) in leaving]
    if not chosen or len({row.resident_id for row in chosen}) < len(leaving):
        raise invalid(leaving=_("请从这一户选择分出去的人。"))
    if len(chosen) == len(rows):
        raise invalid(leaving=_("不能把所有人都分出去；全户搬走请办搬家。"))
    heads = sum(relation == Relation.HEAD for relation in leaving.values())
    if heads != 1:
        raise invalid(leaving=_("请在分出去的人里指定一位户主。"))
    return chosen


@service
def household_merge(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    into_id: str,
    relations: Mapping[str, str] | None = None,
    on: date | None = None,
    reason: str = "",
) -> Household:
    """Let a household become part of another; it ends, its people live where the other lives.

    ``relations`` maps public ids of those who come to their relation to the other's head; who is not named is
    other kin. Returns the household that goes on.
    """
    household = household_locked(actor, household_id, version)
    into = household_locked(actor, into_id)
    if household.pk == into.pk:
        raise invalid(into=_("请选择另一户。"))
    act = Act(actor, "household.merge", on=on, reason=reason)
    rows = members_now(household)
    members_leave(act=act, rows=rows, on=act.on)
    for row in rows:
        relation = (relations or {}).get(str(row.resident.public_id), Relation.OTHER_KIN)
        member_join(
            act=act,
            household=into,
            resident=row.resident,
            relation=relation,
            presence=row.presence,
            from_on=act.on,
        )
    occupancy_end(act=act, occupancy=occupancy_now(household), on=act.on)
    act.change(household, ended_on=act.on)
    household_place(act=act, household=into)
    act.finish(into)
    return into


@service
def head_change(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    head: str,
    on: date | None = None,
    reason: str = "",
) -> Household:
    """Make another member (public id) the head from a day on; the others' relations follow."""
    household = household_locked(actor, household_id, version)
    rows = members_now(household)
    chosen = next((row for row in rows if str(row.resident.public_id) == str(head)), None)
    if chosen is None:
        raise invalid(head=_("新的户主必须是这一户的人。"))
    if chosen.relation == Relation.HEAD:
        raise invalid(head=_("这个人现在就是户主。"))
    act = Act(actor, "household.head_change", on=on, reason=reason)
    head_set(act=act, rows=rows, head=chosen, on=act.on)
    act.finish(household)
    return household


@service
def occupancy_tenure_set(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    tenure: str,
    on: date | None = None,
    reason: str = "",
) -> Household:
    """Say how a household lives in its part: from a day on, or (no day) as it always should have said."""
    household = household_locked(actor, household_id, version)
    here = occupancy_now(household)
    if here is None:
        raise Conflict(_("这一户没有登记在住的房屋。"))
    choice_checked(Occupancy, "tenure", tenure)
    act = Act(actor, "household.tenure", on=on, reason=reason)
    if on is None or here.from_on == act.on:
        act.change(here, tenure=tenure)
    elif here.tenure != tenure:
        occupancy_end(act=act, occupancy=here, on=act.on)
        occupancy_begin(act=act, household=household, part=here.part, tenure=tenure, from_on=act.on)
    act.finish(household)
    return household


@service
def member_correct(
    *,
    actor: Actor,
    household_id: str,
    version: int,
    resident_id: str,
    reason: str,
    relation: str | None = None,
    presence: str | None = None,
    from_on: date | None = None,
) -> Household:
    """Correct what was written of a member: relation, whether they live here, since when.

    Another head is made by ``head_change``, so that no household has two.
    """
    household = household_locked(actor, household_id, version)
    row = next((r for r in members_now(household) if str(r.resident.public_id) == str(resident_id)), None)
    if row is None:
        raise invalid(resident=_("这个人不在这一户。"))
    act = Act(actor, "household.member_correct", reason=reason)
    after: dict[str, Any] = {}
    if relation is not None and relation != row.relation:
        if Relation.HEAD in (relation, row.relation):
            raise invalid(relation=_("更换户主请办“变更户主”。"))
        after["relation"] = choice_checked(Membership, "relation", relation)
    if presence is not None and presence != row.presence:
        after["presence"] = _presence_free(row, choice_checked(Membership, "presence", presence))
    if from_on is not None:
        after["from_on"] = day_checked(from_on)
    if row.to_on is None and act.change(row, **after) and "presence" in after:
        household_place(act=act, household=household)
    act.finish(household)
    return household


def _presence_free(row: Membership, presence: str) -> str:
    others = [r for r in memberships_now(row.resident) if r.pk != row.pk and r.presence == presence]
    if others:
        raise Conflict(
            _("这个人的“%(presence)s”已经登记在另一户。") % {"presence": Membership.Presence(presence).label},
            hint=_("一个人不能同时住在两处。请先在那一户办迁出。"),
        )
    return presence
