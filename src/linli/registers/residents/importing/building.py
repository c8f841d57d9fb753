"""What new persons of a file become: sealed, findable, in their households and dwellings; plain values.

Everything of a batch is built here and written by the shortest way, table by table (``services``). What
belongs to one batch bears one instant (``recorded_at``): by it an undo tells what people have added since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from linli.core.crypto import DataKey, blind_index, key_ring
from linli.core.fields import uuid7
from linli.foundation.imports.targets import Row

from ..ages import ADULT, MINOR_UNDER, age_on
from ..facts.dictionary import Of
from ..facts.subjects import CONTEXT
from ..facts.values import period_begins
from ..models import (
    Guardian,
    Household,
    Membership,
    Resident,
)
from ..tokens import county_of, tokens_of
from .checking import HEAD
from .comparing import Said, facts_said
from .people import Reading
from .people_fields import birth_of
from .places import Where

RESIDENT = (
    *("id", "public_id", "state", "data_key", "name_sealed", "number_kind", "number_sealed", "number_index"),
    *("phone_sealed", "birth_sealed", "birth_month", "sex", "county_code", "place_code", "area_path"),
    *("compound", "source", "origins", "version", "created_at", "updated_at"),
)
HOUSEHOLD = (
    *("id", "public_id", "kind", "data_key", "number_sealed", "number_index", "place_code", "area_path"),
    *("compound", "version", "created_at", "updated_at"),
)
MEMBERSHIP = ("household", "resident", "relation", "presence", "from_on", "source", "recorded_at")
OCCUPANCY = ("part", "household", "tenure", "from_on", "source", "recorded_at")
FACT = (
    *("public_id", "resident", "household", "key", "period", "state", "value", "value_sealed"),
    *("from_on", "source", "recorded_at", "collected_by", "collected_on", "document"),
)
GUARDIAN = ("ward", "guardian", "kind", "source", "recorded_at")
CONTEXTS = {name: f"residents_resident.{name}_sealed" for name in ("name", "number", "phone", "birth")}
NUMBER_OF_HOUSEHOLD = "residents_household.number_sealed"
HERE, LIVING = str(Resident.State.HERE), str(Membership.Presence.LIVING)
NOT_KIN, FAMILY = str(Membership.Relation.NOT_KIN), str(Household.Kind.FAMILY)
# What somebody is to the head of the household → what the head is to them as a guardian.
GUARDS = {
    "child": Guardian.Kind.PARENT,
    "grandchild": Guardian.Kind.GRANDPARENT,
    "sibling": Guardian.Kind.SIBLING,
}
Line = tuple[Any, ...]


def instant_plain(at: datetime) -> Any:
    """Return an instant as the short way of writing takes it."""
    return connection.ops.adapt_datetimefield_value(at)


@dataclass(slots=True)
class Kin:
    """A household while a batch is built: its key, who is an adult in it, whether it is new."""

    pk: int
    key: DataKey | None
    is_new: bool
    head: int | None
    adults: list[int] = field(default_factory=list)
    facts: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class Batch:
    """The rows of every table that a batch of persons becomes."""

    read: Reading
    at: Any
    day: str
    source_person: int | None
    residents: list[Line] = field(default_factory=list)
    households: list[Line] = field(default_factory=list)
    memberships: list[Line] = field(default_factory=list)
    occupancies: list[Line] = field(default_factory=list)
    facts: list[Line] = field(default_factory=list)
    guardians: list[Line] = field(default_factory=list)
    kin: dict[str, Kin] = field(default_factory=dict)
    keys: list[int] = field(default_factory=list)
    heads_left: list[int] = field(default_factory=list)


def batch_begun(
    read: Reading, rows: Sequence[Row], reserve: Callable[[type[Model], int], list[int]]
) -> Batch:
    """Return a batch that knows the keys and the households of checked rows; ``reserve`` gives keys."""
    batch = batch_new(read)
    batch.keys = reserve(Resident, len(rows))
    _households(batch, rows, reserve)
    return batch


def batch_filled(batch: Batch, rows: Sequence[Row]) -> Iterator[Line]:
    """Build everything that the persons of a batch become; yields their tokens, (token, resident), meanwhile.

    Tokens are most of what the database has to index: whoever writes them as they come lets it do so while
    the rest is built.
    """
    ring = key_ring()
    digest = ring.digester(ring.token_keys()[-1])
    for row, pk in zip(rows, batch.keys, strict=True):
        yield from _resident(batch, row, pk, ring.key_make, digest)
        _member(batch, row, pk)
    _guardians(batch, rows, batch.keys)


def batch_new(read: Reading) -> Batch:
    """Return an empty batch at its own instant."""
    return Batch(read, instant_plain(read.scope.at), read.today.isoformat(), read.scope.person_id)


def _resident(
    batch: Batch, row: Row, pk: int, key_make: Callable[[], tuple[str, DataKey]], digest: Any
) -> list[Line]:
    """Build a person and what is known of them; returns their tokens."""
    where = batch.read.places.where(row)
    assert where is not None  # a row without a dwelling was kept back
    wrapped, key = key_make()
    batch.residents.append(person_line(pk, row.values, where, (wrapped, key), batch.at))
    for said in facts_said(row, Of.PERSON):
        batch.facts.append(_fact(batch, said, row.values["source"], key, resident=pk))
    return person_tokens(pk, row.values, where, digest)


def person_line(pk: int, values: Mapping[str, Any], where: Where, keys: tuple[str, DataKey], at: Any) -> Line:
    """Return the row of a new person, sealed under a key of their own: its columns are ``RESIDENT``."""
    wrapped, key = keys
    number, birth = values.get("number", ""), values.get("birth", "")
    return (
        pk, uuid7().hex, HERE, wrapped,
        key.seal(values["name"], CONTEXTS["name"]),
        values.get("number_kind", "") if number else "",
        key.seal(number, CONTEXTS["number"]), blind_index("number", number) or None,
        key.seal(values.get("phone", ""), CONTEXTS["phone"]),
        key.seal(birth, CONTEXTS["birth"]),
        f"{birth[:7]}-01" if birth else None,
        values.get("sex", ""), county_of(where.area_path), where.place_code, where.area_path, where.compound,
        values["source"], "{}", 1, at, at,
    )  # fmt: skip


def person_tokens(pk: int, values: Mapping[str, Any], where: Where, digest: Any) -> list[Line]:
    """Return by what a new person is found in their county: rows of (token, resident)."""
    county, number, phone = county_of(where.area_path), values.get("number", ""), values.get("phone", "")
    return [(token, pk) for token in tokens_of(county, values["name"], number, phone, digest=digest)]


def _fact(
    batch: Batch,
    said: Said,
    source: str,
    key: DataKey | None,
    *,
    resident: int | None = None,
    household: int | None = None,
) -> Line:
    is_sensitive = said.line.is_sensitive and bool(said.value)
    sealed = key.seal(said.value, CONTEXT) if is_sensitive and key is not None else ""
    begins = period_begins(said.line, said.period)
    return (
        uuid7().hex, resident, household, said.line.key, said.period, said.state,
        "" if is_sensitive else said.value, sealed, begins.isoformat() if begins else batch.day,
        source, batch.at, batch.source_person, batch.day, "",
    )  # fmt: skip


# -- households ---------------------------------------------------------------------------
def group_of(read: Reading, row: Row) -> str:
    """Return what rows of one household have in common: its number, else the dwelling."""
    if index := read.household_index(row):
        return index
    where = read.places.where(row)
    return f"part {where.part if where else 0}"


def _households(batch: Batch, rows: Sequence[Row], reserve: Callable[[type[Model], int], list[int]]) -> None:
    """Settle the household of every row: a known one, or a new one."""
    new: dict[str, Row] = {}
    for row in rows:
        group = group_of(batch.read, row)
        if group in batch.kin or group in new:
            continue
        home = batch.read.home(row)
        if home is None:
            new[group] = row
        else:
            batch.kin[group] = Kin(home.pk, None, False, home.head, list(home.adults))
    keys = reserve(Household, len(new)) if new else []
    for (group, row), pk in zip(new.items(), keys, strict=True):
        household_new(batch, group, row, pk)


def household_new(batch: Batch, group: str, row: Row, pk: int) -> None:
    """Add a household with its dwelling to a batch."""
    values, where = row.values, batch.read.places.where(row)
    assert where is not None
    wrapped, key = key_ring().key_make()
    number = values.get("household_number", "")
    batch.households.append(
        (
            pk, uuid7().hex, values.get("household_kind") or FAMILY, wrapped,
            key.seal(number, NUMBER_OF_HOUSEHOLD), group if number else None,
            where.place_code, where.area_path, where.compound, 1, batch.at, batch.at,
        )
    )  # fmt: skip
    batch.occupancies.append(
        (where.part, pk, values.get("tenure", ""), values.get("moved_in"), values["source"], batch.at)
    )
    batch.kin[group] = Kin(pk, key, True, None)


def _member(batch: Batch, row: Row, pk: int) -> None:
    values = row.values
    kin = batch.kin[group_of(batch.read, row)]
    relation = values.get("relation") or NOT_KIN
    if relation == HEAD:
        if kin.head is not None:  # decided so: the head before stays as another relative
            batch.heads_left.append(kin.pk)
        kin.head = pk
    batch.memberships.append(
        (
            kin.pk,
            pk,
            relation,
            values.get("presence") or LIVING,
            values.get("moved_in"),
            values["source"],
            batch.at,
        )
    )
    for said in facts_said(row, Of.HOUSEHOLD):
        place = (said.line.key, said.period)
        if kin.is_new and place not in kin.facts:
            kin.facts.add(place)
            batch.facts.append(_fact(batch, said, values["source"], kin.key, household=kin.pk))


def _guardians(batch: Batch, rows: Sequence[Row], keys: Sequence[int]) -> None:
    """Name a guardian for everyone under 14: the head where an adult, else another adult of the household."""
    today, ages = batch.read.today, dict[int, int]()
    for row, pk in zip(rows, keys, strict=True):
        birth = birth_of(row.values)
        if birth is not None:
            ages[pk] = age_on(birth, today)
            if ages[pk] >= ADULT:
                batch.kin[group_of(batch.read, row)].adults.append(pk)
    for row, pk in zip(rows, keys, strict=True):
        if ages.get(pk, ADULT) < MINOR_UNDER:
            kin = batch.kin[group_of(batch.read, row)]
            is_heads = kin.head in kin.adults
            guardian = kin.head if is_heads else next(iter(kin.adults), None)
            kind = GUARDS.get(row.values.get("relation", ""), Guardian.Kind.OTHER)
            if guardian is not None:
                shown = kind if is_heads else Guardian.Kind.OTHER
                batch.guardians.append((pk, guardian, str(shown), row.values["source"], batch.at))


def day_of(text: Any, default: date) -> date:
    """Return a day of a row, or the default."""
    return date.fromisoformat(text) if text else default
