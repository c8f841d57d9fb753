"""Where the persons live: every committee of an area, and how many are made in each shard."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from linli.core.errors import InvalidInput
from linli.foundation.places.edition import SHANGHAI, edition_read
from linli.foundation.places.rules import division_kind, division_short_name, parent_code

from .assumptions import figures
from .draws import Ints

PROVINCE, COUNTY, STREET, COMMITTEE = 2, 6, 9, 12
SHARD_PERSONS = 100_000  # at most about so many at a time: a few hundred MB of arrays
MOST_IN_COMMITTEE = 200_000
MOST_PERSONS = 99_000_000  # telephone numbers of one block, and some for units


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee of the real divisions: its code, its kind, and the names of the places above it."""

    code: str
    name: str
    kind: str
    district: str
    street: str

    @property
    def area_path(self) -> str:
        """Its place in the tree of divisions."""
        code = self.code
        return "/".join((code[:2], code[:4], code[:6], code[:9], code)) + "/"


@dataclass(frozen=True, slots=True)
class Shard:
    """A run of committees of one district that is made at one go, whatever the other shards hold.

    ``first`` is how many persons stand before it in the whole city: persons are numbered through.
    """

    index: int
    committees: tuple[Committee, ...]
    persons: tuple[int, ...]  # in each committee
    compounds_from: tuple[int, ...]  # the number of each committee's first made-up compound
    first: int

    @property
    def total(self) -> int:
        """How many persons it holds."""
        return sum(self.persons)

    @property
    def name(self) -> str:
        """The stem of its files: county code and number."""
        return f"{self.committees[0].code[:COUNTY]}-{self.index:04d}"


@cache
def committees(path: Path = SHANGHAI) -> tuple[Committee, ...]:
    """Return every committee of the divisions, by code."""
    names = {row.code: row.name for row in edition_read(path).rows}
    return tuple(
        Committee(
            code,
            division_short_name(name, 5),
            division_kind(code),
            names[code[:COUNTY]],
            names.get(parent_code(code), ""),
        )
        for code, name in sorted(names.items())
        if len(code) == COMMITTEE
    )


def shared_out(total: int, weights: Sequence[float]) -> Ints:
    """Divide a whole number by weights, so that the parts add up to it (largest remainders)."""
    share = np.asarray(weights, dtype=np.float64)
    exact = total * share / share.sum()
    parts: Ints = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def _weights(found: Sequence[Committee]) -> list[float]:
    """Weigh committees so that districts stand as in the census, committees within one by their kind."""
    kinds = figures("census")["committee_weights"]
    districts = {str(code): float(count) for code, count in figures("census")["districts"].items()}
    own = [float(kinds[each.kind]) for each in found]
    sums: dict[str, float] = {}
    for each, weight in zip(found, own, strict=True):
        code = each.code[:COUNTY]
        sums[code] = sums.get(code, 0.0) + weight
    return [
        districts[each.code[:COUNTY]] * weight / sums[each.code[:COUNTY]]
        for each, weight in zip(found, own, strict=True)
    ]


def compound_room(persons: int) -> int:
    """Return how many made-up compounds a committee of so many persons may name."""
    return persons * 2 // int(figures("homes")["homes_per_compound"]) + 2


def shards(persons: int, area: str = "", size: int = SHARD_PERSONS) -> list[Shard]:
    """Plan a city, or the part of it below a division's code: shards in the order of codes.

    Raises ``InvalidInput`` for an area without committees or a number of persons that cannot be made.
    """
    if not 1 <= persons <= MOST_PERSONS:
        raise InvalidInput("人数要在1到9900万之间。", hint="用 --persons 写明，如 --persons 1000000。")
    found = [each for each in committees() if each.code.startswith(area)]
    if not found:
        raise InvalidInput(
            f"没有区划代码“{area}”下面的居村委。", hint="写上海的区、街镇或居村委代码，如 310104。"
        )
    counts = _districted(persons, found)
    if counts.max() > MOST_IN_COMMITTEE:
        raise InvalidInput(
            f"一个居村委最多放{MOST_IN_COMMITTEE:,}人。", hint="请减少人数，或选大一些的范围（街镇、区）。"
        )
    cuts = _cuts(found, counts, size)
    compounds = np.cumsum([compound_room(int(count)) for count in counts])
    made: list[Shard] = []
    first = 0
    for start, end in zip(cuts, [*cuts[1:], len(found)], strict=True):
        mine = [at for at in range(start, end) if counts[at]]
        if mine:
            numbers = tuple(int(counts[at]) for at in mine)
            names = tuple(int(compounds[at]) for at in mine)
            made.append(Shard(len(made), tuple(found[at] for at in mine), numbers, names, first))
            first += sum(numbers)
    return made


def _districted(persons: int, found: Sequence[Committee]) -> Ints:
    """Share out by district first, so that districts are exact, then within each."""
    codes = [each.code[:COUNTY] for each in found]
    weights = np.array(_weights(found))
    names = sorted(set(codes))
    members = [np.array([code == name for code in codes]) for name in names]
    totals = shared_out(persons, [float(weights[mine].sum()) for mine in members])
    counts = np.zeros(len(found), dtype=np.int64)
    for mine, total in zip(members, totals, strict=True):
        counts[mine] = shared_out(int(total), weights[mine].tolist())
    return counts


def _cuts(found: Sequence[Committee], counts: Ints, size: int) -> list[int]:
    """Return where shards begin: at a new district, and where the next committee would be too much."""
    cuts, held = [0], 0
    for at, (each, count) in enumerate(zip(found, counts, strict=True)):
        is_new = at and each.code[:COUNTY] != found[at - 1].code[:COUNTY]
        if is_new or (held and held + count > size):
            cuts.append(at)
            held = 0
        held += int(count)
    return cuts
