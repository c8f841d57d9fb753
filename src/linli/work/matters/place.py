"""Where a resident says it happened: choices to tap, each carrying a token that a plain form sends back.

A token is ``kind:value`` with an optional ``@lng,lat``: ``compound:<public id>``, ``committee:<code>``,
``street:<code>``, ``point:``. The token only names a place; what it stands for is resolved anew on sending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput, Refusal
from linli.foundation.places.models import Boundary, Compound, Division, Level
from linli.foundation.places.selectors import (
    Place,
    committee_list,
    compound_by_public_id,
    compound_nearby,
    compound_search,
    division_by_code,
    division_children,
    division_name,
    division_search,
    place_resolve,
)

NEAREST = 4


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One place to tap: its token, its name, and a line that tells it from others of that name."""

    token: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Browse:
    """One level of the way from district to committee: what to go into, or the committees to tap."""

    trail: str
    deeper: Sequence[Division] = ()
    choices: Sequence[PlaceChoice] = ()


def unknown_place() -> InvalidInput:
    """Return the refusal of a place that cannot be read or no longer exists."""
    words = _("没有认出这个地点，请重新选一下，或者按区、街道选择。")
    return InvalidInput(words, details={"place": words})


def place_of(token: str) -> Place:
    """Return the place a token stands for today; raises ``InvalidInput`` beside the field ``place``."""
    kind, _sep, rest = token.partition(":")
    value, _at, position = rest.partition("@")
    lng, _comma, lat = position.partition(",")
    where = {"lng": lng or None, "lat": lat or None}
    try:
        if kind == "compound":
            return place_resolve(compound=compound_by_public_id(value), **where)
        if kind in ("committee", "street"):
            return place_resolve(**{kind: value}, **where)
        if kind == "point":
            return place_resolve(**where)
    except Refusal as refusal:
        words = f"{refusal.message}{refusal.hint}"
        raise InvalidInput(refusal.message, hint=refusal.hint, details={"place": words}) from refusal
    raise unknown_place()


def choice_of(place: Place) -> PlaceChoice:
    """Return a place that is already known (last time, a poster) as a choice."""
    at = f"@{place.lng:.6f},{place.lat:.6f}" if place.lng is not None and place.lat is not None else ""
    area = division_name(place.area_path, Level.STREET)
    if place.compound is not None:
        return PlaceChoice(f"compound:{place.compound.public_id}{at}", place.compound.name, area)
    kind = "committee" if place.division.level >= Level.COMMITTEE else "street"
    return PlaceChoice(f"{kind}:{place.code}{at}", place.division.name, division_name(place.area_path))


def choice_of_compound(compound: Compound, note: str = "") -> PlaceChoice:
    """Return a compound as a choice."""
    committee = compound.committee or compound.street
    detail = " · ".join(part for part in (note, compound.address, str(committee or "")) if part)
    return PlaceChoice(f"compound:{compound.public_id}", compound.name, detail)


def choices_for_point(lng: str, lat: str) -> list[PlaceChoice]:
    """Return the position itself first, then the compounds around it; raises ``InvalidInput``."""
    place = place_of(f"point:@{lng},{lat}")
    at = f"@{place.lng:.6f},{place.lat:.6f}"
    here = PlaceChoice(f"point:{at}", _("地图上的这个位置"), division_name(place.area_path))
    near = compound_nearby(place.lng or 0.0, place.lat or 0.0, NEAREST)
    around = [
        PlaceChoice(
            f"compound:{item.compound.public_id}{at}",
            item.compound.name,
            _("约%(metres)d米") % {"metres": item.metres},
        )
        for item in near
    ]
    return [here, *around]


def choices_for_words(words: str, area: str = "") -> list[PlaceChoice]:
    """Return compounds first, then committees and streets whose names hold the words."""
    words = words.strip()
    if not words:
        return []
    compounds = [choice_of_compound(compound) for compound in compound_search(words, area)]
    return [*compounds, *_divisions(words, area)][:8]


def _divisions(words: str, area: str) -> Iterable[PlaceChoice]:
    for level, kind in ((Level.COMMITTEE, "committee"), (Level.STREET, "street")):
        for division in division_search(words, level, area):
            yield PlaceChoice(f"{kind}:{division.code}", division.name, str(division.parent or ""))


def browse(code: str) -> Browse:
    """Return the next level below a division (none: the city's districts); committees can be tapped."""
    if not code:
        return Browse("", _districts())
    division = division_by_code(code)
    if division.level < Level.STREET:
        return Browse(division_name(division), list(division_children(division.path)))
    street = PlaceChoice(f"street:{division.code}", division.name, _("不清楚是哪个居委会，请工作人员核对"))
    committees = [PlaceChoice(f"committee:{c.code}", c.name) for c in committee_list(division)]
    return Browse(division_name(division), choices=[*committees, street])


def city() -> Division | None:
    """Return the smallest division above all districts: where looking begins."""
    above: Division | None = None
    rows = list(division_children(""))
    while len(rows) == 1 and rows[0].level < Level.COUNTY:
        above = rows[0]
        rows = list(division_children(above.path))
    return above


def bounds_of(division: Division) -> str:
    """Return the box around a division's outline as ``west,south,east,north``; empty where none is loaded."""
    box = Boundary.objects.filter(division=division).values_list("west", "south", "east", "north").first()
    return ",".join(f"{side:.5f}" for side in box) if box else ""


def _districts() -> list[Division]:
    above = city()
    return list(division_children(above.path if above else ""))
