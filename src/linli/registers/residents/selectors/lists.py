"""Lists of the registry by any combination of what stands in clear; names are opened for a page, masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.places.models import Building, Compound, Part

from ..ages import MINOR_UNDER, age_on, months_of_ages
from ..holding import holds_on
from ..masking import masked
from ..models import CareEntry, Establishment, Fact, Household, Membership, Occupancy, Resident
from ..models.ways import lying_in
from ..sealing import sealed_get

PEOPLE_ORDERS: Mapping[str, tuple[str, ...]] = {
    "-registered": ("-pk",),
    "oldest": ("birth_month", "pk"),
    "youngest": ("-birth_month", "-pk"),
}
HOUSEHOLD_ORDERS: Mapping[str, tuple[str, ...]] = {"-registered": ("-pk",), "registered": ("pk",)}


@dataclass(frozen=True, slots=True)
class HomeFilters:
    """Where somebody lives and how: shared by persons and households. Empty means: all."""

    area: str = ""
    compound: Compound | None = None
    building: Building | None = None
    tenure: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class PeopleFilters(HomeFilters):
    """What a list of persons is narrowed by; ``facts`` is key → value of plain facts."""

    sex: str = ""
    age_from: int | None = None
    age_to: int | None = None
    presence: str = ""
    state: str = Resident.State.HERE
    is_minor: bool = False
    is_cared_for: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HouseholdFilters(HomeFilters):
    """What a list of households is narrowed by; sizes are of those who live there."""

    kind: str = ""
    size_from: int | None = None
    size_to: int | None = None


def _homes(wanted: HomeFilters) -> Q | None:
    """Return the condition on an occupancy (``occupancies__``…) that the filters ask for, if any."""
    condition = Q()
    if wanted.building is not None:
        condition &= Q(part__building=wanted.building)
    if wanted.tenure:
        condition &= Q(tenure=wanted.tenure if wanted.tenure != "none" else "")
    return condition or None


def people_list(actor: Actor, wanted: PeopleFilters) -> QuerySet[Resident]:
    """Return the persons that an actor may see, narrowed and ordered."""
    today = clock.today()
    rows: QuerySet[Resident] = Resident.objects.visible_to(actor).filter(_plain(wanted))
    asks_member = Q(presence=wanted.presence) if wanted.presence else Q()
    if (homes := _homes(wanted)) is not None:
        lived = Occupancy.objects.filter(homes, holds_on(today), household=OuterRef("household"))
        asks_member &= Q(Exists(lived))
    if asks_member:
        rows = rows.filter(
            Exists(Membership.objects.filter(holds_on(today), asks_member, resident=OuterRef("pk")))
        )
    for key, value in wanted.facts.items():
        known = Fact.objects.filter(holds_on(today), key=key, value=value, state=Fact.State.KNOWN)
        rows = rows.filter(Exists(known.filter(resident=OuterRef("pk"))))
    if wanted.is_cared_for:
        cared = CareEntry.objects.visible_to(actor).filter(
            state=CareEntry.State.CONFIRMED, expires_on__gt=today
        )
        rows = rows.filter(pk__in=cared.values("resident_id"))
    return rows.order_by(*PEOPLE_ORDERS.get(wanted.order, PEOPLE_ORDERS["-registered"]))


def _plain(wanted: PeopleFilters) -> Q:
    """Return the condition on the columns of a person."""
    condition = Q(state=wanted.state) if wanted.state else Q()
    if wanted.area:
        condition &= lying_in(Resident, (wanted.area,))
    if wanted.compound is not None:
        condition &= Q(compound=wanted.compound)
    if wanted.sex:
        condition &= Q(sex=wanted.sex if wanted.sex != "none" else "")
    age_to = wanted.age_to
    if wanted.is_minor:
        age_to = min(MINOR_UNDER - 1, MINOR_UNDER if age_to is None else age_to)
    start, before = months_of_ages(wanted.age_from, age_to, clock.today())
    if start is not None:
        condition &= Q(birth_month__gte=start)
    if before is not None:
        condition &= Q(birth_month__lt=before)
    if wanted.order in ("oldest", "youngest"):  # a month that is not known has no place in this order
        condition &= Q(birth_month__isnull=False)
    return condition


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of a list of persons: masked, with where they live today."""

    resident: Resident
    name: str
    phone: str
    age: int | None
    home: Part | None
    membership: Membership | None
    tenure: str


def people_rows(residents: Sequence[Resident]) -> list[PersonRow]:
    """Return persons as a list shows them (two queries)."""
    today = clock.today()
    member = {
        row.resident_id: row
        for row in Membership.objects.filter(holds_on(today), resident__in=residents)
        .select_related("household")
        .order_by("-presence")  # registered, then living: where somebody lives is what is shown
    }
    lived = occupancies_of(row.household_id for row in member.values())
    return [_person_row(person, member.get(person.pk), lived) for person in residents]


def _person_row(person: Resident, member: Membership | None, lived: Mapping[int, Occupancy]) -> PersonRow:
    home = lived.get(member.household_id) if member else None
    return PersonRow(
        person,
        masked("name", sealed_get(person, "name")),
        masked("phone", sealed_get(person, "phone")),
        age_on(person.birth_month, clock.today()),
        home.part if home else None,
        member,
        home.get_tenure_display() if home else "",
    )


def occupancies_of(household_ids: Iterable[int]) -> dict[int, Occupancy]:
    """Return household → where it lives today, with the address (one query)."""
    rows = Occupancy.objects.filter(holds_on(clock.today()), household__in=set(household_ids))
    return {
        row.household_id: row
        for row in rows.select_related("part__stair__building__compound", "part__building__compound")
        if row.household_id is not None
    }


def household_list(actor: Actor, wanted: HouseholdFilters) -> QuerySet[Household]:
    """Return the households that an actor may see, narrowed and ordered; ended ones are left out."""
    today = clock.today()
    rows: QuerySet[Household] = Household.objects.visible_to(actor).filter(ended_on__isnull=True)
    if wanted.area:
        rows = rows.filter(lying_in(Household, (wanted.area,)))
    if wanted.compound is not None:
        rows = rows.filter(compound=wanted.compound)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if (homes := _homes(wanted)) is not None:
        rows = rows.filter(Exists(Occupancy.objects.filter(homes, holds_on(today), household=OuterRef("pk"))))
    if wanted.size_from is not None or wanted.size_to is not None:
        rows = rows.annotate(living=living_count())
        rows = rows.filter(living__gte=wanted.size_from or 0)
        rows = rows.filter(living__lte=wanted.size_to) if wanted.size_to is not None else rows
    return rows.order_by(*HOUSEHOLD_ORDERS.get(wanted.order, HOUSEHOLD_ORDERS["-registered"]))


def living_count() -> Coalesce:
    """Return how many people live in a household today, as an expression on households."""
    rows = Membership.objects.filter(
        holds_on(clock.today()), household=OuterRef("pk"), presence=Membership.Presence.LIVING
    )
    counted = rows.order_by().values("household").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One line of a list of households: the head masked, how many, where, as what."""

    household: Household
    head: str
    living: int
    registered: int
    home: Occupancy | None


def household_rows(households: Sequence[Household]) -> list[HouseholdRow]:
    """Return households as a list shows them (two queries)."""
    members: dict[int, list[Membership]] = {}
    rows = Membership.objects.filter(holds_on(clock.today()), household__in=households)
    for row in rows.select_related("resident").order_by("pk"):
        members.setdefault(row.household_id, []).append(row)
    lived = occupancies_of(row.pk for row in households)
    return [_household_row(row, members.get(row.pk, []), lived.get(row.pk)) for row in households]


def _household_row(
    household: Household, members: Sequence[Membership], home: Occupancy | None
) -> HouseholdRow:
    head = next((row for row in members if row.relation == Membership.Relation.HEAD), None)
    living = sum(row.presence == Membership.Presence.LIVING for row in members)
    name = masked("name", sealed_get(head.resident, "name")) if head else ""
    return HouseholdRow(household, name, living, len(members) - living, home)


def establishment_list(
    actor: Actor,
    *,
    words: str = "",
    area: str = "",
    compound: Compound | None = None,
    is_closed: bool = False,
) -> QuerySet[Establishment]:
    """Return the establishments that an actor may see, by pinyin; their names are no personal value."""
    rows: QuerySet[Establishment] = Establishment.objects.visible_to(actor)
    rows = rows.filter(closed_on__isnull=not is_closed)
    if area:
        rows = rows.filter(lying_in(Establishment, (area,)))
    if compound is not None:
        rows = rows.filter(compound=compound)
    if words := words.strip():
        plain = words.lower().replace(" ", "")
        named = Q(name__contains=words) | Q(credit_code=words.upper())
        if plain.isascii():
            named |= Q(pinyin__startswith=plain) | Q(initials__startswith=plain)
        rows = rows.filter(named)
    return rows.select_related("compound").order_by("pinyin", "name", "pk")


@dataclass(frozen=True, slots=True)
class EstablishmentRow:
    """One line of a list of establishments, with the parts that it uses today."""

    firm: Establishment
    parts: tuple[Part, ...]
    contact: str
    phone: str


def establishment_rows(firms: Sequence[Establishment]) -> list[EstablishmentRow]:
    """Return establishments as a list shows them; who answers for them is masked (one query)."""
    used: dict[int, list[Part]] = {}
    rows = Occupancy.objects.filter(holds_on(clock.today()), establishment__in=firms)
    for row in rows.select_related("part__stair__building__compound", "part__building__compound"):
        used.setdefault(row.establishment_id or 0, []).append(row.part)
    return [
        EstablishmentRow(
            firm, tuple(used.get(firm.pk, ())), masked("name", firm.contact), masked("phone", firm.phone)
        )
        for firm in firms
    ]


def establishment_get(actor: Actor, public_id: UUID | str) -> EstablishmentRow:
    """Return one establishment by the id that pages carry; missing and hidden are the same ``NotFound``."""
    found = Establishment.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这个单位。"))
    return establishment_rows([found])[0]
