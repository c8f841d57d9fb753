"""How many people live where, by age and sex, in which households: numbers only, small ones hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_by_code, division_children, division_first

from ..ages import BANDS, band_words
from ..models import Occupancy, Resident
from ..rounding import Rounded, rounded
from .figures import LARGEST, CountFilters, figures_of

MALE, FEMALE, UNKNOWN = Resident.Sex.MALE, Resident.Sex.FEMALE, Resident.Sex.UNKNOWN


@dataclass(frozen=True, slots=True)
class BandRow:
    """One band of ages: how many men, women, people whose sex is not registered."""

    words: str
    male: Rounded
    female: Rounded
    unknown: Rounded
    total: Rounded


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of an area as they may be shown."""

    people: Rounded
    households: Rounded
    men: Rounded
    women: Rounded
    minors: Rounded
    old: Rounded
    bands: tuple[BandRow, ...]
    sizes: tuple[tuple[str, Rounded], ...]
    tenures: tuple[tuple[str, Rounded], ...]
    areas: tuple[tuple[Division, Rounded], ...]
    counted_at: datetime


def count_area(actor: Actor, code: str = "") -> Division:
    """Return the area asked for by code, or where the actor's view begins; outside is ``NotFound``."""
    if code:
        division = division_by_code(code)
        if not actor.covers(division.path):
            raise NotFound(_("没有找到这个区域。"))
        return division
    return division_first(actor)


def resident_counts(actor: Actor, division: Division, wanted: CountFilters) -> Counts:
    """Return the figures of an area; every number is rounded, small ones are hidden.

    Of a large district they were counted some hours ago (``counted_at`` says when), of all else now.
    """
    figures = figures_of(actor, division, wanted)
    by_sex, ages = Counter[str](), Counter[int | None]()
    for (band, sex), number in figures.cells.items():
        by_sex[sex] += number
        ages[band] += number
    return Counts(
        people=rounded(sum(by_sex.values())),
        households=rounded(sum(figures.sizes.values())),
        men=rounded(by_sex[MALE]),
        women=rounded(by_sex[FEMALE]),
        minors=rounded(sum(number for band, number in ages.items() if band is not None and band < 3)),
        old=rounded(sum(number for band, number in ages.items() if band is not None and band >= 12)),
        bands=tuple(_band_rows(figures.cells)),
        sizes=tuple(_size_rows(figures.sizes)),
        tenures=tuple(_tenure_rows(figures.tenures)),
        areas=tuple(_area_rows(figures.places, division)),
        counted_at=figures.counted_at,
    )


def _band_rows(cells: Mapping[tuple[int | None, str], int]) -> Iterable[BandRow]:
    bands: list[int | None] = [*range(len(BANDS))]
    if any(band is None for band, _sex in cells):
        bands.append(None)
    for band in bands:
        male, female, unknown = (cells.get((band, sex), 0) for sex in (MALE, FEMALE, UNKNOWN))
        words = _("年龄不详") if band is None else band_words(BANDS[band])
        total = rounded(male + female + unknown)
        yield BandRow(words, rounded(male), rounded(female), rounded(unknown), total)


def _size_rows(sizes: Mapping[int, int]) -> Iterable[tuple[str, Rounded]]:
    for size in range(LARGEST + 1):
        words = _("%d人及以上") % size if size == LARGEST else _("%d人") % size
        yield _("无人居住") if size == 0 else words, rounded(sizes.get(size, 0))


def _tenure_rows(tenures: Mapping[str, int]) -> Iterable[tuple[str, Rounded]]:
    for code, words in Occupancy.Tenure.choices:
        yield str(words), rounded(tenures.get(code, 0))


def _area_rows(places: Mapping[str, int], division: Division) -> Iterable[tuple[Division, Rounded]]:
    """Yield the areas below, most people first; a level that holds a single one (市辖区) is passed by."""
    children = _children(division)
    depth = children[0].path.count("/") if children else 0
    found = Counter[str]()
    for path, number in places.items():
        found["/".join(path.split("/")[:depth]) + "/"] += number
    for child in sorted(children, key=lambda child: -found[child.path]):
        yield child, rounded(found[child.path])


def _children(division: Division) -> list[Division]:
    if division.level >= Level.COMMITTEE:
        return []
    rows = list(division_children(division.path))
    if division.level == Level.PROVINCE:
        return [child for row in rows for child in division_children(row.path)]
    return rows
