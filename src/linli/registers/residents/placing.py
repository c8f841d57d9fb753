"""Where a household, a person, an establishment is: read from the part.

A household is where it lives, else where it lived last. A person is where they live, else where they are
registered, else where they were last. Who never belonged to a household (an owner who lives elsewhere) stays
where they were entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet

from linli.foundation.places.models import Part

from .models import Household, Membership, Occupancy, Resident


def place_of(part: Part) -> dict[str, Any]:
    """Return the columns that say where a part is: ``area_path``, ``place_code``, ``compound``."""
    codes = part.area_path.strip("/").split("/")
    return {"area_path": part.area_path, "place_code": codes[-1], "compound": part.compound}


def latest(rows: QuerySet[Any]) -> Any:
    """Return the row that holds now, else the one that ended last."""
    order = (F("to_on").desc(nulls_first=True), F("from_on").desc(nulls_last=True), "-pk")
    return rows.order_by(*order).first()


def part_of(household: Household) -> Part | None:
    """Return where a household lives or lived last."""
    row = latest(Occupancy.objects.filter(household=household).select_related("part__compound"))
    return row.part if row else None


def home_of(resident: Resident) -> Membership | None:
    """Return the membership by which a person is somewhere: living before registered, now before once."""
    rows = Membership.objects.filter(resident=resident).select_related("household")
    now = rows.filter(to_on__isnull=True)
    living = now.filter(presence=Membership.Presence.LIVING).first()
    return living or now.first() or latest(rows)


def parts_lived_in(ids: Sequence[int]) -> set[int]:
    """Return those of some parts that a household lives in today: they are not closed."""
    rows = Occupancy.objects.filter(part__in=ids, to_on__isnull=True, household__isnull=False)
    return set(rows.values_list("part", flat=True))


def parts_worked_in(ids: Sequence[int]) -> set[int]:
    """Return those of some parts that an establishment uses today."""
    rows = Occupancy.objects.filter(part__in=ids, to_on__isnull=True, establishment__isnull=False)
    return set(rows.values_list("part", flat=True))
