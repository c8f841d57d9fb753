"""Compounds and buildings, entered by hand."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, StaleVersion
from linli.core.service import changes_of, record, service

from ..models import Building, Compound, Division, Level
from ..permissions import can_add_compound, can_confirm_committee, can_edit_compound
from ..rules import building_sort_key, name_keys
from ..selectors import building_by_public_id, compound_by_public_id, position_find


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
        **name_keys(name),
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
    after = {"name": name, "address": address.strip()[:160], **_position(lng, lat), **name_keys(name)}
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
