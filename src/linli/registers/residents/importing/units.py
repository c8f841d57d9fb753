"""Establishments (实有单位) of a file: which one each row means, where it is, what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from linli.core import clock
from linli.foundation.imports.targets import KEEP, TAKE, Clash, Field, Kind, Row, Scope
from linli.foundation.places.models import Part

from ..entries import phone_read
from ..models import Establishment, Occupancy
from ..numbers import credit_code_read
from . import wording
from .people import NOW
from .places import Places, address_of, places_read
from .sources import rule

CODE = "establishments"
SAID = ("name", "credit_code", "kind", "contact", "phone")
PERSONAL = ("contact", "phone")


def _name(text: str) -> str:
    return " ".join(text.split())


def fields() -> tuple[Field, ...]:
    """Return every field of a file of establishments."""
    return (
        wording.source_field(CODE, "police"),
        wording.field(CODE, "name", lazy("单位名称"), parse=_name, longest=120, is_required=True),
        wording.field(
            CODE,
            "credit_code",
            lazy("统一社会信用代码"),
            parse=credit_code_read,
            longest=30,
            help=lazy("再次导入时凭它认出同一个单位；没有的，凭名称和地址。"),
        ),
        wording.field(CODE, "kind", lazy("单位类别"), longest=40, is_fixable=True),
        wording.field(CODE, "contact", lazy("负责人"), longest=50, is_personal=True),
        wording.field(CODE, "phone", lazy("联系电话"), parse=phone_read, longest=60, is_personal=True),
        *wording.address_fields(CODE),
        wording.field(CODE, "from_on", lazy("从哪天起"), Kind.DATE),
    )


def key(values: Mapping[str, Any]) -> str:
    """Return what names the same establishment in the next file of the same office."""
    source, code = values.get("source", ""), values.get("credit_code", "")
    if code:
        return f"{source}\0{code}"
    parts = ("name", "address", "compound", "building", "stair", "room")
    return f"{source}\0\0" + "\0".join(str(values.get(name, "")) for name in parts)


@dataclass(slots=True)
class UnitsReading:
    """What a batch of establishments is checked against; ``uses``: establishment → its open occupancies."""

    scope: Scope
    places: Places
    units: dict[int, Establishment]
    by_code: dict[str, int]
    by_place: dict[tuple[int, str], int]
    uses: dict[int, list[Occupancy]]

    def covers(self, unit: Establishment) -> bool:
        """Whether an establishment stands in the areas of the import."""
        path = unit.area_path
        return not path or any(path.startswith(area) for area in self.scope.areas)


def units_read(scope: Scope, rows: Sequence[Row]) -> UnitsReading:
    """Return what these rows are checked against."""
    places = places_read(scope, rows)
    codes = {row.values["credit_code"] for row in rows if row.values.get("credit_code")}
    there = Occupancy.objects.filter(part__in=list(places.parts), establishment__isnull=False, **NOW)
    known = {row.subject for row in rows if row.subject} | set(
        there.values_list("establishment_id", flat=True)
    )
    units = Establishment.objects.in_bulk(list(known))
    units |= {unit.pk: unit for unit in Establishment.objects.filter(credit_code__in=codes)}
    uses: dict[int, list[Occupancy]] = {}
    for use in Occupancy.objects.filter(establishment__in=list(units), **NOW).order_by("pk"):
        uses.setdefault(use.establishment_id or 0, []).append(use)
    by_place = {(use.part_id, units[pk].name): pk for pk, open_uses in uses.items() for use in open_uses}
    by_code = {unit.credit_code: unit.pk for unit in units.values() if unit.credit_code}
    return UnitsReading(scope, places, units, by_code, by_place, uses)


def units_match(*, read: UnitsReading, rows: Sequence[Row]) -> dict[int, int]:
    """Return row → the establishment of its credit code, else the one of its name in its part."""
    found: dict[int, int] = {}
    for row in rows:
        code, where = row.values.get("credit_code", ""), read.places.where(row)
        known = read.by_code.get(code) if code else None
        if known is None and where is not None:
            known = read.by_place.get((where.part, row.values["name"]))
            if known is not None and code and read.units[known].credit_code:
                known = None  # two codes are two establishments
        if known is not None:
            found[row.number] = known
    return found


def units_check(read: UnitsReading, rows: Sequence[Row]) -> None:
    """Add what is wrong with each row, what is noted, and what a person has to decide."""
    seen: dict[tuple[int, str], int] = {}
    for row in rows:
        unit = read.units.get(row.subject)
        if fault := _fault(read, row, unit) or _twice(read, row, seen):
            row.reasons.append(fault)
        elif unit is not None:
            _known(read, row, unit)


def _fault(read: UnitsReading, row: Row, unit: Establishment | None) -> str:
    values = row.values
    if unit is not None and not read.covers(unit):
        return _("这个统一社会信用代码登记在您服务范围以外，没有改动；确是迁来的，请联系那边办迁址。")
    if unit is not None and unit.closed_on is not None:
        return _("这个单位已登记撤销；如果登记错了，请先撤销那一步。")
    if values.get("from_on", "") > clock.today().isoformat():
        return _("开始日期不能晚于今天。")
    code, holder = values.get("credit_code", ""), read.by_code.get(values.get("credit_code", ""))
    if code and holder not in (None, row.subject):
        return _("这个统一社会信用代码登记在另一个单位名下，请核对。")
    if read.places.where(row) is None and (unit is None or address_of(row)):
        return read.places.fault(row)
    return ""


def _twice(read: UnitsReading, row: Row, seen: dict[tuple[int, str], int]) -> str:
    where = read.places.where(row)
    if where is None:
        return ""
    first = seen.setdefault((where.part, row.values["name"]), row.number)
    return _("与第%d行是同一处的同名单位，请核对后只留一行。") % first if first != row.number else ""


def _known(read: UnitsReading, row: Row, unit: Establishment) -> None:
    if changes_of_unit(row, unit) and not may(row, unit):
        row.remarks.append(_("单位信息以现有登记为准，没有改。"))
    if not moves(read, row, unit) or may_move(row, unit) or row.decided.get("place"):
        return
    parts = Part.objects.filter(pk__in=[use.part_id for use in read.uses.get(unit.pk, ())])
    ours = "、".join(str(part) for part in parts.select_related("stair__building", "building"))
    why = _("现有登记的来源优先于这份文件。")
    choices = ((KEEP, _("地址不变")), (TAKE, _("迁到来件的地址")))
    row.clashes.append(Clash("place", _("地址"), ours, address_of(row), why, choices))


def may(row: Row, unit: Establishment) -> bool:
    """Whether a file's word counts against what is registered of an establishment."""
    return rule("unit").may(row.values["source"], unit.source)


def may_move(row: Row, unit: Establishment) -> bool:
    """Whether a file's address is taken: by decision, else by its source."""
    decided = row.decided.get("place", "")
    return decided == TAKE if decided else rule("unit_place").may(row.values["source"], unit.source)


def moves(read: UnitsReading, row: Row, unit: Establishment) -> bool:
    """Whether a row says that an establishment is in another part than those it uses."""
    where = read.places.where(row)
    return where is not None and where.part not in {use.part_id for use in read.uses.get(unit.pk, ())}


def changes_of_unit(row: Row, unit: Establishment) -> dict[str, str]:
    """Return what a row says otherwise of an establishment, column → value; what it does not say stays."""
    said = {name: row.values.get(name, "") for name in SAID}
    return {name: text for name, text in said.items() if text and text != getattr(unit, name)}


def units_differ(*, read: UnitsReading, row: Row, subject_id: int) -> list[tuple[str, str, str]]:
    """Return what a row would change: (field, before, after); personal values masked."""
    unit = read.units[subject_id]
    changes = changes_of_unit(row, unit) if may(row, unit) else {}
    found = [(name, _shown(name, getattr(unit, name)), _shown(name, text)) for name, text in changes.items()]
    if moves(read, row, unit) and may_move(row, unit):
        found.append(("address", "", address_of(row)))
    return found


def _shown(name: str, text: str) -> str:
    return wording.mask(name, text) if name in PERSONAL else text
