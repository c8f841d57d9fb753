"""Buildings, their stairs and their grids, kept by hand."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..entering import (
    building_facts,
    closing_day,
    is_standing,
    name_free,
    named,
    position_whole,
    version_same,
)
from ..holding import building_held, stair_held
from ..models import Building, Compound, Division, Level, Part, Stair
from ..permissions import can_edit_compound
from ..rules import number_sort_key
from ..selectors import compound_by_public_id, stair_by_public_id
from ..usage import keys_to, part_uses, recorded

NAMED = 5


@service(idempotent=True)
def building_add(
    *,
    actor: Actor,
    compound_id: Any,
    name: str,
    lng: float | None = None,
    lat: float | None = None,
    **facts: Any,
) -> Building:
    """Enter a building of a compound; ``facts`` as ``building_facts`` takes them, areas in 1/100 m²."""
    compound = Compound.objects.select_for_update().get(pk=compound_by_public_id(compound_id).pk)
    if not can_edit_compound(actor, compound):
        raise NotAllowed
    name = named(name, 40, _("楼栋名称"))
    name_free(Building, _("这个小区已有同名楼栋。"), compound=compound, name=name)
    building = Building.objects.create(
        compound=compound,
        name=name,
        sort_key=number_sort_key(name),
        **position_whole(lng, lat),
        **building_facts(**facts),
    )
    record("building.add", building)
    return building


@service
def building_update(*, actor: Actor, building_id: Any, version: int, name: str, **facts: Any) -> Building:
    """Correct a building's name and facts; refused when somebody else was faster."""
    building = building_held(actor, building_id)
    version_same(building, version, {_("楼栋"): building.name}, {_("楼栋"): name})
    name = named(name, 40, _("楼栋名称"))
    if name != building.name:
        name_free(Building, _("这个小区已有同名楼栋。"), compound=building.compound, name=name)
    after = {"name": name, "sort_key": number_sort_key(name), **building_facts(**facts)}
    if changed := changes_of(building, **after):
        changed |= changes_of(building, version=version + 1)
        record("building.update", building, changed)
    return building


def _empty_or_refuse(parts: Iterable[Part]) -> None:
    """Raise ``Conflict`` that names the parts in use, and by what."""
    rows = {part.pk: part for part in parts}
    uses = part_uses(list(rows))
    if uses:
        words = [f"{rows[pk].room_label}{'、'.join(labels)}" for pk, labels in list(uses.items())[:NAMED]]
        more = _("等%d处") % len(uses) if len(uses) > NAMED else ""
        raise Conflict(
            _("还在使用的房屋不能注销：%s。") % ("；".join(words) + more),
            hint=_("请先在“居民”里办理迁出或停止使用，再注销。"),
        )


@service
def building_close(
    *, actor: Actor, building_id: Any, version: int, reason: str, closed_on: date | None = None
) -> Building:
    """Close a building that was torn down, with its parts; refused while anybody lives or works there."""
    building = building_held(actor, building_id)
    version_same(building, version, {_("楼栋"): building.name}, {_("注销原因"): reason})
    if building.closed_on is not None:
        raise Conflict(_("%s已经注销。") % building.name)
    reason = named(reason, 100, _("注销原因"))
    day = closing_day(closed_on)
    parts = Part.objects.select_for_update().filter(building=building).open()
    _empty_or_refuse(parts)
    parts.update(closed_on=day)
    changed = changes_of(building, closed_on=day, version=version + 1)
    record("building.close", building, changed, touched=[Part], purpose=reason)
    return building


@service
def building_reopen(*, actor: Actor, building_id: Any, version: int) -> Building:
    """Take back the closing of a building, and of the parts that were closed with it."""
    building = building_held(actor, building_id)
    version_same(building, version, {_("楼栋"): building.name}, {})
    if building.closed_on is None:
        raise Conflict(_("%s没有注销。") % building.name)
    Part.objects.filter(building=building, closed_on=building.closed_on).update(closed_on=None)
    changed = changes_of(building, closed_on=None, version=version + 1)
    record("building.reopen", building, changed, touched=[Part])
    return building


@service
def building_grids_set(*, actor: Actor, building_id: Any, version: int, codes: Iterable[str]) -> Building:
    """Say in which grids of its committee a building lies; none at all is possible."""
    building = building_held(actor, building_id)
    version_same(building, version, {_("楼栋"): building.name}, {})
    wanted = set(codes)
    committee = building.compound.committee if building.compound.is_committee_confirmed else None
    rows = Division.objects.on().filter(level=Level.GRID, parent=committee, code__in=wanted)
    grids = list(rows) if committee else []
    if len(grids) != len(wanted):
        raise InvalidInput(
            _("网格应在本居村委会之内。"),
            hint=_("请先确认小区所属居村委会，再从它的网格里选择。"),
            details={"grids": _("请从列表里选择网格。")},
        )
    before = set(building.grids.values_list("code", flat=True))
    if before != wanted:
        building.grids.set(grids)
        changed = changes_of(building, version=version + 1)
        record("building.set_grids", building, changed, touched=[Building.grids.through])
    return building


# -- stairs ------------------------------------------------------------------------------------------------


@service(idempotent=True)
def stair_add(*, actor: Actor, building_id: Any, name: str, has_lift: bool | None = None) -> Stair:
    """Enter a stair of a building."""
    building = building_held(actor, building_id)
    is_standing(building)
    name = named(name, 40, _("单元名称"))
    name_free(Stair, _("这个楼栋已有同名单元。"), building=building, name=name)
    stair = Stair.objects.create(
        building=building, name=name, sort_key=number_sort_key(name), has_lift=has_lift
    )
    record("stair.add", stair)
    return stair


@service
def stair_update(
    *, actor: Actor, stair_id: Any, version: int, name: str, has_lift: bool | None = None
) -> Stair:
    """Correct a stair's name, and whether it has a lift; refused when somebody else was faster."""
    stair = stair_held(actor, stair_id)
    version_same(stair, version, {_("单元"): stair.name}, {_("单元"): name})
    name = named(name, 40, _("单元名称"))
    if name != stair.name:
        name_free(Stair, _("这个楼栋已有同名单元。"), building=stair.building, name=name)
    if changed := changes_of(stair, name=name, sort_key=number_sort_key(name), has_lift=has_lift):
        changed |= changes_of(stair, version=version + 1)
        record("stair.update", stair, changed)
    return stair


@service
def stair_remove(*, actor: Actor, stair_id: Any) -> Building:
    """Take a stair away that has no parts: an entry by mistake. Returns its building."""
    stair = stair_by_public_id(stair_id)
    building = building_held(actor, stair.building.public_id)
    if stair.parts.exists():
        raise Conflict(
            _("%s里还有房屋，不能删除。") % stair.name, hint=_("请先把房屋改到别的单元，或删除房屋。")
        )
    if recorded(Stair, [stair.pk]):
        hint = _("请保留这个单元；名称写错的请修改名称。")
        raise Conflict(_("%s已被表决等记录引用，不能删除。") % stair.name, hint=hint)
    record("stair.remove", stair, touched=[model for model, _name in keys_to(Stair)])
    stair.delete()
    return building
