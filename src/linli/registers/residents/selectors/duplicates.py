"""Registrations that may be one person twice, found by keyed tokens and blind columns alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from linli.core.actor import Actor

from ..masking import masked
from ..models import Distinct, Resident
from ..permissions import can_see_rows
from ..placing import home_of, part_of
from ..sealing import sealed_get, sealed_many
from ..tokens import name_plain

MOST = 50
MOST_LOOKED_AT = 20_000  # persons of one area; larger areas are looked through by their parts


@dataclass(frozen=True, slots=True)
class Side:
    """One registration of a pair, masked."""

    resident: Resident
    name: str
    number: str
    phone: str
    birth: str
    where: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registrations that look like one person, and by what; the older first."""

    first: Side
    second: Side
    reasons: tuple[str, ...]


def duplicate_candidates(actor: Actor, *, limit: int = MOST) -> list[Pair]:
    """Return pairs in the actor's areas: same name, birth month and sex, or same name and telephone.

    A machine proposes, a person decides. Different numbers mean two persons, and pairs that somebody said
    are two are left out. Reads at most ``MOST_LOOKED_AT`` persons, the latest first.
    """
    if not can_see_rows(actor):
        return []
    states = (Resident.State.HERE, Resident.State.AWAY)
    rows = list(Resident.objects.visible_to(actor).filter(state__in=states).order_by("-pk")[:MOST_LOOKED_AT])
    opened = sealed_many(rows, "name", "phone")
    groups: dict[tuple[str, ...], list[Resident]] = defaultdict(list)
    for row, values in zip(rows, opened, strict=True):
        name = name_plain(values["name"])
        if row.birth_month and row.sex:
            groups["birth", name, row.birth_month.isoformat(), row.sex].append(row)
        if values["phone"]:
            groups["phone", name, values["phone"]].append(row)
    return [_pair(pair, reasons) for pair, reasons in _pairs(groups)[:limit]]


def _pairs(
    groups: dict[tuple[str, ...], list[Resident]],
) -> list[tuple[tuple[Resident, Resident], set[str]]]:
    found: dict[tuple[int, int], tuple[tuple[Resident, Resident], set[str]]] = {}
    for key, group in groups.items():
        for one, two in combinations(sorted(group, key=lambda row: row.pk), 2):
            if one.number_index and two.number_index:
                continue  # two different numbers: the column is unique
            found.setdefault((one.pk, two.pk), ((one, two), set()))[1].add(key[0])
    said = _said_two(found)
    return [value for key, value in found.items() if key not in said]


def _said_two(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    first = [pair[0] for pair in pairs]
    return set(Distinct.objects.filter(first__in=first).values_list("first", "second"))


def _pair(pair: tuple[Resident, Resident], reasons: set[str]) -> Pair:
    return Pair(_side(pair[0]), _side(pair[1]), tuple(sorted(reasons)))


def _side(resident: Resident) -> Side:
    home = home_of(resident)
    part = part_of(home.household) if home else None
    values = {name: masked(name, sealed_get(resident, name)) for name in ("name", "number", "phone", "birth")}
    return Side(resident, **values, where=str(part or ""))
