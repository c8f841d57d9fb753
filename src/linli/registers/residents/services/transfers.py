"""A person or a household comes from another committee's area: asked for here, confirmed there."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import in_house_language
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.notices.services import notice_queue
from linli.foundation.places.models import Part

from ..checking import choice_checked, day_checked, reason_checked
from ..entries import PersonEntry, person_read
from ..locking import (
    household_locked,
    is_seen,
    members_now,
    memberships_now,
    occupancy_now,
    part_locked,
)
from ..models import Household, Membership, Occupancy, Resident, Transfer
from ..permissions import can_decide_transfer, can_withdraw_transfer
from ..placing import place_of
from ..refusals import invalid
from ..sealing import number_index, sealed_get
from ..tokens import name_plain
from .acts import Act
from .entering import head_pass, member_join, members_leave, occupancy_begin, occupancy_end
from .placing import household_place, resident_place

ACTION = "confirm_transfer"
TRANSFER_LIMIT = Limit(3, LimitUnit.WORKING_DAY, "本平台默认：迁移由迁出地居委在3个工作日内确认")


@service(idempotent=True)
def resident_claim(
    *,
    actor: Actor,
    person: PersonEntry,
    part_id: str,
    household_id: str = "",
    relation: str = "head",
    presence: str = "living",
    is_whole_household: bool = False,
    tenure: str = "",
    on: date | None = None,
) -> Transfer:
    """Ask for somebody who is registered in another area; known by name and number, both of which must fit.

    Nothing changes, and nothing is told about the person, until the committee there confirms. Without
    ``household_id`` they come as a household of their own; ``is_whole_household``: all of theirs come.
    """
    part = part_locked(actor, part_id)
    household = household_locked(actor, household_id) if household_id else None
    known = _known(actor, person)
    if Transfer.objects.filter(resident=known, state=Transfer.State.ASKED).exists():
        raise Conflict(_("这个人已有一件迁移待对方确认。"))
    choice_checked(Membership, "relation", relation)
    if household is None and relation != Membership.Relation.HEAD and not is_whole_household:
        raise invalid(relation=_("单独成户的人是户主；请选“户主”，或选择迁入哪一户。"))
    if household is not None and is_whole_household:
        raise invalid(household=_("全户迁移请不要选择迁入哪一户；如需并户，请在迁入后办理。"))
    transfer = Transfer.objects.create(
        resident=known,
        is_whole_household=is_whole_household,
        part=part,
        household=household,
        relation=relation,
        presence=choice_checked(Membership, "presence", presence),
        tenure=choice_checked(Occupancy, "tenure", tenure),
        moved_on=day_checked(on),
        area_path=known.area_path,
        asked_at=clock.now(),
        asked_by_id=actor.person_id,
        asked_unit_id=actor.unit_id,
    )
    _duty_open(transfer)
    record("transfer.ask", transfer)
    return transfer


def _known(actor: Actor, person: PersonEntry) -> Resident:
    read = person_read(person, clock.today())
    if not read.number:
        raise invalid(number=_("申请迁入需要证件号码。"))
    rows = Resident.objects.filter(number_index=number_index(read.number))
    known: Resident | None = rows.first()
    fits = known is not None and name_plain(sealed_get(known, "name")) == name_plain(read.name)
    if known is None or not fits or known.state != Resident.State.HERE:
        raise NotFound(
            _("没有找到姓名和证件号码都相符的登记。"), hint=_("请核对；没有登记过的人请直接登记。")
        )
    if is_seen(actor, known):
        raise Conflict(_("这个人就登记在您的辖区，请直接办理转户或搬家。"))
    if not memberships_now(known):
        raise Conflict(_("这个人没有登记在任何一户，请直接登记到这里。"))
    return known


def _duty_open(transfer: Transfer) -> None:
    with in_house_language():
        duty_open(
            room="residents",
            subject_id=str(transfer.public_id),
            subject_number="",
            title="有居民申请迁入别的居委，请核对是否已搬走",
            url=f"/desk/residents/transfers/{transfer.public_id}/",
            action=ACTION,
            action_label="确认迁移",
            area_path=transfer.area_path,
            limit=TRANSFER_LIMIT,
            function=Function.COMMITTEE,
        )


def _transfer(actor: Actor, public_id: UUID | str) -> Transfer:
    rows = (
        Transfer.objects.visible_to(actor).select_for_update(of=("self",)).select_related("part", "resident")
    )
    try:
        found = rows.filter(public_id=public_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NotFound(_("没有找到这件迁移。"))
    if found.state != Transfer.State.ASKED:
        raise Conflict(_("这件迁移已经办完：%(state)s。") % {"state": found.get_state_display()})
    return found


@service
def transfer_confirm(*, actor: Actor, transfer_id: UUID | str, head: str = "") -> Transfer:
    """Let the person (or the household) go where they were asked for; it takes effect as of the day asked.

    ``head`` names who is head of those who stay, needed where the head goes.
    """
    transfer = _transfer(actor, transfer_id)
    if not can_decide_transfer(actor, transfer):
        raise NotAllowed
    act = Act(actor, "transfer.confirm", on=transfer.moved_on)
    resident = Resident.objects.select_for_update().get(pk=transfer.resident_id)
    if resident.state != Resident.State.HERE:
        raise Conflict(_("这个人的登记已经变化，不能再迁移。"), hint=_("请选“不同意”并说明。"))
    if transfer.is_whole_household:
        _household_go(act, resident, transfer)
    else:
        _resident_go(act, resident, transfer, head)
    act.about(resident)
    _decided(act, transfer, Transfer.State.CONFIRMED)
    act.finish(transfer)
    return transfer


def _household_go(act: Act, resident: Resident, transfer: Transfer) -> None:
    rows = [row for row in memberships_now(resident) if row.presence == transfer.presence]
    if not rows:
        raise Conflict(_("这个人的登记已经变化，不能再迁移。"), hint=_("请选“不同意”并说明。"))
    household = rows[0].household
    occupancy_end(act=act, occupancy=occupancy_now(household), on=act.on)
    occupancy_begin(act=act, household=household, part=transfer.part, tenure=transfer.tenure, from_on=act.on)
    household_place(act=act, household=household)


def _resident_go(act: Act, resident: Resident, transfer: Transfer, head: str) -> None:
    rows = [row for row in memberships_now(resident) if row.presence == transfer.presence]
    members_leave(act=act, rows=rows, on=act.on)
    for row in rows:
        head_pass(act=act, household=row.household, head_id=head, on=act.on)
        if not members_now(row.household):
            occupancy_end(act=act, occupancy=occupancy_now(row.household), on=act.on)
            act.change(row.household, ended_on=act.on)
    into = transfer.household or _household_new(act, transfer.part, transfer.tenure)
    if into.ended_on is not None:
        raise Conflict(_("要迁入的那一户已经销户。"), hint=_("请选“不同意”并说明。"))
    member_join(
        act=act,
        household=into,
        resident=resident,
        relation=transfer.relation,
        presence=transfer.presence,
        from_on=act.on,
    )
    resident_place(act=act, resident=resident)


def _household_new(act: Act, part: Part, tenure: str) -> Household:
    household = act.add(Household(created_at=act.at, updated_at=act.at, **place_of(part)))
    occupancy_begin(act=act, household=household, part=part, tenure=tenure, from_on=act.on)
    return household


def _decided(act: Act, transfer: Transfer, state: str, reason: str = "") -> None:
    act.change(transfer, state=state, decided_at=act.at, decided_by_id=act.actor.person_id, reason=reason)
    _told(act.actor, transfer)


def _told(actor: Actor, transfer: Transfer) -> None:
    """Close the duty; say to who asked what became of it."""
    duty_close(room="residents", subject_id=str(transfer.public_id), action=ACTION, by=actor.person_id)
    if transfer.asked_by_id and transfer.asked_by_id != actor.person_id:
        with in_house_language():
            notice_queue(
                person_ids=[transfer.asked_by_id],
                kind="registry.transfer",
                title=f"迁入申请：{transfer.get_state_display()}",
                body=transfer.reason or "对方居委已经核对。",
                url=f"/desk/residents/transfers/{transfer.public_id}/",
            )


@service
def transfer_refuse(*, actor: Actor, transfer_id: UUID | str, reason: str) -> Transfer:
    """Say that the person has not moved; the asking committee is told why."""
    transfer = _transfer(actor, transfer_id)
    if not can_decide_transfer(actor, transfer):
        raise NotAllowed
    return _ended(actor, transfer, Transfer.State.REFUSED, reason_checked(reason, is_required=True))


@service
def transfer_withdraw(*, actor: Actor, transfer_id: UUID | str) -> Transfer:
    """Take an asked transfer back."""
    transfer = _transfer(actor, transfer_id)
    if not can_withdraw_transfer(actor, transfer):
        raise NotAllowed
    return _ended(actor, transfer, Transfer.State.WITHDRAWN, "")


def _ended(actor: Actor, transfer: Transfer, state: str, reason: str) -> Transfer:
    verb = "transfer.refuse" if state == Transfer.State.REFUSED else "transfer.withdraw"
    changes = changes_of(
        transfer, state=state, decided_at=clock.now(), decided_by_id=actor.person_id, reason=reason
    )
    _told(actor, transfer)
    record(verb, transfer, changes)
    return transfer
