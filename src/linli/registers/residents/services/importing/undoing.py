"""Persons of an import taken away again; whoever somebody has worked on since is left, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F, Q
from django.utils.translation import gettext as _

from linli.core.service import require_service

from ...models import (
    AccountLink,
    CareEntry,
    Consent,
    Fact,
    Guardian,
    Household,
    Membership,
    Occupancy,
    Owner,
    Receipt,
    RegisterEvent,
    Resident,
    SearchToken,
)

CHANGED = Q(version__gt=1) | ~Q(updated_at=F("created_at"))


@require_service
def residents_unmake(*, ids: Sequence[int]) -> dict[int, str]:
    """Take persons away with all that their import made; returns id → why one was left."""
    left = _worked_on(ids)
    gone = [pk for pk in ids if pk not in left]
    households = set(Membership.objects.filter(resident__in=gone).values_list("household_id", flat=True))
    for model in (SearchToken, Fact, Membership):
        model._default_manager.filter(resident__in=gone).delete()
    Guardian.objects.filter(ward__in=gone).delete()
    Resident.objects.filter(pk__in=gone).delete()
    households_clear(households)
    return left


def households_clear(households: Iterable[int]) -> None:
    """Take away households that nobody belongs to and that were only ever what an import made of them."""
    empty = Household.objects.filter(pk__in=list(households), memberships__isnull=True).exclude(CHANGED)
    own = [
        pk
        for pk in empty.values_list("pk", flat=True)
        if not Occupancy.objects.filter(household=pk).exclude(recorded_at=F("household__created_at")).exists()
    ]
    Fact.objects.filter(household__in=own).delete()
    Occupancy.objects.filter(household__in=own).delete()
    Household.objects.filter(pk__in=own).delete()


def _worked_on(ids: Sequence[int]) -> dict[int, str]:
    """Return id → what somebody has added or changed since the import."""
    later = ~Q(recorded_at=F("resident__created_at"))
    people = Resident.objects.filter(pk__in=ids)
    found: dict[int, str] = {}
    for rows, column, words in (
        (people.filter(CHANGED), "pk", _("后来有人改过这个人的登记。")),
        (RegisterEvent.objects.filter(resident__in=ids), "resident_id", _("后来有人办理过这个人的登记。")),
        (Membership.objects.filter(later, resident__in=ids), "resident_id", _("后来办理过迁入或迁出。")),
        (Fact.objects.filter(later, resident__in=ids), "resident_id", _("后来又登记了新的情况。")),
        (Guardian.objects.filter(guardian__in=ids).exclude(ward__in=ids), "guardian_id", _("是别人的监护人。")),
        (Owner.objects.filter(resident__in=ids), "resident_id", _("已登记为产权人。")),
        (Receipt.objects.filter(resident__in=ids), "resident_id", _("已登记享受的待遇。")),
        (AccountLink.objects.filter(resident__in=ids), "resident_id", _("已关联账号。")),
        (Consent.objects.filter(resident__in=ids), "resident_id", _("已登记同意书。")),
        (CareEntry.objects.filter(resident__in=ids), "resident_id", _("已列入关爱对象。")),
    ):
        for pk in rows.values_list(column, flat=True):
            found.setdefault(pk, words)
    return found
