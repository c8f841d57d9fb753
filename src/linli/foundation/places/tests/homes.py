"""A small compound with a building: what the tests of address objects stand on."""

from dataclasses import dataclass

from linli.core.actor import Actor
from linli.foundation.places.models import Building, Compound, Part
from linli.foundation.places.roomplan import RoomPlan
from linli.foundation.places.services import building_add, compound_add, parts_make
from tests.people import Cast


@dataclass
class Homes:
    """A confirmed compound, its building 3号楼 of two stairs, each 6 floors × 2 rooms."""

    cast: Cast
    worker: Actor
    compound: Compound
    building: Building
    batch: str

    def part(self, name: str, stair: str = "1单元") -> Part:
        return Part.objects.get(building=self.building, stair__name=stair, name=name)


def homes_build(cast: Cast, name: str = "春晖苑", address: str = "桂花路20弄") -> Homes:
    worker = cast.actor("worker")
    street, committee = cast.places["street_place"], cast.places["committee_a_place"]
    compound = compound_add(actor=worker, name=name, street=street, committee=committee, address=address)
    building = building_add(actor=worker, compound_id=compound.public_id, name="3号楼")
    plan = RoomPlan(("1单元", "2单元"), 1, 6, 2)
    made = parts_make(actor=worker, building_id=building.public_id, plan=plan)
    return Homes(cast, worker, compound, building, made.batch)
