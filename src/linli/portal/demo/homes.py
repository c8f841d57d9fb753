"""The homes of the demo: what stands in the compounds of its first committees, made through the services."""

from __future__ import annotations

from typing import Any

from linli.core.actor import system
from linli.foundation.places.models import Building, Compound
from linli.foundation.places.roomplan import RoomPlan
from linli.foundation.places.services import HomeRow, homes_make, part_add, parts_make

MACHINE = system("demo")
# compound → type, built in, floors, stairs, rooms on a floor of a stair
STOCK: dict[str, tuple[str, int, int, int, int]] = {
    "和风苑": ("commercial", 2004, 6, 2, 2),
    "七彩家园": ("resettlement", 2011, 11, 1, 3),
    "江枫新村": ("reformed", 1986, 6, 2, 2),
    "敦睦里": ("lane", 1934, 3, 0, 0),
}
BUILT_OUT = ("和风苑", "七彩家园")  # these get stairs and rooms of the usual kind
LANE_HOUSES = "敦睦里"
LANE_ROOMS = ("底层客堂间", "2楼前楼", "2楼亭子间", "三层阁")
FLOOR_OF_LANE_ROOM = dict(zip(LANE_ROOMS, (1, 2, 2, 3), strict=True))
DWELLING_AREA = 6_880  # in 1/100 m²


def building_facts(name: str, number: int) -> dict[str, Any]:
    """Return what is known of the n-th building of a compound, nothing for most of them."""
    if name not in STOCK:
        return {}
    housing_type, year, floors, stairs, rooms = STOCK[name]
    area = floors * max(stairs, 1) * max(rooms, 2) * DWELLING_AREA * 5 // 4
    return {
        "housing_type": housing_type,
        "built_year": year + number % 3,
        "floors": floors,
        "floor_area": area,
        "has_lift": floors > 6,
    }


def homes_build(compound: Compound, buildings: list[Building]) -> None:
    """Make the stairs and parts of a compound's buildings, as far as the demo has them."""
    if compound.name == LANE_HOUSES:
        rows = [
            HomeRow(compound.pk, building.name, room, floor=FLOOR_OF_LANE_ROOM[room])
            for building in buildings
            for room in LANE_ROOMS
        ]
        homes_make(actor=MACHINE, rows=rows, source="demo")
    if compound.name not in BUILT_OUT:
        return
    _type, _year, floors, stairs, rooms = STOCK[compound.name]
    names = tuple(f"{number}单元" for number in range(1, stairs + 1)) if stairs > 1 else ("",)
    for building in buildings:
        plan = RoomPlan(names, 1, floors, rooms)
        parts_make(actor=MACHINE, building_id=building.public_id, plan=plan, area=DWELLING_AREA)
    first = buildings[0].public_id
    for shop in ("底商1", "底商2"):
        part_add(actor=MACHINE, building_id=first, name=shop, floor=1, kind="shop", area=4_250)
    part_add(actor=MACHINE, building_id=first, name="门卫室", floor=1, kind="public")
