"""Applying a workbook of units and staff: as a whole or not at all."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import record, service
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import can_administer
from linli.foundation.accounts.services import StaffAccount, account_create_staff, unit_open

from .models import UnitImport
from .rules import Row, UnitRow
from .selectors import ImportPlan, import_plan


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made; the temporary passwords are shown once."""

    run: UnitImport
    staff: tuple[StaffAccount, ...]


@service
def units_import(*, actor: Actor, file_name: str, units: Sequence[Row], staff: Sequence[Row]) -> Imported:
    """Open the units and make the accounts of a workbook; rows that are there already change nothing.

    Refused as a whole if one row has a problem; ``details["rows"]`` says which and why.
    """
    if not can_administer(actor):
        raise NotAllowed
    plan = import_plan(actor, units, staff)
    if plan.problems:
        words = [
            _("第%(number)s行：%(problems)s") % {"number": row.number, "problems": "".join(row.problems)}
            for row in plan.problems
        ]
        raise InvalidInput(_("文件里有需要修改的行，没有导入任何内容。"), details={"rows": words})
    opened = _units_open(actor, plan)
    made = tuple(_staff_make(actor, plan, opened))
    run = UnitImport.objects.create(
        file_name=file_name[:160],
        digest=hashlib.sha256(json.dumps([units, staff], ensure_ascii=False).encode()).hexdigest(),
        units_new=plan.units_new,
        staff_new=plan.staff_new,
        imported_by_id=actor.person_id,
        imported_at=clock.now(),
    )
    record("units.import", run)
    return Imported(run, made)


def _units_open(actor: Actor, plan: ImportPlan) -> dict[str, Unit]:
    """Open the new units, parents before children."""
    units, waiting = dict(plan.known), [row for row in plan.units if row.is_new]
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in units]
        if not ready:
            names = "、".join(row.name for row in waiting)
            raise InvalidInput(_("这些单位互为上级，无法导入：%(names)s。") % {"names": names})
        for row in ready:
            units[row.name] = _unit_open(actor, plan, units, row)
        waiting = [row for row in waiting if row not in ready]
    return units


def _unit_open(actor: Actor, plan: ImportPlan, units: dict[str, Unit], row: UnitRow) -> Unit:
    try:
        opened: Unit = unit_open(
            actor=actor,
            name=row.name,
            function=row.function,
            kind=row.kind,
            parent=units.get(row.parent),
            areas=[plan.places[code] for code in row.codes],
            phone=row.phone,
            address=row.address,
            email=row.email,
        )
    except InvalidInput as refusal:
        words = _("工作表“单位”第%(number)s行：%(message)s") % {
            "number": row.number,
            "message": refusal.message,
        }
        raise InvalidInput(_("没有导入任何内容。"), details={"rows": [words]}) from refusal
    return opened


def _staff_make(actor: Actor, plan: ImportPlan, units: dict[str, Unit]) -> list[StaffAccount]:
    return [
        account_create_staff(
            actor=actor,
            unit=units[row.unit],
            function=row.function or units[row.unit].function,
            name=row.name,
            username=row.username,
            phone=row.phone,
            email=row.email,
            title=row.title,
            areas=[plan.places[code] for code in row.codes],
            is_unit_admin=row.is_unit_admin,
        )
        for row in plan.staff
        if row.is_new
    ]
