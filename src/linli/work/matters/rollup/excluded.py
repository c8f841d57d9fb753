"""Reads of what is left out of the three rates: each with its reason, who asked and who approved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.fields import in_areas
from linli.foundation.accounts.models import Role

from .models import Exclusion
from .permissions import can_decide_exclusion, can_end_exclusion
from .reasons import reason_names

STANDS = {"open": _("待审批"), "granted": _("已剔除"), "refused": _("不同意"), "ended": _("已取消")}


@dataclass(frozen=True, slots=True)
class Row:
    """One request with what its reader may do about it."""

    exclusion: Exclusion
    reason: str
    decided_unit: str
    may_decide: bool
    may_end: bool


def _of(actor: Actor) -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(in_areas("matter__area_path", actor.areas))


def exclusion_list(actor: Actor, stands: str) -> QuerySet[Exclusion]:
    """Return the requests of the actor's areas that stand so, the latest first."""
    rows = _of(actor).select_related("matter", "asked_by", "asked_unit", "decided_by")
    if stands == "ended":
        return rows.filter(ended_at__isnull=False)
    outcome = "" if stands == "open" else stands
    return rows.filter(outcome=outcome, ended_at__isnull=True)


def exclusion_rows(actor: Actor, rows: Iterable[Exclusion]) -> list[Row]:
    """Dress requests for a page."""
    found, names = list(rows), reason_names()
    units = _units(found)
    return [
        Row(
            row,
            names.get(row.reason, row.reason),
            units.get(row.decided_by_id or 0, ""),
            row.outcome == "" and row.ended_at is None and can_decide_exclusion(actor, row),
            row.outcome != "refused" and row.ended_at is None and can_end_exclusion(actor, row),
        )
        for row in found
    ]


def _units(rows: Iterable[Exclusion]) -> dict[int, str]:
    persons = [row.decided_by_id for row in rows if row.decided_by_id]
    roles = Role.objects.filter(person_id__in=persons, unit__isnull=False).order_by("pk")
    return dict(roles.values_list("person_id", "unit__name"))


def excluded_by_reason(actor: Actor, area: str, from_on: date, to_on: date) -> list[tuple[str, int, str]]:
    """Return reason, how many and the approvers' units of matters reported in a period and left out now."""
    reported = Q(matter__reported_at__gte=local_midnight(from_on)) & Q(
        matter__reported_at__lt=local_midnight(to_on + timedelta(days=1))
    )
    rows = _of(actor).filter(in_areas("matter__area_path", (area,))).filter(reported)
    granted = list(rows.filter(outcome="granted", ended_at__isnull=True))
    units, found = _units(granted), dict[str, list[str]]()
    for row in granted:
        found.setdefault(row.reason, []).append(units.get(row.decided_by_id or 0, ""))
    names = reason_names()
    return [
        (names.get(reason, reason), len(by), "、".join(sorted({unit for unit in by if unit})))
        for reason, by in sorted(found.items(), key=lambda pair: -len(pair[1]))
    ]
