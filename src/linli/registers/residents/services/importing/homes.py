"""Homes of a file: entered with their buildings and stairs, brought to a newer file, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import system
from linli.core.service import require_service
from linli.foundation.imports.targets import Changed, Row
from linli.foundation.places.models import Building, Compound, Part, PartKind, Stair
from linli.foundation.places.services import HomeRow, homes_ensure
from linli.foundation.places.usage import recorded

from ...importing.homes import HomesReading, changes_of_part, may

Said = tuple[str, int | None, int | None, bool | None]
OF_BUILDING = ("housing_type", "built_year", "floors", "has_lift")


@require_service
def homes_import(*, read: HomesReading, rows: Sequence[Row]) -> list[int]:
    """Enter the homes of rows that were checked; returns the parts' ids in the rows' order."""
    wanted = [_home(read, row) for row in rows]
    compounds = {home.compound for home in wanted}
    list(Compound.objects.select_for_update().filter(pk__in=compounds).order_by("pk"))
    buildings = set(Building.objects.filter(compound__in=compounds).values_list("pk", flat=True))
    stairs = set(Stair.objects.filter(building__in=buildings).values_list("pk", flat=True))
    actor = system("import").with_areas(read.scope.areas)
    done = homes_ensure(actor=actor, rows=wanted, source=rows[0].values["source"])
    parts = Part.objects.select_related("building").in_bulk(done.ids)
    said: dict[int, Said] = {}
    for row, pk in zip(rows, done.ids, strict=True):
        part, made = parts[pk], read.made.setdefault(row.number, {})
        if part.building_id not in buildings:
            made["building"] = part.building_id
            said.setdefault(part.building_id, _said_of_building(row))
        if part.stair_id is not None and part.stair_id not in stairs:
            made["stair"] = part.stair_id
    _buildings_say(said)
    return done.ids


def _home(read: HomesReading, row: Row) -> HomeRow:
    match, values = read.match(row), row.values
    assert match is not None and match.compound is not None  # a row without was kept back
    return HomeRow(
        compound=match.compound.pk,
        building=values.get("building") or match.address.building,
        room=match.address.room,
        stair=values.get("stair") or match.address.stair,
        floor=values.get("floor"),
        kind=values.get("kind") or PartKind.DWELLING,
        area=values.get("area"),
    )


def _said_of_building(row: Row) -> Said:
    values = row.values
    lift = {"yes": True, "no": False}.get(values.get("lift", ""))
    return values.get("housing_type", ""), values.get("built_year"), values.get("floors"), lift


def _buildings_say(said: Mapping[int, Said]) -> None:
    """Take what a file says of buildings that it brought; of others people know better.

    Those of which the same is said are written at once: they are few kinds.
    """
    alike: dict[Said, list[int]] = {}
    for pk, words in said.items():
        alike.setdefault(words, []).append(pk)
    for words, keys in alike.items():
        Building.objects.filter(pk__among=keys).update(**dict(zip(OF_BUILDING, words, strict=True)))


@require_service
def homes_change(*, read: HomesReading, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
    """Bring parts to what rows say, where their office's word counts."""
    outcomes: list[Changed | str] = []
    for row, subject in pairs:
        part = read.parts[subject]
        changes = changes_of_part(row, part) if may(row, part) else {}
        before = {name: getattr(part, name) for name in changes}
        if changes:
            for name, value in changes.items():
                setattr(part, name, value)
            part.version += 1
            part.save(update_fields=[*changes, "version"])
        outcomes.append(Changed({"columns": before, "version": part.version}))
    return outcomes


@require_service
def homes_restore(*, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Put parts back; one that somebody has changed since is left, and why."""
    left: dict[int, str] = {}
    for pk, kept in before.items():
        if not kept["columns"]:
            continue
        version = kept["version"]
        rows = Part.objects.filter(pk=pk, version=version)
        if not rows.update(**kept["columns"], version=version - 1):
            left[pk] = _("后来有人改过这套房屋。")
    return left


@require_service
def homes_unmake(*, notes: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Take parts away, and the stairs and buildings made for them that are empty; returns id → why not."""
    left = dict.fromkeys(recorded(Part, list(notes)), _("这套房屋已经登记了人或产权。"))
    changed = Part.objects.filter(pk__in=list(notes), version__gt=1).values_list("pk", flat=True)
    left |= dict.fromkeys(changed, _("后来有人改过这套房屋。"))
    Part.objects.filter(pk__in=[pk for pk in notes if pk not in left]).delete()
    stairs = {note["stair"] for note in notes.values() if "stair" in note}
    Stair.objects.filter(pk__in=stairs, parts__isnull=True).delete()
    buildings = {note["building"] for note in notes.values() if "building" in note}
    empty = Building.objects.filter(pk__in=buildings, parts__isnull=True, stairs__isnull=True, version=1)
    empty.delete()
    return left
