"""The situations of many people at once: ages, who lives with them, the facts that rules look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from linli.core.actor import Actor

from ..ages import age_on
from ..facts.selectors import facts_bulk, one
from ..holding import holds_on
from ..models import CareEntry, Fact, Household, Membership, Occupancy, Resident
from .rules import CareGroup, Situation

OLD, YOUNG = 60, 18  # nobody between them is proposed by age and household alone


def candidates(groups: Sequence[CareGroup], on: date) -> QuerySet[Resident]:
    """Return those whom any rule could propose (old, young, or with a fact that a rule looks at) or has."""
    keys = {key for group in groups for key in group.facts}
    known = Fact.objects.filter(key__in=keys, state=Fact.State.KNOWN, to_on__isnull=True)
    born = Q(birth_month__lte=_years_before(on, OLD)) | Q(birth_month__gt=_years_before(on, YOUNG))
    here = Resident.objects.filter(state=Resident.State.HERE)
    had = CareEntry.objects.exclude(state=CareEntry.State.CONFIRMED).values("resident")
    return here.filter(born | Q(pk__in=known.values("resident")) | Q(pk__in=had)).order_by("pk")


def _years_before(on: date, years: int) -> date:
    return date(on.year - years, on.month, 1)


def situations(
    actor: Actor, residents: Sequence[Resident], groups: Iterable[CareGroup], on: date
) -> dict[int, Situation]:
    """Return resident id → situation on a day; some eight queries for the whole batch."""
    ids = [resident.pk for resident in residents]
    known = facts_bulk(actor, ids, {key for group in groups for key in group.facts}, on)
    others = living_with(ids, on)
    return {
        resident.pk: Situation(
            age=age_on(resident.birth_month, on),
            others=others.get(resident.pk),
            facts={key: one(known.get(resident.pk), key) for key in known.get(resident.pk, {})},
        )
        for resident in residents
    }


def living_with(ids: Sequence[int], on: date) -> dict[int, tuple[int | None, ...]]:
    """Return resident id → ages of those who live in the same dwelling; absent where that is not known.

    It is known of people of a family who live in it; others in the same dwelling live with them, whatever
    household they belong to. A household without a dwelling counts by itself.
    """
    living = Membership.objects.filter(holds_on(on), presence=Membership.Presence.LIVING)
    own = living.filter(resident__in=ids, household__kind=Household.Kind.FAMILY)
    home_of = dict(own.values_list("resident_id", "household_id"))
    homes = _homes(set(home_of.values()), on)
    every = {household for together in homes.values() for household in together}
    members: dict[int, list[tuple[int, date | None]]] = defaultdict(list)
    people = living.filter(household__in=every, resident__state=Resident.State.HERE)
    for household, resident, born in people.values_list(
        "household_id", "resident_id", "resident__birth_month"
    ):
        members[household].append((resident, born))
    found = {}
    for resident, household in home_of.items():
        together = {pair for home in homes[household] for pair in members[home] if pair[0] != resident}
        found[resident] = tuple(
            age_on(born, on) for _resident, born in sorted(together, key=lambda pair: pair[0])
        )
    return found


def _homes(households: set[int], on: date) -> dict[int, set[int]]:
    """Return household → the households of the same dwelling, itself included."""
    occupied = Occupancy.objects.filter(holds_on(on), household__isnull=False)
    part_of = dict(occupied.filter(household__in=households).values_list("household_id", "part_id"))
    in_part: dict[int, set[int]] = defaultdict(set)
    for part, household in occupied.filter(part__in=set(part_of.values())).values_list(
        "part_id", "household_id"
    ):
        if household is not None:
            in_part[part].add(household)
    return {home: in_part[part_of[home]] if home in part_of else {home} for home in households}
