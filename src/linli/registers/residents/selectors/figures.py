"""The plain numbers behind the figures of an area: counted now, or ahead for a large district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.core import clock
from linli.core.actor import Actor
from linli.core.fields import in_areas
from linli.foundation.places.models import Division, Level

from ..ages import age_on, band_of
from ..holding import holds_on
from ..models import Household, KeptCount, Membership, Occupancy, Resident
from ..models.ways import lying_in
from .lists import living_count

LARGEST = 6  # households of so many and more stand together
LARGE = 50_000  # from so many people up a district is counted ahead
STALE, GONE = timedelta(hours=6), timedelta(hours=24)  # counted anew; no longer shown


@dataclass(frozen=True, slots=True)
class CountFilters:
    """What is counted: an area (a path below the actor's), how people live; empty means all."""

    area: str = ""
    presence: str = ""
    tenure: str = ""


@dataclass(slots=True)
class Figures:
    """Numbers of an area: people by (band, sex) and by path, households by size and by tenure.

    The band is None where no birth is known; a path is of the level that was counted by.
    """

    counted_at: datetime
    cells: Counter[tuple[int | None, str]] = field(default_factory=Counter)
    sizes: Counter[int] = field(default_factory=Counter)
    tenures: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """Add the numbers of another area; the older instant stands."""
        self.counted_at = min(self.counted_at, other.counted_at)
        for name in ("cells", "sizes", "tenures", "places"):
            getattr(self, name).update(getattr(other, name))

    def plain(self) -> dict[str, list[list[Any]]]:
        """Return them as JSON values."""
        return {
            "cells": [[band, sex, number] for (band, sex), number in self.cells.items()],
            **{name: [*map(list, getattr(self, name).items())] for name in ("sizes", "tenures", "places")},
        }


def figures_read(counted_at: datetime, plain: Mapping[str, Sequence[Sequence[Any]]]) -> Figures:
    """Return what ``Figures.plain`` made."""
    parts = {name: Counter[Any](dict(map(tuple, plain[name]))) for name in ("sizes", "tenures", "places")}
    cells = Counter({(band, sex): number for band, sex, number in plain["cells"]})
    return Figures(counted_at, cells, **parts)


def figures_of(actor: Actor, division: Division, wanted: CountFilters) -> Figures:
    """Return the numbers of an area as far as the actor may count it: counted ahead, and the rest now."""
    people = Resident.objects.countable_by(actor)
    households = Household.objects.countable_by(actor)
    kept = _kept(division, wanted) if can_take_whole(actor, division) else {}
    if not kept:
        return figures_count(people, households, division.path, wanted)
    found = Figures(clock.now())
    for path in _districts(division):
        there = kept.get(path)
        found.add(there or figures_count(people, households, path, wanted))
    return found


def can_take_whole(actor: Actor, division: Division) -> bool:
    """Whether an actor counts all of an area: what was counted ahead is of the whole."""
    return actor.covers(division.path) and not Resident.objects.countable_by(actor).query.is_empty()


def _kept(division: Division, wanted: CountFilters) -> dict[str, Figures]:
    """Return the numbers counted ahead of the districts of an area; of none below a district."""
    if division.level > Level.COUNTY:
        return {}
    rows = KeptCount.objects.filter(
        in_areas("area_path", (division.path,)), counted_at__gt=clock.now() - GONE
    )
    rows = rows.filter(presence=wanted.presence, tenure=wanted.tenure)
    return {row.area_path: figures_read(row.counted_at, row.figures) for row in rows}


def _districts(division: Division) -> list[str]:
    rows = Division.objects.on().filter(in_areas("path", (division.path,)), level=Level.COUNTY)
    return list(rows.order_by("path").values_list("path", flat=True))


def filters_all() -> list[CountFilters]:
    """Return every choice of filters that the page offers."""
    presences = ["", *Membership.Presence.values]
    tenures = ["", *(code for code in Occupancy.Tenure.values if code)]
    return [
        CountFilters(presence=presence, tenure=tenure) for presence, tenure in product(presences, tenures)
    ]


def counts_stale() -> list[tuple[str, CountFilters]]:
    """Return large districts with the choices of filters that were never counted or some hours ago.

    Longest ago first, and of the same age what the page shows before anybody chooses.
    """
    kept = {
        (path, presence, tenure): at
        for path, presence, tenure, at in KeptCount.objects.values_list(
            "area_path", "presence", "tenure", "counted_at"
        )
    }
    old, never = clock.now() - STALE, datetime.min.replace(tzinfo=clock.now().tzinfo)
    due = []
    for path in (
        Division.objects.on().filter(level=Level.COUNTY).order_by("path").values_list("path", flat=True)
    ):
        ages = [
            (kept.get((path, w.presence, w.tenure), never), order, w) for order, w in enumerate(filters_all())
        ]
        late = [(at, order, path, wanted) for at, order, wanted in ages if at <= old]
        if late and _is_large(path):
            due += late
    return [(path, wanted) for _at, _order, path, wanted in sorted(due, key=lambda row: row[:3])]


def _is_large(path: str) -> bool:
    here = Resident.objects.filter(lying_in(Resident, (path,)), state=Resident.State.HERE)
    return here.order_by()[:LARGE].count() >= LARGE


# -- counted now ------------------------------------------------------------------------
def figures_count(
    people: QuerySet[Resident], households: QuerySet[Household], path: str, wanted: CountFilters
) -> Figures:
    """Count an area (four queries) among the people and households that may be counted."""
    today = clock.today()
    people = _people(people, path, wanted)
    households = _households(households, path, wanted)
    return Figures(
        clock.now(),
        _cells(people, today),
        _sizes(households),
        _tenures(households, today),
        _by_path(people),
    )


def _people(rows: QuerySet[Resident], path: str, wanted: CountFilters) -> QuerySet[Resident]:
    rows = rows.filter(lying_in(Resident, (path,)), state=Resident.State.HERE)
    today, asked = clock.today(), Q()
    if wanted.presence:
        asked &= Q(presence=wanted.presence)
    if wanted.tenure:
        lived = Occupancy.objects.filter(holds_on(today), tenure=wanted.tenure)
        asked &= Q(Exists(lived.filter(household=OuterRef("household"))))
    if asked:
        member = Membership.objects.filter(holds_on(today), asked, resident=OuterRef("pk"))
        rows = rows.filter(Exists(member))
    return rows


def _cells(people: QuerySet[Resident], today: date) -> Counter[tuple[int | None, str]]:
    """Return (band, sex) → how many; the band is None where no birth is known."""
    found: Counter[tuple[int | None, str]] = Counter()
    rows = people.order_by().values_list("birth_month", "sex").annotate(n=Count("*"))
    for born, sex, number in rows:
        age = age_on(born, today)
        found[None if age is None else band_of(age), sex] += number
    return found


def _households(rows: QuerySet[Household], path: str, wanted: CountFilters) -> QuerySet[Household]:
    rows = rows.filter(lying_in(Household, (path,)), ended_on__isnull=True)
    if wanted.tenure:
        lived = Occupancy.objects.filter(holds_on(clock.today()), tenure=wanted.tenure)
        rows = rows.filter(Exists(lived.filter(household=OuterRef("pk"))))
    return rows


def _sizes(households: QuerySet[Household]) -> Counter[int]:
    """Return how many people live in it → how many households."""
    counted = households.annotate(living=living_count()).order_by().values_list("living")
    found: Counter[int] = Counter()
    for size, number in counted.annotate(n=Count("pk")):
        found[min(size, LARGEST)] += number
    return found


def _tenures(households: QuerySet[Household], today: date) -> Counter[str]:
    rows = Occupancy.objects.filter(holds_on(today), household__in=households)
    return Counter(dict(rows.order_by().values_list("tenure").annotate(n=Count("pk"))))


def _by_path(people: QuerySet[Resident]) -> Counter[str]:
    """Return people by the path they are at."""
    rows: Iterable[tuple[str, int]] = people.order_by().values_list("area_path").annotate(n=Count("*"))
    return Counter(dict(rows))
