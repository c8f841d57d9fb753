"""Persons brought to what a newer file says, ended where a complete file no longer names them, put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.errors import Busy
from linli.core.fields import uuid7
from linli.core.rows import keys_reserve, rows_insert
from linli.core.service import require_service
from linli.foundation.imports.targets import Changed, Row, Scope

from ...facts.dictionary import Of
from ...facts.taking import Bringing, Brought, facts_take, facts_untake
from ...importing.building import (
    HOUSEHOLD,
    LIVING,
    NOT_KIN,
    OCCUPANCY,
    batch_new,
    day_of,
    group_of,
    household_new,
)
from ...importing.checking import HEAD
from ...importing.comparing import applied, fact_verdict, facts_said, membership_of
from ...importing.people import NOW, Reading
from ...models import Fact, Household, Membership, Occupancy, RegisterEvent, Resident
from ...sealing import sealed_values
from ..upkeep import tokens_write
from .making import households_locked
from .undoing import households_clear

VERB, ENDED = "resident.import", "resident.import_end"
SEALED = ("name", "number", "birth", "phone")
WRITTEN = (
    *("name_sealed", "number_sealed", "number_index", "number_kind", "birth_sealed", "birth_month"),
    *("phone_sealed", "sex", "state", "state_on", "place_code", "area_path", "compound_id", "county_code"),
    *("origins", "data_key", "version", "updated_at"),
)
_TABLES: dict[str, type[Model]] = {"membership": Membership, "occupancy": Occupancy, "household": Household}


@dataclass(slots=True)
class Trail:
    """How one person was before, and what a row made of them: all that putting back needs."""

    columns: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    old: list[list[Any]] = field(default_factory=list)
    made: dict[str, list[int]] = field(default_factory=dict)
    facts: dict[str, list[int]] = field(default_factory=dict)
    fresh: dict[str, str] = field(default_factory=dict)
    event: int | None = None

    def keep(self, table: str, row: Model, *names: str) -> None:
        """Note how columns of a row were."""
        self.old.append([table, row.pk, {name: _plain(getattr(row, name)) for name in names}])

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        parts = ("columns", "version", "old", "made", "facts", "fresh", "event")
        return {name: part for name in parts if (part := getattr(self, name))}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


@require_service
def residents_change(*, read: Reading, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
    """Bring persons to what rows say, as far as their source may; returns how each was before."""
    _still_as_read(read, {subject for _row, subject in pairs})
    changing = _Changing(read)
    for row, subject in pairs:
        changing.take(row, read.people[subject])
    changing.write()
    return [Changed(changing.trails[subject].plain()) for _row, subject in pairs]


def _still_as_read(read: Reading, people: set[int]) -> None:
    """Lock persons; ``Busy`` where somebody has worked on one since the rows were compared with them."""
    rows = Resident.objects.select_for_update().filter(pk__among=sorted(people)).order_by("pk")
    now = dict(rows.values_list("pk", "version"))
    if any(now.get(pk) != read.people[pk].version for pk in people):
        raise Busy


class _Changing:
    """A batch of changes: collected person by person, written table by table."""

    def __init__(self, read: Reading) -> None:
        self.read, self.trails = read, dict[int, Trail]()
        self.people: dict[int, Resident] = {}
        self.named: list[Resident] = []
        self.brought: dict[str, list[tuple[int, Brought]]] = {}
        self.events: dict[int, RegisterEvent] = {}
        self.moved: dict[str, int] = {}

    def take(self, row: Row, person: Resident) -> None:
        """Apply one row."""
        trail = self.trails.setdefault(person.pk, Trail())
        changes = applied(self.read, row, person)
        self._facts(row, person)
        if not changes:
            return
        before = {name: _plain(getattr(person, name)) for name in WRITTEN}
        self._person(row, person, changes)
        if {"home", "relation", "presence", "tenure"} & set(changes):
            self._belonging(row, person, changes, trail)
        today = self.read.today.isoformat()
        source = row.values["source"]
        person.origins = {**person.origins, **{name: [source, today] for name in changes}}
        person.version, person.updated_at = person.version + 1, self.read.scope.at
        trail.columns = {
            name: value for name, value in before.items() if value != _plain(getattr(person, name))
        }
        trail.version = person.version
        self.people[person.pk] = person
        self._event(person, sorted(changes), source)

    def _person(self, row: Row, person: Resident, changes: Mapping[str, Any]) -> None:
        values = {name: changes[name] for name in SEALED if name in changes}
        for name, value in sealed_values(person, **values).items() if values else ():
            setattr(person, name, value)
        if "number" in changes:
            person.number_kind = row.values.get("number_kind", "")
        if "sex" in changes:
            person.sex = changes["sex"]
        if set(changes) & {"name", "number", "phone", "home"}:
            self.named.append(person)

    # -- household and dwelling --
    def _belonging(self, row: Row, person: Resident, changes: Mapping[str, Any], trail: Trail) -> None:
        membership = membership_of(self.read, row, person.pk)
        if "home" in changes:
            membership = self._moved(row, person, membership, trail)
        if membership is None:
            return
        wanted = {name: changes[name] for name in ("relation", "presence") if name in changes}
        if wanted.get("relation") == HEAD:
            self._head(membership.household_id, membership.pk, trail)
        if wanted and membership.recorded_at != self.read.scope.at:
            trail.keep("membership", membership, *wanted)
        for name, value in wanted.items():
            setattr(membership, name, value)
        membership.save()
        if "tenure" in changes:
            self._tenure(membership.household_id, changes["tenure"], trail)

    def _head(self, household: int, besides: int, trail: Trail) -> None:
        for other in Membership.objects.filter(household=household, relation=HEAD, **NOW).exclude(pk=besides):
            trail.keep("membership", other, "relation")
            other.relation = Membership.Relation.OTHER_KIN
            other.save(update_fields=["relation"])

    def _tenure(self, household: int, tenure: str, trail: Trail) -> None:
        for row in Occupancy.objects.filter(household=household, **NOW).exclude(tenure=tenure):
            if row.recorded_at != self.read.scope.at:
                trail.keep("occupancy", row, "tenure")
            row.tenure = tenure
            row.save(update_fields=["tenure"])

    def _moved(self, row: Row, person: Resident, before: Membership | None, trail: Trail) -> Membership:
        """Close where somebody was, open where they are; the day is the file's, else today."""
        where = self.read.places.where(row)
        assert where is not None
        day = day_of(row.values.get("moved_in"), self.read.today)
        household = self._household(row, trail, day, before)
        relation, presence = row.values.get("relation"), row.values.get("presence")
        person.area_path, person.place_code = where.area_path, where.place_code
        person.compound_id = where.compound
        if person.state != Resident.State.HERE:
            person.state, person.state_on = Resident.State.HERE, day
        if before is not None and before.household_id == household:
            return before
        if before is not None:
            trail.keep("membership", before, "to_on")
            before.to_on = max(day, before.from_on or day)
            before.save(update_fields=["to_on"])
            self._emptied(before.household_id, before.to_on, trail)
        fresh = Membership.objects.create(
            household_id=household,
            resident=person,
            relation=self._relation(household, relation or (before.relation if before else ""), trail),
            presence=presence or (before.presence if before else LIVING),
            from_on=day,
            source=row.values["source"],
            recorded_at=self.read.scope.at,
        )
        trail.made.setdefault("membership", []).append(fresh.pk)
        self.read.memberships[person.pk] = [fresh]
        return fresh

    def _relation(self, household: int, wanted: str, trail: Trail) -> str:
        """Return the relation in a household; where it has a head, a second one is another relative."""
        has_head = Membership.objects.filter(household=household, relation=HEAD, **NOW).exists()
        if wanted == HEAD and has_head:
            return str(Membership.Relation.OTHER_KIN)
        return wanted or NOT_KIN

    def _household(self, row: Row, trail: Trail, day: date, before: Membership | None) -> int:
        """Return the household that a row means: one that is known (it may move), or a new one."""
        group, where = group_of(self.read, row), self.read.places.where(row)
        assert where is not None
        if group in self.moved:
            return self.moved[group]
        home = self.read.home(row)
        index = self.read.household_index(row)
        if home is not None and home.part == where.part and not home.is_ended:
            pk = home.pk
            households_locked(households={pk})
        elif home is not None and index:
            pk = home.pk  # the household of that number moves as a whole
            self._dwelling(pk, row, where.part, day, trail)
        else:
            pk = keys_reserve(Household, 1)[0]
            batch = batch_new(self.read)
            household_new(batch, group, row, pk)
            rows_insert(Household, HOUSEHOLD, batch.households)
            rows_insert(Occupancy, OCCUPANCY, batch.occupancies)
            trail.made.setdefault("household", []).append(pk)
        self.moved[group] = pk
        return pk

    def _dwelling(self, household: int, row: Row, part: int, day: date, trail: Trail) -> None:
        where, kept = self.read.places.where(row), Household.objects.get(pk=household)
        for old in Occupancy.objects.filter(household=household, **NOW):
            trail.keep("occupancy", old, "to_on")
            old.to_on = max(day, old.from_on or day)
            old.save(update_fields=["to_on"])
        fresh = Occupancy.objects.create(
            part_id=part,
            household_id=household,
            tenure=row.values.get("tenure", ""),
            from_on=day,
            source=row.values["source"],
            recorded_at=self.read.scope.at,
        )
        trail.made.setdefault("occupancy", []).append(fresh.pk)
        names = ("ended_on", "area_path", "place_code", "compound_id", "version", "updated_at")
        trail.keep("household", kept, *names)
        assert where is not None
        kept.area_path, kept.place_code, kept.compound_id = where.area_path, where.place_code, where.compound
        kept.version, kept.updated_at, kept.ended_on = kept.version + 1, self.read.scope.at, None
        kept.save(update_fields=list(names))

    def _emptied(self, household: int, day: date, trail: Trail) -> None:
        _ended_when_empty(household, day, trail)

    # -- facts --
    def _facts(self, row: Row, person: Resident) -> None:
        source = row.values["source"]
        for said in facts_said(row, Of.PERSON):
            standing = self.read.facts.get((person.pk, said.line.key, said.period))
            is_other = standing is not None and (
                (standing.state, self.read.fact_value(standing)) != (said.state, said.value)
            )
            if standing is not None and is_other and fact_verdict(row, standing.source) != "apply":
                continue
            brought = Brought(person.pk, said.line.key, said.value, said.state, said.period)
            self.brought.setdefault(source, []).append((person.pk, brought))
            if standing is not None and not is_other and standing.collected_on < self.read.today:
                trail = self.trails[person.pk]
                trail.fresh[str(standing.pk)] = standing.collected_on.isoformat()

    def _event(self, person: Resident, fields: list[str], source: str, verb: str = VERB) -> None:
        self.events[person.pk] = _event_of(self.read.scope, person, fields, source, self.read.today, verb)

    def write(self) -> None:
        """Write persons, their tokens, facts and history."""
        Resident.objects.bulk_update(list(self.people.values()), WRITTEN_FIELDS, batch_size=200)
        if self.named:
            tokens_write(residents=self.named)
        RegisterEvent.objects.bulk_create(self.events.values())
        for pk, event in self.events.items():
            self.trails[pk].event = event.pk
        for source, brought in self.brought.items():
            self._bring(source, brought)

    def _bring(self, source: str, brought: list[tuple[int, Brought]]) -> None:
        keys = {pk: self.read.people[pk].data_key for pk, _fact in brought}
        bringing = Bringing(Of.PERSON, keys, source, self.read.today, self.read.scope.person_id)
        taken = facts_take(bringing=bringing, rows=[fact for _pk, fact in brought])
        for part, found in (("made", taken.made), ("ended", taken.ended)):
            for index, pk in found.items():
                self.trails[brought[index][0]].facts.setdefault(part, []).append(pk)


WRITTEN_FIELDS = [name.removesuffix("_id") for name in WRITTEN]


def _event_of(
    scope: Scope, person: Resident, fields: list[str], source: str, day: date, verb: str = VERB
) -> RegisterEvent:
    """Return a row of a person's history for what an import did; not saved yet."""
    return RegisterEvent(
        act=uuid7(),
        verb=verb,
        resident=person,
        area_path=person.area_path,
        happened_on=day,
        at=scope.at,
        by_id=scope.person_id,
        unit_id=scope.unit_id,
        fields=fields,
        reason="导入",
        source=source,
    )


def _ended_when_empty(household: int, day: date, trail: Trail) -> None:
    """A household that nobody belongs to any more has ended, and lives nowhere."""
    if Membership.objects.filter(household=household, **NOW).exists():
        return
    kept = Household.objects.get(pk=household)
    trail.keep("household", kept, "ended_on", "version", "updated_at")
    kept.ended_on, kept.version, kept.updated_at = day, kept.version + 1, clock.now()
    kept.save(update_fields=["ended_on", "version", "updated_at"])
    for old in Occupancy.objects.filter(household=household, **NOW):
        trail.keep("occupancy", old, "to_on")
        old.to_on = max(day, old.from_on or day)
        old.save(update_fields=["to_on"])


# -- what a complete file no longer names ---------------------------------------------------
@require_service
def residents_end(*, scope: Scope, ids: Sequence[int]) -> list[Changed | str]:
    """Say of persons that they have moved away; returns how each was before."""
    people = Resident.objects.select_for_update().in_bulk(ids)
    today, outcomes = clock.today(), list[Changed | str]()
    for pk in ids:
        person, trail = people[pk], Trail()
        names = ("state", "state_on", "version", "updated_at")
        trail.columns = {name: _plain(getattr(person, name)) for name in names}
        for membership in Membership.objects.filter(resident=pk, **NOW):
            trail.keep("membership", membership, "to_on")
            membership.to_on = max(today, membership.from_on or today)
            membership.save(update_fields=["to_on"])
            _ended_when_empty(membership.household_id, today, trail)
        person.state, person.state_on = Resident.State.AWAY, today
        person.version, person.updated_at = person.version + 1, scope.at
        person.save(update_fields=list(names))
        trail.version = person.version
        event = _event_of(scope, person, ["state"], person.source, today, ENDED)
        event.save(force_insert=True)
        trail.event = event.pk
        outcomes.append(Changed(trail.plain()))
    return outcomes


# -- put back ---------------------------------------------------------------------------------
@require_service
def residents_restore(*, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Put persons back to what they were; one that somebody has changed since is left, and why."""
    people = Resident.objects.select_for_update().in_bulk(list(before))
    left: dict[int, str] = {}
    named: list[Resident] = []
    for pk, kept in before.items():
        if pk not in people or kept.get("version", people[pk].version) != people[pk].version:
            left[pk] = _("后来有人改过这个人的登记。")
            continue
        _restored(people[pk], kept)
        if {"name_sealed", "number_sealed", "phone_sealed", "area_path"} & set(kept.get("columns", ())):
            named.append(people[pk])
    if named:
        tokens_write(residents=named)
    return left


def _restored(person: Resident, kept: Mapping[str, Any]) -> None:
    made = kept.get("made", {})
    if event := kept.get("event"):
        RegisterEvent.objects.filter(pk=event).delete()
    for table in ("membership", "occupancy"):
        _TABLES[table]._default_manager.filter(pk__in=made.get(table, ())).delete()
    for table, pk, columns in reversed(kept.get("old", [])):
        _TABLES[table]._default_manager.filter(pk=pk).update(**columns)
    households_clear(households=made.get("household", ()))
    if columns := kept.get("columns"):
        Resident.objects.filter(pk=person.pk).update(**columns)
        person.refresh_from_db()
    facts = kept.get("facts", {})
    facts_untake(made=facts.get("made", ()), ended=facts.get("ended", ()))
    for fact, day in kept.get("fresh", {}).items():
        Fact.objects.filter(pk=int(fact)).update(collected_on=day)
