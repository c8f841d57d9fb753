"""What rows of persons are checked against, read once a batch: who is known, and who lives where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from linli.core import clock
from linli.core.crypto import blind_index
from linli.foundation.imports.targets import Row, Scope
from linli.foundation.places.models import Part

from ..models import Fact, Household, Membership, Occupancy, Resident
from ..numbers import number_plain
from ..sealing import number_index, sealed_get
from ..tokens import name_plain
from .people_fields import FACT, fact_lines
from .places import Places, Where, places_read, where_of
from .settling import person_settle

NOW = {"to_on__isnull": True}


@dataclass(slots=True)
class Home:
    """A household as far as a row needs it: its part, its head, whether an adult belongs to it, its end."""

    pk: int
    part: int | None = None
    occupancy: int | None = None
    tenure: str = ""
    head: int | None = None
    adults: list[int] = field(default_factory=list)
    is_ended: bool = False


@dataclass(slots=True)
class Reading:
    """What a batch of persons is checked against."""

    scope: Scope
    today: date
    places: Places
    people: dict[int, Resident]
    by_number: dict[str, int]
    memberships: dict[int, list[Membership]]
    households: dict[str, Home]
    at_part: dict[int, list[Home]]
    homes: dict[int, Home]
    doubtful: dict[int, int] = field(default_factory=dict)
    indexes: dict[int, str] = field(default_factory=dict)
    where_now: dict[int, Where] = field(default_factory=dict)
    facts: dict[tuple[int, str, str], Fact] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def household_index(self, row: Row) -> str:
        """Return the blind index of a row's household number; empty without one."""
        number = row.values.get("household_number", "")
        if number not in self.numbers:
            self.numbers[number] = household_index(number)
        return self.numbers[number]

    def covers(self, area_path: str) -> bool:
        """Whether a place lies in the areas of the import; nowhere lies in all of them."""
        return not area_path or any(area_path.startswith(area) for area in self.scope.areas)

    def label(self, part: int | None) -> str:
        """Return a part as people write it; those of people that are known are read at once."""
        if part and part not in self.labels:
            wanted = {home.part for home in self.homes.values()} | {part}
            rows = Part.objects.filter(pk__in=[pk for pk in wanted if pk])
            deep = ("stair__building__compound", "building__compound")
            self.labels |= {row.pk: str(row) for row in rows.select_related(*deep)}
        return self.labels.get(part or 0, "")

    def facts_read(self, rows: Sequence[Row]) -> None:
        """Read what is known of the people whom rows mean, by the keys that rows say something about."""
        keys = {code for row in rows for code in row.values if code.startswith(FACT)}
        people = [row.subject for row in rows if row.subject]
        if keys and people:
            lines = fact_lines()
            names = {lines[code][0].key for code in keys}
            found = Fact.objects.filter(resident__in=people, key__in=names, **NOW)
            self.facts = {(fact.resident_id or 0, fact.key, fact.period): fact for fact in found}

    def fact_value(self, fact: Fact) -> str:
        """Return the canonical value of a fact of a person who was read."""
        if not fact.value_sealed:
            return fact.value
        fact.resident = self.people[fact.resident_id or 0]
        return sealed_get(fact, "value")

    def living(self, resident: int) -> Membership | None:
        """Return the open membership by which somebody lives somewhere, else by which they are registered."""
        rows = self.memberships.get(resident, ())
        return next((row for row in rows if row.presence == Membership.Presence.LIVING), None) or next(
            iter(rows), None
        )

    def home(self, row: Row) -> Home | None:
        """Return the household that a row names and that is known."""
        if index := self.household_index(row):
            return self.households.get(index)
        where = self.places.where(row)
        found = self.at_part.get(where.part, ()) if where else ()
        return found[0] if len(found) == 1 else None


def household_index(number: str) -> str:
    """Return the blind index of a household's number."""
    return blind_index("household", number_plain(number)) if number else ""


def people_read(scope: Scope, rows: Sequence[Row]) -> Reading:
    """Return what these rows are checked against."""
    places, today = places_read(scope, rows), clock.today()
    for row in rows:
        person_settle(row, today)
    indexes = {row.number: number_index(row.values.get("number", "")) or "" for row in rows}
    wanted = {index for index in indexes.values() if index}
    known = {row.subject for row in rows if row.subject}
    people = {
        person.pk: person
        for person in (
            *Resident.objects.filter(number_index__among=list(wanted)),
            *Resident.objects.filter(pk__among=list(known)),
        )
    }
    reading = Reading(
        scope=scope,
        today=today,
        places=places,
        people=people,
        by_number={person.number_index: person.pk for person in people.values() if person.number_index},
        memberships={},
        households={},
        at_part={},
        homes={},
        indexes=indexes,
    )
    _households(reading, rows)
    _memberships(reading, people)
    return reading


def _households(reading: Reading, rows: Sequence[Row]) -> None:
    """Read the households that rows name, and those that live at the rows' parts."""
    indexes = {index for row in rows if (index := reading.household_index(row))}
    parts = {where.part for row in rows if (where := reading.places.where(row))}
    numbered = Household.objects.filter(number_index__among=list(indexes))
    found = {pk: (index, end) for pk, index, end in numbered.values_list("pk", "number_index", "ended_on")}
    there = Occupancy.objects.filter(household__isnull=False, **NOW)
    at_parts = set(there.filter(part__in=parts).values_list("household_id", flat=True))
    homes_add(reading, {*found, *at_parts})
    for pk, (index, end) in found.items():
        reading.homes[pk].is_ended = end is not None
        if index:
            reading.households[index] = reading.homes[pk]
    for home in reading.homes.values():
        if home.part is not None:
            reading.at_part.setdefault(home.part, []).append(home)


def homes_add(reading: Reading, wanted: Iterable[int]) -> None:
    """Read some households: where they live, who is the head, which adults belong to them."""
    missing = sorted(set(wanted) - reading.homes.keys())
    if not missing:
        return
    for pk in missing:
        reading.homes[pk] = Home(pk)
    occupancies = Occupancy.objects.filter(household__in=missing, **NOW)
    for pk, household, part, tenure in occupancies.values_list("pk", "household_id", "part_id", "tenure"):
        home = reading.homes[household]
        home.part, home.occupancy, home.tenure = part, pk, tenure
    members = Membership.objects.filter(household__in=missing, **NOW)
    rows = members.values_list("household_id", "resident_id", "relation", "resident__birth_month")
    for household, resident, relation, born in rows:
        home = reading.homes[household]
        if relation == Membership.Relation.HEAD:
            home.head = resident
        if born and reading.today.year - born.year > 18:
            home.adults.append(resident)


def _memberships(reading: Reading, people: Mapping[int, Resident]) -> None:
    rows = list(Membership.objects.filter(resident__in=list(people), **NOW).order_by("pk"))
    for row in rows:
        reading.memberships.setdefault(row.resident_id, []).append(row)
    homes_add(reading, {row.household_id for row in rows})
    parts = {home.part for home in reading.homes.values() if home.part}
    reading.where_now = where_of(part for part in parts if part)


# -- who is who -----------------------------------------------------------------------
def people_match(*, read: Reading, rows: Sequence[Row]) -> dict[int, int]:
    """Return row → the person it means: by the number, else by name, day of birth and dwelling when sure.

    Where only some of it agrees the row is ``doubtful``: a person decides, nothing is merged in silence.
    """
    found: dict[int, int] = {}
    others: list[Row] = []
    for row in rows:
        known = read.by_number.get(read.indexes.get(row.number, ""))
        if known is not None:
            found[row.number] = known
        else:
            others.append(row)
    for row, person, is_sure in _neighbours(read, others):
        decided = row.decided.get("identity", "")
        if decided == "same" or (is_sure and decided != "other"):
            found[row.number] = person.pk
            read.people[person.pk] = person
        elif not decided:
            read.doubtful[row.number] = person.pk
            read.people[person.pk] = person
    late = {
        pk: read.people[pk] for pk in {*found.values(), *read.doubtful.values()} - read.memberships.keys()
    }
    if late:
        _memberships(read, late)
    return found


def _neighbours(read: Reading, rows: Sequence[Row]) -> list[tuple[Row, Resident, bool]]:
    """Return (row, somebody at its dwelling who may be the same, whether surely) for rows of unknown number.

    Two people whose numbers differ are two people.
    """
    at: dict[int, list[Resident]] = {where.part: [] for row in rows if (where := read.places.where(row))}
    homes = [home for part in at for home in read.at_part.get(part, ())]
    if not homes:
        return []
    parts = {home.pk: home.part for home in homes}
    members = Membership.objects.filter(household__in=list(parts), **NOW).select_related("resident")
    if all(row.values.get("number") for row in rows):
        members = members.filter(resident__number_index__isnull=True)
    for member in members:
        at[parts[member.household_id] or 0].append(member.resident)
    found = []
    for row in rows:
        where = read.places.where(row)
        likely = [
            (person, sure)
            for person in (at.get(where.part, ()) if where else ())
            if (sure := _likeness(row, person)) is not None
        ]
        if likely:
            person, sure = max(likely, key=lambda pair: bool(pair[1]))
            found.append((row, person, bool(sure) and sum(1 for _p, s in likely if s) == 1))
    return found


def _likeness(row: Row, person: Resident) -> bool | None:
    """Return whether somebody is surely the person of a row, may be (False), or is not (None)."""
    values = row.values
    if values.get("number") and person.number_index:
        return None
    if name_plain(sealed_get(person, "name")) != name_plain(values["name"]):
        return None
    ours, theirs = sealed_get(person, "birth"), values.get("birth", "")
    if ours and theirs:
        return True if ours == theirs else None
    return False


# -- what a complete file would have to name ------------------------------------------------
def people_present(fixed: Mapping[str, str], area: str) -> Iterable[tuple[int, str]]:
    """Yield the persons of an area who are known by the file's office and belong to a household there."""
    rows = Resident.objects.filter(area_path__startswith=area, state=Resident.State.HERE)
    rows = rows.filter(source=fixed.get("source", ""), memberships__to_on__isnull=True)
    yield from rows.order_by("pk").distinct().values_list("pk", "area_path").iterator(chunk_size=10_000)
