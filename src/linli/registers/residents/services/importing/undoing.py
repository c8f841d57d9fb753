"""Persons of an import taken away again; whoever somebody has worked on since is left, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core.service import require_service
from linli.core.words import gettext_lazy

from ...importing.relations import naming
from ...models import (
    AccountLink,
    Alike,
    CareEntry,
    Consent,
    Fact,
    Guardian,
    Household,
    Membership,
    Occupancy,
    Owner,
    Receipt,
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
    households_clear(households=households)
    return left


@require_service
def households_clear(*, households: Iterable[int]) -> None:
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


# What an import itself makes of a person, and indexes; whatever else names them is somebody's later work.
OWN = (Alike, SearchToken, Fact, Membership, Guardian)
WORDS = {
    Owner: gettext_lazy("已登记为产权人。"),
    Receipt: gettext_lazy("已登记享受的待遇。"),
    AccountLink: gettext_lazy("已关联账号。"),
    Consent: gettext_lazy("已登记同意书。"),
    CareEntry: gettext_lazy("已列入关爱对象。"),
}


def _worked_on(ids: Sequence[int]) -> dict[int, str]:
    """Return id → what somebody has added or changed since the import."""
    later = ~Q(recorded_at=F("resident__created_at"))
    found: dict[int, str] = {}
    for rows, column, words in (
        (Resident.objects.filter(CHANGED, pk__in=ids), "pk", _("后来有人改过这个人的登记。")),
        (Membership.objects.filter(later, resident__in=ids), "resident_id", _("后来办理过迁入或迁出。")),
        (Fact.objects.filter(later, resident__in=ids), "resident_id", _("后来又登记了新的情况。")),
        (
            Guardian.objects.filter(guardian__in=ids).exclude(ward__in=ids),
            "guardian_id",
            _("是别人的监护人。"),
        ),
        *_others(ids),
    ):
        for pk in rows.values_list(column, flat=True):
            found.setdefault(pk, str(words))
    return found


def _wards_besides(ids: Sequence[int]) -> QuerySet[Guardian]:
    return Guardian.objects.filter(guardian__in=ids).exclude(ward__in=ids)


def _others(ids: Sequence[int]) -> Iterator[tuple[QuerySet[Any], str, Any]]:
    """Yield the rows of every other table that names one of these persons."""
    for model, name in naming(Resident):
        if model not in OWN:
            rows = model._base_manager.filter(**{f"{name}__in": ids})
            yield rows, f"{name}_id", WORDS.get(model, _("后来有人办理过这个人的登记。"))
