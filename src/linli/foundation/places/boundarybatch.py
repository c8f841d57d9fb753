"""A boundary file as a batch: matched to today's divisions, its position checked; reads, writes nothing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from linli.core import clock
from linli.core.errors import InvalidInput
from linli.core.geometry import Datum

from . import schematic
from .models import CODE_LENGTH, Boundary, Division, Level
from .outlines import (
    Correction,
    Feature,
    Unit,
    datum_suspected,
    features_match,
    features_read,
    outline_converted,
    refuse,
    share_inside,
)

MIN_SHARE_INSIDE = 0.3  # of a unit's outline inside its district's; schematic districts are off by 100 m
_DRAWN = (Level.COUNTY, Level.STREET)
DATUM_NAMES = {Datum.WGS84: "WGS-84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}


@dataclass(frozen=True, slots=True)
class BoundaryBatch:
    """What a boundary file holds and how it is to be read."""

    features: Sequence[Feature]
    source: str
    level: Level = Level.STREET
    datum: Datum = Datum.WGS84
    corrections: Sequence[Correction] = ()
    is_schematic: bool = False
    is_datum_sure: bool = False


def _units(level: Level) -> dict[str, Division]:
    return {d.code: d for d in Division.objects.on().filter(level=level).select_related("parent")}


def _county_outlines(codes: Iterable[str]) -> dict[str, BaseGeometry]:
    rows = Boundary.objects.filter(division__level=Level.COUNTY, division__valid_to__isnull=True)
    counties = {code: shape(g) for code, g in rows.values_list("division__code", "geometry")}
    return {code: counties[code[:6]] for code in codes if len(code) > 6 and code[:6] in counties}


def _position_check(
    raw: Mapping[str, BaseGeometry], batch: BoundaryBatch, units: Mapping[str, Division]
) -> None:
    """Refuse outlines in another datum than was said, or far from their district."""
    around = _county_outlines(raw)
    other = None if batch.is_datum_sure else datum_suspected(raw, around, batch.datum)
    if other is not None:
        raise InvalidInput(
            _("这份边界看起来是 %(other)s 坐标，而不是 %(declared)s：整体偏了几百米。")
            % {"other": DATUM_NAMES[other], "declared": DATUM_NAMES[batch.datum]},
            hint=_("请加 --datum %s 重新装入；确认无误时加 --datum-sure。整份文件未装入。") % other.value,
        )
    moved = {code: outline_converted(outline, batch.datum) for code, outline in raw.items()}
    faults = [
        _("%(name)s（%(code)s）的边界只有%(share)s在所属区内")
        % {"name": units[code].name, "code": code, "share": f"{share:.0%}"}
        for code, share in share_inside(moved, around).items()
        if share < MIN_SHARE_INSIDE
    ]
    refuse(faults, _("有%d个边界位置不对") % len(faults))


def _boundary(division: Division, outline: BaseGeometry, batch: BoundaryBatch) -> Boundary:
    west, south, east, north = outline.bounds
    return Boundary(
        division=division,
        geometry=json.loads(json.dumps(mapping(outline))),
        west=west,
        south=south,
        east=east,
        north=north,
        is_schematic=batch.is_schematic,
        source=batch.source[:200],
        loaded_at=clock.now(),
    )


def boundaries_of_batch(batch: BoundaryBatch) -> list[Boundary]:
    """Return the unsaved boundaries of a batch by code; ``InvalidInput`` if anything in it is wrong."""
    units = _units(batch.level)
    wanted = [Unit(u.code, u.name, u.parent.name if u.parent else "") for u in units.values()]
    matched = features_match(batch.features, wanted, batch.corrections)
    raw = {code: shapely.union_all([feature.raw for feature in group]) for code, group in matched.items()}
    if batch.level > Level.COUNTY and not batch.is_schematic:
        _position_check(raw, batch, units)
    return [_boundary(units[code], outline_converted(raw[code], batch.datum), batch) for code in sorted(raw)]


def without_real(new: Sequence[Boundary], known: Iterable[Boundary]) -> list[Boundary]:
    """Leave out stand-ins for divisions that have a real outline, and street cells beside a real street."""
    real = {boundary.division_id for boundary in known if not boundary.is_schematic}
    parents = set(Division.objects.filter(pk__in=real).values_list("parent_id", flat=True))
    return [
        boundary
        for boundary in new
        if boundary.division_id not in real
        and (boundary.division.level <= Level.COUNTY or boundary.division.parent_id not in parents)
    ]


def schematic_batches() -> list[BoundaryBatch]:
    """Return the packaged schematic map as batches: districts, then streets."""
    features = features_read(schematic.SHANGHAI)
    chosen = {level: [f for f in features if len(f.code) == CODE_LENGTH[level]] for level in _DRAWN}
    return [BoundaryBatch(chosen[level], schematic.SOURCE, level, is_schematic=True) for level in _DRAWN]


def is_same(old: Boundary, new: Boundary) -> bool:
    """Whether a stored boundary already says what a new one says."""
    return (old.geometry, old.source, old.is_schematic) == (new.geometry, new.source, new.is_schematic)
