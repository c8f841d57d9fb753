"""Dwellings with who lives in them: the plan of a building, a part by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.places.buildinggrid import building_grid, floor_label
from linli.foundation.places.models import Building, Compound, Part, Stair
from linli.foundation.places.models.grids import lies_in, reaches

from ..holding import holds_on
from ..models import CareEntry, Establishment, Household, Membership, Occupancy, Resident
from ..permissions import can_see_rows
from ..tags import CARE, TENANT, UNSURE, VACANT, Member, household_tags

MOST_COLUMNS = 12  # wider floors are written one room after the other
MOST_COMPOUNDS = 60


@dataclass(frozen=True, slots=True)
class HouseholdHere:
    """A household in a part: how it lives there, since when, who belongs to it."""

    household: Household
    tenure: str
    since: date | None
    members: tuple[Member, ...]
    is_cared_for: bool

    @property
    def living(self) -> int:
        """How many of its people live there."""
        return sum(member.lives_here for member in self.members)


@dataclass(frozen=True, slots=True)
class Home:
    """One part with who uses it; ``marks`` are codes of ``tags.WORDS``."""

    part: Part
    households: tuple[HouseholdHere, ...] = ()
    firms: tuple[Establishment, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many people live in it."""
        return sum(here.living for here in self.households)


@dataclass(frozen=True, slots=True)
class Floor:
    """One floor of a stair, its homes in the columns of the stair (``None``: nothing there)."""

    number: int
    homes: tuple[Home | None, ...]

    @property
    def label(self) -> str:
        """What people call it: 3层, 地下1层."""
        return floor_label(self.number)


@dataclass(frozen=True, slots=True)
class StairPlan:
    """One stair (or a building without stairs), floors from the top."""

    stair: Stair | None
    floors: tuple[Floor, ...]


@dataclass(frozen=True, slots=True)
class BuildingPlan:
    """A building as a plan: its stairs, what lies on no known floor, and how much there is of everything."""

    building: Building
    stairs: tuple[StairPlan, ...]
    loose: tuple[Home, ...]
    homes: tuple[Home, ...] = field(repr=False, default=())

    def count(self, mark: str) -> int:
        """Return how many homes carry a mark."""
        return sum(mark in home.marks for home in self.homes)

    @property
    def people(self) -> int:
        """How many people live in the building."""
        return sum(home.people for home in self.homes)

    @property
    def households(self) -> int:
        """How many households live in the building."""
        return sum(len(home.households) for home in self.homes)

    @property
    def dwellings(self) -> int:
        """How many dwellings it has."""
        return sum(home.part.is_dwelling for home in self.homes)


def compounds_here(actor: Actor) -> QuerySet[Compound]:
    """Return the compounds in which an actor works with people."""
    if not can_see_rows(actor):
        return Compound.objects.none()
    return Compound.objects.filter(lies_in(Compound, actor.areas, [("buildings__", Q())]))


def buildings_here(actor: Actor) -> QuerySet[Building]:
    """Return the buildings in which an actor works with people."""
    if not can_see_rows(actor):
        return Building.objects.none()
    return Building.objects.filter(lies_in(Building, actor.areas, [("", Q())], "compound__area_path"))


def compound_choices(actor: Actor, words: str = "") -> list[Compound]:
    """Return the compounds found by a part of the name, pinyin or initials, with their open buildings.

    Each building carries ``part_count``. At most ``MOST_COMPOUNDS``, by pinyin.
    """
    rows = compounds_here(actor)
    if words := words.strip():
        plain = words.lower().replace(" ", "")
        found = Q(name__contains=words) | Q(address__contains=words)
        if plain.isascii():
            found |= Q(pinyin__startswith=plain) | Q(initials__startswith=plain)
        rows = rows.filter(found)
    open_parts = Count("parts", filter=Q(parts__closed_on__isnull=True))
    buildings = buildings_here(actor).filter(closed_on__isnull=True).annotate(part_count=open_parts)
    return list(rows.prefetch_related(Prefetch("buildings", queryset=buildings))[:MOST_COMPOUNDS])


def visible_building(actor: Actor, public_id: UUID | str) -> Building:
    """Return a building with its compound; missing and hidden are the same ``NotFound``."""
    rows = buildings_here(actor).select_related("compound")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这栋楼。"))
    return found


def building_plan(actor: Actor, building: Building) -> BuildingPlan:
    """Return a building the actor sees, floor by floor with who lives there (five queries)."""
    grid = building_grid(building)
    parts = [part for part in grid.parts if reaches(actor, part.area_path)]
    homes = dict(zip((part.pk for part in parts), homes_of(actor, parts), strict=True))
    stairs = []
    for column, stair in enumerate(grid.stairs):
        cells = [(floor.number, floor.cells[column]) for floor in grid.floors if floor.number is not None]
        placed = {number: [homes[part.pk] for part in cell if part.pk in homes] for number, cell in cells}
        if any(placed.values()):
            stairs.append(StairPlan(stair, _floors(placed)))
    loose = tuple(home for home in homes.values() if home.part.floor is None)
    return BuildingPlan(building, tuple(stairs), loose, tuple(homes.values()))


def _floors(by_floor: Mapping[int, Sequence[Home]]) -> tuple[Floor, ...]:
    """Lay a stair's homes out in columns where rooms of one column are called alike on every floor."""
    columns = sorted({_column(home.part) for group in by_floor.values() for home in group})
    is_regular = _is_regular(list(by_floor.values()), len(columns))
    floors = []
    for number, homes in by_floor.items():
        group: list[Home | None] = list(homes)
        if homes and is_regular:
            placed = {_column(home.part): home for home in homes}
            group = [placed.get(column) for column in columns]
        if homes:
            floors.append(Floor(number, tuple(group)))
    return tuple(floors)


def _is_regular(groups: Sequence[Sequence[Home]], columns: int) -> bool:
    """Whether columns help the eye: few, each room in its own, most of them filled (not 亭子间、客堂间)."""
    homes = sum(map(len, groups))
    is_plain = all(len({_column(home.part) for home in group}) == len(group) for group in groups)
    return is_plain and columns <= MOST_COLUMNS and 2 * homes >= columns * len([g for g in groups if g])


def _column(part: Part) -> str:
    """Return what a room's number says beside its floor: 02 of 302, the whole name of 亭子间."""
    floor = str(part.floor)
    return part.name[len(floor) :] if part.name.startswith(floor) else part.name


def part_home(actor: Actor, public_id: UUID | str) -> Home:
    """Return one part with who uses it; missing and hidden are the same ``NotFound``."""
    if not can_see_rows(actor):
        raise NotFound(_("没有找到这套房屋。"))
    rows = Part.objects.visible_to(actor).select_related("stair", "building__compound")
    part = rows.filter(public_id=public_id).first()
    if part is None:
        raise NotFound(_("没有找到这套房屋。"))
    return homes_of(actor, [part])[0]


def homes_of(actor: Actor, parts: Sequence[Part]) -> list[Home]:
    """Return parts with their households, people and firms of today, in the order given (three queries)."""
    today = clock.today()
    rows = Occupancy.objects.filter(holds_on(today), part__in=parts)
    occupancies = list(rows.select_related("household", "establishment").order_by("from_on", "pk"))
    members = members_of([row.household_id for row in occupancies if row.household_id], today)
    cared = _cared_for(actor, [m.resident_id for group in members.values() for m in group], today)
    by_part: dict[int, list[Occupancy]] = defaultdict(list)
    for row in occupancies:
        by_part[row.part_id].append(row)
    return [_home(part, by_part[part.pk], members, cared, today) for part in parts]


def members_of(household_ids: Iterable[int], day: date) -> dict[int, tuple[Member, ...]]:
    """Return household → its people on a day, the head first (one query, nothing sealed is read)."""
    rows = Membership.objects.filter(
        holds_on(day), household__in=list(household_ids), resident__state=Resident.State.HERE
    )
    found: dict[int, list[Member]] = defaultdict(list)
    for household, *values in rows.order_by("pk").values_list(
        *("household_id", "resident_id", "relation", "presence"),
        *("resident__birth_month", "resident__sex"),
    ):
        found[household].append(Member(*values))
    return {key: tuple(sorted(group, key=_head_first)) for key, group in found.items()}


def _head_first(member: Member) -> tuple[bool, bool]:
    return (not member.lives_here, member.relation != Membership.Relation.HEAD)


def _cared_for(actor: Actor, resident_ids: Sequence[int], day: date) -> set[int]:
    """Return who of these is in a care group whose entry this actor may see."""
    entries = CareEntry.objects.visible_to(actor).filter(
        resident__in=resident_ids, state=CareEntry.State.CONFIRMED, expires_on__gt=day
    )
    return set(entries.values_list("resident_id", flat=True)) if resident_ids else set()


def _home(
    part: Part,
    occupancies: Sequence[Occupancy],
    members: dict[int, tuple[Member, ...]],
    cared: set[int],
    today: date,
) -> Home:
    households, marks = [], set[str]()
    for row in occupancies:
        if row.household is None:
            continue
        group = members.get(row.household.pk, ())
        is_cared = any(member.resident_id in cared for member in group)
        households.append(HouseholdHere(row.household, row.tenure, row.from_on, group, is_cared))
        marks.update(household_tags(row.tenure, row.from_on, group, today))
        marks.update({CARE} if is_cared else ())
    firms = tuple(row.establishment for row in occupancies if row.establishment is not None)
    if part.is_dwelling and not occupancies:
        marks.add(VACANT)
    ordered = tuple(mark for mark in (CARE, VACANT, TENANT, "new", UNSURE) if mark in marks)
    return Home(part, tuple(households), firms, ordered)
