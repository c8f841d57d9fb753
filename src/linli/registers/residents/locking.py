"""Finding what an act is about, locked until the act ends: seen? allowed? still as it was read?"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion
from linli.foundation.places.models import Part
from linli.foundation.places.models.grids import reaches

from .models import Establishment, Household, Membership, Occupancy, Resident
from .permissions import can_keep_registry

Ident = UUID | str
Row = TypeVar("Row", bound=models.Model)


def is_seen(actor: Actor, resident: Resident) -> bool:
    """Whether a person stands in the actor's areas; asked of the database only where those are grids."""
    if actor.covers(resident.area_path):
        return True
    seen = Resident.objects.visible_to(actor).filter(pk=resident.pk)
    return reaches(actor, resident.area_path) and bool(seen.exists())


def _locked(rows: Any, actor: Actor, public_id: Ident, missing: str) -> Any:
    try:
        found = rows.select_for_update(of=("self",)).filter(public_id=public_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NotFound(missing)
    if not can_keep_registry(actor, found.area_path):
        raise NotAllowed
    return found


def _version_checked(row: Any, version: int | None) -> None:
    if version is not None and row.version != version:
        raise StaleVersion(details={"theirs": row.version, "yours": version})


def resident_locked(actor: Actor, public_id: Ident, version: int | None = None) -> Resident:
    """Return a person who is here or away; who died, was merged or erased is not changed any more."""
    rows = Resident.objects.visible_to(actor)
    found: Resident = _locked(rows, actor, public_id, _("没有找到这个人的登记。"))
    if found.state in (Resident.State.DEAD, Resident.State.MERGED, Resident.State.ERASED):
        raise Conflict(
            _("这个人的登记是“%(state)s”，不能再办理。") % {"state": found.get_state_display()},
            hint=_("如果登记错了，请先撤销那一步。"),
        )
    _version_checked(found, version)
    return found


def household_locked(actor: Actor, public_id: Ident, version: int | None = None) -> Household:
    """Return a household that has not ended."""
    rows = Household.objects.visible_to(actor)
    found: Household = _locked(rows, actor, public_id, _("没有找到这一户。"))
    if found.ended_on is not None:
        raise Conflict(_("这一户已经销户。"), hint=_("如果销错了，请先撤销那一步。"))
    _version_checked(found, version)
    return found


def establishment_locked(actor: Actor, public_id: Ident, version: int | None = None) -> Establishment:
    """Return an establishment that has not closed."""
    rows = Establishment.objects.visible_to(actor)
    found: Establishment = _locked(rows, actor, public_id, _("没有找到这个单位。"))
    if found.closed_on is not None:
        raise Conflict(_("这个单位已经撤销。"), hint=_("如果撤销错了，请先撤销那一步。"))
    _version_checked(found, version)
    return found


def part_locked(actor: Actor, public_id: Ident) -> Part:
    """Return an open part in the actor's areas, so that nobody closes it meanwhile."""
    rows = Part.objects.visible_to(actor).select_related("compound")
    found: Part = _locked(rows, actor, public_id, _("没有找到这套房屋。"))
    if found.closed_on is not None:
        raise Conflict(_("这套房屋已经注销，不能登记人员或单位。"))
    return found


def occupancy_now(household: Household) -> Occupancy | None:
    """Return where a household lives now."""
    rows = household.occupancies.filter(to_on__isnull=True).select_related("part__compound", "household")
    return rows.select_for_update(of=("self",)).first()


def members_now(household: Household) -> list[Membership]:
    """Return who belongs to a household now, locked, the head first, then by when they came."""
    rows = household.memberships.filter(to_on__isnull=True).select_related("resident", "household")
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    return sorted(locked, key=lambda row: (row.relation != Membership.Relation.HEAD, row.pk))


def memberships_now(resident: Resident) -> list[Membership]:
    """Return where a person belongs now: at most one membership of each presence, living first."""
    rows = resident.memberships.filter(to_on__isnull=True).select_related("household", "resident")
    return list(rows.select_for_update(of=("self",)).order_by("presence"))
