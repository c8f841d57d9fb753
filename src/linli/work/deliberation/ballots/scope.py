"""Which part of a place a ballot is about: a compound, some of its buildings, single stairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.errors import invalid
from linli.foundation.places.models import Building, Compound, Stair

from .models import Ballot
from .rollsources import OF_BODIES, OWNERS


@dataclass(frozen=True, slots=True)
class Scope:
    """A compound, or none; buildings that count whole, and stairs of others."""

    compound: Compound | None = None
    buildings: Sequence[Building] = ()
    stairs: Sequence[Stair] = ()


def narrows(electorate: str) -> bool:
    """Whether ballots of this electorate can be about some buildings or stairs only."""
    return electorate not in OF_BODIES | {"owners"}


def scope_read(
    electorate: str, compound_id: UUID | None, building_ids: Sequence[UUID], stair_ids: Sequence[UUID]
) -> Scope:
    """Return the places that were chosen for an electorate; raises ``InvalidInput`` for what does not fit."""
    compound = Compound.objects.filter(public_id=compound_id).first() if compound_id else None
    if electorate in OWNERS and compound is None:
        raise invalid(compound=_("业主表决请选择是哪个小区。"))
    if compound is None:
        return Scope()
    buildings = list(Building.objects.filter(compound=compound, public_id__in=building_ids))
    stairs = list(Stair.objects.filter(building__compound=compound, public_id__in=stair_ids))
    if len(buildings) < len({*building_ids}):
        raise invalid(buildings=_("有楼栋不属于这个小区，请重新选择。"))
    if len(stairs) < len({*stair_ids}):
        raise invalid(stairs=_("有单元不属于这个小区，请重新选择。"))
    _fits(electorate, buildings, stairs)
    return Scope(compound, buildings, stairs)


def _fits(electorate: str, buildings: Sequence[Building], stairs: Sequence[Stair]) -> None:
    whole = {building.pk for building in buildings}
    if twice := next((stair for stair in stairs if stair.building_id in whole), None):
        words = _("%s已经整幢选上，不用再选它的单元。") % twice.building.name
        raise invalid(stairs=words)
    chosen = bool(buildings or stairs)
    if electorate in OWNERS - {"owners"} and not chosen:
        raise invalid(buildings=_("部分共用的事项请选择是哪几幢楼、哪几个单元：只以这些业主为全体计算。"))
    if not narrows(electorate) and chosen:
        raise invalid(buildings=_("全体的事项不能只选几幢楼；只关几幢楼的请用“部分共用”的规则。"))


def scope_words(ballot: Ballot) -> str:
    """Return what a ballot is about as it is printed: 和风苑1号楼、2号楼1单元; empty for a whole area."""
    if ballot.compound is None:
        return ""
    stairs = ballot.stairs.select_related("building").order_by("building__sort_key", "sort_key")
    names = [*ballot.buildings.values_list("name", flat=True)]
    names += [f"{stair.building.name}{stair.name}" for stair in stairs]
    return ballot.compound.name + "、".join(names)
