"""Reading places: divisions by code, names, committees, what stands where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from numpy.typing import ArrayLike
from shapely.geometry import shape

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotFound
from linli.core.fields import in_areas
from linli.core.geometry import haversine_m

from .models import Boundary, Building, Compound, Division, Level, Part, Stair, UnplacedCompound
from .pointindex import NOWHERE, Ids, point_indexes
from .rules import division_level, path_codes

NEAR_M = 800
EDGE_M = 300  # how far simplified street outlines may be off; a stated street this near a pin is believed
# Names of the second level that stand for the code's sake only, as 3101 between Shanghai and its districts.
PSEUDO_CITIES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_PINYIN = re.compile(r"[a-z0-9' ]+", re.IGNORECASE)


def division_by_code(code: str, on: date | None = None) -> Division:
    """Return the division that has a code today, or had it on a day; raises ``NotFound``."""
    found = Division.objects.on(on).filter(code=code).order_by("-valid_from").first()
    if found is None:
        raise NotFound(
            _("没有区划代码为“%s”的地区。") % code[:20], hint=_("请核对代码；已撤销的区划按当年的日期查询。")
        )
    return found


def division_names(paths: Iterable[str], from_level: int = Level.COUNTY) -> dict[str, str]:
    """Return path → full name from a level down ("徐汇区湖南路街道…居委会"), with one query for all paths."""
    wanted = {path: [c for c in path_codes(path) if division_level(c) >= from_level] for path in paths}
    codes = {code for group in wanted.values() for code in group}
    rows = Division.objects.on().filter(code__in=codes).exclude(name__in=PSEUDO_CITIES)
    names = dict(rows.values_list("code", "name"))
    return {path: "".join(names.get(code, "") for code in group) for path, group in wanted.items()}


def division_name(place: Division | str, from_level: int = Level.COUNTY) -> str:
    """Return one place's full name from a level down; for lists use ``division_names``."""
    path = place.path if isinstance(place, Division) else place
    return division_names([path], from_level)[path]


def division_children(path: str) -> QuerySet[Division]:
    """Return what stands directly below a path today ("" for the provinces), by code."""
    rows = Division.objects.on().order_by("code")
    return rows.filter(parent__path=path, parent__valid_to__isnull=True) if path else rows.filter(parent=None)


def division_first(actor: Actor) -> Division:
    """Return where an actor's view begins: the first of their areas; ``NotFound`` where they have none."""
    rows = Division.objects.on().filter(in_areas("path", actor.areas)).order_by("path")
    first = rows.filter(path__in=actor.areas).first() or rows.first()
    if first is None:
        raise NotFound(_("您的岗位还没有负责的区域。"), hint=_("请联系本单位管理员。"))
    return first


def division_trail(actor: Actor, division: Division) -> list[Division]:
    """Return the way from where the actor's view begins down to a division, of today's divisions."""
    codes = [code for code in division.path.split("/") if code]
    rows = Division.objects.on().filter(code__in=codes).exclude(level=Level.CITY).order_by("level")
    return [row for row in rows if actor.covers(row.path)]


def committee_list(street: Division) -> QuerySet[Division]:
    """Return the committees of a street today, by pinyin."""
    return Division.objects.on().filter(parent=street, level=Level.COMMITTEE).order_by("pinyin", "code")


def unbounded_list(level: int = Level.STREET) -> QuerySet[Division]:
    """Return the divisions of a level that have no boundary, or only a schematic one, by code."""
    real = Boundary.objects.filter(is_schematic=False, division__level=level)
    return (
        Division.objects.on().filter(level=level).exclude(pk__in=real.values("division_id")).order_by("code")
    )


def is_map_schematic(level: int = Level.STREET) -> bool:
    """Whether any boundary shown on this level is a stand-in, so that the page must say 示意."""
    return Boundary.objects.filter(division__level=level, is_schematic=True).exists()


def position_checked(lng: float | str | None, lat: float | str | None) -> tuple[float, float]:
    """Return a position as numbers; raises ``InvalidInput`` for nonsense."""
    try:
        x, y = float("nan" if lng is None else lng), float("nan" if lat is None else lat)
    except ValueError:
        x = y = float("nan")
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise InvalidInput(
            _("位置坐标无效。"),
            hint=_("请在地图上重新点选位置，或直接选择街镇和居委。"),
            details={"position": _("经度应在-180到180之间，纬度应在-90到90之间。")},
        )
    return x, y


def streets_of_points(lngs: ArrayLike, lats: ArrayLike) -> Ids:
    """Return each point's street as a division id, -1 where no boundary holds it.

    Two arrays of one length, or two numbers (then an array of one), in WGS-84 degrees.
    """
    return point_indexes()[Level.STREET].divisions_at(np.atleast_1d(lngs), np.atleast_1d(lats))


def _division(number: int) -> Division | None:
    if number == NOWHERE:
        return None
    return Division.objects.select_related("boundary").defer("boundary__geometry").get(pk=number)


def street_of_point(lng: float, lat: float) -> Division | None:
    """Return the street whose boundary holds a point."""
    return _division(int(streets_of_points(lng, lat)[0]))


@dataclass(frozen=True, slots=True)
class Position:
    """A point in the city, and the ids of the divisions whose boundaries hold it (-1: none)."""

    lng: float
    lat: float
    street_id: int
    committee_id: int

    @property
    def street(self) -> Division | None:
        """The street, if a boundary holds the point."""
        return _division(self.street_id)

    @property
    def committee(self) -> Division | None:
        """The committee, where committee boundaries are loaded and one holds the point."""
        return _division(self.committee_id)


def position_find(lng: float | str | None, lat: float | str | None) -> Position | None:
    """Return what the map knows of a position; None without any map.

    Raises ``InvalidInput`` for nonsense and for a position outside the city.
    """
    x, y = position_checked(lng, lat)
    maps = point_indexes()
    if not any(len(index.ids) for index in maps.values()):
        return None
    found = {level: int(index.divisions_at([x], [y])[0]) for level, index in maps.items()}
    if all(number == NOWHERE for number in found.values()):
        raise InvalidInput(
            _("这个位置不在本市范围内。"),
            hint=_("请在地图上重新点选本市内的位置，或直接选择街镇和居委。"),
        )
    return Position(x, y, found[Level.STREET], found[Level.COMMITTEE])


def position_street(position: Position | None) -> Division:
    """Return the street of a position; raises ``InvalidInput`` where no boundary holds it."""
    street = position.street if position else None
    if street is not None:
        return street
    if position is None:
        raise InvalidInput(_("还没有装入地图，不能按位置查找。"), hint=_("请直接选择街镇和居委。"))
    raise InvalidInput(
        _("这个位置没有落在任何街镇的边界内（可能在江面、道路或边界空隙上）。"),
        hint=_("请把位置移到最近的建筑上，或直接选择街镇和居委。"),
    )


@dataclass(frozen=True, slots=True)
class NearbyCompound:
    """A compound and how far it is from a point."""

    compound: Compound
    metres: int


def compound_nearby(lng: float, lat: float, limit: int = 8) -> list[NearbyCompound]:
    """Return the compounds within 800 m of a point, nearest first."""
    tall = NEAR_M / 111_000
    wide = tall / max(np.cos(np.radians(lat)), 0.01)
    rows = Compound.objects.filter(lng__range=(lng - wide, lng + wide), lat__range=(lat - tall, lat + tall))
    found = list(rows.select_related("street", "committee")[:500])
    metres = haversine_m(lng, lat, [c.lng or 0.0 for c in found], [c.lat or 0.0 for c in found])
    near = [NearbyCompound(c, round(float(m))) for c, m in zip(found, metres, strict=True) if m <= NEAR_M]
    return sorted(near, key=lambda item: (item.metres, item.compound.pk))[:limit]


def named_like(query: str) -> Q:
    """Return the condition that a name holds the query's words, or its pinyin or initials begin with it."""
    words = query.split()
    condition = Q()
    for word in words:
        condition &= Q(name__contains=word)
    letters = re.sub(r"[' ]", "", query).lower()
    if letters and _PINYIN.fullmatch(query):
        condition |= Q(pinyin__startswith=letters) | Q(initials__startswith=letters)
    return condition if words else Q(pk__in=[])


def compound_search(query: str, area: str = "", limit: int = 8) -> list[Compound]:
    """Return compounds by name, pinyin or initials within an area path."""
    rows = Compound.objects.filter(named_like(query), in_areas("area_path", (area,)))
    return list(rows.select_related("street", "committee")[:limit])


def division_search(query: str, level: Level, area: str = "", limit: int = 8) -> list[Division]:
    """Return today's divisions of a level by name, pinyin or initials within an area path."""
    rows = Division.objects.on().filter(named_like(query), level=level).under(area)
    return list(rows.select_related("parent").order_by("pinyin", "code")[:limit])


def divisions_named(query: str, areas: tuple[str, ...], limit: int) -> list[Division]:
    """Return today's divisions of every level within areas by name, pinyin or initials, highest first."""
    rows = Division.objects.on().filter(named_like(query), in_areas("path", areas))
    return list(rows.exclude(name__in=PSEUDO_CITIES).order_by("level", "pinyin", "code")[:limit])


def compound_filter(
    rows: QuerySet[Compound], *, words: str = "", state: str = "", committee: str = ""
) -> QuerySet[Compound]:
    """Narrow a list of compounds by words (or pinyin), by committee code, or to the ``unconfirmed``."""
    if words:
        rows = rows.filter(named_like(words) | Q(address__contains=words))
    if committee:
        rows = rows.filter(committee__code=committee)
    return rows.filter(is_committee_confirmed=False) if state == "unconfirmed" else rows


def unplaced_filter(actor: Actor, *, words: str = "", near: str = "") -> QuerySet[UnplacedCompound]:
    """Return what waits for its street: the nearest to a known one first; ``near`` is a street's code."""
    rows = UnplacedCompound.objects.visible_to(actor).filter(dismissed_on=None).select_related("near")
    if words:
        rows = rows.filter(Q(name__contains=words) | Q(address__contains=words) | Q(town__contains=words))
    if near:
        rows = rows.filter(near__code=near)
    return rows.order_by(F("near_m").asc(nulls_last=True), "name", "pk")


@dataclass(frozen=True, slots=True)
class DivisionOverview:
    """What a page about a division shows: what stands below, and how its outlines are known."""

    children: list[Division]
    outlined: int
    schematic: int
    sources: list[str]
    committees: int
    compounds: int
    unconfirmed: int


def division_overview(division: Division) -> DivisionOverview:
    """Return the children of a division with their outlines, and the counts below it.

    A pseudo-city is passed over: below Shanghai stand its districts.
    """
    top = Division.objects.on().filter(parent=division, name__in=PSEUDO_CITIES).values("pk")
    below = Division.objects.on().filter(Q(parent=division) | Q(parent__in=top)).exclude(pk__in=top)
    children = list(below.select_related("boundary").order_by("code"))
    outlines = [child.boundary for child in children if hasattr(child, "boundary")]
    inside = Division.objects.on().under(division.path)
    compounds = Compound.objects.filter(in_areas("area_path", (division.path,)))
    return DivisionOverview(
        children=children,
        outlined=len(outlines),
        schematic=sum(outline.is_schematic for outline in outlines),
        sources=sorted({outline.source for outline in outlines}),
        committees=inside.filter(level=Level.COMMITTEE).count(),
        compounds=compounds.count(),
        unconfirmed=compounds.filter(is_committee_confirmed=False).count(),
    )


def compound_by_public_id(public_id: UUID | str) -> Compound:
    """Return a compound by its public id; raises ``NotFound``."""
    try:
        return Compound.objects.select_related("street", "committee").get(public_id=public_id)
    except (Compound.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFound(_("没有找到这个小区。"), hint=_("请从小区列表重新进入。")) from error


def building_by_public_id(public_id: UUID | str) -> Building:
    """Return a building with its compound by its public id; raises ``NotFound``."""
    try:
        return Building.objects.select_related("compound").get(public_id=public_id)
    except (Building.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFound(_("没有找到这个楼栋。"), hint=_("请从小区页面重新进入。")) from error


def stair_by_public_id(public_id: UUID | str) -> Stair:
    """Return a stair with its building and compound by its public id; raises ``NotFound``."""
    try:
        return Stair.objects.select_related("building__compound").get(public_id=public_id)
    except (Stair.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFound(_("没有找到这个单元。"), hint=_("请从楼栋页面重新进入。")) from error


def part_by_public_id(public_id: UUID | str) -> Part:
    """Return a part with its stair, building and compound by its public id; raises ``NotFound``."""
    try:
        return Part.objects.select_related("stair", "building__compound").get(public_id=public_id)
    except (Part.DoesNotExist, ValidationError, ValueError) as error:
        raise NotFound(_("没有找到这处房屋。"), hint=_("请从楼栋页面重新进入。")) from error


How = Literal["boundary", "compound", "chosen", "street"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a committee, or a street until the committee is known, and how that was found."""

    division: Division
    how: How
    compound: Compound | None = None
    lng: float | None = None
    lat: float | None = None

    @property
    def code(self) -> str:
        """The division's code of today, kept with a record as the code of its day."""
        return self.division.code

    @property
    def area_path(self) -> str:
        """Where the place stands in today's tree."""
        return self.division.path


def _stated_division(value: Division | str | None, level: Level, what: str) -> Division | None:
    division = division_by_code(value) if isinstance(value, str) and value else value or None
    if isinstance(division, Division) and division.level != level:
        raise InvalidInput(_("“%(name)s”不是%(what)s。") % {"name": division.name, "what": what})
    return division if isinstance(division, Division) else None


def _stated_street(
    compound: Compound | None, committee: Division | None, street: Division | None
) -> Division | None:
    """Return the street that the person's words say; raises ``InvalidInput`` when they contradict."""
    stated = {s.pk: s for s in (committee.parent if committee else None, street) if s is not None}
    if compound is not None and committee is None:
        stated[compound.street_id] = compound.street
    if len(stated) > 1:
        raise InvalidInput(
            _("所选的街镇、居委或小区不在同一个街镇：%s。") % "、".join(s.name for s in stated.values()),
            hint=_("请重新选择居委。"),
        )
    return next(iter(stated.values()), None)


def _metres_off(street: Division, lng: float, lat: float) -> float:
    """Return how far a point lies outside a street's outline, in metres."""
    boundary = Boundary.objects.filter(division=street).first()
    if boundary is None:
        return 0.0
    squeeze = np.array([np.cos(np.radians(lat)), 1.0])
    outline = shapely.transform(shape(boundary.geometry), lambda points: points * squeeze)
    return float(shapely.distance(outline, shapely.Point(lng * squeeze[0], lat)) * 111_195)


def _street_at(position: Position, stated: Division | None) -> Division:
    """Weigh the street of a pin against the street that was stated."""
    found = position.street
    if stated is None:
        return found or position_street(position)
    if found is None or found.pk == stated.pk or found.boundary.is_schematic:
        return stated
    if _metres_off(stated, position.lng, position.lat) <= EDGE_M:
        return stated
    raise InvalidInput(
        _("图上的位置在%(found)s，所选的却属于%(stated)s。") % {"found": found.name, "stated": stated.name},
        hint=_("请移动图上的位置，或重新选择居委。"),
    )


def place_resolve(
    *,
    lng: float | str | None = None,
    lat: float | str | None = None,
    compound: Compound | UUID | str | None = None,
    committee: Division | str | None = None,
    street: Division | str | None = None,
) -> Place:
    """Turn what a person gave into a committee, or a street where no committee can be known.

    The committee comes from a loaded committee boundary, else from the compound's confirmed committee, else
    from the person's choice. Divisions may be given as codes, the compound by its public id. Raises
    ``InvalidInput`` for nonsense coordinates, a place outside the city, contradictions, or nothing at all.
    """
    is_given = lng not in (None, "") or lat not in (None, "")
    where = position_checked(lng, lat) if is_given else (None, None)
    position = position_find(lng, lat) if is_given else None
    if compound and not isinstance(compound, Compound):
        compound = compound_by_public_id(compound)
    home = compound if isinstance(compound, Compound) else None
    if position and (bounded := position.committee):
        return Place(bounded, "boundary", home, *where)
    if home and home.is_committee_confirmed and home.committee:
        return Place(home.committee, "compound", home, *where)
    chosen = _stated_division(committee, Level.COMMITTEE, _("居村委会"))
    stated = _stated_street(home, chosen, _stated_division(street, Level.STREET, _("街镇")))
    found = _street_at(position, stated) if position else stated
    if found is None:
        raise InvalidInput(_("还不知道地点。"), hint=_("请在地图上点选位置，或选择小区、街镇和居委。"))
    return Place(chosen, "chosen", home, *where) if chosen else Place(found, "street", home, *where)
