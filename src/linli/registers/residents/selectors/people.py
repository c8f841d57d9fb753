"""A household with its people, and a part with who is in it, masked as they stand on a page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.places.models import Part

from ..ages import age_on
from ..entries import needs_guardian
from ..locking import is_seen
from ..masking import masked
from ..models import Establishment, Guardian, Household, Membership, Occupancy, Resident
from ..rules import Candidate, guardian_candidates, guardian_kind, head_candidates
from ..sealing import sealed_get

Ident = UUID | str
PERSONAL = ("name", "number", "phone", "birth")


@dataclass(frozen=True, slots=True)
class GuardianLine:
    """Who looks after somebody, masked."""

    resident: Resident
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A person in a household: personal values masked, ages from the month of birth.

    ``is_here`` is False for somebody who lives in another committee's area and is only registered here.
    """

    resident: Resident
    membership: Membership
    name: str
    number: str
    phone: str
    birth: str
    age: int | None
    is_here: bool
    guardians: tuple[GuardianLine, ...]

    @property
    def is_head(self) -> bool:
        """Whether this is the head."""
        return self.membership.relation == Membership.Relation.HEAD

    @property
    def lacks_guardian(self) -> bool:
        """Whether this is a child under 14 without a registered guardian."""
        return needs_guardian(self.resident.birth_month, clock.today()) and not self.guardians


@dataclass(frozen=True, slots=True)
class HouseholdPeople:
    """A household with where it lives and who belongs to it now, the head first."""

    household: Household
    part: Part | None
    occupancy: Occupancy | None
    members: tuple[MemberCard, ...]

    @property
    def living(self) -> int:
        """How many of its people live there."""
        return sum(card.membership.presence == Membership.Presence.LIVING for card in self.members)

    @property
    def head(self) -> MemberCard | None:
        """The head, where one is known."""
        return next((card for card in self.members if card.is_head), None)


@dataclass(frozen=True, slots=True)
class PartPeople:
    """Who is in a part now."""

    part: Part
    households: tuple[HouseholdPeople, ...]
    establishments: tuple[Establishment, ...]


def resident_get(actor: Actor, public_id: Ident) -> Resident:
    """Return a person in the actor's areas; hidden ones answer like missing ones."""
    found: Resident = _one(Resident.objects.visible_to(actor), public_id, _("没有找到这个人的登记。"))
    return found


def household_get(actor: Actor, public_id: Ident) -> Household:
    """Return a household in the actor's areas, with its compound; hidden ones answer like missing ones."""
    rows = Household.objects.visible_to(actor).select_related("compound")
    found: Household = _one(rows, public_id, _("没有找到这一户。"))
    return found


def _one(rows: Any, public_id: Ident, missing: str) -> Any:
    try:
        found = rows.filter(public_id=public_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NotFound(missing)
    return found


def household_card(actor: Actor, public_id: Ident) -> HouseholdPeople:
    """Return the card of one household (four queries)."""
    return cards_of(actor, [household_get(actor, public_id)])[0]


def part_people(actor: Actor, part: Part) -> PartPeople:
    """Return the households and establishments of a part now; nothing outside the actor's areas."""
    here = Occupancy.objects.filter(part=part, to_on__isnull=True)
    homes = Household.objects.visible_to(actor).filter(
        pk__in=here.filter(household__isnull=False).values("household")
    )
    firms = Establishment.objects.visible_to(actor).filter(
        pk__in=here.filter(establishment__isnull=False).values("establishment")
    )
    return PartPeople(part, tuple(cards_of(actor, list(homes.order_by("pk")))), tuple(firms))


def cards_of(actor: Actor, households: list[Household]) -> list[HouseholdPeople]:
    """Return the cards of households that the actor sees (three queries, however many)."""
    numbers = [household.pk for household in households]
    homes = Occupancy.objects.filter(household__in=numbers, to_on__isnull=True)
    home_of = {
        home.household_id: home
        for home in homes.select_related("part__building", "part__stair__building", "part__compound")
    }
    rows = Membership.objects.filter(household__in=numbers, to_on__isnull=True).select_related("resident")
    members: dict[int, list[Membership]] = defaultdict(list)
    for row in rows.order_by("pk"):
        members[row.household_id].append(row)
    guardians = _guardians([row.resident_id for group in members.values() for row in group])
    cards = []
    for household in households:
        home = home_of.get(household.pk)
        group = sorted(members[household.pk], key=lambda row: row.relation != Membership.Relation.HEAD)
        people = tuple(_member_card(actor, row, guardians[row.resident_id]) for row in group)
        cards.append(HouseholdPeople(household, home.part if home else None, home, people))
    return cards


def _guardians(residents: list[int]) -> dict[int, list[Guardian]]:
    found: dict[int, list[Guardian]] = defaultdict(list)
    for row in Guardian.objects.filter(ward__in=residents, to_on__isnull=True).select_related("guardian"):
        found[row.ward_id].append(row)
    return found


def _member_card(actor: Actor, row: Membership, guardians: list[Guardian]) -> MemberCard:
    resident = row.resident
    values = {name: masked(name, sealed_get(resident, name)) for name in PERSONAL}
    lines = tuple(
        GuardianLine(g.guardian, masked("name", sealed_get(g.guardian, "name")), g.get_kind_display())
        for g in guardians
    )
    age = age_on(resident.birth_month, clock.today())
    return MemberCard(resident, row, **values, age=age, is_here=is_seen(actor, resident), guardians=lines)


# -- proposals ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """A member who may become head or guardian, masked; ``kind`` is that of ``Guardian``, where it is one."""

    resident: Resident
    name: str
    kind: str = ""


def head_proposals(actor: Actor, household: Household, *, without: Ident = "") -> list[Proposal]:
    """Return who may become head of a household (when somebody leaves), likeliest first."""
    rows = [row for row in _members(household) if str(row.resident.public_id) != str(without)]
    order = head_candidates([_candidate(row) for row in rows], clock.today())
    return _proposals(rows, order, "")


def guardian_proposals(actor: Actor, household: Household, relation: str) -> list[Proposal]:
    """Return the adults who may look after a child that is ``relation`` to the head, likeliest first."""
    rows = _members(household)
    order = guardian_candidates(relation, [_candidate(row) for row in rows], clock.today())
    return _proposals(rows, order, relation)


def _members(household: Household) -> list[Membership]:
    return list(household.memberships.filter(to_on__isnull=True).select_related("resident"))


def _candidate(row: Membership) -> Candidate:
    born = sealed_get(row.resident, "birth")
    return Candidate(row.pk, row.relation, date.fromisoformat(born) if born else None)


def _proposals(rows: list[Membership], order: list[int], relation: str) -> list[Proposal]:
    by_key = {row.pk: row for row in rows}
    return [
        Proposal(
            row.resident,
            masked("name", sealed_get(row.resident, "name")),
            guardian_kind(relation, row.relation) if relation else "",
        )
        for row in (by_key[key] for key in order)
    ]
