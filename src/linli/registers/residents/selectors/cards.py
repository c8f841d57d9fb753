"""A household by the id that pages carry, and what is known of it and its people for one screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.places.models import Part

from ..models import CareEntry, Household


def households_in(actor: Actor, parts: Iterable[Part]) -> list[Household]:
    """Return the households that live in some parts now, part by part as a building is read."""
    rows = Household.objects.visible_to(actor).filter(
        ended_on__isnull=True, occupancies__part__in=parts, occupancies__to_on__isnull=True
    )
    return list(rows.order_by("occupancies__part__floor", "occupancies__part__name", "pk"))


def care_of(actor: Actor, resident_ids: Iterable[int]) -> dict[int, list[CareEntry]]:
    """Return resident → the care entries in force that this actor may see (one query)."""
    rows = CareEntry.objects.visible_to(actor).filter(
        resident__in=list(resident_ids), state=CareEntry.State.CONFIRMED, expires_on__gt=clock.today()
    )
    found: dict[int, list[CareEntry]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.resident_id].append(row)
    return dict(found)
