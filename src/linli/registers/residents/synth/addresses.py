"""Addresses as files write them: the whole one of a home, and the forms in which people give it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .areas import Shard
from .assumptions import figures
from .draws import Ints, chosen
from .homes import DOORS, HOUSES, STAIRS, Compounds, Homes

CITY = "上海市"
STREETS = ("街道", "镇", "乡")
SHOPS = "副楼"
WHOLE_HOUSE = "101"  # a part has a name, also where a house is one
ROOM_SAID = 0.93  # of people who write 室 behind the room
_JOIN = pc.binary_join_element_wise


def _text(values: Ints) -> Any:
    return pa.array(values).cast(pa.string())


def _where(flags_: Any, yes: Any, no: Any) -> Any:
    return pc.if_else(pa.array(flags_), yes, no)


def buildings(homes: Homes, found: Compounds) -> Any:
    """Return the name of each home's building: 3号, 3号楼, of shops 副楼."""
    has_stairs = found.style[homes.compound] == STAIRS
    return _where(homes.is_shop, SHOPS, _JOIN(_text(homes.building), _where(has_stairs, "号楼", "号"), ""))


def stairs(homes: Homes, found: Compounds) -> Any:
    """Return the name of the stair, empty where doors are numbered through."""
    has = (found.style[homes.compound] == STAIRS) & ~homes.is_shop
    return _where(has, _JOIN(_text(homes.stair), "单元", ""), "")


def rooms(homes: Homes, found: Compounds) -> Any:
    """Return room numbers: 502, for a whole house 101, for a shop 商铺12."""
    number = _text(homes.floor * 100 + homes.flat)
    whole = found.style[homes.compound] == HOUSES
    return _where(homes.is_shop, _JOIN("商铺", _text(homes.flat), ""), _where(whole, WHOLE_HOUSE, number))


def compound_words(shard: Shard, found: Compounds) -> tuple[list[str], list[str]]:
    """Return what compounds are called, and how an address begins in them, after the street."""
    names, begins = [], []
    for place, style, owner in zip(found.places, found.style, found.committee, strict=True):
        village = shard.committees[owner].name
        is_plain = style == HOUSES and village.endswith("村") and "（" not in village
        names.append(f"{village}{place.name}" if is_plain else place.name)
        begins.append(f"{place.road}{place.lane}弄" if style == DOORS and place.lane else names[-1])
    return names, begins


def begun(shard: Shard, found: Compounds) -> list[list[str]]:
    """Return for each compound how an address may begin: full, from the street, from the district, bare."""
    begins = compound_words(shard, found)[1]
    rows = []
    for owner, begin in zip(found.committee, begins, strict=True):
        each = shard.committees[owner]
        street = each.street if each.street.endswith(STREETS) else ""  # nobody writes a zone
        rows.append(
            [
                f"{CITY}{each.district}{street}{begin}",
                f"{street or each.district}{begin}",
                f"{each.district}{begin}",
                begin,
            ]
        )
    return rows


def addresses(shard: Shard, homes: Homes, found: Compounds) -> Any:
    """Return the whole address of every home."""
    full = pa.array([row[0] for row in begun(shard, found)])
    return _written(
        full.take(pa.array(homes.compound)), homes, found, np.ones(len(homes.compound), dtype=bool)
    )


def said(shard: Shard, homes: Homes, found: Compounds, rng: np.random.Generator) -> Any:
    """Return every home's address as somebody wrote it who lives there: shorter, or without 室."""
    shares = figures("homes")["prefixes"]
    forms = pa.array([text for row in begun(shard, found) for text in row])
    form = chosen(rng, list(shares.values()), len(homes.compound))
    begins = forms.take(pa.array(homes.compound * len(shares) + form))
    return _written(begins, homes, found, rng.random(len(form)) < ROOM_SAID)


def _written(begins: Any, homes: Homes, found: Compounds, with_room: Any) -> Any:
    end = _where(~homes.is_shop & with_room, "室", "")
    parts = (begins, buildings(homes, found), stairs(homes, found), rooms(homes, found), end)
    return _JOIN(*parts, "")
