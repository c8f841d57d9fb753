"""Places of households, persons and establishments follow the part: set here alone, inside an act."""

from __future__ import annotations

from linli.core.service import require_service

from ..models import Establishment, Household, Occupancy, Resident
from ..placing import home_of, latest, part_of, place_of
from .acts import Act


@require_service
def household_place(*, act: Act, household: Household) -> None:
    """Let a household and those who belong to it be where it lives."""
    part = part_of(household)
    if part is not None:
        act.change(household, **place_of(part))
    for row in household.memberships.filter(to_on__isnull=True).select_related("resident"):
        resident_place(act=act, resident=row.resident)


@require_service
def resident_place(*, act: Act, resident: Resident) -> None:
    """Let a person be where they live; the act then makes them findable there."""
    home = home_of(resident)
    if home is not None:
        household = home.household
        names = ("area_path", "place_code", "compound_id")
        act.change(resident, **{name: getattr(household, name) for name in names})


@require_service
def establishment_place(*, act: Act, establishment: Establishment) -> None:
    """Let an establishment be where it uses a part, or used one last."""
    row = latest(Occupancy.objects.filter(establishment=establishment).select_related("part__compound"))
    if row is not None:
        act.change(establishment, **place_of(row.part))
