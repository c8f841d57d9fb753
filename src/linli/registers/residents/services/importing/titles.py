"""Titles of a file: begun, passed on, corrected, taken back; owners whom nobody knew yet are entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.crypto import blind_index, key_ring
from linli.core.fields import uuid7
from linli.core.rows import keys_reserve, numbers_insert, rows_insert
from linli.core.service import require_service
from linli.foundation.imports.targets import Changed, Row
from linli.foundation.places.rules import name_keys

from ...importing.building import RESIDENT, instant_plain, person_line, person_tokens
from ...importing.title_changes import changes_of_title, may
from ...importing.titles import Party, TitlesReading
from ...models import Establishment, Owner, Ownership, RegisterEvent, Resident, SearchToken
from ...owning.rules import OwnerEntry, voter_settled
from .undoing import residents_unmake
from .units import units_unmake

VERB = "ownership.import"
KEPT = ("kind", "registered_area", "certificate", "certificate_index", "from_on", "source", "version")
OWNER = ("id", "resident_id", "establishment_id", "numerator", "denominator", "is_voter")
Known = dict[tuple[bool, str], int]


# -- owners whom nobody knew yet --------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Entered:
    """The owners of a batch that were entered because of it: who → key; and which row was the first."""

    keys: Known
    first: Mapping[tuple[bool, str], int]

    def of_rows(self, rows: Iterable[Row]) -> dict[str, list[int]]:
        """Return those entered because of some rows, as a note for the undo."""
        numbers = {row.number for row in rows}
        who = [key for key, number in self.first.items() if number in numbers]
        found = {
            "people": [self.keys[key] for key in who if not key[0]],
            "units": [self.keys[key] for key in who if key[0]],
        }
        return {name: keys for name, keys in found.items() if keys}


@require_service
def owners_enter(*, read: TitlesReading, rows: Sequence[Row]) -> Entered:
    """Enter owners who are not in the registry: where they own, in no household."""
    unknown: dict[tuple[bool, str], tuple[Party, Row]] = {}
    for row in rows:
        for owner in read.owners(row):
            if not owner.pk:
                unknown.setdefault(owner.who, (owner, row))
    people = [(owner, row) for (is_unit, _n), (owner, row) in unknown.items() if not is_unit]
    units = [(owner, row) for (is_unit, _n), (owner, row) in unknown.items() if is_unit]
    found = [*zip(people, _people(read, people), strict=True), *zip(units, _units(read, units), strict=True)]
    keys: Known = {owner.who: pk for (owner, _row), pk in found}
    return Entered(keys, {who: row.number for who, (_owner, row) in unknown.items()})


def _people(read: TitlesReading, found: Sequence[tuple[Party, Row]]) -> list[int]:
    if not found:
        return []
    ring, at = key_ring(), instant_plain(read.scope.at)
    digest = ring.digester(ring.token_keys()[-1])
    keys = keys_reserve(Resident, len(found))
    lines, tokens = [], []
    for (owner, row), pk in zip(found, keys, strict=True):
        where = read.places.where(row)
        assert where is not None and owner.read is not None
        values = {
            "name": owner.name,
            "number": owner.number,
            "number_kind": owner.read.kind,
            "birth": owner.read.birth.isoformat() if owner.read.birth else "",
            "sex": owner.read.sex,
            "source": row.values["source"],
        }
        lines.append(person_line(pk, values, where, ring.key_make(), at))
        tokens.extend(person_tokens(pk, values, where, digest))
    rows_insert(Resident, RESIDENT, lines)
    numbers_insert(SearchToken, ("token", "resident"), tokens)
    return keys


def _units(read: TitlesReading, found: Sequence[tuple[Party, Row]]) -> list[int]:
    units = []
    for owner, row in found:
        where = read.places.where(row)
        assert where is not None
        units.append(
            Establishment(
                name=owner.name,
                credit_code=owner.number,
                **name_keys(owner.name),
                area_path=where.area_path,
                place_code=where.place_code,
                compound_id=where.compound,
                source=row.values["source"],
                created_at=read.scope.at,
                updated_at=read.scope.at,
            )
        )
    Establishment.objects.bulk_create(units, batch_size=500)
    return [unit.pk for unit in units]


# -- new titles -------------------------------------------------------------------------------
@require_service
def titles_make(*, read: TitlesReading, rows: Sequence[Row]) -> list[int]:
    """Begin the titles of rows that were checked, ending those that were passed on; ids by row."""
    groups = _by_part(read, rows)
    entered = owners_enter(read=read, rows=rows)
    titles: dict[int, Ownership] = {}
    for part, group in groups.items():
        former = read.titles.get(part)
        note: dict[str, Any] = entered.of_rows(group)
        if former is not None:
            note |= _passed(read, group[0], former)
        read.notes[part] = note
        titles[part] = _title(read, group[0], part)
    Ownership.objects.bulk_create(titles.values(), batch_size=500)
    owners = [
        owner
        for part, group in groups.items()
        for owner in _owners(titles[part], read.owners(group[0]), entered.keys)
    ]
    Owner.objects.bulk_create(owners, batch_size=500)
    return [titles[read.part(row)].pk for row in rows]


def _by_part(read: TitlesReading, rows: Sequence[Row]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(read.part(row), []).append(row)
    return groups


def _title(read: TitlesReading, row: Row, part: int) -> Ownership:
    values, where = row.values, read.places.where(row)
    assert where is not None  # a row without a part was kept back
    number, begins = values.get("certificate", ""), values.get("from_on")
    return Ownership(
        part_id=part,
        kind=values.get("kind", ""),
        registered_area=values["area"],
        certificate=number,
        certificate_index=blind_index("certificate", number),
        from_on=date.fromisoformat(begins) if begins else None,
        source=values["source"],
        recorded_at=read.scope.at,
        updated_at=read.scope.at,
        area_path=where.area_path,
        place_code=where.place_code,
        compound_id=where.compound,
    )


def _owners(title: Ownership, parties: Sequence[Party], entered: Known) -> list[Owner]:
    return [_owner(title, entry) for entry in voter_settled([party.entry(entered) for party in parties])]


def _owner(title: Ownership, entry: OwnerEntry) -> Owner:
    return Owner(
        ownership=title,
        resident_id=entry.resident_id,
        establishment_id=entry.establishment_id,
        numerator=entry.share.numerator if entry.share else None,
        denominator=entry.share.denominator if entry.share else None,
        is_voter=entry.is_voter,
    )


def _passed(read: TitlesReading, row: Row, former: Ownership) -> dict[str, Any]:
    """End the title that was passed on, on the day the next one begins; returns how it was."""
    former.to_on = date.fromisoformat(row.values["from_on"])
    before = former.updated_at.isoformat()
    former.version, former.updated_at = former.version + 1, read.scope.at
    former.save(update_fields=["to_on", "version", "updated_at"])
    events = _events(read, row, former, ["owners"])
    return {"ended": former.pk, "version": former.version, "updated_at": before, "events": events}


# -- titles that stay the same one --------------------------------------------------------------
@require_service
def titles_change(*, read: TitlesReading, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
    """Correct titles by what rows say, as far as their source may; returns how each was before."""
    rows = [row for row, subject in pairs if may(row, read.by_key[subject])]
    entered = owners_enter(read=read, rows=rows)
    trails: dict[int, dict[str, Any]] = {}
    for row, subject in pairs:
        if subject not in trails:
            mates = [mate for mate, other in pairs if other == subject] if entered.keys else []
            trails[subject] = _corrected(read, row, read.by_key[subject], entered)
            trails[subject] |= entered.of_rows(mates) if trails[subject] else {}
    return [Changed(trails[subject]) for _row, subject in pairs]


def _corrected(read: TitlesReading, row: Row, title: Ownership, entered: Entered) -> dict[str, Any]:
    owners = read.owners(row)
    changes = changes_of_title(row, owners, title) if may(row, title) else {}
    if not changes:
        return {}
    trail: dict[str, Any] = {
        "columns": {name: _plain(getattr(title, name)) for name in KEPT},
        "updated_at": title.updated_at.isoformat(),
    }
    for name, value in changes.items():
        if name != "owners":
            setattr(title, name, date.fromisoformat(value) if name == "from_on" else value)
    title.certificate_index = blind_index("certificate", title.certificate)
    title.version, title.updated_at, title.source = title.version + 1, read.scope.at, row.values["source"]
    title.save()
    if "owners" in changes:
        trail["owners"] = list(title.owners.order_by("pk").values(*OWNER))
        former = [*Resident.objects.filter(owned__ownership=title)]
        fresh = _owners(title, _filled(owners, title), entered.keys)
        Owner.objects.filter(ownership=title).delete()
        Owner.objects.bulk_create(fresh)
    else:
        former = []
    trail["events"] = _events(read, row, title, [*changes], former)
    return trail


def _filled(owners: Sequence[Party], title: Ownership) -> list[Party]:
    """Return the owners of a row; what it does not say of their shares or voter stays where they stay."""
    standing = {str(owner.establishment_id or owner.resident_id): owner for owner in title.owners.all()}
    if len(owners) != len(standing) or any(str(owner.pk) not in standing for owner in owners):
        return list(owners)
    has_voter = any(owner.is_voter for owner in owners)
    return [owner.kept(standing[str(owner.pk)], keeps_voter=not has_voter) for owner in owners]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _events(
    read: TitlesReading, row: Row, title: Ownership, fields: list[str], former: Sequence[Resident] = ()
) -> list[int]:
    """Write into the history of the part and of every person concerned; returns the rows' ids."""
    common: dict[str, Any] = {
        "act": uuid7(),
        "verb": VERB,
        "happened_on": clock.today(),
        "at": read.scope.at,
        "by_id": read.scope.person_id,
        "unit_id": read.scope.unit_id,
        "fields": fields,
        "source": row.values["source"],
    }
    people = {person.pk: person for person in (*Resident.objects.filter(owned__ownership=title), *former)}
    whose: list[dict[str, Any]] = [{"part_id": title.part_id, "area_path": title.area_path}]
    whose += [{"resident": person, "area_path": person.area_path} for person in people.values()]
    events = [RegisterEvent(reason="导入", **common, **of) for of in whose]
    RegisterEvent.objects.bulk_create(events)
    return [event.pk for event in events]


# -- taken back -------------------------------------------------------------------------------
@require_service
def titles_restore(*, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Put titles back; one that somebody has changed since is left, and why. Safe to call again."""
    left: dict[int, str] = {}
    titles = Ownership.objects.select_for_update().in_bulk(list(before))
    for pk, kept in before.items():
        title = titles[pk]
        if not kept or title.version == kept["columns"]["version"]:
            continue  # nothing was changed, or another row of the same title has put it back
        if title.version != kept["columns"]["version"] + 1:
            left[pk] = _("后来有人改过这份产权。")
            continue
        _back(title, kept)
    return left


def _back(title: Ownership, kept: Mapping[str, Any]) -> None:
    begins = kept["columns"]["from_on"]
    for name, value in kept["columns"].items():
        setattr(title, name, value)
    title.from_on = date.fromisoformat(begins) if begins else None
    title.updated_at = datetime.fromisoformat(kept["updated_at"])
    title.save()
    if "owners" in kept:
        title.owners.all().delete()
        Owner.objects.bulk_create(Owner(ownership=title, **row) for row in kept["owners"])
    RegisterEvent.objects.filter(pk__in=kept["events"]).delete()
    _entered_clear(kept)


@require_service
def titles_unmake(*, notes: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Take titles away and let those begin again that they ended; returns id → why one was left."""
    titles = Ownership.objects.select_for_update().in_bulk(list(notes))
    left = {
        pk: _("后来有人改过这份产权。")
        for pk, title in titles.items()
        if title.version > 1 or title.to_on is not None
    }
    gone = [pk for pk in titles if pk not in left]
    Owner.objects.filter(ownership__in=gone).delete()
    Ownership.objects.filter(pk__in=gone).delete()
    for pk in gone:
        _formers_back(notes[pk])
        _entered_clear(notes[pk])
    return left


def _formers_back(note: Mapping[str, Any]) -> None:
    if "ended" not in note:
        return
    former = Ownership.objects.filter(pk=note["ended"], version=note["version"]).first()
    if former is not None:
        former.to_on, former.version = None, former.version - 1
        former.updated_at = datetime.fromisoformat(note["updated_at"])
        former.save(update_fields=["to_on", "version", "updated_at"])
        RegisterEvent.objects.filter(pk__in=note["events"]).delete()


def _entered_clear(note: Mapping[str, Any]) -> None:
    """Take owners away again who were entered with a title, where nothing else names them by now."""
    if people := note.get("people"):
        residents_unmake(ids=people)
    if units := note.get("units"):
        units_unmake(ids=units)
