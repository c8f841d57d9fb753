"""Compounds, entered by hand."""

from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..entering import (
    housing_type_checked,
    name_free,
    named,
    position_whole,
    version_same,
    year_checked,
)
from ..models import Compound, Division, Level
from ..permissions import can_add_compound, can_confirm_committee, can_edit_compound
from ..records import area_models, compound_rows_follow
from ..rules import name_keys
from ..selectors import compound_by_public_id


def _compound_lock(public_id: Any) -> Compound:
    number = compound_by_public_id(public_id).pk
    return Compound.objects.select_for_update().get(pk=number)


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
    housing_type: str = "",
    built_year: int | None = None,
) -> Compound:
    """Enter a compound; a committee named by whoever may add it there counts as confirmed."""
    if street.level != Level.STREET or (committee and committee.parent_id != street.pk):
        raise InvalidInput(_("居委不属于所选街镇。"), details={"committee": _("请重新选择居委。")})
    if not can_add_compound(actor, street, committee):
        raise NotAllowed
    name = named(name, 80, _("小区名称"))
    name_free(Compound, _("%s已有同名小区。") % street.name, street=street, name=name)
    compound = Compound.objects.create(
        name=name,
        address=address.strip()[:160],
        street=street,
        committee=committee,
        is_committee_confirmed=committee is not None,
        area_path=(committee or street).path,
        housing_type=housing_type_checked(housing_type),
        built_year=year_checked(built_year),
        **position_whole(lng, lat),
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
    housing_type: str = "",
    built_year: int | None = None,
) -> Compound:
    """Correct a compound's name, address, position, type or age; refused when somebody else was faster."""
    compound = _compound_lock(compound_id)
    if not can_edit_compound(actor, compound):
        raise NotAllowed
    theirs = {_("小区名称"): compound.name, _("地址"): compound.address}
    version_same(compound, version, theirs, {_("小区名称"): name, _("地址"): address})
    name = named(name, 80, _("小区名称"))
    if name != compound.name:
        street = compound.street
        name_free(Compound, _("%s已有同名小区。") % street.name, street=street, name=name)
    facts = {"housing_type": housing_type_checked(housing_type), "built_year": year_checked(built_year)}
    after = {"name": name, "address": address.strip()[:160], **position_whole(lng, lat), **name_keys(name)}
    changed = changes_of(compound, **after, **facts)
    if changed:
        changed |= changes_of(compound, version=version + 1)
        record("compound.update", compound, changed)
    return compound


@service
def compound_confirm_committee(*, actor: Actor, compound_id: Any, committee: Division) -> Compound:
    """Confirm to which committee a compound belongs; from now on its reports go there.

    Its parts and what else stands where the compound stands follow; matters stay where they were handled.
    """
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
        compound_rows_follow(compound=compound)
        record("compound.confirm_committee", compound, changed, touched=area_models())
    return compound
