"""Buildings, stairs and parts from elsewhere, a great many at once: what an import or a machine brings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.service import record, require_service, service

from ..addresses import building_key, room_name, stair_key
from ..digests import changes_digest
from ..entering import area_checked, floor_checked, is_standing, part_kind_checked
from ..models import Building, Compound, Part, PartKind, Stair
from ..permissions import can_edit_compound
from ..roomplan import floor_of
from ..rules import number_sort_key

CHUNK = 5_000
_STANDING_LAST = F("closed_on").desc(nulls_last=True)


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A part as a file names it, in a compound that is known (its key). ``area`` in 1/100 m²."""

    compound: int
    building: str
    room: str
    stair: str = ""
    floor: int | None = None
    kind: str = PartKind.DWELLING
    area: int | None = None


@dataclass(frozen=True, slots=True)
class HomesMade:
    """The parts' keys in the order of the rows, and which of them are new."""

    ids: list[int]
    made: frozenset[int]


_Of = dict[tuple[int, str], Any]


def _buildings(compounds: Mapping[int, Compound], rows: Sequence[HomeRow]) -> _Of:
    """Return the buildings of rows by compound and key, made where there are none."""
    found: _Of = {}
    for building in Building.objects.filter(compound__in=compounds).order_by(_STANDING_LAST):
        found[building.compound_id, building_key(building.name)] = building
    new: _Of = {}
    for row in rows:
        key = (row.compound, building_key(row.building))
        if key not in found and key not in new:
            new[key] = Building(
                compound=compounds[row.compound],
                name=row.building[:40],
                sort_key=number_sort_key(row.building),
            )
    Building.objects.bulk_create(new.values(), batch_size=CHUNK)
    return found | new


def _stairs(buildings: Iterable[Building], rows: Sequence[tuple[HomeRow, Building]]) -> _Of:
    found: _Of = {}
    ids = sorted({building.pk for building in buildings})
    for start in range(0, len(ids), CHUNK):
        for stair in Stair.objects.filter(building__in=ids[start : start + CHUNK]):
            found[stair.building_id, stair_key(stair.name)] = stair
    new: _Of = {}
    for row, building in rows:
        key = (building.pk, stair_key(row.stair))
        if row.stair and key not in found and key not in new:
            new[key] = Stair(building=building, name=row.stair[:40], sort_key=number_sort_key(row.stair))
    Stair.objects.bulk_create(new.values(), batch_size=CHUNK)
    return found | new


_PartKey = tuple[int, int | None, str]


def _parts_there(buildings: Iterable[int]) -> dict[_PartKey, int]:
    ids = sorted(set(buildings))
    found: dict[_PartKey, int] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Part.objects.filter(building__in=ids[start : start + CHUNK])
        for pk, building, stair, name in rows.values_list("pk", "building_id", "stair_id", "name"):
            found[building, stair, name] = pk
    return found


def _part(row: HomeRow, compound: Compound, building: Building, stair: Stair | None, source: str) -> Part:
    name = room_name(row.room)[:40]
    return Part(
        compound=compound,
        area_path=compound.area_path,
        building=building,
        stair=stair,
        name=name,
        sort_key=number_sort_key(name),
        floor=floor_checked(floor_of(name) if row.floor is None else row.floor),
        kind=part_kind_checked(row.kind),
        area=area_checked(row.area, "area"),
        source=source[:30],
    )


@require_service
def homes_ensure(*, actor: Actor, rows: Sequence[HomeRow], source: str) -> HomesMade:
    """Return the parts that rows name; makes what is not there, building and stair too, changes nothing else.

    Buildings, stairs and rooms are recognised as ``addresses`` compares them (3幢 is 3号楼). A closed part
    is returned as it is; a new one in a closed building raises ``Conflict``. The caller records; it touches
    ``Building``, ``Stair`` and ``Part``.
    """
    held = Compound.objects.select_for_update().order_by("pk")  # of two imports into one the second waits
    compounds = {found.pk: found for found in held.filter(pk__in={row.compound for row in rows})}
    if not all(can_edit_compound(actor, compound) for compound in compounds.values()):
        raise NotAllowed
    buildings = _buildings(compounds, rows)
    housed = [(row, buildings[row.compound, building_key(row.building)]) for row in rows]
    stairs = _stairs({building.pk: building for _row, building in housed}.values(), housed)
    there = _parts_there(building.pk for _row, building in housed)
    new: dict[_PartKey, Part] = {}
    keys: list[_PartKey] = []
    for row, building in housed:
        stair = stairs[building.pk, stair_key(row.stair)] if row.stair else None
        key = (building.pk, stair and stair.pk, room_name(row.room)[:40])
        keys.append(key)
        if key not in there and key not in new:
            is_standing(building)
            new[key] = _part(row, compounds[row.compound], building, stair, source)
    Part.objects.bulk_create(new.values(), batch_size=CHUNK)
    there |= {key: part.pk for key, part in new.items()}
    return HomesMade([there[key] for key in keys], frozenset(part.pk for part in new.values()))


@service
def homes_make(*, actor: Actor, rows: Sequence[HomeRow], source: str) -> HomesMade:
    """Enter a great many parts at once, with their buildings and stairs; what is there stays as it is."""
    done = homes_ensure(actor=actor, rows=rows, source=source)
    if rows:
        counts: dict[int, int] = defaultdict(int)
        for row in rows:
            counts[row.compound] += 1
        digest = changes_digest(sorted(done.made))
        first = Compound.objects.get(pk=rows[0].compound)
        purpose = f"rows={len(rows)} added={len(done.made)} compounds={len(counts)} digest={digest}"
        record("home.make", first, touched=[Building, Stair, Part], purpose=purpose)
    return done
