"""Whom the care rules cannot judge for want of facts: numbers by area, and whom to ask at the next visit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.core import clock
from linli.core.actor import Actor, system

from ..masking import name_masked
from ..models import CareGap, Membership, Resident
from ..rounding import Rounded, rounded
from ..sealing import sealed_get
from .rules import CareGroup, Truth, care_rules, evaluated, missing_words
from .selectors import addresses
from .situations import candidates, situations

MOST_LOOKED_AT = 4_000


@dataclass(frozen=True, slots=True)
class GapCount:
    """One rule: how many people it cannot judge, and what of how many is missing."""

    group: CareGroup
    people: Rounded
    missing: tuple[tuple[str, Rounded], ...]


def care_gaps(actor: Actor) -> list[GapCount]:
    """Return for each rule whom last night could not judge in the actor's areas; small numbers are hidden."""
    people: Counter[str] = Counter()
    missing: dict[str, Counter[str]] = {}
    rows = CareGap.objects.countable_by(actor).values_list("group", "missing", "people")
    for group, what, number in rows:
        if what:
            missing.setdefault(group, Counter())[what] += number
        else:
            people[group] += number
    return [
        GapCount(
            group,
            rounded(people[group.group]),
            tuple(
                (missing_words(what), rounded(n))
                for what, n in missing.get(group.group, Counter()).most_common()
            ),
        )
        for group in care_rules().on(clock.today())
        if people[group.group]
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody whom a rule cannot judge, where they live, and what is missing."""

    person: Resident
    address: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapRow:
    """Somebody to ask: masked, where they live, what is missing; ``household`` is the way to the card."""

    name: str
    address: str
    missing: tuple[str, ...]
    household: UUID | None


def care_to_ask(actor: Actor, group: CareGroup) -> list[Asked]:
    """Return whom a rule cannot judge among those that the actor sees, as they are today, by address.

    Looks at no more than ``MOST_LOOKED_AT`` people.
    """
    day = clock.today()
    seen = Resident.objects.visible_to(actor).values("pk")
    looked_at = list(candidates([group], day).filter(pk__in=seen)[:MOST_LOOKED_AT])
    found = situations(system("care"), looked_at, [group], day)
    judged = [(person, evaluated(group, found[person.pk])) for person in looked_at]
    unknown = [(person, finding) for person, finding in judged if finding.answer is Truth.UNKNOWN]
    where = addresses([person.pk for person, _finding in unknown], day)
    asked = [
        Asked(person, where.get(person.pk, ""), tuple(missing_words(what) for what in finding.missing))
        for person, finding in unknown
    ]
    return sorted(asked, key=lambda one: one.address)


def gap_rows(asked: Sequence[Asked]) -> list[GapRow]:
    """Return people to ask as a page shows them."""
    ids = [one.person.pk for one in asked]
    living = Membership.objects.filter(resident__in=ids, to_on__isnull=True).select_related("household")
    home = {row.resident_id: row.household.public_id for row in living.order_by("-presence")}
    return [
        GapRow(name_masked(sealed_get(one.person, "name")), one.address, one.missing, home.get(one.person.pk))
        for one in asked
    ]
