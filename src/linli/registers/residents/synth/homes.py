"""Compounds, buildings, stairs and rooms of the committees of a shard, and which household lives where."""

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from linli.core.errors import InvalidInput

from .areas import COUNTY, STREET, Committee, Shard, committees, compound_room
from .assumptions import figures
from .draws import Flags, Floats, Ints, chosen, flags
from .numbers import ranks

COLUMNS = ("name", "lng_wgs84", "lat_wgs84", "town_code")
DOORS, STAIRS, HOUSES = range(3)  # a number for every door of a lane; building and stair; houses of a village


class Place(NamedTuple):
    """A compound by name, made up with a road and the number of its lane, or of a list that has neither."""

    name: str
    road: str
    lane: int
    lng: float | None
    lat: float | None


@dataclass
class Compounds:
    """The compounds that the homes of a shard fill: arrays by compound, and their places."""

    places: list[Place]
    committee: Ints
    form: Ints
    built: Ints
    floors: Ints
    flats: Ints
    stairs: Ints
    style: Ints  # DOORS, STAIRS or HOUSES


@dataclass
class Homes:
    """Every home of a shard, also those without a household: arrays by home.

    ``area`` is in 1/100 m²; ``household`` is -1 where nobody lives.
    """

    compound: Ints
    building: Ints
    stair: Ints
    floor: Ints
    flat: Ints
    area: Ints
    lift: Flags
    household: Ints
    is_shop: Flags


class Forms:
    """The forms of housing of ``homes.yaml`` as arrays by number."""

    def __init__(self) -> None:
        words = figures("homes")
        rows: Mapping[str, Mapping[str, Any]] = words["forms"]
        self.codes = list(rows)
        self.types = [str(row["type"]) for row in rows.values()]
        self.tenures = [str(row["tenures"]) for row in rows.values()]
        self.floors, self.built, self.area = (
            np.array([row[name] for row in rows.values()]) for name in ("floors", "built", "area")
        )
        self.flats = np.array([row["flats"] for row in rows.values()])
        self.stairs = np.array([row["stairs"] for row in rows.values()])
        self.lift = np.array([row["lift"] for row in rows.values()])
        self.where = {
            place: np.array([float(shares.get(code, 0)) for code in rows])
            for place, shares in words["where"].items()
        }
        self.village = self.codes.index("village")


@cache
def forms() -> Forms:
    """Return the forms, read once."""
    return Forms()


@cache
def real_compounds(path: Path) -> Mapping[str, tuple[Place, ...]]:
    """Read a list of compounds and deal each street's out to its committees, in the order of the file.

    The file has the columns ``name, lng_wgs84, lat_wgs84, town_code`` (CSV, also .gz); rows without a
    street are left out. Raises ``InvalidInput`` that says what is wrong with it.
    """
    by_street: dict[str, dict[str, Place]] = {}
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name, lng, lat, town = (row[column] for column in COLUMNS)
                if town and name:
                    known = by_street.setdefault(town[:STREET], {})
                    known.setdefault(name, Place(name, "", 0, float(lng), float(lat)))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"读不了小区文件 {path.name}。", hint="请核对路径；文件应是UTF-8的CSV或.csv.gz。"
        ) from error
    except (KeyError, ValueError) as error:
        raise InvalidInput(
            f"小区文件 {path.name} 的内容不对。", hint=f"要有这几列：{'、'.join(COLUMNS)}。"
        ) from error
    return {code: tuple(places) for code, places in _dealt(by_street).items()}


def _dealt(by_street: Mapping[str, Mapping[str, Place]]) -> dict[str, list[Place]]:
    members: dict[str, list[str]] = {}
    for each in committees():
        if each.kind in ("居委", "类居委"):
            members.setdefault(each.code[:STREET], []).append(each.code)
    found: dict[str, list[Place]] = {}
    for street, places in by_street.items():
        own = members.get(street, [])
        for at, place in enumerate(places.values()):
            if own:
                found.setdefault(own[at % len(own)], []).append(place)
    return found


def made_place(number: int, is_village: bool) -> Place:
    """Return the made-up compound of a number; no two numbers have the same name."""
    words = figures("homes")
    firsts, seconds = words["road_first"], words["road_second"]
    ends = words["village_ends" if is_village else "compound_ends"]
    pairs = len(firsts) * len(seconds)
    pair = number * 1009 % pairs
    road = firsts[pair // len(seconds)] + seconds[pair % len(seconds)]
    round_, end = divmod(number // pairs, len(ends))
    ending = ends[(end + pair) % len(ends)]
    label = f"第{round_ + 1}" if round_ else ""
    return Place(f"{road}{label}{ending}", f"{road}路", 100 + number * 7 % 2900, None, None)


def _wanted(shard: Shard, homes: Ints) -> Ints:
    """Return how many compounds the homes of each committee fill, at most those it may name."""
    wanted = np.maximum(1, -(-homes // int(figures("homes")["homes_per_compound"])))
    return np.minimum(wanted, [compound_room(count) for count in shard.persons])


def compounds(
    shard: Shard, homes: Ints, listed: Mapping[str, tuple[Place, ...]], rng: np.random.Generator
) -> Compounds:
    """Choose the compounds for so many homes in each committee; listed ones first, else made up."""
    places: list[Place] = []
    owner: list[int] = []
    for at, (each, wanted) in enumerate(zip(shard.committees, _wanted(shard, homes), strict=True)):
        start = shard.compounds_from[at]
        own = listed.get(each.code, ())[: int(wanted)]
        own = own or tuple(made_place(start + n, "村" in each.kind) for n in range(int(wanted)))
        places += own
        owner += [at] * len(own)
    return _formed(shard.committees, places, np.array(owner, dtype=np.int64), rng)


def _formed(
    members: tuple[Committee, ...], places: list[Place], owner: Ints, rng: np.random.Generator
) -> Compounds:
    words = forms()
    centre = {str(code) for code in figures("homes")["centre"]}
    where = [
        "village" if "村" in each.kind else "centre" if each.code[:COUNTY] in centre else "suburb"
        for each in members
    ]
    form = np.zeros(len(owner), dtype=np.int64)
    for name, shares in words.where.items():
        mine = np.flatnonzero(np.array([where[at] == name for at in owner], dtype=bool))
        form[mine] = chosen(rng, shares, len(mine))
    low, high = words.floors[form].T
    first, last = words.built[form].T
    doors = flags(rng, figures("homes")["by_doors"], len(form))
    style = np.where(form == words.village, HOUSES, np.where(doors, DOORS, STAIRS))
    return Compounds(
        places, owner, form,
        rng.integers(first, last + 1), rng.integers(low, high + 1), words.flats[form],
        np.where(style == STAIRS, words.stairs[form], 1), style,
    )  # fmt: skip


def vacancies(committee: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Say for households, sorted by committee, which home of it each has, and how many homes there are.

    Homes without a household lie between the others.
    """
    gap = rng.geometric(1 - figures("homes")["vacant"], len(committee)) - 1
    own = ranks(committee)
    before = np.cumsum(gap)
    begins = own == 0
    base = np.maximum.accumulate(np.where(begins, before - gap, 0))
    home = own + before - base
    counts = np.zeros(int(committee.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(counts, committee, home + 1)
    return home, counts


def homes(committee: Ints, home: Ints, counts: Ints, found: Compounds, rng: np.random.Generator) -> Homes:
    """Lay out the homes of every committee over its compounds, floor by floor, and then its shops."""
    owner = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    number = np.bincount(found.committee, minlength=len(counts))
    first = np.cumsum(number) - number
    full = -(-counts // np.maximum(number, 1))
    compound = first[owner] + place // full[owner]
    household = np.full(len(owner), -1, dtype=np.int64)
    household[(np.cumsum(counts) - counts)[committee] + home] = np.arange(len(committee))
    laid = _laid(compound, place % full[owner], household, found, rng)
    return _with_shops(laid, found, counts, first, rng)


def _laid(compound: Ints, place: Ints, household: Ints, found: Compounds, rng: np.random.Generator) -> Homes:
    flats = found.flats[compound]
    floors = np.where(found.style[compound] == HOUSES, 1, found.floors[compound])
    stair_all, inside = np.divmod(place, flats * floors)
    stairs = found.stairs[compound]
    words = forms()
    low, high = words.area[found.form[compound]].T
    size = rng.integers(low * 100, high * 100 + 1)
    building = stair_all // stairs
    has_lift = _lifts(compound, building, found, rng)
    return Homes(
        compound, building + 1, stair_all % stairs + 1, inside // flats + 1, inside % flats + 1,
        size, has_lift, household, np.zeros(len(compound), dtype=bool),
    )  # fmt: skip


def _lifts(compound: Ints, building: Ints, found: Compounds, rng: np.random.Generator) -> Flags:
    """Draw lifts building by building: neighbours in one building have the same."""
    key = compound * 100_000 + building
    begins = np.concatenate(([True], key[1:] != key[:-1]))
    number = np.cumsum(begins) - 1
    shares: Floats = forms().lift[found.form[compound[begins]]]
    drawn: Flags = flags(rng, shares, len(shares))[number]
    return drawn


def _with_shops(laid: Homes, found: Compounds, counts: Ints, first: Ints, rng: np.random.Generator) -> Homes:
    """Add shops of the first compound of each committee, one for so many homes."""
    per_shop = int(figures("homes")["homes_per_shop"])
    shops = (counts / per_shop + rng.random(len(counts))).astype(np.int64)
    owner = np.repeat(np.arange(len(counts)), shops)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(shops) - shops, shops)
    none = np.zeros(len(owner), dtype=np.int64)
    added = (
        first[owner], none, none, none + 1, number + 1, rng.integers(1200, 18000, len(owner)),
        none.astype(bool), none - 1, none == 0,
    )  # fmt: skip
    before = (
        laid.compound, laid.building, laid.stair, laid.floor, laid.flat, laid.area,
        laid.lift, laid.household, laid.is_shop,
    )  # fmt: skip
    columns = [np.concatenate(pair) for pair in zip(before, added, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Homes(*(column[order] for column in columns))
