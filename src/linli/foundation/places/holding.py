"""Records held for a change until the end of the act: refused where the actor may not change them."""

from typing import Any

from linli.core.actor import Actor
from linli.core.errors import NotAllowed

from .models import Building, Part, Stair
from .permissions import can_edit_building
from .selectors import building_by_public_id, part_by_public_id, stair_by_public_id


def building_held(actor: Actor, public_id: Any) -> Building:
    """Return a building that an actor may change; of two acts on one building the second waits."""
    number = building_by_public_id(public_id).pk
    building = Building.objects.select_for_update(of=("self",)).select_related("compound").get(pk=number)
    if not can_edit_building(actor, building):
        raise NotAllowed
    return building


def stair_held(actor: Actor, public_id: Any) -> Stair:
    """Return a stair that an actor may change, as it is once its building is held."""
    stair = stair_by_public_id(public_id)
    building = building_held(actor, stair.building.public_id)
    found = Stair.objects.select_for_update(of=("self",)).get(pk=stair.pk)
    found.building = building
    return found


def part_held(actor: Actor, public_id: Any) -> Part:
    """Return a part that an actor may change; its building is held first, as by every act."""
    part = part_by_public_id(public_id)
    building = building_held(actor, part.building.public_id)
    found = Part.objects.select_for_update(of=("self",)).get(pk=part.pk)
    found.building, found.stair = building, part.stair
    return found
