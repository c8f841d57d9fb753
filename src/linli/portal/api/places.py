"""Places as JSON: divisions, compounds, and what stands where; names and positions are no secret."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core.actor import Scope
from linli.core.cursor import slice_of
from linli.core.errors import InvalidInput, NotFound
from linli.core.fields import in_areas
from linli.core.geometry import Datum, to_wgs84
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Limit, QueryInput
from linli.foundation.places.buildinggrid import compound_buildings
from linli.foundation.places.models import Compound, Division, Part
from linli.foundation.places.selectors import (
    building_by_public_id,
    compound_by_public_id,
    compound_filter,
    compound_nearby,
    division_by_code,
    division_children,
    position_checked,
    position_find,
    position_street,
)

router = Router(tags=[_("地点")])
PLACES = let_in(Scope.PLACES_READ, Scope.MATTERS_REPORT)
LAYOUT = let_in(Scope.PLACES_READ)


class DivisionOut(Schema):
    """A division."""

    code: str = Field(description=_("省2位，市4位，区县6位，街镇9位，居村委12位。"), examples=["310104013"])
    name: str
    level: int
    parent: str | None = Field(None, alias="parent.code")


class DivisionPageOut(Schema):
    """Some divisions."""

    items: list[DivisionOut]
    next_cursor: str


class CompoundOut(Schema):
    """A residential compound."""

    id: UUID = Field(alias="public_id", description=_("上报时 place 写 compound:这个标识。"))
    name: str
    address: str
    lng: float | None
    lat: float | None
    street: str = Field(alias="street.code")
    committee: str | None = Field(None, description=_("所属居村委；还没有确认时为空。"))

    @staticmethod
    def resolve_committee(row: Compound) -> str | None:
        """Name the committee once it is confirmed."""
        return row.committee.code if row.committee and row.is_committee_confirmed else None


class CompoundPageOut(Schema):
    """Some compounds."""

    items: list[CompoundOut]
    next_cursor: str


class BuildingOut(Schema):
    """A building of a compound."""

    id: UUID = Field(alias="public_id")
    name: str
    housing_type: str = Field(description=_("房屋类型；空表示不知道。"))
    built_year: int | None
    floors: int | None
    floor_area: int | None = Field(description=_("建筑面积，单位百分之一平方米。"))
    has_lift: bool | None
    stairs: int = Field(alias="stair_count")
    dwellings: int = Field(alias="dwelling_count")
    others: int = Field(alias="other_count")
    closed_on: date | None


class BuildingsOut(Schema):
    """The buildings of a compound."""

    items: list[BuildingOut]


class PartOut(Schema):
    """A part of a building; who lives there is not told here."""

    id: UUID = Field(alias="public_id")
    stair: str = Field(description=_("单元；空表示不分单元。"))
    name: str = Field(description=_("室号。"), examples=["302"])
    floor: int | None
    kind: str
    area: int | None = Field(description=_("建筑面积，单位百分之一平方米。"))

    @staticmethod
    def resolve_stair(row: Part) -> str:
        """Name the stair."""
        return row.stair.name if row.stair else ""


class PartPageOut(Schema):
    """Some parts of a building."""

    items: list[PartOut]
    next_cursor: str


class LocatedOut(Schema):
    """What stands at a position."""

    lng: float = Field(description=_("WGS-84。"))
    lat: float
    street: DivisionOut
    committee: DivisionOut | None
    compounds: list[CompoundOut] = Field(description=_("附近的小区，由近到远。"))
    is_schematic: bool = Field(description=_("边界是示意图，不是测绘的，结果需要核对。"))


class Below(QueryInput):
    """Which divisions."""

    parent: str = Field(
        "", max_length=15, description=_("上级区划代码；空表示最高一级。"), examples=["310104"]
    )
    limit: Limit = 50
    cursor: Cursor = ""


class Named(QueryInput):
    """Which compounds."""

    q: str = Field("", max_length=40, description=_("名称、拼音或首字母。"))
    area: str = Field("", max_length=15, description=_("区划代码。"))
    limit: Limit = 50
    cursor: Cursor = ""


class Slice(QueryInput):
    """Which part of a list."""

    limit: Limit = 50
    cursor: Cursor = ""


class Position(QueryInput):
    """A position and what its numbers mean."""

    lng: float = Field(ge=-180, le=180, examples=[121.4376])
    lat: float = Field(ge=-90, le=90, examples=[31.1985])
    datum: Literal["wgs84", "gcj02", "bd09"] = Field("wgs84", description=_("坐标系。"))


def _path(code: str, field: str) -> str:
    if not code:
        return ""
    try:
        return division_by_code(code).path
    except NotFound as error:
        raise InvalidInput(error.message, hint=error.hint, details={field: error.message}) from error


def _page(rows: QuerySet[Any], *, by: tuple[str, ...], asked: Any, shown: dict[str, str]) -> dict[str, Any]:
    """Return the part of a list that was asked for; ``shown`` is what the list was narrowed by."""
    found = slice_of(rows, by=by, cursor=asked.cursor, limit=asked.limit, asked=shown)
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/divisions",
    response=DivisionPageOut,
    auth=PLACES,
    operation_id="division_list",
    summary=_("下级区划"),
    description=_("一个区划直接下级的区划，按代码排列。"),
)
def divisions(request: HttpRequest, asked: Query[Below]) -> dict[str, Any]:
    """List what stands directly below a division."""
    rows: QuerySet[Division] = division_children(_path(asked.parent, "parent")).select_related("parent")
    shown = {"list": "divisions", "parent": asked.parent}
    return _page(rows, by=("code", "id"), asked=asked, shown=shown)


@router.get(
    "/divisions/{code}",
    response=DivisionOut,
    auth=PLACES,
    operation_id="division_get",
    summary=_("一个区划"),
    description=_("按代码查询现行的区划。"),
)
def division(request: HttpRequest, code: str) -> Division:
    """Return a division by its code."""
    return division_by_code(code.replace("\0", ""))


@router.get(
    "/compounds",
    response=CompoundPageOut,
    auth=PLACES,
    operation_id="compound_list",
    summary=_("小区"),
    description=_("按名称、拼音或首字母，在一个区划内查小区。"),
)
def compounds(request: HttpRequest, asked: Query[Named]) -> dict[str, Any]:
    """List compounds by name within a division."""
    inside = in_areas("area_path", (_path(asked.area, "area"),))
    rows = compound_filter(Compound.objects.filter(inside), words=asked.q.strip())
    rows = rows.select_related("street", "committee")
    shown = {"list": "compounds", "q": asked.q, "area": asked.area}
    return _page(rows, by=("pinyin", "name", "id"), asked=asked, shown=shown)


@router.get(
    "/compounds/{public_id}/buildings",
    response=BuildingsOut,
    auth=LAYOUT,
    operation_id="building_list",
    summary=_("小区的楼栋"),
    description=_("一个小区的楼栋和它们的基本情况，已注销的在后。"),
)
def buildings(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """List the buildings of a compound."""
    return {"items": compound_buildings(compound_by_public_id(public_id))}


@router.get(
    "/buildings/{public_id}/parts",
    response=PartPageOut,
    auth=LAYOUT,
    operation_id="part_list",
    summary=_("楼栋的房屋"),
    description=_("一栋楼现有的房屋；不含谁住在里面。"),
)
def parts(request: HttpRequest, public_id: UUID, asked: Query[Slice]) -> dict[str, Any]:
    """List the parts that stand in a building."""
    building = building_by_public_id(public_id)
    rows = Part.objects.filter(building=building).open().select_related("stair")
    shown = {"list": "parts", "building": str(public_id)}
    return _page(rows, by=("sort_key", "id"), asked=asked, shown=shown)


@router.get(
    "/locate",
    response=LocatedOut,
    auth=PLACES,
    operation_id="place_locate",
    summary=_("这个位置在哪里"),
    description=_("经纬度所在的街镇、居村委和附近的小区。"),
)
def locate(request: HttpRequest, asked: Query[Position]) -> dict[str, Any]:
    """Return the street, the committee and the compounds of a position."""
    x, y = to_wgs84(*position_checked(asked.lng, asked.lat), Datum(asked.datum))
    lng, lat = float(x), float(y)
    position = position_find(lng, lat)
    street = position_street(position)
    return {
        "lng": lng,
        "lat": lat,
        "street": street,
        "committee": position.committee if position else None,
        "compounds": [near.compound for near in compound_nearby(lng, lat)],
        "is_schematic": street.boundary.is_schematic,
    }
