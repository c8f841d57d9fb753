"""Units: opened, changed and closed from above; their contact kept by themselves."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service
from linli.foundation.places.models import Division
from linli.foundation.places.rules import name_keys

from ..closing import unit_close_steps
from ..models import Unit
from ..permissions import can_change_unit, can_manage_unit, can_open_unit
from ..rules import UNIT_FUNCTIONS

OPEN_DUTIES = ("open", "paused")


def _checked(unit: Unit) -> None:
    """Raise the model's own messages as a refusal that names the fields."""
    from django.core.exceptions import ValidationError

    try:
        unit.full_clean()
    except ValidationError as error:
        words = {name: "；".join(messages) for name, messages in error.message_dict.items()}
        raise InvalidInput("；".join(words.values()), details=words) from error


@service
def unit_open(
    *,
    actor: Actor,
    name: str,
    function: str,
    kind: str = "",
    parent: Unit | None = None,
    areas: Iterable[Division] = (),
    phone: str = "",
    address: str = "",
    email: str = "",
    opened_on: date | None = None,
) -> Unit:
    """Open a unit: from then on people can hold roles in it and records can be handed to it."""
    places = list(areas)
    if function not in UNIT_FUNCTIONS:
        raise InvalidInput(_("请选择单位的职能。"), details={"function": _("请选择单位的职能。")})
    if not can_open_unit(actor, function, tuple(place.path for place in places)):
        raise NotAllowed(_("您不能在这些区域设立这类单位。"), hint=_("请联系上级单位的管理员。"))
    unit = Unit(
        name=name.strip(),
        **name_keys(name),
        function=function,
        kind=kind.strip(),
        parent=parent,
        phone=phone.strip(),
        address=address.strip(),
        email=email.strip(),
        opened_on=opened_on or clock.today(),
    )
    _checked(unit)
    unit.save()
    unit.areas.set(places)
    record("unit.open", unit, touched=[Unit.areas.through])
    return unit


def _areas_change(unit: Unit, areas: Iterable[Division] | None) -> list[type[models.Model]]:
    if areas is None or {area.pk for area in areas} == {area.pk for area in unit.areas.all()}:
        return []
    unit.areas.set(list(areas))
    return [Unit.areas.through]


@service
def unit_update(
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    kind: str = "",
    parent: Unit | None = None,
    areas: Iterable[Division] | None = None,
) -> Unit:
    """Change a unit's name, kind, place in the hierarchy or areas; roles without own areas follow."""
    places = None if areas is None else list(areas)
    paths = unit.area_paths if places is None else tuple(place.path for place in places)
    if not (can_change_unit(actor, unit) and can_open_unit(actor, unit.function, paths)):
        raise NotAllowed(_("单位的名称和区域由上级管理员变更。"), hint=_("请联系上级单位的管理员。"))
    changes = {"name": name.strip(), **name_keys(name), "kind": kind.strip(), "parent": parent}
    return _unit_change(unit, changes, places)


def _unit_change(unit: Unit, after: dict[str, Any], places: list[Division] | None = None) -> Unit:
    if after.get("parent") == unit:
        raise InvalidInput(_("单位不能隶属于自己。"), details={"parent": _("单位不能隶属于自己。")})
    before = {name: getattr(unit, name) for name in after}
    for name, value in after.items():
        setattr(unit, name, value)
    _checked(unit)
    for name, value in before.items():
        setattr(unit, name, value)
    changed, touched = changes_of(unit, **after), _areas_change(unit, places)
    if changed or touched:
        record("unit.update", unit, changed, touched=touched)
    return unit


@service
def unit_contact_change(*, actor: Actor, unit: Unit, phone: str, address: str, email: str) -> Unit:
    """Change how a unit is reached; its own administrator may."""
    if not can_manage_unit(actor, unit):
        raise NotAllowed
    return _unit_change(unit, {"phone": phone.strip(), "address": address.strip(), "email": email.strip()})


@service
def unit_close(*, actor: Actor, unit: Unit) -> Unit:
    """Close a unit from today on: its roles stop holding; refused while it still has open duties.

    Rooms whose rules name units (``closing``) look at them in the same transaction.
    """
    if not can_change_unit(actor, unit):
        raise NotAllowed(_("单位由上级管理员停用。"), hint=_("请联系上级单位的管理员。"))
    if unit.closed_on is not None:
        raise Conflict(_("这个单位已经停用。"))
    if waiting := unit.duties.filter(state__in=OPEN_DUTIES).count():
        raise Conflict(
            _("这个单位还有%(waiting)s件待办没有办结，暂时不能停用。") % {"waiting": waiting},
            hint=_("请先把这些事项改派给其他单位。"),
        )
    record("unit.close", unit, changes_of(unit, closed_on=clock.today()))
    for step in unit_close_steps():
        step(unit.pk)
    return unit
