"""Where the rows of a file are: their addresses matched to parts, many at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.foundation.imports.targets import Row, Scope
from linli.foundation.places.addresses import Address, address_text
from linli.foundation.places.addressindex import AddressIndex, AddressMatch
from linli.foundation.places.models import Building, Compound, Part

FRESH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Where:
    """The part of a row and where it stands."""

    part: int
    area_path: str
    compound: int

    @property
    def place_code(self) -> str:
        """The code of the committee, or of the street where none is confirmed."""
        return self.area_path.rstrip("/").rsplit("/", 1)[-1]


_kept: dict[tuple[str, ...], tuple[float, Any, AddressIndex]] = {}


def _index(areas: tuple[str, ...]) -> AddressIndex:
    """Return the index of an area's compounds; kept for some seconds, for the next batch of the same file.

    A compound or a building that came since makes a new one at once.
    """
    newest = tuple(
        model._default_manager.order_by("-pk").values_list("public_id", flat=True).first()
        for model in (Compound, Building)
    )
    at, known, index = _kept.get(areas, (0.0, None, None))
    if index is None or known != newest or time.monotonic() - at > FRESH_SECONDS:
        index = AddressIndex(areas)
        _kept.clear()
        _kept[areas] = (time.monotonic(), newest, index)
    return index


def address_of(row: Row) -> str:
    """Return a row's address: as one text, or put together from its columns."""
    values = row.values
    if values.get("building") or values.get("room"):
        parts = Address(
            compound=values.get("compound", ""),
            building=_counted(values.get("building", ""), "号楼"),
            stair=_counted(values.get("stair", ""), "单元"),
            room=values.get("room", ""),
        )
        return address_text(parts)
    text: str = values.get("address", "")
    return text


def _counted(text: str, unit: str) -> str:
    """Say what a bare number counts."""
    return f"{text}{unit}" if text.isalnum() and text.isascii() else text


@dataclass(slots=True)
class Places:
    """The addresses of a batch by text, and the parts that they mean."""

    matches: dict[str, AddressMatch]
    parts: dict[int, Where]
    found: dict[int, Where | None] = field(default_factory=dict)

    def where(self, row: Row) -> Where | None:
        """Return the part of a row, if its address means one."""
        if row.number not in self.found:
            match = self.matches.get(address_of(row))
            self.found[row.number] = self.parts.get(match.part) if match and match.part else None
        return self.found[row.number]

    def fault(self, row: Row) -> str:
        """Return why a row's address means no part, to a clerk."""
        text = address_of(row)
        if not text:
            return _("没有地址：请填写居住地址，或小区、楼栋、室号。")
        match = self.matches[text]
        if match.reason:
            return _("地址对不上房屋：%s") % match.reason
        if match.building is None:
            return _("地址没有写到楼栋和室号，请补全。")
        return _("地址没有写到室号，请补全。")


def places_read(scope: Scope, rows: Sequence[Row]) -> Places:
    """Return where rows are, within the areas of the import; three queries or so, however many rows."""
    texts = list(dict.fromkeys(text for row in rows if (text := address_of(row))))
    matches = dict(zip(texts, _index(scope.areas).match(texts), strict=True))
    parts = {match.part for match in matches.values() if match.part}
    return Places(matches, where_of(parts))


def where_of(parts: Iterable[int]) -> dict[int, Where]:
    """Return parts by key."""
    rows = Part.objects.filter(pk__among=list(parts)).values_list("pk", "area_path", "compound_id")
    return {pk: Where(pk, path, compound) for pk, path, compound in rows}


def placed(places: Places, rows: Iterable[Row], wanted: Callable[[Row], bool]) -> None:
    """Add to each row that needs a part why it has none."""
    for row in rows:
        if wanted(row) and places.where(row) is None:
            row.reasons.append(places.fault(row))
