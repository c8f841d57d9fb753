"""Registrations that may be one person twice, as the machine last found them (``services.alikes``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from linli.core.actor import Actor

from ..masking import masked
from ..models import Alike, AlikeMark, Resident
from ..permissions import can_see_rows
from ..placing import home_of, part_of
from ..sealing import sealed_get

PRESENT = (Resident.State.HERE, Resident.State.AWAY)


@dataclass(frozen=True, slots=True)
class Side:
    """One registration of a pair, masked."""

    resident: Resident
    name: str
    number: str
    phone: str
    birth: str
    where: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations that look like one person, and by what; the older first."""

    first: Side
    second: Side
    has_birth: bool
    has_phone: bool


def alike_list(actor: Actor) -> QuerySet[Alike]:
    """Return the pairs of which both are in the actor's areas, the likeliest and latest first.

    A machine proposes, a person decides.
    """
    if not can_see_rows(actor):
        return Alike.objects.none()
    theirs = Resident.objects.visible_to(actor).filter(state__in=PRESENT).values("pk")
    pairs = Alike.objects.filter(first__in=theirs, second__in=theirs)
    return pairs.select_related("first", "second").order_by("-has_phone", "-found_at", "-pk")


def pairs_of(rows: Iterable[Alike]) -> list[Pair]:
    """Return pairs as a page shows them, masked."""
    return [Pair(_side(row.first), _side(row.second), row.has_birth, row.has_phone) for row in rows]


def looked_through_until() -> datetime | None:
    """Return up to which change registrations were compared; None before the first time."""
    return AlikeMark.objects.values_list("changed_at", flat=True).first()


def _side(resident: Resident) -> Side:
    home = home_of(resident)
    part = part_of(home.household) if home else None
    values = {name: masked(name, sealed_get(resident, name)) for name in ("name", "number", "phone", "birth")}
    return Side(resident, **values, where=str(part or ""))
