"""A household by the id that pages carry, and what is known of it and its people for one screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.places.models import Part

from ..models import CareEntry, Household


def household_get(actor: Actor, public_id: UUID | str) -> Household:
    """Return a household by the id that pages carry; missing and hidden are the same ``NotFound``."""
    rows: QuerySet[Household] = Household.objects.visible_to(actor).select_related("compound")
    try:
        return rows.get(public_id=public_id)
    except (Household.DoesNotExist, ValidationError) as error:
        raise NotFound(_("没有找到这一户。")) from error


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
