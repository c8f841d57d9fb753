"""A building as people see it: floors from the top, and on each what lies beside each other, by stair."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from .models import Building, Compound, Part, PartKind, Stair


def floor_label(number: int | None) -> str:
    """Return what people call a floor: 3层, 地下1层, 楼层未知."""
    if number is None:
        return _("楼层未知")
    return _("%d层") % number if number > 0 else _("地下%d层") % -number


@dataclass(frozen=True, slots=True)
class Floor:
    """One floor; ``number`` is None for parts whose floor is unknown.

    ``cells`` has one list of parts for each stair of the grid, in its order; a list may be empty.
    """

    number: int | None
    cells: list[list[Part]]

    @property
    def label(self) -> str:
        """What people call it."""
        return floor_label(self.number)

    @property
    def parts(self) -> list[Part]:
        """All parts of the floor."""
        return [part for cell in self.cells for part in cell]


@dataclass(frozen=True, slots=True)
class BuildingGrid:
    """The floors of a building from the top; ``stairs`` ends with None where parts belong to no stair."""

    stairs: list[Stair | None]
    floors: list[Floor]

    @property
    def parts(self) -> list[Part]:
        """All parts shown."""
        return [part for floor in self.floors for part in floor.parts]


def _height(number: int | None) -> float:
    """Return by what floors are sorted; what is unknown comes last, below the cellars."""
    return float("-inf") if number is None else number


def building_grid(building: Building, *, with_closed: bool = False) -> BuildingGrid:
    """Return a building's parts as floors × stairs, top floor first; two queries.

    Each part knows its building and stair, so that its full address costs nothing more.
    """
    stairs: list[Stair | None] = list(building.stairs.all())
    rows = Part.objects.filter(building=building)
    parts = list(rows if with_closed else rows.open())
    known = {stair.pk: stair for stair in stairs if stair}
    cells: dict[int | None, dict[int | None, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        part.building, part.stair = building, known.get(part.stair_id or 0)
        cells[part.floor][part.stair_id].append(part)
    columns = [*stairs, None] if any(part.stair_id is None for part in parts) else stairs
    keys = [stair.pk if stair else None for stair in columns]
    numbers = sorted(cells, key=_height, reverse=True)
    return BuildingGrid(columns, [Floor(n, [cells[n][key] for key in keys]) for n in numbers])


_OPEN = Q(parts__closed_on__isnull=True)


def buildings_counted(rows: QuerySet[Building]) -> QuerySet[Building]:
    """Add to buildings how many stairs, dwellings and other parts they have (``stair_count``, …)."""
    return rows.annotate(
        stair_count=Count("stairs", distinct=True),
        dwelling_count=Count("parts", filter=_OPEN & Q(parts__kind=PartKind.DWELLING), distinct=True),
        other_count=Count("parts", filter=_OPEN & ~Q(parts__kind=PartKind.DWELLING), distinct=True),
    )


def compound_buildings(compound: Compound) -> list[Building]:
    """Return a compound's buildings with their counts, those that stand first."""
    rows = buildings_counted(compound.buildings.all()).order_by("closed_on", "sort_key", "name", "pk")
    found = sorted(rows, key=lambda building: building.closed_on is not None)
    for building in found:
        building.compound = compound
    return found


def parts_whole(parts: QuerySet[Part]) -> QuerySet[Part]:
    """Return parts by address, with all that their full addresses need."""
    order = ("compound__pinyin", "building__sort_key", "stair__sort_key", "sort_key", "pk")
    return parts.select_related("compound", "stair", "building__compound").order_by(*order)
