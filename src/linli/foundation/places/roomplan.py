"""The rooms of a stair in one act: floors × rooms under a numbering; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.errors import InvalidInput

from .entering import floor_checked

ROOMS_MAX = 2_000  # in one act
ROOMS_A_FLOOR = 99
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ROOM = re.compile(r"(\d{1,2})\d\d[A-Z甲乙丙丁]?")
_BELOW = re.compile(r"B(\d)(?:\D|\d{2}(?!\d))")


class Numbering(TextChoices):
    """How rooms are numbered."""

    FLOOR_TWO = "floor_two", _("层号＋两位序号：301、1203")
    FLOOR_LETTER = "floor_letter", _("层号＋字母：3A、12B")
    FLOOR_DASH = "floor_dash", _("层号－序号：3-1、12-3")
    RUNNING = "running", _("从下到上连续编号：1、2、3……")


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """What is to be made: in each stair ("" for none) these floors, each with so many rooms."""

    stairs: tuple[str, ...]
    first_floor: int
    last_floor: int
    rooms: int
    first_room: int = 1
    numbering: str = Numbering.FLOOR_TWO
    skip: frozenset[int] = frozenset()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class RoomPlanned:
    """One room of a plan."""

    stair: str
    floor: int
    name: str


def floor_of(name: str) -> int | None:
    """Return the floor that a room number says: 302 is on 3, 1203 on 12, B101 on -1; else None."""
    if found := _ROOM.fullmatch(name):
        return int(found[1]) or None
    if found := _BELOW.match(name):
        return -int(found[1]) or None
    return None


def _floor_words(floor: int) -> str:
    return str(floor) if floor > 0 else f"B{-floor}"


def _room(plan: RoomPlan, floor: int, number: int, count: int) -> str:
    words = {
        Numbering.FLOOR_TWO: lambda: f"{_floor_words(floor)}{number:02d}",
        Numbering.FLOOR_LETTER: lambda: f"{_floor_words(floor)}{LETTERS[number - 1]}",
        Numbering.FLOOR_DASH: lambda: f"{_floor_words(floor)}-{number}",
        Numbering.RUNNING: lambda: str(plan.first_room + count),
    }
    return plan.prefix + words[Numbering(plan.numbering)]()


def _refuse(field: str, message: str) -> None:
    raise InvalidInput(message, details={field: message})


def _floors(plan: RoomPlan) -> list[int]:
    """Return the floors of a plan from below; there is no floor 0."""
    for field in ("first_floor", "last_floor"):
        floor_checked(getattr(plan, field), field)
    if plan.last_floor < plan.first_floor:
        _refuse("last_floor", _now("最高层不能低于最低层。"))
    floors = [f for f in range(plan.first_floor, plan.last_floor + 1) if f and f not in plan.skip]
    if not floors:
        _refuse("skip", _now("所有楼层都跳过了，没有要登记的房屋。"))
    return floors


def _numbers_check(plan: RoomPlan) -> None:
    """Raise ``InvalidInput`` where the numbering has no number for a room."""
    if plan.numbering not in Numbering.values:
        _refuse("numbering", _now("请从列表里选择编号方式。"))
    if not 1 <= plan.rooms <= ROOMS_A_FLOOR or plan.first_room < 1:
        _refuse("rooms", _now("每层户数应在1到99之间。"))
    last = plan.first_room + plan.rooms - 1
    if plan.numbering == Numbering.FLOOR_LETTER and last > len(LETTERS):
        _refuse("rooms", _now("用字母编号，每层最多26户。"))
    if plan.numbering != Numbering.RUNNING and last > ROOMS_A_FLOOR:
        _refuse("first_room", _now("每层的序号不能超过99。"))


def _of_stair(plan: RoomPlan, stair: str, floors: Sequence[int]) -> Iterator[RoomPlanned]:
    count = 0
    for floor in floors:
        for number in range(plan.first_room, plan.first_room + plan.rooms):
            yield RoomPlanned(stair, floor, _room(plan, floor, number, count))
            count += 1


def rooms_planned(plan: RoomPlan) -> list[RoomPlanned]:
    """Return the rooms of a plan, stair by stair from below; raises ``InvalidInput`` at its fields."""
    floors = _floors(plan)
    _numbers_check(plan)
    if len(floors) * plan.rooms * len(plan.stairs) > ROOMS_MAX:
        _refuse("rooms", _now("一次最多登记%d处房屋，请分几次。") % ROOMS_MAX)
    return [room for stair in plan.stairs for room in _of_stair(plan, stair, floors)]
