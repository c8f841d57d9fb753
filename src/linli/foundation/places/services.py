"""Writing places: divisions from an edition, boundaries from a file, compounds and buildings by hand."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, StaleVersion
from linli.core.service import changes_of, record, service

from .boundarybatch import BoundaryBatch, boundaries_of_batch, is_same, without_real
from .edition import DivisionRow, Edition
from .models import Boundary, Building, Compound, Division, Level
from .permissions import can_add_compound, can_confirm_committee, can_edit_compound, can_load_divisions
from .rules import (
    building_sort_key,
    division_kind,
    division_level,
    division_path,
    parent_code,
    pinyin_keys,
    pinyin_syllables,
)
from .selectors import (
    building_by_public_id,
    compound_by_public_id,
    position_find,
    unbounded_list,
)

BATCH = 2_000


def _digest(changes: Iterable[object]) -> str:
    """Return the digest of a batch's change list, for the batch's one audit record."""
    sha = hashlib.sha256()
    for change in changes:
        sha.update(json.dumps(change, ensure_ascii=False, default=str).encode())
    return sha.hexdigest()[:32]


# -- divisions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DivisionsResult:
    """What loading an edition did; ``missing`` are codes of the database that the edition lacks."""

    added: int
    changed: int
    same: int
    missing: tuple[str, ...]


def _division_fields(row: DivisionRow) -> dict[str, str]:
    return {
        "name": row.name,
        "short_name": row.short_name,
        "kind": division_kind(row.code, row.name),
        "pinyin": row.pinyin,
        "initials": row.initials,
    }


def _divisions_add(rows: Iterable[DivisionRow], edition: Edition, ids: dict[str, int]) -> None:
    """Insert rows, parents first, a batch per level; ``ids`` grows by what may become a parent."""
    by_level: dict[Level, list[Division]] = {}
    for row in rows:
        level = division_level(row.code)
        division = Division(
            code=row.code,
            level=level,
            path=division_path(row.code),
            valid_from=edition.valid_from,
            source=edition.source,
            **_division_fields(row),
        )
        by_level.setdefault(level, []).append(division)
    for level in sorted(by_level):
        for division in by_level[level]:
            division.parent_id = ids[parent_code(division.code)] if level > Level.PROVINCE else None
        for division in Division.objects.bulk_create(by_level[level], batch_size=BATCH):
            ids[division.code] = division.pk


def _divisions_change(rows: Sequence[DivisionRow], known: Mapping[str, Division], edition: Edition) -> None:
    for row in rows:
        for name, value in _division_fields(row).items():
            setattr(known[row.code], name, value)
        known[row.code].source = edition.source
    Division.objects.bulk_update(
        [known[row.code] for row in rows],
        ["name", "short_name", "kind", "pinyin", "initials", "source"],
        batch_size=BATCH,
    )


def _differs(division: Division, row: DivisionRow) -> bool:
    return any(getattr(division, name) != value for name, value in _division_fields(row).items())


@service
def divisions_load(*, actor: Actor, edition: Edition) -> DivisionsResult:
    """Bring today's divisions up to an edition: add what is new, correct names; the same again does nothing.

    Codes that the edition lacks are returned as ``missing`` and left alone: abolishing, merging and
    renumbering move roles and records and are acts of their own.
    """
    if not can_load_divisions(actor):
        raise NotAllowed
    roots = [row.code for row in edition.rows if division_level(row.code) == Level.PROVINCE]
    known = {d.code: d for root in roots for d in Division.objects.on().under(f"{root}/")}
    new = [row for row in edition.rows if row.code not in known]
    changed = [row for row in edition.rows if row.code in known and _differs(known[row.code], row)]
    codes = {row.code for row in edition.rows}
    missing = tuple(sorted(code for code in known if code not in codes))
    if new or changed:
        ids = {code: division.pk for code, division in known.items()}
        _divisions_add(new, edition, ids)
        _divisions_change(changed, known, edition)
        digest = _digest([[row.code, row.name] for row in (*new, *changed)])
        record(
            "division.load",
            Division.objects.get(pk=ids[roots[0]]),
            touched=[Division],
            purpose=f"added={len(new)} changed={len(changed)} missing={len(missing)} digest={digest}",
        )
    return DivisionsResult(len(new), len(changed), len(codes) - len(new) - len(changed), missing)


# -- boundaries --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoundaryResult:
    """What loading boundaries did; ``unbounded`` names the divisions of the level without a real one."""

    loaded: int
    same: int
    schematic_removed: int
    unbounded: tuple[str, ...]


def _schematic_beside(new: Sequence[Boundary], fresh_ids: set[int]) -> list[int]:
    """Return stand-ins of the same parents, which have no place beside real outlines."""
    if not new or new[0].is_schematic:
        return []
    rows = Boundary.objects.filter(
        is_schematic=True,
        division__level=new[0].division.level,
        division__parent__in={boundary.division.parent_id for boundary in new},
    )
    return list(rows.exclude(division__in=fresh_ids).values_list("pk", flat=True))


@service
def boundary_load_batch(*, actor: Actor, batch: BoundaryBatch) -> BoundaryResult:
    """Give divisions the outlines of a file, all or none; the same file again does nothing.

    Real outlines replace schematic ones and take away the schematic cells beside them in the same parent;
    schematic ones never replace real ones.
    """
    if not can_load_divisions(actor):
        raise NotAllowed
    new = boundaries_of_batch(batch)
    known = {b.division_id: b for b in Boundary.objects.filter(division__level=batch.level)}
    if batch.is_schematic:
        new = without_real(new, known.values())
    fresh = [b for b in new if b.division_id not in known or not is_same(known[b.division_id], b)]
    replaced = {b.division_id for b in fresh}
    beside = _schematic_beside(new, replaced)
    if fresh or beside:
        Boundary.objects.filter(division__in=replaced).delete()
        Boundary.objects.filter(pk__in=beside).delete()
        Boundary.objects.bulk_create(fresh, batch_size=BATCH)
        digest = _digest([[b.division.code, b.geometry] for b in fresh] + [["removed", pk] for pk in beside])
        record(
            "boundary.load",
            Division.objects.get(level=Level.PROVINCE, code=new[0].division.code[:2], valid_to=None),
            touched=[Boundary],
            purpose=f"loaded={len(fresh)} schematic_removed={len(beside)} digest={digest}",
        )
    unbounded = unbounded_list(batch.level).values_list("parent__name", "name")
    names = tuple(f"{parent or ''}{name}" for parent, name in unbounded)
    return BoundaryResult(len(fresh), len(new) - len(fresh), len(beside), names)


# -- compounds and buildings -------------------------------------------------------------------------------


def _compound_lock(public_id: Any) -> Compound:
    number = compound_by_public_id(public_id).pk
    return Compound.objects.select_for_update().get(pk=number)


def _named(value: str, limit: int, what: str) -> str:
    name = " ".join(value.split())
    if not name or len(name) > limit:
        raise InvalidInput(
            _("请填写%(what)s，不超过%(limit)d个字。") % {"what": what, "limit": limit},
            details={"name": _("请填写%(what)s，不超过%(limit)d个字。") % {"what": what, "limit": limit}},
        )
    return name


def _keys(name: str) -> dict[str, str]:
    pinyin, initials = pinyin_keys(pinyin_syllables(name))
    return {"pinyin": pinyin, "initials": initials}


def _position(lng: float | None, lat: float | None) -> dict[str, float | None]:
    """Return a whole position or none; where a map is loaded it must lie in the city."""
    if lng is None and lat is None:
        return {"lng": None, "lat": None}
    position_find(lng, lat)
    return {"lng": lng, "lat": lat}


def _name_free(model: type[Model], message: str, **where: Any) -> None:
    if model._default_manager.filter(**where).exists():
        raise InvalidInput(message, details={"name": message})


@service(idempotent=True)
def compound_add(
    *,
    actor: Actor,
    name: str,
    street: Division,
    committee: Division | None = None,
    address: str = "",
    lng: float | None = None,
    lat: float | None = None,
) -> Compound:
    """Enter a compound; a committee named by whoever may add it there counts as confirmed."""
    if street.level != Level.STREET or (committee and committee.parent_id != street.pk):
        raise InvalidInput(_("居委不属于所选街镇。"), details={"committee": _("请重新选择居委。")})
    if not can_add_compound(actor, street, committee):
        raise NotAllowed
    name = _named(name, 80, _("小区名称"))
    _name_free(Compound, _("%s已有同名小区。") % street.name, street=street, name=name)
    compound = Compound.objects.create(
        name=name,
        address=address.strip()[:160],
        street=street,
        committee=committee,
        is_committee_confirmed=committee is not None,
        area_path=(committee or street).path,
        **_position(lng, lat),
        **_keys(name),
    )
    record("compound.add", compound)
    return compound


@service
def compound_update(
    *,
    actor: Actor,
    compound_id: Any,
    version: int,
    name: str,
    address: str = "",
    lng: float | None = None,
    lat: float | None = None,
) -> Compound:
    """Correct a compound's name, address or position; refused when somebody else was faster."""
    compound = _compound_lock(compound_id)
    if not can_edit_compound(actor, compound):
        raise NotAllowed
    if compound.version != version:
        raise StaleVersion(
            details={
                "theirs": {_("小区名称"): compound.name, _("地址"): compound.address},
                "yours": {_("小区名称"): name, _("地址"): address},
            }
        )
    name = _named(name, 80, _("小区名称"))
    if name != compound.name:
        street = compound.street
        _name_free(Compound, _("%s已有同名小区。") % street.name, street=street, name=name)
    after = {"name": name, "address": address.strip()[:160], **_position(lng, lat), **_keys(name)}
    changed = changes_of(compound, **after)
    if changed:
        changed |= changes_of(compound, version=version + 1)
        record("compound.update", compound, changed)
    return compound


@service
def compound_confirm_committee(*, actor: Actor, compound_id: Any, committee: Division) -> Compound:
    """Confirm to which committee a compound belongs; from now on its reports go there."""
    compound = _compound_lock(compound_id)
    if committee.parent_id != compound.street_id:
        raise InvalidInput(
            _("%(name)s不属于%(street)s。") % {"name": committee.name, "street": compound.street}
        )
    if not can_confirm_committee(actor, compound, committee):
        raise NotAllowed
    after = {"committee": committee, "is_committee_confirmed": True, "area_path": committee.path}
    changed = changes_of(compound, **after)
    if changed:
        changed |= changes_of(compound, version=compound.version + 1)
        record("compound.confirm_committee", compound, changed)
    return compound


@service(idempotent=True)
def building_add(
    *, actor: Actor, compound_id: Any, name: str, lng: float | None = None, lat: float | None = None
) -> Building:
    """Enter a building of a compound."""
    compound = _compound_lock(compound_id)
    if not can_edit_compound(actor, compound):
        raise NotAllowed
    name = _named(name, 40, _("楼栋名称"))
    _name_free(Building, _("这个小区已有同名楼栋。"), compound=compound, name=name)
    building = Building.objects.create(
        compound=compound, name=name, sort_key=building_sort_key(name), **_position(lng, lat)
    )
    record("building.add", building)
    return building


@service
def building_update(*, actor: Actor, building_id: Any, name: str) -> Building:
    """Correct a building's name."""
    building = building_by_public_id(building_id)
    if not can_edit_compound(actor, building.compound):
        raise NotAllowed
    name = _named(name, 40, _("楼栋名称"))
    if name != building.name:
        _name_free(Building, _("这个小区已有同名楼栋。"), compound=building.compound, name=name)
    changed = changes_of(building, name=name, sort_key=building_sort_key(name))
    if changed:
        record("building.update", building, changed)
    return building
