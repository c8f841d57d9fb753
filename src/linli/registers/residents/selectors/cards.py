"""A household on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound

from ..ages import age_on
from ..holding import holds_on
from ..models import Household, Membership, Occupancy, Resident


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a household as the card shows them, nothing of theirs in clear."""

    resident: Resident
    membership: Membership
    age: int | None

    @property
    def lives_here(self) -> bool:
        """Whether they live there and are not only registered."""
        return self.membership.presence == Membership.Presence.LIVING


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """A household with where and how it lives and who belongs to it today."""

    household: Household
    occupancy: Occupancy | None
    people: tuple[PersonLine, ...]

    @property
    def living(self) -> int:
        """How many of them live there."""
        return sum(person.lives_here for person in self.people)


def household_get(actor: Actor, public_id: UUID | str) -> Household:
    """Return a household by the id that pages carry; missing and hidden are the same ``NotFound``."""
    rows: QuerySet[Household] = Household.objects.visible_to(actor).select_related("compound")
    try:
        return rows.get(public_id=public_id)
    except (Household.DoesNotExist, ValidationError) as error:
        raise NotFound(_("没有找到这一户。")) from error


def household_view(actor: Actor, public_id: UUID | str) -> HouseholdCard:
    """Return a household's card (three queries)."""
    household, today = household_get(actor, public_id), clock.today()
    lived = Occupancy.objects.filter(holds_on(today), household=household)
    occupancy = lived.select_related("part__stair", "part__building__compound").first()
    rows = Membership.objects.filter(holds_on(today), household=household).select_related("resident")
    people = [PersonLine(row.resident, row, age_on(row.resident.birth_month, today)) for row in rows]
    return HouseholdCard(household, occupancy, tuple(sorted(people, key=_order)))


def _order(person: PersonLine) -> tuple[bool, bool, date]:
    is_head = person.membership.relation == Membership.Relation.HEAD
    return (not person.lives_here, not is_head, person.resident.birth_month or date.max)
