"""Rows of other systems' files as matters: what they are checked against, and the columns they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import EXECUTING, Function
from linli.core.crypto import blind_index
from linli.core.errors import InvalidInput
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.rules import phone_normal
from linli.foundation.accounts.selectors import unit_list
from linli.foundation.imports.targets import Row, Scope
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import streets_of_points

from .models import Category, Channel, ClosedAs, Matter
from .rules import text_cleaned, title_of
from .words import sensitivity_of
from .workflow import State

TITLE, NOTE = 80, 4_000
STATES = (State.REPORTED, State.ACCEPTED, State.HANDLING, State.CLOSED)
WORKING = EXECUTING | {Function.COMMITTEE, Function.STREET}


@dataclass(slots=True)
class Reading:
    """What a batch of rows is checked against, asked for once."""

    scope: Scope
    categories: Mapping[str, int]
    units: Mapping[str, Sequence[Unit]]
    known: Mapping[tuple[str, str], Matter]
    on_map: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    def unit(self, row: Row) -> Unit | None:
        """Return the unit of that name that serves the row's place."""
        path = row.values["place"].path
        for unit in self.units.get(row.values.get("unit", ""), ()):
            if any(path.startswith(area) for area in unit.area_paths):
                return unit
        return None

    def state(self, row: Row) -> str:
        """Return the row's state; in the hands of a unit that is not known here means it is to be sorted."""
        state: str = row.values["state"]
        return State.ACCEPTED if state == State.HANDLING and self.unit(row) is None else state


def rows_read(scope: Scope, rows: Sequence[Row]) -> Reading:
    """Return what these rows are checked against."""
    units: dict[str, list[Unit]] = {}
    names = {row.values.get("unit", "") for row in rows} - {""}
    for unit in unit_list().filter(name__in=names, function__in=WORKING).prefetch_related("areas"):
        units.setdefault(unit.name, []).append(unit)
    numbers = [row.values["number"] for row in rows]
    known = Matter.objects.filter(source_number__in=numbers)
    return Reading(
        scope=scope,
        categories=dict(Category.objects.offered().values_list("code", "pk")),
        units=units,
        known={(matter.source, matter.source_number): matter for matter in known},
        on_map=_on_map(rows),
    )


def _on_map(rows: Sequence[Row]) -> dict[int, tuple[float, float]]:
    """Return row number → position, where it lies in the street that the row names."""
    placed = [row for row in rows if row.values.get("lng") is not None and row.values.get("lat") is not None]
    if not placed:
        return {}
    points = [(row.values["lng"], row.values["lat"]) for row in placed]
    streets = streets_of_points([x for x, _y in points], [y for _x, y in points])
    return {
        row.number: point
        for row, point, street in zip(placed, points, streets, strict=True)
        if int(street) == _street_id(row.values["place"])
    }


def _street_id(place: Division) -> int | None:
    return place.pk if place.level == Level.STREET else place.parent_id


# -- the room's own rules ---------------------------------------------------------
def rows_check(reading: Reading, rows: Sequence[Row]) -> None:
    """Add what is wrong with each row, and what is worth a remark."""
    for row in rows:
        row.reasons += _faults(reading, row)
        row.remarks += _remarks(reading, row)


def _faults(reading: Reading, row: Row) -> list[str]:
    values, faults = row.values, []
    reported, closed = values["reported_at"], values.get("closed_at")
    if not values.get("title") and not values.get("text"):
        faults.append(_("标题和内容都是空的。"))
    if reported > reading.scope.at:
        faults.append(_("上报时间在将来。"))
    if values["state"] == State.CLOSED and closed is None:
        faults.append(_("已办结，但没有办结时间。"))
    if closed is not None and closed < reported:
        faults.append(_("办结时间早于上报时间。"))
    known = reading.known.get((values["source"], values["number"]))
    if known is not None and not any(known.area_path.startswith(area) for area in reading.scope.areas):
        faults.append(_("这个来件编号已由别的地区登记。"))
    elif known is not None and not known.is_imported:
        faults.append(_("这个来件编号已登记过（%s），没有改动。") % known.number)
    return faults


def _remarks(reading: Reading, row: Row) -> list[str]:
    values, remarks = row.values, []
    if values["state"] == State.HANDLING and reading.state(row) != State.HANDLING:
        remarks.append(_("办理中，但承办单位不在邻里的单位里：作为待研判导入，由居委或街镇派遣。"))
    if values["state"] != State.CLOSED and values.get("closed_at"):
        remarks.append(_("没有办结，却有办结时间：办结时间只记在经过里。"))
    due = values.get("due_at")
    if due is not None and due < values["reported_at"]:
        remarks.append(_("办理时限早于上报时间，照原样保留。"))
    if values.get("lng") is not None and row.number not in reading.on_map:
        remarks.append(_("坐标不在所选街镇内，没有采用。"))
    return remarks


# -- columns ------------------------------------------------------------------------
def columns_of(reading: Reading, row: Row) -> dict[str, Any]:
    """Return the columns of the matter that a row describes; dates, unit and limit stay as they came."""
    values, place = row.values, row.values["place"]
    state, reported = reading.state(row), row.values["reported_at"]
    closed = values.get("closed_at") if state == State.CLOSED else None
    lng, lat = reading.on_map.get(row.number, (None, None))
    return {
        **_said(values),
        **_reporter(values),
        "state": state,
        "category_id": reading.categories.get(values.get("category", "")),
        "place_code": place.code,
        "area_path": place.path,
        "place_how": "street" if place.level == Level.STREET else "chosen",
        "lng": lng,
        "lat": lat,
        "channel": values.get("channel") or Channel.IMPORT,
        "source": values["source"],
        "source_number": values["number"],
        "source_due_at": values.get("due_at"),
        "happened_at": values.get("happened_at") or reported,
        "reported_at": reported,
        "accepted_at": None if state == State.REPORTED else reported,
        "handed_at": reported if state == State.HANDLING else None,
        "closed_at": closed,
        "closed_as": ClosedAs.IMPORTED if closed else "",
    }


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Title and text; what does not fit into a title is kept in the text; protected words protect."""
    given, text = " ".join(values.get("title", "").split()), text_cleaned(values.get("text", ""))
    title = title_of(given or text, _("来件"))
    if given and len(given) <= TITLE:
        title = given
    elif given:
        text = f"{given}\n{text}".strip()
    sensitivity = sensitivity_of(f"{given}\n{text}")
    return {
        "title": title,
        "text": text,
        "address": " ".join(values.get("address", "").split()),
        "is_never_public": bool(sensitivity),
        "hides_reporter": bool(sensitivity),
    }


def _reporter(values: Mapping[str, Any]) -> dict[str, Any]:
    phone = values.get("reporter_phone", "")
    try:
        phone = phone_normal(phone) if phone else ""
    except InvalidInput:
        phone = phone.strip()  # a landline, kept as it came
    return {
        "reporter_name": values.get("reporter_name", ""),
        "reporter_phone": phone,
        "reporter_phone_index": blind_index("phone", phone),
    }


def note_of(row: Row) -> str:
    """Return what the file said beyond a matter's columns, line by line."""
    values = row.values
    lines = [(_("办理结果"), values.get("result", "")), (_("承办单位"), values.get("unit", ""))]
    closed: datetime | None = values.get("closed_at")
    if closed is not None:
        lines.append((_("办结时间"), closed.strftime("%Y-%m-%d %H:%M")))
    lines += list(row.kept.items())
    return "\n".join(f"{name}：{text}" for name, text in lines if text)[:NOTE]
