"""Households of the registry as the engine sees them: facts of a day as whole numbers, opened in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from linli.core.actor import Actor
from linli.registers.residents.facts.dictionary import Of as FactOf
from linli.registers.residents.facts.rules import Answer, FactValue
from linli.registers.residents.facts.selectors import facts_bulk, one
from linli.registers.residents.models import Household, Membership
from linli.registers.residents.sealing import sealed_get

from ..language.columns import PRESENCE, ColumnLine, Kind, columns
from ..language.tree import NEVER, Of
from .answers import HouseholdFacts, PersonFacts

INCOME = "income"
OF_RESIDENT = ("data_key", "birth_sealed", "sex", "place_code")
Known = Mapping[str, tuple[FactValue, ...]]


def households_read(
    actor: Actor, household_ids: Iterable[int], on: date, names: Iterable[str] | None = None
) -> dict[int, HouseholdFacts]:
    """Return household id → what is known of it and of its people on a day; a person's key is the
    resident's id. ``names``: only these columns are opened.

    Only machines read so. Who is registered here and lives in another household stands with that one alone.
    """
    homes = list(Household.objects.filter(pk__in=list(household_ids)).values_list("pk", flat=True))
    members = _members(homes, on)
    wanted = columns().keys() if names is None else set(names)
    lines = {name: line for name, line in columns().items() if name in wanted}
    people = [row.resident_id for rows in members.values() for row in rows]
    of_people = facts_bulk(actor, people, _keys(lines, Of.PERSON), on, of=FactOf.PERSON)
    of_homes = facts_bulk(actor, homes, _keys(lines, Of.HOUSEHOLD), on, of=FactOf.HOUSEHOLD)
    found = {}
    for pk in homes:
        values, dates, expired = _read(of_homes.get(pk, {}), lines, Of.HOUSEHOLD)
        persons = tuple(_person(row, of_people.get(row.resident_id, {}), lines) for row in members[pk])
        found[pk] = HouseholdFacts(values, persons, dates, expired)
    return found


def _members(homes: Iterable[int], on: date) -> dict[int, list[Membership]]:
    holds = (Q(from_on__isnull=True) | Q(from_on__lte=on)) & (Q(to_on__isnull=True) | Q(to_on__gt=on))
    living = Membership.Presence.LIVING
    rows = list(
        Membership.objects.filter(holds, household__in=list(homes), resident__state="here")
        .select_related("resident")
        .only("household", "presence", *(f"resident__{name}" for name in OF_RESIDENT))
        .order_by("household_id", "pk")
    )
    away = [row.resident_id for row in rows if row.presence != living]
    elsewhere = set(
        Membership.objects.filter(holds, resident__in=away, presence=living).values_list(
            "resident_id", flat=True
        )
    )
    found: dict[int, list[Membership]] = defaultdict(list)
    for row in rows:
        if row.presence == living or row.resident_id not in elsewhere:
            found[row.household_id].append(row)
    return found


def _keys(lines: Mapping[str, ColumnLine], of: Of) -> list[str]:
    return [line.name for line in lines.values() if line.is_fact and line.of is of]


def _person(row: Membership, known: Known, lines: Mapping[str, ColumnLine]) -> PersonFacts:
    values, dates, expired = _read(known, lines, Of.PERSON)
    if "birth" in lines:
        values["birth"] = _day(sealed_get(row.resident, "birth"))
    if "sex" in lines:
        values["sex"] = lines["sex"].number(row.resident.sex) if row.resident.sex else None
    values["presence"] = list(PRESENCE).index(row.presence) + 1
    values["district"] = int(row.resident.place_code[:6] or 0) or None
    return PersonFacts(row.resident_id, values, dates, expired)


def _read(
    known: Known, lines: Mapping[str, ColumnLine], of: Of
) -> tuple[dict[str, int | None], dict[str, int], dict[str, int]]:
    values: dict[str, int | None] = {}
    dates: dict[str, int] = {}
    expired: dict[str, int] = {}
    for key in known:
        line = lines.get(key)
        if line is None or line.of is not of:
            continue
        shown = one(known, key)
        values[key] = _income(known[key]) if key == INCOME else number_of(line, shown)
        if shown.is_settled and shown.collected_on is not None:
            dates[key] = _whole(shown.collected_on)
        elif shown.answer is Answer.EXPIRED and shown.good_until is not None:
            expired[key] = _whole(shown.good_until)
    return values, dates, expired


def _income(rows: Iterable[FactValue]) -> int | None:
    """Return the income of the latest month with any row: the sum of its sources, unknown if one is."""
    asked = [row for row in rows if row.answer is not Answer.MISSING]
    month = max((row.period.split("/")[0] for row in asked), default="")
    of_month = [row for row in asked if row.period.split("/")[0] == month]
    if not of_month or not all(row.is_settled for row in of_month):
        return None
    return sum(int(row.value) for row in of_month if row.answer is Answer.KNOWN)


def number_of(line: ColumnLine, fact: FactValue) -> int | None:
    """Return a fact as the whole number of its column; unknown unless it is settled."""
    if fact.answer is Answer.NONE:
        return NEVER if line.kind is Kind.DATE else 0
    if fact.answer is not Answer.KNOWN or not fact.value:
        return None
    if line.kind is Kind.DATE:
        return _day(fact.value)
    return line.number(fact.value) if line.kind is Kind.CHOICE else int(fact.value)


def _day(text: str) -> int | None:
    digits = text.replace("-", "")
    return int(digits.ljust(8, "0")[:6] + (digits[6:8] or "01")) if digits else None


def _whole(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def rows_of(households: Mapping[int, HouseholdFacts], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return a row for each person with these columns, and whose it is: ``resident``, ``household_id``."""
    rows = []
    for pk, home in households.items():
        for at, person in enumerate(home.members):
            row: dict[str, Any] = {name: person.values.get(name, home.values.get(name)) for name in names}
            rows.append(row | {"resident": person.key, "household_id": pk, "is_first": at == 0})
    return rows
