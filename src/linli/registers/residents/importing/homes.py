"""Homes of a file: which compound, building, stair and room each row means, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from linli.core.errors import InvalidInput
from linli.foundation.imports.targets import Field, Row, Scope
from linli.foundation.places.addresses import Address, building_key, room_name, stair_key
from linli.foundation.places.addressindex import AddressMatch, How
from linli.foundation.places.entering import floor_checked, year_checked
from linli.foundation.places.models import HousingType, Part, PartKind

from . import wording
from .places import Places, address_of, places_read
from .sources import rule

CODE = "homes"
FOUND = (How.EXACT, How.STREET, How.NO_BUILDING, How.NO_PART)
HAND = "worker"  # what was entered by hand, or made in bulk by a worker, has no source of its own


def area_of(text: str) -> int:
    """Return an area in 1/100 m²; refuses 0, less, and what is no number."""
    try:
        value = Decimal(text.removesuffix("平方米").removesuffix("㎡").strip()) * 100
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value <= 0 or value > 10**9:
        raise InvalidInput(_("面积要填大于0的数，单位平方米，例如 86.35。"))
    return int(value.to_integral_value())


def whole(text: str) -> int:
    """Return a whole number; ``ValueError`` for anything else."""
    return int(text.removesuffix("层").removesuffix("年").removesuffix("F").strip())


def fields() -> tuple[Field, ...]:
    """Return every field of a file of homes."""
    return (
        wording.source_field(CODE, "housing"),
        *wording.address_fields(CODE),
        wording.field(CODE, "floor", lazy("楼层"), parse=whole, kind_words=lazy("楼层要填整数。")),
        wording.choice(
            CODE, "kind", lazy("房屋用途"), PartKind, "part_kind", is_strict=False, is_fixable=True
        ),
        wording.choice(CODE, "housing_type", lazy("房屋类型"), HousingType, is_strict=False, is_fixable=True),
        wording.field(CODE, "built_year", lazy("建成年份"), parse=whole, kind_words=lazy("年份要填整数。")),
        wording.field(CODE, "floors", lazy("总层数"), parse=whole, kind_words=lazy("总层数要填整数。")),
        wording.yes_no(CODE, "lift", lazy("电梯"), is_strict=False),
        wording.field(CODE, "area", lazy("建筑面积"), parse=area_of, shows=wording.area_shown),
    )


def key(values: Mapping[str, Any]) -> str:
    """Return what names the same home in the next file of the same office."""
    parts = ("source", "address", "compound", "building", "stair", "room")
    return "\0".join(str(values.get(name, "")) for name in parts)


@dataclass(slots=True)
class HomesReading:
    """What a batch of homes is checked against; ``made`` fills as it is taken: row → new building, stair."""

    scope: Scope
    places: Places
    parts: dict[int, Part]
    made: dict[int, dict[str, int]] = field(default_factory=dict)

    def match(self, row: Row) -> AddressMatch | None:
        """Return how a row's address was understood."""
        return self.places.matches.get(address_of(row))


def homes_read(scope: Scope, rows: Sequence[Row]) -> HomesReading:
    """Return what these rows are checked against."""
    places = places_read(scope, rows)
    known = {row.subject for row in rows if row.subject} | set(places.parts)
    return HomesReading(scope, places, Part.objects.in_bulk(list(known)))


def homes_match(*, read: HomesReading, rows: Sequence[Row]) -> dict[int, int]:
    """Return row → the part that is registered at its address already."""
    return {row.number: where.part for row in rows if (where := read.places.where(row))}


def homes_check(read: HomesReading, rows: Sequence[Row]) -> None:
    """Add what is wrong with each row; the same home twice is refused."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        fault = _fault(read, row) or _figures(row)
        match = read.match(row)
        if not fault and match is not None and match.compound is not None:
            said = match.address
            place = _place(match.compound.pk, said)
            first = seen.setdefault(place, row.number)
            fault = _("与第%d行是同一套房屋，请只留一行。") % first if first != row.number else ""
        if fault:
            row.reasons.append(fault)
        elif (
            row.subject
            and not may(row, read.parts[row.subject])
            and changes_of_part(row, read.parts[row.subject])
        ):
            row.remarks.append(_("房屋信息以现有登记为准，没有改。"))


def _place(compound: int, said: Address) -> tuple[int, str, str, str]:
    return compound, building_key(said.building), stair_key(said.stair), room_name(said.room)


def _is_kept(read: HomesReading, row: Row) -> bool:
    part = read.parts.get(row.subject)
    return part is not None and not may(row, part) and bool(changes_of_part(row, part))


def _fault(read: HomesReading, row: Row) -> str:
    match, values = read.match(row), row.values
    if match is None:
        return _("没有地址：请填写地址，或小区、楼栋、室号。")
    if values.get("room") and not values.get("building"):
        return _("没有写楼栋：请写明是几号楼。")
    if values.get("building") and not values.get("compound"):
        return _("没有写小区：请写明是哪个小区。")
    if match.how not in FOUND or match.compound is None:
        return _("地址对不上小区：%s") % match.reason
    if not match.address.building:
        return _("没有写楼栋：请写明是几号楼。")
    if not match.address.room:
        return _("没有写室号：请写明是哪一室。")
    if match.is_closed:
        return match.reason
    return ""


def _figures(row: Row) -> str:
    try:
        floor_checked(row.values.get("floor"))
        year_checked(row.values.get("built_year"))
        if not 1 <= row.values.get("floors", 1) <= 200:
            return _("总层数应在1到200之间。")
    except InvalidInput as refusal:
        return refusal.message or str(next(iter(refusal.details.values()), ""))
    return ""


def may(row: Row, part: Part) -> bool:
    """Whether a file's word counts against what is registered of a part."""
    standing = part.source if part.source in rule("part").order else HAND
    return rule("part").may(row.values["source"], standing)


def changes_of_part(row: Row, part: Part) -> dict[str, Any]:
    """Return what a row says otherwise of a part, column → value."""
    said = {name: row.values.get(name) for name in ("kind", "area", "floor")}
    known = {name: value for name, value in said.items() if value not in (None, "")}
    return {name: value for name, value in known.items() if value != getattr(part, name)}


def homes_differ(*, read: HomesReading, row: Row, subject_id: int) -> list[tuple[str, str, str]]:
    """Return what a row would change in its part: (field, before, after)."""
    part = read.parts[subject_id]
    changes = changes_of_part(row, part) if may(row, part) else {}
    return [(name, _said(name, getattr(part, name)), _said(name, value)) for name, value in changes.items()]


def _said(name: str, value: Any) -> str:
    if name == "area" and value is not None:
        return wording.area_shown(value)
    return "" if value is None else str(PartKind(value).label) if value in PartKind.values else str(value)


def homes_remember(read: HomesReading, row: Row) -> Mapping[str, int]:
    """Return the building and the stair that were made for a row."""
    return read.made.get(row.number, {})
