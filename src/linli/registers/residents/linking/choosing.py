"""Choosing a dwelling step by step: compound by words, then building, then room; no script needed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from linli.foundation.places.models import Building, Compound, Part
from linli.foundation.places.selectors import building_by_public_id, compound_by_public_id, compound_search

from .selectors import compounds_near, dwellings_in, part_named


@dataclass
class Dwelling:
    """How far somebody has come, and what there is to choose from next."""

    words: str = ""
    is_near: bool = False  # whether the compounds are those of the own neighbourhood, nothing typed yet
    compounds: list[Compound] = field(default_factory=list)
    compound: Compound | None = None
    buildings: list[Building] = field(default_factory=list)
    building: Building | None = None
    parts: list[Part] = field(default_factory=list)
    part: Part | None = None


def dwelling_asked(asked: Mapping[str, Any], near: str = "") -> Dwelling:
    """Return the step that an address asks for; raises ``NotFound`` for what is not there.

    Before anything is typed the compounds within the area path ``near`` are offered.
    """
    if asked.get("part"):
        part = part_named(asked["part"])
        return Dwelling(part=part, building=part.building, compound=part.compound)
    if asked.get("building"):
        building = building_by_public_id(asked["building"])
        parts = list(dwellings_in(building))
        return Dwelling(building=building, compound=building.compound, parts=parts)
    if asked.get("compound"):
        compound = compound_by_public_id(asked["compound"])
        buildings = list(compound.buildings.filter(closed_on__isnull=True))
        return Dwelling(compound=compound, buildings=buildings)
    words = asked.get("words", "").strip()[:40]
    if words or not near:
        return Dwelling(words=words, compounds=compound_search(words) if words else [])
    return Dwelling(is_near=True, compounds=compounds_near(near))
