"""The lists of the register of places as files."""

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, Text, listing_add

from .buildinggrid import buildings_counted, parts_whole
from .forms import committees_of
from .history import change_list
from .models import Building, Compound, Division, DivisionChange, Level, Part
from .permissions import can_see_places
from .selectors import (
    building_by_public_id,
    compound_by_public_id,
    compound_filter,
    division_by_code,
    division_names,
    division_overview,
    unplaced_filter,
)
from .workflow import ChangeState


def _reader(actor: Actor) -> None:
    if not can_see_places(actor):
        raise NotAllowed(
            _now("区划和小区由居村委会、街镇和区市查看。"), hint=_now("如需查看，请联系所在街镇。")
        )


def _compounds(actor: Actor, query: QueryDict) -> Chosen:
    _reader(actor)
    words, state, committee = (
        query.get("q", "").strip()[:40],
        query.get("state", ""),
        query.get("committee", ""),
    )
    rows = compound_filter(Compound.objects.visible_to(actor), words=words, state=state, committee=committee)
    rows = rows.select_related("street", "committee").annotate(building_count=Count("buildings"))
    conditions: list[tuple[Text, Text]] = [(_("名称、拼音或地址"), words)] if words else []
    if committee:
        named = committees_of(actor).filter(code=committee).first()
        conditions.append((_("居村委会"), named.short_name if named else committee))
    if state == "unconfirmed":
        conditions.append((_("居委"), _("未确认")))
    return Chosen(rows.order_by("pinyin", "name", "pk"), conditions, _with_streets)


def _with_streets(rows: list[Compound]) -> list[tuple[Compound, str]]:
    labels = division_names(compound.street.path for compound in rows)
    return [(compound, labels[compound.street.path]) for compound in rows]


def _buildings(actor: Actor, query: QueryDict) -> Chosen:
    """Choose the buildings of a compound, or all that the actor sees."""
    _reader(actor)
    rows, conditions = Building.objects.visible_to(actor), []
    if wanted := query.get("compound", ""):
        compound = compound_by_public_id(wanted)
        rows, conditions = rows.filter(compound=compound), [(_("小区"), compound.name)]
    found = buildings_counted(rows).select_related("compound").prefetch_related("grids")
    return Chosen(found.order_by("compound__pinyin", "compound", "sort_key", "pk"), conditions)


def _parts_of(actor: Actor, query: QueryDict) -> Chosen:
    """Choose the parts that stand in a building, a compound, or in the actor's areas."""
    _reader(actor)
    rows, conditions = Part.objects.visible_to(actor).open(), []
    if wanted := query.get("building", ""):
        building = building_by_public_id(wanted)
        rows, conditions = rows.filter(building=building), [(_("楼栋"), str(building))]
    elif wanted := query.get("compound", ""):
        compound = compound_by_public_id(wanted)
        rows, conditions = rows.filter(compound=compound), [(_("小区"), compound.name)]
    return Chosen(parts_whole(rows), conditions)


def _unplaced(actor: Actor, query: QueryDict) -> Chosen:
    _reader(actor)
    words, near = query.get("q", "").strip()[:40], query.get("near", "")
    conditions: list[tuple[Text, Text]] = [(_("名称、地址或街镇"), words)] if words else []
    if near:
        conditions.append((_("最近的街镇"), division_by_code(near).name))
    return Chosen(unplaced_filter(actor, words=words, near=near), conditions)


def _area(value: int | None) -> float | None:
    return None if value is None else value / 100


def _lift(value: bool | None) -> str:
    return {None: "", True: _now("有"), False: _now("没有")}[value]


def _division(query: QueryDict) -> Division | None:
    code = query.get("code", "")
    return division_by_code(code) if code else None


def _top(actor: Actor, query: QueryDict) -> Division | None:
    """Return the division that the page shows: the one asked for, or where the actor's view begins."""
    _reader(actor)
    area = next((area for area in actor.areas if area), "")
    rows = Division.objects.on()
    home = rows.filter(path=area) if area else rows.filter(level=Level.PROVINCE)
    return _division(query) or home.first()


def _children(actor: Actor, query: QueryDict) -> Chosen:
    top = _top(actor, query)
    if top is None:
        return Chosen(Division.objects.none())
    return Chosen(division_overview(top).children, [(_("上级区划"), top.name)])


def _without_outline(actor: Actor, query: QueryDict) -> Chosen:
    """Return the streets below whose real outline is not loaded yet, schematic ones included."""
    top = _top(actor, query)
    rows = Division.objects.on().filter(level=Level.STREET).select_related("boundary")
    rows = rows.filter(Q(boundary__isnull=True) | Q(boundary__is_schematic=True)).order_by("code")
    if top is None:
        return Chosen(rows.none())
    return Chosen(rows.under(top.path), [(_("上级区划"), top.name)], _with_names)


def _changes(actor: Actor, query: QueryDict) -> Chosen:
    _reader(actor)
    words, state = query.get("q", "").strip()[:40], query.get("state", "")
    conditions: list[tuple[Text, Text]] = [(_("名称、代码或文号"), words)] if words else []
    if state:
        conditions.append((_("状态"), dict(ChangeState.choices).get(state, state)))
    return Chosen(change_list(actor, state, words), conditions)


def _parts(change: DivisionChange, side: str) -> str:
    return "、".join(str(part) for part in change.parts.all() if part.side == side)


def _with_names(rows: list[Division]) -> list[tuple[Division, str]]:
    names = division_names(row.path for row in rows)
    return [(row, names[row.path]) for row in rows]


def outline_words(division: Division) -> str:
    """Return whether a division's outline is real, schematic or missing."""
    outline = getattr(division, "boundary", None)
    if outline is None:
        return _now("无")
    return _now("示意") if outline.is_schematic else _now("实际")


listing_add(
    Listing(
        "compounds",
        _("小区"),
        (
            Column(_("小区"), lambda row: row[0].name, width=24),
            Column(
                _("居村委会"),
                lambda row: row[0].committee.short_name if row[0].is_committee_confirmed else _now("未确认"),
                width=24,
            ),
            Column(_("街镇"), lambda row: row[1], width=28),
            Column(_("地址"), lambda row: row[0].address, width=32),
            Column(_("房屋类型"), lambda row: row[0].get_housing_type_display(), width=12),
            Column(_("建成年份"), lambda row: row[0].built_year, Kind.NUMBER, 10),
            Column(_("楼栋数"), lambda row: row[0].building_count, Kind.NUMBER, 8),
            Column(_("经度"), lambda row: row[0].lng, Kind.NUMBER, 12),
            Column(_("纬度"), lambda row: row[0].lat, Kind.NUMBER, 12),
        ),
        _compounds,
    ),
    Listing(
        "divisions",
        _("下级区划"),
        (
            Column(_("代码"), lambda row: row.code, width=16),
            Column(_("名称"), lambda row: row.name, width=28),
            Column(_("类型"), lambda row: row.kind or row.get_level_display(), width=10),
            Column(_("边界"), outline_words, width=8),
            Column(_("设立日期"), lambda row: row.valid_from, Kind.DATE, 12),
            Column(_("来源"), lambda row: row.source, width=40),
        ),
        _children,
    ),
    Listing(
        "divisions-without-outline",
        _("没有实际边界的街镇"),
        (
            Column(_("代码"), lambda row: row[0].code, width=16),
            Column(_("名称"), lambda row: row[0].name, width=28),
            Column(_("全称"), lambda row: row[1], width=40),
            Column(_("边界"), lambda row: outline_words(row[0]), width=8),
        ),
        _without_outline,
    ),
    Listing(
        "division-changes",
        _("区划变更"),
        (
            Column(_("生效日期"), lambda row: row.effective_on, Kind.DATE, 12),
            Column(_("类型"), lambda row: row.get_kind_display(), width=10),
            Column(_("变更前"), lambda row: _parts(row, "before"), width=40),
            Column(_("变更后"), lambda row: _parts(row, "after"), width=40),
            Column(_("批准文号"), lambda row: row.document, width=24),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
        ),
        _changes,
    ),
    Listing(
        "buildings",
        _("楼栋"),
        (
            Column(_("小区"), lambda row: row.compound.name, width=24),
            Column(_("楼栋"), lambda row: row.name, width=12),
            Column(_("房屋类型"), lambda row: row.get_housing_type_display(), width=12),
            Column(_("建成年份"), lambda row: row.built_year, Kind.NUMBER, 10),
            Column(_("层数"), lambda row: row.floors, Kind.NUMBER, 8),
            Column(_("建筑面积（平方米）"), lambda row: _area(row.floor_area), Kind.NUMBER, 16),
            Column(_("电梯"), lambda row: _lift(row.has_lift), width=8),
            Column(_("单元数"), lambda row: row.stair_count, Kind.NUMBER, 8),
            Column(_("住宅套数"), lambda row: row.dwelling_count, Kind.NUMBER, 10),
            Column(_("非住宅处数"), lambda row: row.other_count, Kind.NUMBER, 10),
            Column(_("所在网格"), lambda row: "、".join(grid.name for grid in row.grids.all()), width=20),
            Column(_("注销日期"), lambda row: row.closed_on, Kind.DATE, 12),
        ),
        _buildings,
    ),
    Listing(
        "parts",
        _("房屋"),
        (
            Column(_("小区"), lambda row: row.compound.name, width=24),
            Column(_("楼栋"), lambda row: row.building.name, width=12),
            Column(_("单元"), lambda row: row.stair.name if row.stair else "", width=10),
            Column(_("室号"), lambda row: row.name, width=12),
            Column(_("楼层"), lambda row: row.floor, Kind.NUMBER, 8),
            Column(_("用途"), lambda row: row.get_kind_display(), width=10),
            Column(_("建筑面积（平方米）"), lambda row: _area(row.area), Kind.NUMBER, 16),
        ),
        _parts_of,
    ),
    Listing(
        "compounds-unplaced",
        _("待确认街镇的小区"),
        (
            # The headings are those by which a file of compounds is read: filled in, it is loaded again.
            Column(_("小区"), lambda row: row.name, width=28),
            Column(_("区"), lambda row: row.district, width=12),
            Column(_("街镇"), lambda row: row.town, width=16),
            Column(_("代码"), lambda row: row.code, width=14),
            Column(_("地址"), lambda row: row.address, width=28),
            Column(_("经度"), lambda row: row.lng, Kind.NUMBER, 12),
            Column(_("纬度"), lambda row: row.lat, Kind.NUMBER, 12),
            Column(_("原因"), lambda row: row.get_reason_display(), width=20),
            Column(_("最近的街镇"), lambda row: row.near.name if row.near else "", width=16),
            Column(_("相距（米）"), lambda row: row.near_m, Kind.NUMBER, 10),
            Column(_("来源"), lambda row: row.source, width=20),
            Column(_("核对码"), lambda row: row.source_key, width=44),
        ),
        _unplaced,
    ),
)
