"""The targets that the registry offers to imports."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.foundation.imports.targets import Target
from linli.foundation.places.models import Building, Part, Stair

from ..models import Establishment, Occupancy, Owner, Ownership, Receipt, RegisterEvent, Resident, SearchToken
from ..services.importing.changing import (
    residents_change,
    residents_end,
    residents_restore,
)
from ..services.importing.homes import homes_change, homes_import, homes_restore, homes_unmake
from ..services.importing.making import residents_make
from ..services.importing.paid import paid_change, paid_import, paid_restore, paid_unmake
from ..services.importing.titles import titles_change, titles_make, titles_restore, titles_unmake
from ..services.importing.undoing import residents_unmake
from ..services.importing.units import units_change, units_make, units_restore, units_unmake
from . import homes, paid, title_changes, titles, units
from .checking import people_check
from .comparing import people_differ
from .people import people_match, people_present, people_read
from .people_fields import CODE, fields, key
from .relations import parts_named_by, tables_touched
from .wording import BATCH, limits, mask


def _people_named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Name nobody: an undo's list leads to the history of the one whom somebody has worked on since."""
    rows = Resident.objects.filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: (str(_("居民登记")), _history_page(public_id)) for pk, public_id in rows}


def _history_page(resident: UUID) -> str:
    return reverse("residents:person_history", args=[resident])


def residents_target() -> Target:
    """Return the target ``residents``."""
    return Target(
        code=CODE,
        label=_("人口（一标三实）"),
        fields=fields(),
        read=people_read,
        key=key,
        check=people_check,
        make=residents_make,
        change=residents_change,
        unmake=residents_unmake,
        restore=residents_restore,
        named=_people_named,
        touched=tables_touched(),
        batch=BATCH,
        limits=limits,
        together=("household_number",),
        match=people_match,
        differ=people_differ,
        mask=mask,
        present=people_present,
        end=residents_end,
    )


def homes_target() -> Target:
    """Return the target ``homes``."""
    return Target(
        code=homes.CODE,
        label=_("房屋（一标三实）"),
        fields=homes.fields(),
        read=homes.homes_read,
        key=homes.key,
        check=homes.homes_check,
        make=homes_import,
        change=homes_change,
        unmake=None,
        unmake_noted=homes_unmake,
        remember=homes.homes_remember,
        restore=homes_restore,
        named=_parts_named,
        touched=(Part, Stair, Building, Building.grids.through, *parts_named_by()),
        batch=BATCH,
        limits=limits,
        match=homes.homes_match,
        differ=homes.homes_differ,
    )


def _parts_named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Part.objects.filter(pk__in=ids).select_related("stair__building__compound", "building__compound")
    return {row.pk: (str(row), f"/desk/residents/parts/{row.public_id}/") for row in rows}


def receipts_target() -> Target:
    """Return the target ``receipts``."""
    return Target(
        code=paid.CODE,
        label=_("待遇发放"),
        fields=paid.fields(),
        read=paid.paid_read,
        key=paid.key,
        check=paid.paid_check,
        make=paid_import,
        change=paid_change,
        unmake=paid_unmake,
        restore=paid_restore,
        named=_receipts_named,
        touched=(Receipt,),
        batch=BATCH,
        limits=limits,
        match=paid.paid_match,
        mask=mask,
    )


def _receipts_named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Receipt.objects.filter(pk__in=ids).values_list("pk", "resident__public_id", "household__public_id")
    return {
        pk: (
            str(_("待遇登记")),
            _history_page(resident) if resident else reverse("residents:household", args=[household]),
        )
        for pk, resident, household in rows
    }


def establishments_target() -> Target:
    """Return the target ``establishments``."""
    return Target(
        code=units.CODE,
        label=_("单位（一标三实）"),
        fields=units.fields(),
        read=units.units_read,
        key=units.key,
        check=units.units_check,
        make=units_make,
        change=units_change,
        unmake=units_unmake,
        restore=units_restore,
        named=_units_named,
        touched=(Establishment, Occupancy, RegisterEvent, Owner),
        batch=BATCH,
        limits=limits,
        match=units.units_match,
        differ=units.units_differ,
        mask=mask,
    )


def _units_named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Establishment.objects.filter(pk__in=ids).values_list("pk", "name", "public_id")
    return {pk: (name, reverse("residents:establishment", args=[public_id])) for pk, name, public_id in rows}


def ownerships_target() -> Target:
    """Return the target ``ownerships``."""
    return Target(
        code=titles.CODE,
        label=_("产权"),
        fields=titles.fields(),
        read=titles.titles_read,
        key=titles.key,
        check=title_changes.titles_check,
        make=titles_make,
        change=titles_change,
        unmake=None,
        unmake_noted=titles_unmake,
        remember=title_changes.titles_remember,
        restore=titles_restore,
        named=_titles_named,
        touched=(*tables_touched(), Establishment, Ownership, Owner, RegisterEvent, SearchToken),
        batch=BATCH,
        limits=limits,
        together=titles.PLACE,
        gather=titles.titles_gather,
        match=title_changes.titles_match,
        differ=title_changes.titles_differ,
        mask=mask,
    )


def _titles_named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Ownership.objects.filter(pk__in=ids).select_related(
        "part__stair__building__compound", "part__building__compound"
    )
    return {row.pk: (str(row.part), f"/desk/residents/parts/{row.part.public_id}/") for row in rows}


def targets() -> tuple[Target, ...]:
    """Return every target of the registry."""
    return (
        homes_target(),
        residents_target(),
        establishments_target(),
        ownerships_target(),
        receipts_target(),
    )
