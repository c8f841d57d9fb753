"""Carrying out an act in the tree: rows begin, go on under another name or path, and end."""

from datetime import date
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from linli.core import clock
from linli.core.service import require_service

from ..changeops import Alter, Begin, End, Node, Ops, nodes_of
from ..models import Boundary, Compound, Division, DivisionChange, Level
from ..records import division_holders, division_keys
from ..rules import division_facts, division_level

BATCH = 500


@require_service
def ops_apply(*, ops: Ops, change: DivisionChange) -> None:
    """Do what an act decided: the living row of a division goes on, its past is put down as an ended row.

    So whatever points at a division that goes on (roles, units, compounds, outlines) needs no change.
    """
    for begun in ops.begin:
        _begin(begun, change)
    for alter in ops.alter:
        _alter(alter, nodes_of(alter, ops), change)
    for compound, code in ops.compounds:
        committee = Division.objects.on().get(code=code)
        Compound.objects.filter(pk=compound.pk).update(
            committee=committee, street=committee.parent, is_committee_confirmed=True
        )
    _outlines_follow(ops)
    for division, codes in ops.share:
        for code in codes:
            _holders_share(division, Division.objects.on().get(code=code))
    for end in ops.end:
        _end(end, change.effective_on)


def _begin(begun: Begin, change: DivisionChange) -> None:
    Division.objects.create(
        code=begun.code,
        level=division_level(begun.code),
        parent=begun.parent,
        path=f"{begun.parent.path}{begun.code}/",
        valid_from=change.effective_on,
        source=change.document,
        document=change.document,
        **division_facts(begun.code, begun.name),
    )


def _alter(alter: Alter, nodes: list[Node], change: DivisionChange) -> None:
    root = nodes[0].division
    is_new = [n for n in nodes if n.path != n.division.path or n.division.pk == root.pk]
    past = [_past(node.division, change.effective_on) for node in is_new]
    for node in is_new:
        living = node.division
        living.code, living.path, living.valid_from = node.code, node.path, change.effective_on
    Division.objects.bulk_update(
        [node.division for node in is_new], ["code", "path", "valid_from"], batch_size=BATCH
    )
    parent = Division.objects.on().get(code=alter.parent)
    facts = division_facts(alter.code, alter.name)
    Division.objects.filter(pk=root.pk).update(parent=parent, document=change.document, **facts)
    Division.objects.bulk_create([row for row in past if row is not None], batch_size=BATCH)
    if root.level == Level.COMMITTEE and root.parent_id != parent.pk:
        Compound.objects.filter(committee=root).update(street=parent)


def _past(living: Division, until: date) -> Division | None:
    """Return what a division was until a day, as a row of its own; None where it was so for no whole day."""
    if living.valid_from >= until:
        return None
    fields = {
        f.attname: getattr(living, f.attname) for f in living._meta.concrete_fields if not f.primary_key
    }
    return Division(**{**fields, "valid_to": until})


def _end(end: End, day: date) -> None:
    into = list(Division.objects.on().filter(code__in=end.into))
    for target in into:
        _holders_share(end.division, target)
    rest = next((division for division in into if division.code == end.rest), None)
    for through, field in division_holders():
        through._default_manager.filter(**{field.m2m_reverse_field_name(): end.division.pk}).delete()
    for model, name in division_keys() if rest else []:
        model._base_manager.filter(**{name: end.division}).update(**{name: rest})
    Boundary.objects.filter(division=end.division).delete()
    Division.objects.filter(pk=end.division.pk).update(valid_to=day)


def _holders_share(division: Division, target: Division) -> None:
    """Give every role, unit and whatever else has a division as its area another one too."""
    for through, field in division_holders():
        owner, place = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        rows = through._default_manager
        held = set(rows.filter(**{place: division.pk}).values_list(owner, flat=True))
        known = set(rows.filter(**{place: target.pk}).values_list(owner, flat=True))
        rows.bulk_create([through(**{owner: pk, place: target.pk}) for pk in sorted(held - known)])


# -- outlines ----------------------------------------------------------------------------------------------


def _outlines_follow(ops: Ops) -> None:
    """Join the outlines of what was merged; what is no longer true is dropped, or marked as schematic.

    A committee's outline decides where a report goes, so that an untrue one must go; a street's is kept as
    schematic, which never overrules a person.
    """
    merged = [end.division for end in ops.end if len(end.into) == 1]
    if merged and not ops.stale:
        _outlines_join(merged, ops.end[0].rest)
    for division in ops.stale:
        _outline_doubt(division, [begun.code for begun in ops.begin])


def _outlines_join(gone: list[Division], code: str) -> None:
    target = Division.objects.on().get(code=code)
    ids = {target.pk, *(division.pk for division in gone)}
    rows = list(Boundary.objects.filter(division__in=ids))
    if not rows:
        return
    Boundary.objects.filter(division=target).delete()
    # What was merged into a new division is known when all parts are; into an old one, when that is too.
    wanted = len(ids) if any(row.division_id == target.pk for row in rows) else len(gone)
    if len(rows) == wanted:
        outline = shapely.union_all([shape(row.geometry) for row in rows])
        _outline_set(target, mapping(outline), any(row.is_schematic for row in rows), rows[0].source)


def _outline_doubt(division: Division, codes: list[str]) -> None:
    boundary = Boundary.objects.filter(division=division).first()
    if boundary is None:
        return
    if division.level >= Level.COMMITTEE:
        boundary.delete()
        return
    for target in (division, *Division.objects.on().filter(code__in=codes)):
        Boundary.objects.filter(division=target).delete()
        _outline_set(target, boundary.geometry, True, boundary.source)


def _outline_set(division: Division, geometry: Any, is_schematic: bool, source: str) -> None:
    west, south, east, north = shape(geometry).bounds
    Boundary.objects.create(
        division=division,
        geometry=geometry,
        west=west,
        south=south,
        east=east,
        north=north,
        is_schematic=is_schematic,
        source=source,
        loaded_at=clock.now(),
    )
