"""The roll: made from the registry, published, objected to, put right, frozen with its digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.fields import uuid7
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.places.models import Part
from linli.registers.residents.masking import name_masked
from linli.registers.residents.models import Resident
from linli.registers.residents.owning.rules import area_checked
from linli.registers.residents.sealing import sealed_get

from ..models import Ballot, Elector, ElectorPart, Objection
from ..permissions import can_take_votes
from ..rollsources import (
    OWNERS,
    RollRow,
    counts_households,
    memberships_of,
    part_place,
    parts_chosen,
    roll_rows,
)
from ..rules import roll_digest
from ..selectors import proxies_standing, roll_lines, running_elsewhere
from ..wording import day_words
from .steps import ballot_begin, ballot_move, ballot_shared, duty_done, text_required

BATCH = 2_000


@service
def roll_build(*, actor: Actor, ballot_id: UUID, on: date | None = None) -> Ballot:
    """Make the roll from the registry as it is on a day (default: today); only before it is published."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="edit")
    day = on or clock.today()
    rows = roll_rows(actor, ballot, day)
    ElectorPart.objects.filter(ballot=ballot).delete()
    Elector.objects.filter(ballot=ballot).delete()
    electors = _electors(ballot, rows)
    parts = [
        ElectorPart(ballot=ballot, elector=elector, part_id=part, area=area)
        for elector, row in zip(electors, rows, strict=True)
        for part, area in row.parts
    ]
    ElectorPart.objects.bulk_create(parts, batch_size=BATCH)
    return ballot_move(ballot=ballot, move="edit", verb="roll", touched=[Elector, ElectorPart], roll_on=day)


def _electors(ballot: Ballot, rows: Iterable[RollRow]) -> list[Elector]:
    elsewhere = running_elsewhere(ballot)
    made = []
    for number, row in enumerate(rows, 1):
        other = elsewhere.get(row.resident_id or 0)
        elector = Elector(
            ballot=ballot,
            number=number,
            subject=row.subject,
            label=row.label,
            place=row.place,
            resident_id=row.resident_id,
            establishment_id=row.establishment_id,
            household_id=row.household_id,
            name=row.name,
            area=row.area,
            state=Elector.State.DOUBT if other else row.state,
            remark=f"已在另一份名册上（表决{other}），请核对在哪里登记" if other else row.remark,
        )
        made.append(elector)
    return Elector.objects.bulk_create(made, batch_size=BATCH)


@service
def elector_name_voter(
    *, actor: Actor, ballot_id: UUID, elector_id: UUID, resident_id: UUID, reason: str
) -> Elector:
    """Say who votes for co-owners or a household, as they agreed; what counts stays as it is."""
    ballot = ballot_shared(actor=actor, ballot_id=ballot_id, move="name_voter", may=can_take_votes)
    elector = _elector(ballot, elector_id)
    why = text_required(value=reason, name="reason", words=_("请写明依据，例如：共有人书面推选。"), most=200)
    person = Resident.objects.visible_to(actor).filter(public_id=resident_id).first()
    if person is None:
        raise NotFound(_("没有找到这个人。"))
    if person.state != Resident.State.HERE and person.state != Resident.State.AWAY:
        raise invalid(resident=_("这个人的登记已经注销，不能作表决人。"))
    if hasattr(elector, "vote"):
        raise Conflict(_("这一户（套）已经投过票，不能再换表决人。"))
    if proxies_standing(ballot).filter(giver=elector).exists():
        raise Conflict(_("这一户（套）已经委托别人代投，不能换表决人。"), hint=_("请先撤销委托。"))
    changes = changes_of(elector, resident_id=person.pk, establishment_id=None, remark=why)
    record("elector.name_voter", elector, changes)
    return elector


def _elector(ballot: Ballot, elector_id: UUID) -> Elector:
    rows = Elector.objects.select_for_update(of=("self",)).filter(ballot=ballot, public_id=elector_id)
    elector = rows.first()
    if elector is None:
        raise NotFound(_("名册上没有这一行。"))
    return elector


@service
def elector_strike(*, actor: Actor, ballot_id: UUID, elector_id: UUID, reason: str) -> Elector:
    """Take somebody off the roll while it is published, with the reason (an objection upheld, a doubt)."""
    return _state_set(actor, ballot_id, elector_id, Elector.State.STRUCK, "strike", reason)


@service
def elector_confirm(*, actor: Actor, ballot_id: UUID, elector_id: UUID, reason: str) -> Elector:
    """Put somebody who was in doubt or struck on the roll, with the reason."""
    return _state_set(actor, ballot_id, elector_id, Elector.State.ADDED, "add", reason)


def _state_set(
    actor: Actor, ballot_id: UUID, elector_id: UUID, state: str, verb: str, reason: str
) -> Elector:
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="rule_roll")
    elector = _elector(ballot, elector_id)
    why = text_required(value=reason, name="reason", words=_("请写明原因。"), most=200)
    if elector.state == state:
        raise Conflict(_("名册上这一行已经是「%s」。") % elector.get_state_display())
    if state == Elector.State.ADDED:
        _on_one_roll(ballot, elector.resident_id)
    record(f"elector.{verb}", elector, changes_of(elector, state=state, remark=why))
    return elector


def _on_one_roll(ballot: Ballot, resident_id: int | None) -> None:
    other = running_elsewhere(ballot).get(resident_id or 0)
    if other:
        raise Conflict(
            _("这个人已经在另一份名册上（表决%s），一个人只能在一处登记。") % other,
            hint=_("请先在那里划去，再补入这里。"),
        )


@service
def elector_add(
    *,
    actor: Actor,
    ballot_id: UUID,
    reason: str,
    resident_id: UUID | None = None,
    name: str = "",
    place: str = "",
    part_id: UUID | None = None,
    area: int = 0,
) -> Elector:
    """Add somebody whom the roll lacks: a person of the registry, or by ``name`` who is not in it.

    Of owners the part and its registered area (1/100 m²) are named; a part that counts already is refused.
    """
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="rule_roll")
    why = text_required(value=reason, name="reason", words=_("请写明补入的原因。"), most=200)
    part = _part_named(ballot, part_id, area)
    elector = _newcomer(actor, ballot, resident_id, name)
    elector.number = (Elector.objects.filter(ballot=ballot).aggregate(last=Max("number"))["last"] or 0) + 1
    elector.place = part_place(part) if part else place.strip()[:160]
    elector.area, elector.remark = area if part else 0, why
    if Elector.objects.filter(ballot=ballot, subject=elector.subject).exists():
        raise Conflict(_("这位表决人已经在名册上，不能列两次。"))
    elector.save(force_insert=True)
    if part:
        ElectorPart.objects.create(ballot=ballot, elector=elector, part=part, area=area)
    record("elector.add", elector, touched=[ElectorPart])
    return elector


def _newcomer(actor: Actor, ballot: Ballot, resident_id: UUID | None, name: str) -> Elector:
    added = {"ballot": ballot, "state": Elector.State.ADDED}
    if resident_id is not None:
        person = Resident.objects.visible_to(actor).filter(public_id=resident_id).first()
        if person is None:
            raise NotFound(_("没有找到这个人。"))
        _on_one_roll(ballot, person.pk)
        label = name_masked(sealed_get(person, "name")) or "（姓名未登记）"
        pairs = memberships_of(Resident.objects.filter(pk=person.pk), clock.today())
        household = pairs[-1][1] if pairs and counts_households(ballot) else None
        return Elector(**added, subject=f"r{person.pk}", resident=person, label=label, household_id=household)
    plain = text_required(value=name, name="name", words=_("请填写姓名。"), most=60)
    return Elector(**added, subject=f"n{uuid7()}", name=plain, label=name_masked(plain))


def _part_named(ballot: Ballot, part_id: UUID | None, area: int) -> Part | None:
    if ballot.electorate not in OWNERS:
        return None
    inside = Part.objects.filter(parts_chosen(ballot), compound=ballot.compound_id)
    parts = inside.select_related("building", "stair")
    part = parts.filter(public_id=part_id).first() if part_id else None
    if part is None:
        raise invalid(part=_("请选择这次表决范围内的房屋。"))
    if ElectorPart.objects.filter(ballot=ballot, part=part).exists():
        raise Conflict(
            _("这套房屋的面积已经计入名册，不能计两次。"),
            hint=_("共有的房屋只算一人，请登记由谁代表共有人表决。"),
        )
    area_checked(area)
    return part


@service
def elector_correct(*, actor: Actor, ballot_id: UUID, elector_id: UUID, area: int, reason: str) -> Elector:
    """Put the area of an elector with one part right (1/100 m²), with the reason."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="rule_roll")
    elector = _elector(ballot, elector_id)
    why = text_required(value=reason, name="reason", words=_("请写明更正的依据。"), most=200)
    parts = list(ElectorPart.objects.filter(elector=elector))
    if len(parts) != 1:
        raise Conflict(
            _("这一行不是正好一套房屋，不能在这里改面积。"), hint=_("请在产权登记里更正后重新起草表决。")
        )
    area_checked(area)
    parts[0].area = area
    parts[0].save(update_fields=["area"])
    changes = changes_of(elector, area=area, remark=why)
    record("elector.correct", elector, changes, touched=[ElectorPart])
    return elector


@service
def roll_freeze(*, actor: Actor, ballot_id: UUID, version: int | None = None) -> Ballot:
    """Freeze the roll with its digest: afterwards nothing of it changes, and anyone can check the digest."""
    ballot = ballot_begin(actor=actor, ballot_id=ballot_id, move="freeze", version=version)
    until = ballot.roll_objections_until
    if until is not None and clock.today() <= until:
        raise Conflict(
            _("名册的异议期到%s为止，期满以后才能确定。") % day_words(until),
            hint=_("异议期内有人提出异议，请先处理。"),
        )
    open_ones = Objection.objects.filter(
        ballot=ballot, about=Objection.About.ROLL, state=Objection.State.OPEN
    ).count()
    doubts = Elector.objects.filter(ballot=ballot, state=Elector.State.DOUBT).count()
    if open_ones:
        raise Conflict(_("还有%d件名册异议没有处理。") % open_ones, hint=_("处理完才能确定名册。"))
    if doubts:
        raise Conflict(_("名册上还有%d人待核。") % doubts, hint=_("请逐个核对，补入名册或划去。"))
    lines = roll_lines(ballot)
    if not lines:
        raise Conflict(_("名册上一个人也没有，不能表决。"))
    duty_done(actor=actor, ballot=ballot, action="freeze")
    return ballot_move(
        ballot=ballot, move="freeze", verb="freeze", roll_digest=roll_digest(lines), frozen_at=clock.now()
    )


@require_service
def roll_checked(*, ballot: Ballot) -> None:
    """Refuse to go on where the roll is no longer the one that was frozen."""
    if roll_digest(roll_lines(ballot)) != ballot.roll_digest:
        raise Conflict(
            _("名册与确定时的摘要不符，说明确定以后被改动过，不能计票。"),
            hint=_("请保留现状，报街镇和系统管理员核查留痕。"),
        )
