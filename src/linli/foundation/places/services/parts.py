"""Parts of buildings: entered one by one, corrected, closed, or made in bulk and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput
from linli.core.service import changes_of, record, service

from ..addresses import room_name
from ..digests import changes_digest
from ..entering import (
    area_checked,
    closing_day,
    floor_checked,
    is_standing,
    name_free,
    named,
    part_kind_checked,
    version_same,
)
from ..holding import building_held, part_held
from ..models import Building, Part, PartKind, Stair
from ..roomplan import RoomPlan, RoomPlanned, floor_of, rooms_planned
from ..rules import number_sort_key
from ..usage import keys_to, part_uses, recorded

BATCH = "batch:"


def _stair(building: Building, public_id: Any) -> Stair | None:
    if not public_id:
        return None
    found = building.stairs.filter(public_id=public_id).first()
    if found is None:
        raise InvalidInput(details={"stair": _("请选择本楼栋的单元。")})
    return found


def _room_free(building: Building, stair: Stair | None, name: str) -> None:
    where = {"stair": stair} if stair else {"building": building, "stair": None}
    closed = Part.objects.filter(**where, name=name, closed_on__isnull=False)
    if closed.exists():
        raise InvalidInput(details={"name": _("这个室号登记过，已经注销；如需使用请恢复它。")})
    message = _("这个单元已有同号房屋。") if stair else _("这个楼栋已有同号房屋。")
    name_free(Part, message, **where, name=name)


def _room(text: str) -> str:
    return room_name(named(text, 40, _("室号")))


@service(idempotent=True)
def part_add(
    *,
    actor: Actor,
    building_id: Any,
    name: str,
    stair_id: Any = None,
    floor: int | None = None,
    kind: str = PartKind.DWELLING,
    area: int | None = None,
    source: str = "",
) -> Part:
    """Enter a part of a building; without a floor it is read from the room number. ``area`` in 1/100 m²."""
    building = building_held(actor, building_id)
    is_standing(building)
    stair, name = _stair(building, stair_id), _room(name)
    _room_free(building, stair, name)
    part = Part.objects.create(
        compound=building.compound,
        area_path=building.compound.area_path,
        building=building,
        stair=stair,
        name=name,
        sort_key=number_sort_key(name),
        floor=floor_checked(floor_of(name) if floor is None else floor),
        kind=part_kind_checked(kind),
        area=area_checked(area, "area"),
        source=source[:30],
    )
    record("part.add", part)
    return part


@service
def part_update(
    *,
    actor: Actor,
    part_id: Any,
    version: int,
    name: str,
    stair_id: Any = None,
    floor: int | None = None,
    kind: str = PartKind.DWELLING,
    area: int | None = None,
) -> Part:
    """Correct a part; refused when somebody else was faster. Who lives there stays."""
    part = part_held(actor, part_id)
    version_same(part, version, {_("室号"): part.name}, {_("室号"): name})
    stair, name = _stair(part.building, stair_id), _room(name)
    if (name, stair) != (part.name, part.stair):
        _room_free(part.building, stair, name)
    after = {
        "name": name,
        "sort_key": number_sort_key(name),
        "stair": stair,
        "floor": floor_checked(floor),
        "kind": part_kind_checked(kind),
        "area": area_checked(area, "area"),
    }
    if changed := changes_of(part, **after):
        changed |= changes_of(part, version=version + 1)
        record("part.update", part, changed)
    return part


@service
def part_close(
    *, actor: Actor, part_id: Any, version: int, reason: str, closed_on: date | None = None
) -> Part:
    """Close a part that is none any more; refused while anybody lives or works there."""
    part = part_held(actor, part_id)
    version_same(part, version, {_("室号"): part.name}, {_("注销原因"): reason})
    if part.closed_on is not None:
        raise Conflict(_("%s已经注销。") % part.room_label)
    if uses := part_uses([part.pk]).get(part.pk):
        raise Conflict(
            _("%(room)s%(uses)s，不能注销。") % {"room": part.room_label, "uses": "、".join(uses)},
            hint=_("请先在“居民”里办理迁出或停止使用，再注销。"),
        )
    reason = named(reason, 100, _("注销原因"))
    changed = changes_of(part, closed_on=closing_day(closed_on), version=version + 1)
    record("part.close", part, changed, purpose=reason)
    return part


@service
def part_reopen(*, actor: Actor, part_id: Any, version: int) -> Part:
    """Take back the closing of a part."""
    part = part_held(actor, part_id)
    version_same(part, version, {_("室号"): part.name}, {})
    if part.closed_on is None:
        raise Conflict(_("%s没有注销。") % part.room_label)
    is_standing(part.building)
    record("part.reopen", part, changes_of(part, closed_on=None, version=version + 1))
    return part


# -- in bulk -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartsMade:
    """What a bulk act did; ``batch`` is what ``parts_undo`` takes, empty where nothing was made."""

    made: int
    there: int
    batch: str


def _stairs_ensure(building: Building, names: Sequence[str]) -> dict[str, Stair | None]:
    """Return the stairs of some names, made where there are none; "" is no stair."""
    stairs: dict[str, Stair | None] = {stair.name: stair for stair in building.stairs.all()}
    for name in names:
        if name and name not in stairs:
            stairs[name] = Stair.objects.create(
                building=building, name=named(name, 40, _("单元名称")), sort_key=number_sort_key(name)
            )
    return {**stairs, "": None}


def _rooms_make(building: Building, rooms: Sequence[RoomPlanned], **facts: Any) -> list[Part]:
    """Make those rooms of a plan that are not there yet."""
    stairs = _stairs_ensure(building, [room.stair for room in rooms])
    there = set(Part.objects.filter(building=building).values_list("stair_id", "name"))
    return Part.objects.bulk_create(
        Part(
            compound=building.compound,
            area_path=building.compound.area_path,
            building=building,
            stair=stair,
            name=room.name,
            sort_key=number_sort_key(room.name),
            floor=room.floor,
            **facts,
        )
        for room in rooms
        if ((stair := stairs[room.stair]) and stair.pk, room.name) not in there
    )


@service
def parts_make(
    *,
    actor: Actor,
    building_id: Any,
    plan: RoomPlan,
    kind: str = PartKind.DWELLING,
    area: int | None = None,
) -> PartsMade:
    """Make the rooms of a plan, with the stairs they need; what is there already stays as it is."""
    rooms = rooms_planned(plan)
    building = building_held(actor, building_id)
    is_standing(building)
    batch = BATCH + uuid4().hex[:20]
    facts = {"kind": part_kind_checked(kind), "area": area_checked(area, "area"), "source": batch}
    made = _rooms_make(building, rooms, **facts)
    if made:
        digest = changes_digest([str(part.public_id), part.name] for part in made)
        record("part.make", building, touched=[Part, Stair], purpose=f"添加{len(made)} digest={digest}")
    return PartsMade(len(made), len(rooms) - len(made), batch if made else "")


@dataclass(frozen=True, slots=True)
class PartsUndone:
    """What an undo took away, and how many parts stay because somebody is, or was, registered there."""

    removed: int
    kept: int


@service
def parts_undo(*, actor: Actor, building_id: Any, batch: str) -> PartsUndone:
    """Take a bulk act back: every part of it that no record names and nobody corrected, and empty stairs."""
    building = building_held(actor, building_id)
    rows = Part.objects.filter(building=building, source=batch) if batch.startswith(BATCH) else None
    parts = list(rows.select_for_update()) if rows is not None else []
    if not parts:
        raise Conflict(_("这一批房屋已经撤销，或不属于这个楼栋。"))
    taken = recorded(Part, [part.pk for part in parts])
    gone = [part for part in parts if part.pk not in taken and part.version == 1]
    stairs = {part.stair_id for part in gone if part.stair_id}
    digest = changes_digest([str(part.public_id), part.name] for part in gone)
    Part.objects.filter(pk__in=[part.pk for part in gone]).delete()
    Stair.objects.filter(pk__in=stairs - recorded(Stair, stairs)).delete()
    if gone:  # nothing names them, but Django looks through all that might
        keys = [*keys_to(Part), *keys_to(Stair)]
        touched: list[type[Model]] = [Part, Stair, *(model for model, _name in keys)]
        record("part.undo", building, touched=touched, purpose=f"撤销{len(gone)} digest={digest}")
    return PartsUndone(len(gone), len(parts) - len(gone))
