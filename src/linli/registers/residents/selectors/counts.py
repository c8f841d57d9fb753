"""How many people live where, by age and sex, in which households: numbers only, small ones hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_by_code, division_children

from ..ages import BANDS, age_on, band_of, band_words
from ..holding import holds_on
from ..models import Household, Membership, Occupancy, Resident
from ..models.ways import lying_in
from ..rounding import Rounded, rounded
from .lists import living_count

LARGEST = 6  # households of so many and more stand together
MALE, FEMALE, UNKNOWN = Resident.Sex.MALE, Resident.Sex.FEMALE, Resident.Sex.UNKNOWN


@dataclass(frozen=True, slots=True)
class CountFilters:
    """What is counted: an area (a path below the actor's), how people live; empty means all."""

    area: str = ""
    presence: str = ""
    tenure: str = ""


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


def count_area(actor: Actor, code: str = "") -> Division:
    """Return the area asked for by code, or where the actor's view begins; outside is ``NotFound``."""
    if code:
        division = division_by_code(code)
        if not actor.covers(division.path):
            raise NotFound(_("没有找到这个区域。"))
        return division
    rows = Division.objects.on().filter(in_areas("path", actor.areas)).order_by("path")
    first = rows.filter(path__in=actor.areas).first() or rows.first()
    if first is None:
        raise NotFound(_("您的岗位还没有负责的区域。"), hint=_("请联系本单位管理员。"))
    return first


def count_trail(actor: Actor, division: Division) -> list[Division]:
    """Return the way from where the actor's view begins down to a division."""
    codes = [code for code in division.path.split("/") if code]
    rows = Division.objects.on().filter(code__in=codes).exclude(level=Level.CITY).order_by("level")
    return [row for row in rows if actor.covers(row.path)]


def resident_counts(actor: Actor, division: Division, wanted: CountFilters) -> Counts:
    """Return the figures of an area (five queries); every number is rounded, small ones are hidden."""
    people, today = _people(actor, division.path, wanted), clock.today()
    cells = _cells(people, today)
    by_sex = Counter[str]()
    for (_band, sex), number in cells.items():
        by_sex[sex] += number
    ages = Counter[int | None]()
    for (band, _sex), number in cells.items():
        ages[band] += number
    households = _households(actor, division.path, wanted)
    sizes = _sizes(households)
    return Counts(
        people=rounded(sum(by_sex.values())),
        households=rounded(sum(sizes.values())),
        men=rounded(by_sex[MALE]),
        women=rounded(by_sex[FEMALE]),
        minors=rounded(sum(number for band, number in ages.items() if band is not None and band < 3)),
        old=rounded(sum(number for band, number in ages.items() if band is not None and band >= 12)),
        bands=tuple(_band_rows(cells)),
        sizes=tuple(_size_rows(sizes)),
        tenures=tuple(_tenure_rows(households, today)),
        areas=tuple(_area_rows(people, division)),
    )


def _people(actor: Actor, path: str, wanted: CountFilters) -> QuerySet[Resident]:
    rows: QuerySet[Resident] = Resident.objects.countable_by(actor).filter(
        lying_in(Resident, (path,)), state=Resident.State.HERE
    )
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


def _band_rows(cells: Mapping[tuple[int | None, str], int]) -> Iterable[BandRow]:
    bands: list[int | None] = [*range(len(BANDS))]
    if any(band is None for band, _sex in cells):
        bands.append(None)
    for band in bands:
        male, female, unknown = (cells.get((band, sex), 0) for sex in (MALE, FEMALE, UNKNOWN))
        words = _("年龄不详") if band is None else band_words(BANDS[band])
        total = rounded(male + female + unknown)
        yield BandRow(words, rounded(male), rounded(female), rounded(unknown), total)


def _households(actor: Actor, path: str, wanted: CountFilters) -> QuerySet[Household]:
    rows: QuerySet[Household] = Household.objects.countable_by(actor).filter(
        lying_in(Household, (path,)), ended_on__isnull=True
    )
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


def _size_rows(sizes: Mapping[int, int]) -> Iterable[tuple[str, Rounded]]:
    for size in range(LARGEST + 1):
        words = _("%d人及以上") % size if size == LARGEST else _("%d人") % size
        yield _("无人居住") if size == 0 else words, rounded(sizes.get(size, 0))


def _tenure_rows(households: QuerySet[Household], today: date) -> Iterable[tuple[str, Rounded]]:
    rows = Occupancy.objects.filter(holds_on(today), household__in=households)
    found = dict(rows.order_by().values_list("tenure").annotate(n=Count("pk")))
    for code, words in Occupancy.Tenure.choices:
        yield str(words), rounded(found.get(code, 0))


def _area_rows(people: QuerySet[Resident], division: Division) -> Iterable[tuple[Division, Rounded]]:
    """Yield the areas below, most people first; a level that holds a single one (市辖区) is passed by."""
    children = _children(division)
    found = _by_path(people, [child.path for child in children]) if children else {}
    for child in sorted(children, key=lambda child: -found.get(child.path, 0)):
        yield child, rounded(found.get(child.path, 0))


def _children(division: Division) -> list[Division]:
    if division.level >= Level.COMMITTEE:
        return []
    rows = list(division_children(division.path))
    if division.level == Level.PROVINCE:
        return [child for row in rows for child in division_children(row.path)]
    return rows


def _by_path(people: QuerySet[Resident], paths: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(paths, 0)
    depth = paths[0].count("/")
    rows: Any = people.order_by().values_list("area_path").annotate(n=Count("*"))
    for path, number in rows:
        above = "/".join(path.split("/")[:depth]) + "/"
        if above in found:
            found[above] += number
    return found
