"""Rooms of a plan: numberings, floors that are skipped, and what cannot be numbered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.errors import InvalidInput
from linli.foundation.places.roomplan import Numbering, RoomPlan, floor_of, rooms_planned

PLAN = RoomPlan(("1单元",), 1, 6, 2)


def _names(plan: RoomPlan) -> list[str]:
    return [room.name for room in rooms_planned(plan)]


def test_six_floors_with_two_rooms() -> None:
    rooms = rooms_planned(PLAN)
    assert [room.name for room in rooms][:3] == ["101", "102", "201"] and len(rooms) == 12
    assert {room.stair for room in rooms} == {"1单元"} and rooms[-1].floor == 6


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"numbering": Numbering.FLOOR_LETTER}, ["3A", "3B"]),
        ({"numbering": Numbering.FLOOR_DASH}, ["3-1", "3-2"]),
        ({"numbering": Numbering.RUNNING}, ["1", "2"]),
        ({"first_room": 3}, ["303", "304"]),
        ({"prefix": "甲"}, ["甲301", "甲302"]),
    ],
)
def test_numberings(change: dict[str, object], names: list[str]) -> None:
    assert _names(replace(PLAN, first_floor=3, last_floor=3, **change)) == names


def test_floors_are_skipped_and_cellars_are_named() -> None:
    floors = [room.floor for room in rooms_planned(replace(PLAN, last_floor=14, skip=frozenset({4, 13, 14})))]
    assert not {4, 13, 14} & set(floors) and max(floors) == 12
    below = rooms_planned(replace(PLAN, first_floor=-1, last_floor=1))
    assert [(room.floor, room.name) for room in below] == [(-1, "B101"), (-1, "B102"), (1, "101"), (1, "102")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_floor": 0}, "last_floor"),
        ({"first_floor": 7}, "last_floor"),
        ({"last_floor": 201}, "last_floor"),
        ({"rooms": 0}, "rooms"),
        ({"rooms": 100}, "rooms"),
        ({"first_room": 0}, "rooms"),
        ({"first_room": 99}, "first_room"),
        ({"numbering": Numbering.FLOOR_LETTER, "rooms": 27}, "rooms"),
        ({"numbering": "roman"}, "numbering"),
        ({"skip": frozenset(range(1, 7))}, "skip"),
        ({"stairs": ("1", "2", "3", "4", "5"), "last_floor": 100, "rooms": 5}, "rooms"),
    ],
)
def test_what_cannot_be_planned_says_where(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rooms_planned(replace(PLAN, **change))
    assert field in refused.value.details


FLOORS = {"302": 3, "1203": 12, "302A": 3, "B101": -1, "B1-023": -1, "亭子间": None, "12": None, "002": None}


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_the_floor_that_a_number_says(name: str, floor: int | None) -> None:
    assert floor_of(name) == floor


numberings = st.sampled_from(list(Numbering))


@given(st.integers(-3, 40), st.integers(0, 20), st.integers(1, 20), numberings, st.integers(1, 3))
def test_no_room_twice_in_a_stair(low: int, more: int, rooms: int, numbering: str, stairs: int) -> None:
    low = low or 1
    names = tuple(f"{n}单元" for n in range(1, stairs + 1))
    found = rooms_planned(RoomPlan(names, low, low + more or 1, rooms, 1, numbering))
    assert len({(room.stair, room.name) for room in found}) == len(found)
    assert all(room.floor for room in found)
