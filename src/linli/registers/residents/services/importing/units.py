"""Establishments of a file: entered, brought to a newer file, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.fields import uuid7
from linli.core.service import require_service
from linli.foundation.imports.targets import Changed, Row
from linli.foundation.places.rules import name_keys

from ...importing.building import day_of
from ...importing.units import SAID, UnitsReading, changes_of_unit, may, may_move, moves
from ...models import Establishment, Occupancy, Owner, RegisterEvent

VERB = "establishment.import"
PLACED = ("area_path", "place_code", "compound_id")
FOLLOWING = ("pinyin", "initials")


def _use(read: UnitsReading, row: Row, unit: Establishment, from_on: Any) -> Occupancy:
    where = read.places.where(row)
    assert where is not None  # a row without a part was kept back
    return Occupancy(
        part_id=where.part,
        establishment=unit,
        from_on=from_on,
        source=row.values["source"],
        recorded_at=read.scope.at,
    )


def _place(read: UnitsReading, row: Row, unit: Establishment) -> None:
    where = read.places.where(row)
    assert where is not None
    unit.area_path, unit.place_code, unit.compound_id = where.area_path, where.place_code, where.compound


@require_service
def units_make(*, read: UnitsReading, rows: Sequence[Row]) -> list[int]:
    """Register the establishments of rows that were checked; returns their ids in the rows' order."""
    units = []
    for row in rows:
        said = {name: row.values.get(name, "") for name in SAID}
        unit = Establishment(**said, **name_keys(said["name"]), source=row.values["source"])
        unit.created_at = unit.updated_at = read.scope.at
        _place(read, row, unit)
        units.append(unit)
    Establishment.objects.bulk_create(units, batch_size=500)
    uses = [_use(read, row, unit, row.values.get("from_on")) for row, unit in zip(rows, units, strict=True)]
    Occupancy.objects.bulk_create(uses, batch_size=500)
    return [unit.pk for unit in units]


@require_service
def units_change(*, read: UnitsReading, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
    """Bring establishments to what rows say, as far as their source may; returns how each was before."""
    outcomes: list[Changed | str] = []
    for row, subject in pairs:
        outcomes.append(Changed(_changed(read, row, read.units[subject])))
    return outcomes


def _changed(read: UnitsReading, row: Row, unit: Establishment) -> dict[str, Any]:
    changes: dict[str, Any] = changes_of_unit(row, unit) if may(row, unit) else {}
    is_moved = moves(read, row, unit) and may_move(row, unit)
    if not changes and not is_moved:
        return {}
    names = (*SAID, *FOLLOWING, *PLACED, "source", "version")
    before = {name: getattr(unit, name) for name in names}
    trail: dict[str, Any] = {"updated_at": unit.updated_at.isoformat()}
    if "name" in changes:
        changes |= name_keys(changes["name"])
    for name, value in changes.items():
        setattr(unit, name, value)
    if is_moved:
        trail["uses"] = _moved(read, row, unit)
    unit.version, unit.updated_at, unit.source = unit.version + 1, read.scope.at, row.values["source"]
    unit.save()
    trail["event"] = _event(read, row, unit, [*(name for name in changes if name in SAID)], is_moved)
    return {**trail, "columns": before}


def _moved(read: UnitsReading, row: Row, unit: Establishment) -> dict[str, Any]:
    """Leave the parts it used, use the row's; returns what was ended and what was made."""
    day = day_of(row.values.get("from_on"), clock.today())
    ended = read.uses.get(unit.pk, [])
    for use in ended:
        use.to_on = max(day, use.from_on or day)
        use.save(update_fields=["to_on"])
    fresh = _use(read, row, unit, day)
    fresh.save(force_insert=True)
    read.uses[unit.pk] = [fresh]
    _place(read, row, unit)
    return {"ended": [use.pk for use in ended], "made": fresh.pk}


def _event(read: UnitsReading, row: Row, unit: Establishment, fields: list[str], is_moved: bool) -> int:
    event = RegisterEvent(
        act=uuid7(),
        verb=VERB,
        establishment=unit,
        area_path=unit.area_path,
        happened_on=clock.today(),
        at=read.scope.at,
        by_id=read.scope.person_id,
        unit_id=read.scope.unit_id,
        fields=[*fields, *(["home"] if is_moved else [])],
        reason="导入",
        source=row.values["source"],
    )
    event.save(force_insert=True)
    return event.pk


@require_service
def units_restore(*, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Put establishments back; one that somebody has changed since is left, and why."""
    left: dict[int, str] = {}
    units = Establishment.objects.select_for_update().in_bulk(list(before))
    for pk, kept in before.items():
        if not kept:
            continue
        unit = units[pk]
        if unit.version != kept["columns"]["version"] + 1:
            left[pk] = _("后来有人改过这个单位。")
            continue
        _back(unit, kept)
    return left


def _back(unit: Establishment, kept: Mapping[str, Any]) -> None:
    for name, value in kept["columns"].items():
        setattr(unit, name, value)
    unit.updated_at = datetime.fromisoformat(kept["updated_at"])
    unit.save()
    RegisterEvent.objects.filter(pk=kept["event"]).delete()
    if uses := kept.get("uses"):
        Occupancy.objects.filter(pk=uses["made"]).delete()
        Occupancy.objects.filter(pk__in=uses["ended"]).update(to_on=None)


@require_service
def units_unmake(*, ids: Sequence[int]) -> dict[int, str]:
    """Take away establishments that only an import made; returns id → why one was left."""
    changed = Q(version__gt=1) | ~Q(updated_at=F("created_at"))
    later = Occupancy.objects.exclude(recorded_at=F("establishment__created_at"))
    left: dict[int, str] = {}
    for keys, words in (
        (
            Establishment.objects.filter(changed, pk__in=ids).values_list("pk", flat=True),
            _("后来有人改过这个单位。"),
        ),
        (
            later.filter(establishment__in=ids).values_list("establishment", flat=True),
            _("后来办理过这个单位的迁址。"),
        ),
        (
            Owner.objects.filter(establishment__in=ids).values_list("establishment", flat=True),
            _("已登记为产权人。"),
        ),
    ):
        left = dict.fromkeys(keys, words) | left
    gone = [pk for pk in ids if pk not in left]
    Occupancy.objects.filter(establishment__in=gone).delete()
    Establishment.objects.filter(pk__in=gone).delete()
    return left
