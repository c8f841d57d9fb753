"""Titles to parts: registered, passed on, corrected, ended; and who votes for co-owners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.crypto import blind_index
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.core.service import require_service, service
from linli.foundation.places.models import Part

from ..facts.rules import overlaps
from ..models import Establishment, Owner, Ownership, Resident
from ..services.acts import Act
from .permissions import can_keep_titles
from .rules import OwnerEntry, area_checked, owners_faults, voter_settled

WORKER = "worker"
MAX_CERTIFICATE = 60
Kind = Ownership.Kind


@service
def ownership_register(
    *,
    actor: Actor,
    part_id: int,
    area: int,
    owners: Sequence[OwnerEntry],
    kind: str = Kind.SOLD,
    from_on: date | None = None,
    to_on: date | None = None,
    certificate: str = "",
    source: str = WORKER,
) -> Ownership:
    """Register the title to a part; ``area`` in 1/100 m². A part has one title at a time."""
    part = part_locked(actor=actor, part_id=part_id)
    title = _title(part, kind=kind, area=area, from_on=from_on, to_on=to_on, source=source)
    act = Act(actor, "ownership.register", on=from_on, source=source)
    return _begin(act, title, owners, certificate)


@service
def ownership_transfer(
    *,
    actor: Actor,
    ownership_id: int,
    version: int,
    on: date,
    owners: Sequence[OwnerEntry],
    area: int | None = None,
    kind: str = Kind.SOLD,
    certificate: str = "",
    source: str = WORKER,
) -> Ownership:
    """Pass a title on: the present one ends on ``on``, the next begins the same day."""
    former = ownership_locked(actor=actor, ownership_id=ownership_id, version=version)
    _open_check(former)
    if on > clock.today():
        raise _refused("on", _("转移日期不能晚于今天。"))
    if former.from_on is not None and on <= former.from_on:
        raise _refused("on", _("转移日期要晚于现有产权的开始日期。"))
    area = area or former.registered_area
    title = _title(former.part, kind=kind, area=area, from_on=on, to_on=None, source=source)
    act = Act(actor, "ownership.transfer", on=on, source=source)
    _change(act, former, to_on=on)
    return _begin(act, title, owners, certificate)


@service
def ownership_correct(
    *,
    actor: Actor,
    ownership_id: int,
    version: int,
    reason: str,
    area: int,
    owners: Sequence[OwnerEntry],
    kind: str,
    from_on: date | None,
    certificate: str | None = None,
) -> Ownership:
    """Correct what was registered wrongly; the title stays the same one. No certificate: as it is."""
    if not reason.strip():
        raise _refused("reason", _("请写明为什么更正。"))
    title = ownership_locked(actor=actor, ownership_id=ownership_id, version=version)
    wanted = _title(title.part, kind=kind, area=area, from_on=from_on, to_on=title.to_on, source=title.source)
    entries = _owners_checked(owners, kind)
    _overlap_check(wanted, title.part, leave_out=title.pk)
    after: dict[str, Any] = {
        "kind": wanted.kind,
        "registered_area": wanted.registered_area,
        "from_on": wanted.from_on,
        **({} if certificate is None else _certificate(certificate)),
    }
    changed = [name for name, value in after.items() if getattr(title, name) != value]
    act = Act(actor, "ownership.correct", on=wanted.from_on, reason=reason, source=title.source)
    act.about(title.part, *_people_of(title))
    _change(act, title, **after)
    for owner in title.owners.order_by("pk"):
        act.drop(owner)
    _owners_write(act, title, entries)
    return _finish(act, title, [*changed, "owners"])


@service
def voter_name(
    *, actor: Actor, ownership_id: int, version: int, owner_id: int, reason: str = ""
) -> Ownership:
    """Name the one of several owners who votes for all; ``reason`` says by which agreement."""
    title = ownership_locked(actor=actor, ownership_id=ownership_id, version=version)
    _open_check(title)
    owners = list(title.owners.all())
    chosen = next((owner for owner in owners if owner.pk == owner_id), None)
    if chosen is None:
        raise _refused("owner", _("请从这套房屋的产权人里推选。"))
    act = Act(actor, "ownership.voter", reason=reason, source=title.source)
    for owner in owners:  # the former voter first: one at a time
        if owner.is_voter and owner is not chosen:
            act.change(owner, is_voter=False)
    act.change(chosen, is_voter=True)
    _change(act, title)
    return _finish(act, title, ["is_voter"])


@service
def ownership_end(*, actor: Actor, ownership_id: int, version: int, on: date, reason: str) -> Ownership:
    """End a title without a next one (torn down, cancelled); ``on`` is the first day without it."""
    title = ownership_locked(actor=actor, ownership_id=ownership_id, version=version)
    _open_check(title)
    if not reason.strip():
        raise _refused("reason", _("请写明产权为什么注销。"))
    if on > clock.today() or (title.from_on is not None and on < title.from_on):
        raise _refused("on", _("注销日期要在开始日期之后，且不晚于今天。"))
    act = Act(actor, "ownership.end", on=on, reason=reason, source=title.source)
    _change(act, title, to_on=on)
    return _finish(act, title, ["to_on"])


# -- steps -------------------------------------------------------------------------------------------------
@require_service
def part_locked(*, actor: Actor, part_id: int) -> Part:
    """Return a part whose titles the actor keeps, locked; hidden is ``NotFound``."""
    part = Part.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=part_id).first()
    if part is None:
        raise NotFound(_("没有找到这套房屋。"))
    if not can_keep_titles(actor, part.area_path):
        raise NotAllowed
    if part.closed_on is not None:
        raise Conflict(_("这套房屋已经注销，不能再登记产权。"))
    return part


@require_service
def ownership_locked(*, actor: Actor, ownership_id: int, version: int) -> Ownership:
    """Return a title for a change, locked with its part, in the version that the actor saw."""
    rows = Ownership.objects.visible_to(actor).select_for_update(of=("self",))
    title = rows.select_related("part").filter(pk=ownership_id).first()
    if title is None:
        raise NotFound(_("没有找到这份产权登记。"))
    if not can_keep_titles(actor, title.area_path):
        raise NotAllowed
    if title.version != version:
        raise StaleVersion
    found: Ownership = title
    return found


def _open_check(title: Ownership) -> None:
    if title.to_on is not None:
        raise Conflict(_("这份产权已经转移或注销。"), hint=_("请刷新页面，在现在的产权上办理。"))


def _refused(field: str, words: str) -> InvalidInput:
    return InvalidInput(words, details={field: words})


def _title(
    part: Part, *, kind: str, area: int, from_on: date | None, to_on: date | None, source: str
) -> Ownership:
    """Return a title, not saved yet; days and area checked."""
    if kind not in Kind.values:
        raise _refused("kind", _("请选择产权性质。"))
    if from_on is not None and from_on > clock.today():
        raise _refused("from_on", _("开始日期不能晚于今天。"))
    if from_on is not None and to_on is not None and to_on <= from_on:
        raise _refused("to_on", _("结束日期要晚于开始日期。"))
    now = clock.now()
    return Ownership(
        part=part,
        kind=kind,
        registered_area=area_checked(area),
        from_on=from_on,
        to_on=to_on,
        source=source,
        recorded_at=now,
        updated_at=now,
        area_path=part.area_path,
        place_code=part.area_path.rstrip("/").rpartition("/")[2],
        compound_id=part.compound_id,
    )


def _certificate(certificate: str) -> dict[str, str]:
    number = "".join(certificate.split())
    if len(number) > MAX_CERTIFICATE:
        raise _refused("certificate", _("权证号最多60个字。"))
    return {"certificate": number, "certificate_index": blind_index("certificate", number)}


def _owners_checked(owners: Sequence[OwnerEntry], kind: str) -> list[OwnerEntry]:
    """Return the owners, settled; they must be in the registry."""
    if fault := owners_faults(owners, may_be_empty=kind == Kind.UNSOLD):
        raise _refused("owners", fault)
    people = [owner.resident_id for owner in owners if owner.resident_id]
    units = [owner.establishment_id for owner in owners if owner.establishment_id]
    gone = [Resident.State.ERASED, Resident.State.MERGED]
    found = Resident.objects.filter(pk__in=people).exclude(state__in=gone).count()
    if found < len(people) or Establishment.objects.filter(pk__in=units).count() < len(units):
        raise _refused("owners", _("有产权人不在登记里，或登记已并入他人，请重新选择。"))
    return voter_settled(owners)


def _overlap_check(title: Ownership, part: Part, *, leave_out: int | None = None) -> None:
    others = [row for row in Ownership.objects.filter(part=part) if row.pk != leave_out]
    if title.to_on is None and any(row.to_on is None for row in others):
        raise Conflict(_("这套房屋已经登记了现有产权，请先办转移。"))
    if any(overlaps(row, title) for row in others):
        raise _refused("from_on", _("这段时间已有产权登记，请核对起止日期。"))


def _change(act: Act, title: Ownership, **after: Any) -> None:
    """Set columns of a title, which counts on."""
    act.change(title, **after, version=title.version + 1, updated_at=act.at)


def _owners_write(act: Act, title: Ownership, owners: Sequence[OwnerEntry]) -> None:
    for owner in owners:
        act.add(
            Owner(
                ownership=title,
                resident_id=owner.resident_id,
                establishment_id=owner.establishment_id,
                numerator=owner.share.numerator if owner.share else None,
                denominator=owner.share.denominator if owner.share else None,
                is_voter=owner.is_voter,
            )
        )


def _begin(act: Act, title: Ownership, owners: Sequence[OwnerEntry], certificate: str) -> Ownership:
    entries = _owners_checked(owners, title.kind)
    _overlap_check(title, title.part)
    for name, value in _certificate(certificate).items():
        setattr(title, name, value)
    act.add(title)
    _owners_write(act, title, entries)
    return _finish(act, title, ["owners", "registered_area"])


def _people_of(title: Ownership) -> list[Resident]:
    return list(Resident.objects.filter(owned__ownership=title).order_by("pk"))


def _finish(act: Act, title: Ownership, says: Sequence[str]) -> Ownership:
    """Write the act into the history of the part and of every person concerned."""
    act.about(title.part, *_people_of(title))
    act.finish(title, says=says)
    return title
