"""What is known of households on a day, as the whole numbers of the engine; opened in memory only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from linli.core.actor import Actor, system
from linli.registers.residents.facts.dictionary import Of, Type, dictionary
from linli.registers.residents.facts.rules import MISSING, Answer, FactValue, latest
from linli.registers.residents.facts.selectors import facts_bulk
from linli.registers.residents.facts.values import YES
from linli.registers.residents.holding import holds_on
from linli.registers.residents.models import Membership, Resident
from linli.registers.residents.sealing import sealed_get

from ..engine.answers import HouseholdFacts, PersonFacts
from ..language.columns import PRESENCE, ColumnLine, Kind, columns
from ..language.tree import NEVER

MACHINE = system("benefits")
INCOME = "income"
_SEXES = {"m": 1, "f": 2}
_PRESENCES = {code: place for place, code in enumerate(PRESENCE, 1)}
_DISTRICT = 6  # digits of a district's code


@dataclass(slots=True)
class _Values:
    """Values by column with the day from which each is, and the day on which one ran out."""

    values: dict[str, int | None] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)
    expired: dict[str, int] = field(default_factory=dict)

    def take(self, line: ColumnLine, found: Sequence[FactValue]) -> None:
        """Take what is known of one fact."""
        one = latest(found) if found else MISSING
        value = _income(found) if line.name == INCOME else _number(line, one)
        if value is not None:
            self.values[line.name] = value
        if one.collected_on is not None:
            self.dates[line.name] = day_number(one.collected_on)
        if one.answer is Answer.EXPIRED and one.good_until is not None:
            self.expired[line.name] = day_number(one.good_until)


def day_number(day: date) -> int:
    """Return a day as ``yyyymmdd``."""
    return day.year * 10000 + day.month * 100 + day.day


def _number(line: ColumnLine, found: FactValue) -> int | None:
    """Return the whole number of a fact: 0 (``NEVER``) where it is known to be nothing, ``None`` unknown."""
    if found.answer is Answer.NONE:
        return NEVER if line.kind is Kind.DATE else 0
    if found.answer is not Answer.KNOWN:
        return None
    if dictionary()[line.name].type is Type.YES_NO:
        return line.number("yes" if found.value == YES else "no")
    if line.kind is Kind.CHOICE:
        return line.number(found.value) if found.value in line.choices else None
    if line.kind is Kind.DATE:
        year, month, *day = found.value.split("-")
        return int(year) * 10000 + int(month) * 100 + int(day[0] if day else 1)
    return int(found.value)


def _income(found: Sequence[FactValue]) -> int | None:
    """Return the sum of the latest month's sources; unknown where one of them is, or none was asked."""
    if not found:
        return None
    month = max(one.period.partition("/")[0] for one in found)
    rows = [one for one in found if one.period.partition("/")[0] == month]
    if not all(one.is_settled for one in rows):
        return None
    return sum(int(one.value) for one in rows if one.answer is Answer.KNOWN)


def households_known(
    household_ids: Iterable[int], on: date, *, actor: Actor = MACHINE
) -> dict[int, HouseholdFacts]:
    """Return household → what is known of it and of everybody who belongs to it on a day.

    A person's ``key`` is the resident's id. Six queries for each 5,000 people and households. Raises
    ``NotAllowed`` for anybody but machines.
    """
    homes = list(dict.fromkeys(household_ids))
    rows = list(
        Membership.objects.filter(holds_on(on), household__in=homes, resident__state=Resident.State.HERE)
        .select_related("resident")
        .order_by("pk")
    )
    lines = [line for line in columns().values() if line.is_fact]
    of_people = [line for line in lines if dictionary()[line.name].of is Of.PERSON]
    of_homes = [line for line in lines if dictionary()[line.name].of is Of.HOUSEHOLD]
    people_ids = [row.resident_id for row in rows]
    people = facts_bulk(actor, people_ids, [line.name for line in of_people], on)
    held = facts_bulk(actor, homes, [line.name for line in of_homes], on, of=Of.HOUSEHOLD)
    members = defaultdict[int, list[PersonFacts]](list)
    for row in rows:
        members[row.household_id].append(_person(row, of_people, people.get(row.resident_id, {})))
    return {home: _household(of_homes, held.get(home, {}), members[home]) for home in homes}


def _person(
    row: Membership, lines: Iterable[ColumnLine], known: Mapping[str, tuple[FactValue, ...]]
) -> PersonFacts:
    found = _gathered(lines, known)
    found.values |= plain_values(row.resident)
    found.values["presence"] = _PRESENCES[row.presence]
    return PersonFacts(row.resident_id, found.values, found.dates, found.expired)


def plain_values(resident: Resident) -> dict[str, int | None]:
    """Return what is plain of a person: day of birth, sex, district; what is not registered is left out."""
    found = dict[str, int | None]()
    if birth := sealed_get(resident, "birth"):
        found["birth"] = day_number(date.fromisoformat(birth))
    if resident.sex in _SEXES:
        found["sex"] = _SEXES[resident.sex]
    if len(resident.place_code) >= _DISTRICT:
        found["district"] = int(resident.place_code[:_DISTRICT])
    return found


def _household(
    lines: Iterable[ColumnLine],
    known: Mapping[str, tuple[FactValue, ...]],
    members: list[PersonFacts],
) -> HouseholdFacts:
    found = _gathered(lines, known)
    return HouseholdFacts(found.values, tuple(members), found.dates, found.expired)


def _gathered(lines: Iterable[ColumnLine], known: Mapping[str, tuple[FactValue, ...]]) -> _Values:
    found = _Values()
    for line in lines:
        if line.name in known:
            found.take(line, known[line.name])
    return found
