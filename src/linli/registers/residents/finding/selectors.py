"""People by what was typed, within an area: by tokens, then verified, then masked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.subjects import Subject
from linli.foundation.accounts.selectors import area_choices
from linli.foundation.places.models import Division

from ..linking.selectors import people_of_account
from ..masking import masked
from ..models import Household, Membership, Occupancy, Resident
from ..models.ways import lying_in
from ..sealing import PERSONAL, sealed_get
from ..tokens import Query, county_of, query_tokens

MOST = 50
READ = 4 * MOST  # rows decrypted at most: neighbours of characters may stand apart in a name
AREAS_DEPTH = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """One person as a list shows them: nothing in clear."""

    resident: Resident
    name: str
    number: str
    phone: str
    birth: str
    home: str = ""
    household: Any = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: at most fifty people, and whether there are more."""

    hits: tuple[Hit, ...] = ()
    has_more: bool = False
    area: Division | None = field(default=None)


def search_areas(actor: Actor) -> list[Division]:
    """Return the areas among which the actor may choose: their own, and what stands right below."""
    return area_choices(actor.areas, depth=AREAS_DEPTH)


def people_matching(actor: Actor, query: Query, areas: tuple[str, ...]) -> tuple[list[Resident], bool]:
    """Return those in the areas whom a query means, whole names first, and whether there are more."""
    found: dict[int, Resident] = {}
    for way in range(len(query.ways)):
        for resident in _of_way(actor, query, areas, way):
            if resident.pk in found or not query.fits(*_compared(resident)):
                continue
            found[resident.pk] = resident
            if len(found) > MOST:
                return list(found.values())[:MOST], True
    return list(found.values()), False


def _compared(resident: Resident) -> tuple[str, str, str]:
    return sealed_get(resident, "name"), sealed_get(resident, "number"), sealed_get(resident, "phone")


def _of_way(actor: Actor, query: Query, areas: tuple[str, ...], way: int) -> Iterator[Resident]:
    """Read by tokens: county by county, under each search key (two while the tokens are made anew)."""
    for county in sorted({county_of(area) for area in areas} - {""}):
        inside = tuple(area for area in areas if county_of(area) == county)
        for key_name in reversed(key_ring().token_keys()):
            rows = holders(actor, query_tokens(county, query, key_name=key_name)[way], inside)
            yield from rows.order_by("pk")[:READ]


def holders(actor: Actor, tokens: Iterable[int], areas: tuple[str, ...]) -> QuerySet[Resident]:
    """Return the residents in the areas who hold every one of the tokens."""
    rows: QuerySet[Resident] = Resident.objects.visible_to(actor).filter(lying_in(Resident, areas))
    for token in sorted(tokens):
        rows = rows.filter(tokens__token=token)
    return rows


def hits_of(residents: Iterable[Resident]) -> tuple[Hit, ...]:
    """Return persons as a list shows them, with where they live today (two queries)."""
    people = list(residents)
    homes = _homes([resident.pk for resident in people])
    return tuple(_hit(resident, *homes.get(resident.pk, ("", None))) for resident in people)


def _hit(resident: Resident, home: str, household: Any) -> Hit:
    shown = {name: masked(name, sealed_get(resident, name)) for name in PERSONAL}
    return Hit(resident=resident, home=home, household=household, **shown)


def _homes(keys: list[int]) -> dict[int, tuple[str, Any]]:
    open_rows = Membership.objects.filter(resident__in=keys, to_on__isnull=True)
    members = list(open_rows.select_related("household").order_by("-presence"))  # living is read last: wins
    households = {row.household_id for row in members}
    lived = Occupancy.objects.filter(household__in=households, to_on__isnull=True)
    parts = {row.household_id: str(row.part) for row in lived.select_related("part__building__compound")}
    return {row.resident_id: (parts.get(row.household_id, ""), row.household) for row in members}


def household_people(actor: Actor, household: Household) -> list[Resident]:
    """Return those of a household's people today whom the actor sees, the longest registered first."""
    members = Membership.objects.filter(household=household, to_on__isnull=True)
    people = Resident.objects.visible_to(actor).filter(pk__in=members.values("resident_id"))
    return list(people.order_by("pk"))


def subjects_of_person(person_id: int) -> list[Subject]:
    """Return the records about a signed-in person: they themselves, their wards, the homes of both."""
    people = people_of_account(person_id)
    if not people:
        return []
    kind, home = Resident._meta.label_lower, Household._meta.label_lower
    wards = [
        (kind, str(one.public_id), _("您监护的孩子 %(name)s") % {"name": sealed_get(one, "name")})
        for one in people[1:]
    ]
    members = Membership.objects.filter(resident__in=people, to_on__isnull=True)
    homes = Household.objects.filter(pk__in=members.values("household_id"))
    homes_said = [
        (home, str(public_id), _("您家这一户")) for public_id in homes.values_list("public_id", flat=True)
    ]
    return [(kind, str(people[0].public_id), ""), *wards, *homes_said]
