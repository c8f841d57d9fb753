"""One person registered twice: joined into one, or said to be two."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import service

from ..checking import reason_checked
from ..locking import occupancy_now, resident_locked
from ..models import (
    AccountLink,
    Alike,
    CareEntry,
    Consent,
    Distinct,
    Fact,
    Guardian,
    Membership,
    Owner,
    Receipt,
    Resident,
)
from ..permissions import can_merge_residents
from ..refusals import invalid
from ..rules import Span, span_is_free
from ..sealing import sealed_get, sealed_values
from .acts import Act
from .entering import relation_set
from .placing import resident_place

OPEN_CARE = (CareEntry.State.PROPOSED, CareEntry.State.CONFIRMED)
OPEN_LINK = (AccountLink.State.ASKED, AccountLink.State.STANDING)


@service
def duplicates_merge(
    *,
    actor: Actor,
    keep_id: str,
    keep_version: int,
    other_id: str,
    other_version: int,
    reason: str = "",
) -> Resident:
    """Join two registrations of one person; returns the one that is kept, the other says where it went.

    Memberships, guardians, titles, facts, receipts, care, consents and links follow. What both hold for the
    same time stays the kept one's. Values that only the other has are taken over; different numbers are
    refused: correct the wrong one first.
    """
    keep, other = _pair(actor, keep_id, keep_version, other_id, other_version)
    act = Act(actor, "resident.merge", reason=reason_checked(reason))
    _values_take(act, keep, other)
    _memberships_take(act, keep, other)
    _ties_take(act, keep, other)
    for owner in Owner.objects.filter(resident=other).select_related("ownership__part"):
        if Owner.objects.filter(ownership=owner.ownership, resident=keep).exists():
            raise Conflict(_("两条登记都是同一套房屋的产权人，请先更正产权。"))
        act.change(owner, resident=keep)
    _facts_take(act, keep, other)
    act.change(other, state=Resident.State.MERGED, state_on=act.on, merged_into=keep)
    resident_place(act=act, resident=keep)
    act.finish(keep)
    return keep


def _pair(
    actor: Actor, keep_id: str, keep_version: int, other_id: str, other_version: int
) -> tuple[Resident, Resident]:
    if str(keep_id) == str(other_id):
        raise invalid(other=_("请选择两条不同的登记。"))
    versions = {str(keep_id): keep_version, str(other_id): other_version}
    # In one order, whichever is kept: two who join the same two each way do not wait for each other.
    locked = {ident: resident_locked(actor, ident, versions[ident]) for ident in sorted(versions)}
    keep, other = locked[str(keep_id)], locked[str(other_id)]
    if not can_merge_residents(actor, keep.area_path, other.area_path):
        raise NotAllowed
    if keep.number_index and other.number_index and keep.number_index != other.number_index:
        raise Conflict(
            _("两条登记的证件号码不同，不能合并。"),
            hint=_("如果确是同一人，请先更正写错的号码；否则请选“不是同一人”。"),
        )
    return keep, other


def _values_take(act: Act, keep: Resident, other: Resident) -> None:
    """Take over what only the other registration says; the number, which can stand but once, with it."""
    names = ("name", "number", "phone", "birth")
    missing = {name: sealed_get(other, name) for name in names if not sealed_get(keep, name)}
    given = {name: value for name, value in missing.items() if value}
    more: dict[str, Any] = {}
    if "number" in given:
        more["number_kind"] = other.number_kind
        act.change(other, number_index=None)
    if not keep.sex and other.sex:
        more["sex"] = other.sex
    origins = {name: other.origins[name] for name in [*given, *more] if name in other.origins}
    if given or more:
        more["origins"] = keep.origins | origins
    act.change(keep, **sealed_values(keep, **given), **more)


def _memberships_take(act: Act, keep: Resident, other: Resident) -> None:
    kept = list(keep.memberships.all())
    for row in other.memberships.select_related("household", "resident").order_by("pk"):
        spans = [Span(k.from_on, k.to_on) for k in kept if k.presence == row.presence]
        if span_is_free(spans, Span(row.from_on, row.to_on)):
            act.change(row, resident=keep)
            kept.append(row)
        elif row.to_on is None:
            _membership_close(act, keep, row)


def _membership_close(act: Act, keep: Resident, row: Membership) -> None:
    """End what the other still holds; in the same household the kept one is what the other was there."""
    was_head = row.relation == Membership.Relation.HEAD
    act.change(row, to_on=max(act.on, row.from_on or act.on))
    left = list(row.household.memberships.filter(to_on__isnull=True).select_related("resident", "household"))
    same = next((r for r in left if r.resident_id == keep.pk), None)
    if was_head and same is not None:
        relation_set(act=act, row=same, relation=Membership.Relation.HEAD, on=act.on)
    elif was_head and left:
        raise Conflict(
            _("要并入的登记是另一户的户主，那一户还有人。"), hint=_("请先在那一户变更户主，再合并。")
        )
    elif not left:
        home = occupancy_now(row.household)
        if home is not None:
            act.change(home, to_on=max(act.on, home.from_on or act.on))
        act.change(row.household, ended_on=act.on)


def _ties_take(act: Act, keep: Resident, other: Resident) -> None:
    """Let guardians, care, consents and links follow; what the kept one has already ends for the other."""
    for row in Guardian.objects.filter(ward=other).select_related("ward"):
        _guardian_take(act, row, ward=keep, guardian=row.guardian)
    for row in Guardian.objects.filter(guardian=other).select_related("ward"):
        _guardian_take(act, row, ward=row.ward, guardian=keep)
    groups = set(CareEntry.objects.filter(resident=keep, state__in=OPEN_CARE).values_list("group", flat=True))
    for care in CareEntry.objects.filter(resident=other):
        is_double = care.state in OPEN_CARE and care.group in groups
        act.change(care, resident=keep, **({"state": CareEntry.State.ENDED} if is_double else {}))
    given = set(Consent.objects.filter(resident=keep, withdrawn_at=None).values_list("purpose", flat=True))
    for consent in Consent.objects.filter(resident=other):
        is_double = consent.withdrawn_at is None and consent.purpose in given
        act.change(consent, resident=keep, **({"withdrawn_at": act.at} if is_double else {}))
    has_link = AccountLink.objects.filter(resident=keep, state__in=OPEN_LINK).exists()
    for link in AccountLink.objects.filter(resident=other):
        if link.state in OPEN_LINK and has_link:
            raise Conflict(_("两条登记各关联了一个账号，请先解除其中一个。"))
        act.change(link, resident=keep)


def _guardian_take(act: Act, row: Guardian, *, ward: Resident, guardian: Resident) -> None:
    same = Guardian.objects.filter(ward=ward, guardian=guardian, to_on__isnull=True)
    if ward.pk == guardian.pk or (row.to_on is None and same.exists()):
        if row.to_on is None:
            act.change(row, to_on=max(act.on, row.from_on or act.on))
        return
    act.change(row, ward=ward, guardian=guardian)


def _facts_take(act: Act, keep: Resident, other: Resident) -> None:
    """Let facts and receipts follow, sealed anew under the kept one's key; the kept one's own come first."""
    kept = list(Fact.objects.filter(resident=keep))
    for fact in Fact.objects.filter(resident=other).order_by("pk"):
        spans = [Span(k.from_on, k.to_on) for k in kept if (k.key, k.period) == (fact.key, fact.period)]
        if span_is_free(spans, Span(fact.from_on, fact.to_on)):
            act.change(fact, resident=keep, value_sealed=_sealed_again(fact, keep))
        elif fact.to_on is None:
            act.change(fact, to_on=max(act.on, fact.from_on or act.on))
    had = set(Receipt.objects.filter(resident=keep).values_list("policy", "from_on"))
    for receipt in Receipt.objects.filter(resident=other):
        if (receipt.policy, receipt.from_on) not in had:
            act.change(receipt, resident=keep)


def _sealed_again(fact: Fact, keep: Resident) -> str:
    if not fact.value_sealed:
        return ""
    value = sealed_get(fact, "value")
    moved = Fact(resident=keep)
    return str(sealed_values(moved, value=value)["value_sealed"])


@service
def duplicates_refuse(*, actor: Actor, first_id: str, second_id: str) -> Distinct:
    """Remember that two registrations that look alike are two persons: they are not proposed again."""
    first, second = resident_locked(actor, first_id), resident_locked(actor, second_id)
    if not can_merge_residents(actor, first.area_path, second.area_path):
        raise NotAllowed
    if first.pk == second.pk:
        raise invalid(second=_("请选择两条不同的登记。"))
    lower, higher = sorted((first, second), key=lambda resident: resident.pk)
    if Distinct.objects.filter(first=lower, second=higher).exists():
        raise Conflict(_("已经确认过这两个不是同一人。"))
    act = Act(actor, "resident.distinct")
    Alike.objects.filter(first=lower, second=higher).delete()
    row = Distinct.objects.create(first=lower, second=higher, said_at=act.at, said_by_id=actor.person_id)
    act.writes(Distinct)
    act.about(lower, higher)
    act.finish(row)
    return row
