"""Compounds from a file, in one act; what has no street is kept apart until somebody places it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.clock import today
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.geometry import haversine_m
from linli.core.service import record, service

from ..compoundfile import CompoundFile, CompoundRow
from ..compoundplace import Found, Streets
from ..digests import changes_digest
from ..entering import named
from ..models import Compound, Division, Level, UnplacedCompound
from ..outlines import Correction
from ..permissions import can_load_divisions, can_place_compound, can_place_compounds
from ..rules import name_keys

CHUNK = 2_000
SAME_M = 300  # as near as this, two compounds of one name in one street are one
_GAPS = ("address", "lng", "lat", "built_year", "housing_type")
_SAID = (
    "name",
    "address",
    "district",
    "town",
    "code",
    "reason",
    "near_id",
    "near_m",
    "area_path",
    *_GAPS[1:],
)


@dataclass(slots=True)
class CompoundsResult:
    """What loading a file did. ``waiting`` are rows without a street, ``unplaced`` those new among them.

    ``renamed`` are those that got a number because another of their name stands in the street; ``differs``
    those whose file says otherwise than the register (which stays).
    """

    added: int = 0
    changed: int = 0
    same: int = 0
    unplaced: int = 0
    waiting: int = 0
    dismissed: int = 0
    repeated: int = 0
    renamed: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)


def _facts(row: CompoundRow) -> dict[str, Any]:
    lng, lat = row.position or (None, None)
    return {
        "address": row.address,
        "lng": lng,
        "lat": lat,
        "built_year": row.built_year,
        "housing_type": row.housing_type,
    }


@dataclass(slots=True)
class _Load:
    """One file on its way: what is there already, what becomes of its rows."""

    source: str
    result: CompoundsResult = field(default_factory=CompoundsResult)
    known: dict[str, Compound] = field(default_factory=dict)
    held: dict[str, UnplacedCompound] = field(default_factory=dict)
    names: dict[int, dict[str, Compound]] = field(default_factory=lambda: defaultdict(dict))
    new: list[Compound] = field(default_factory=list)
    changed: list[Compound] = field(default_factory=list)
    waiting: list[UnplacedCompound] = field(default_factory=list)
    rewritten: list[UnplacedCompound] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)

    def read(self, keys: Sequence[str], streets: Iterable[int]) -> None:
        """Read what the file's rows may be already."""
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            self.known |= {row.source_key: row for row in Compound.objects.filter(source_key__in=part)}
            self.held |= {row.source_key: row for row in UnplacedCompound.objects.filter(source_key__in=part)}
        ids = sorted(set(streets))
        for start in range(0, len(ids), CHUNK):
            for row in Compound.objects.filter(street__in=ids[start : start + CHUNK]):
                self.names[row.street_id][row.name] = self.known.get(row.source_key, row)

    def take(self, row: CompoundRow, found: Found) -> None:
        """Decide about one row."""
        there = self.known.get(row.key)
        if there is not None:
            self._again(there, row)
        elif found.street is not None:
            self._place(row, found, found.street)
        else:
            self._wait(row, found)

    def _again(self, there: Compound, row: CompoundRow) -> None:
        """Fill what the register does not know yet; what it knows stays, and is named where it differs."""
        facts = _facts(row)
        gaps = {name: facts[name] for name in _GAPS if getattr(there, name) in (None, "") and facts[name]}
        if any(facts[name] not in (None, "", getattr(there, name)) for name in _GAPS if name not in gaps):
            self.result.differs.append(there.name)
        for name, value in gaps.items():
            setattr(there, name, value)
        if gaps:
            there.version += 1
            self.changed.append(there)
        self.result.changed += bool(gaps)
        self.result.same += not gaps

    def _place(self, row: CompoundRow, found: Found, street: Division) -> None:
        names = self.names[street.pk]
        same = names.get(row.name)
        if same is not None and not same.source_key and _is_near(same, row):
            same.source, same.source_key, self.known[row.key] = self.source, row.key, same
            same.version += 1
            self.changed.append(same)
            self.result.changed += 1
        else:
            compound = self._compound(row, found, street, self._told_apart(row, names))
            names[compound.name] = self.known[row.key] = compound
            self.new.append(compound)
            self.result.added += 1
        if row.key in self.held:
            self.settled.append(self.held[row.key].pk)

    def _compound(self, row: CompoundRow, found: Found, street: Division, name: str) -> Compound:
        return Compound(
            name=name,
            street=street,
            committee=found.committee,
            is_committee_confirmed=found.committee is not None,
            area_path=(found.committee or street).path,
            source=self.source,
            source_key=row.key,
            **_facts(row),
            **name_keys(name),
        )

    def _told_apart(self, row: CompoundRow, names: dict[str, Compound]) -> str:
        """Return a name that no other compound of the street has: with its address, else with a number."""
        if row.name not in names:
            return row.name
        tries = [f"{row.name}（{row.address}）"] if row.address else []
        tries += [f"{row.name}（{number}）" for number in range(2, len(names) + 3)]
        name = next(name for name in tries if name not in names and len(name) <= 80)
        self.result.renamed.append(name)
        return name

    def _wait(self, row: CompoundRow, found: Found) -> None:
        said = {
            "name": row.name,
            "district": row.district,
            "town": row.town,
            "code": row.code,
            "reason": found.reason,
            "near_id": found.near.pk if found.near else None,
            "near_m": found.near_m,
            "area_path": found.district,
            **_facts(row),
        }
        held = self.held.get(row.key)
        if held is None:
            held = self.held[row.key] = UnplacedCompound(source=self.source, source_key=row.key, **said)
            self.waiting.append(held)
            self.result.unplaced += 1
        elif held.dismissed_on is not None:
            self.result.dismissed += 1
            return
        elif any(getattr(held, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(held, name, value)
            self.rewritten.append(held)
            self.result.changed += 1
        else:
            self.result.same += 1
        self.result.waiting += 1

    def write(self) -> None:
        """Write what was decided."""
        Compound.objects.bulk_create(self.new, batch_size=CHUNK)
        Compound.objects.bulk_update(
            [row for row in self.changed if row.pk], [*_GAPS, "source", "source_key", "version"], CHUNK
        )
        UnplacedCompound.objects.bulk_create(self.waiting, batch_size=CHUNK)
        UnplacedCompound.objects.bulk_update(self.rewritten, _SAID, CHUNK)
        for start in range(0, len(self.settled), CHUNK):
            UnplacedCompound.objects.filter(pk__in=self.settled[start : start + CHUNK]).delete()


def _is_near(there: Compound, row: CompoundRow) -> bool:
    if there.lng is None or there.lat is None or row.position is None:
        return True
    return float(haversine_m(there.lng, there.lat, *row.position)) <= SAME_M


def _once(batch: CompoundFile, result: CompoundsResult) -> list[CompoundRow]:
    """Return the rows without those that repeat an earlier one."""
    rows: dict[str, CompoundRow] = {}
    for row in batch.rows:
        rows.setdefault(row.key, row)
    result.repeated = len(batch.rows) - len(rows)
    return list(rows.values())


@service
def compounds_load(
    *, actor: Actor, batch: CompoundFile, within: str = "", corrections: Iterable[Correction] = ()
) -> CompoundsResult:
    """Enter the compounds of a file in their streets; the same file again does nothing.

    ``within`` is a path that nothing outside may match. What is in the register stays: a file only fills
    what is not known there. Rows that no street is found for are kept as ``UnplacedCompound``; a later file
    that names their street, or a person, places them. Of two of one name in one street (more than 300 m
    apart) the second gets its address or a number behind its name.
    """
    if not can_load_divisions(actor):
        raise NotAllowed
    load = _Load(batch.source)
    rows = _once(batch, load.result)
    found = Streets(within, corrections).find(rows)
    load.read([row.key for row in rows], (place.street.pk for place in found if place.street))
    for row, place in zip(rows, found, strict=True):
        load.take(row, place)
    load.write()
    if load.new or load.changed or load.waiting or load.rewritten:
        _record(load)
    return load.result


def _record(load: _Load) -> None:
    result = load.result
    rows: list[Any] = [*load.new, *load.changed, *load.waiting, *load.rewritten]
    digest = changes_digest([row.source_key, row.name] for row in rows)
    counts = f"added={result.added} changed={result.changed} unplaced={result.unplaced}"
    record(
        "compound.load",
        rows[0],
        touched=[Compound, UnplacedCompound],
        purpose=f"{counts} digest={digest}",
    )


# -- by hand -----------------------------------------------------------------------------------------------


def _unplaced_held(actor: Actor, ids: Sequence[Any]) -> list[UnplacedCompound]:
    """Return compounds without a street that an actor may place, held; raises for any that is gone."""
    if not can_place_compounds(actor):
        raise NotAllowed
    seen = UnplacedCompound.objects.visible_to(actor).filter(dismissed_on=None)
    rows = list(seen.select_for_update().filter(public_id__in=ids).order_by("pk"))
    if not rows or len(rows) != len(set(ids)):
        raise InvalidInput(
            _("所选的小区有的已经处理过。"),
            hint=_("请刷新列表后重新选择。"),
            details={"ids": _("请重新选择。")},
        )
    return rows


@service
def unplaced_place(*, actor: Actor, ids: Sequence[Any], street: Division, name: str = "") -> list[Compound]:
    """Say in which street some compounds are; ``name`` renames, where it is only one."""
    if street.level != Level.STREET or street.valid_to is not None:
        raise InvalidInput(details={"street": _("请选择一个街镇。")})
    if not can_place_compound(actor, street):
        raise NotAllowed
    made = []
    for row in _unplaced_held(actor, ids):
        called = named(name, 80, _("小区名称")) if name and len(ids) == 1 else row.name
        if Compound.objects.filter(street=street, name=called).exists():
            message = _("%(street)s已有小区“%(name)s”。") % {"street": street.name, "name": called}
            raise InvalidInput(
                message,
                hint=_("如果是同一个小区，请选“不属于本地或重复”；否则请单独选它，改一个能区分的名称。"),
                details={"name": message},
            )
        facts = {name: getattr(row, name) for name in (*_GAPS, "source", "source_key")}
        made.append(
            Compound.objects.create(
                name=called, street=street, area_path=street.path, **facts, **name_keys(called)
            )
        )
        record("compound.place", made[-1], touched=[UnplacedCompound])
        row.delete()
    return made


@service
def unplaced_dismiss(*, actor: Actor, ids: Sequence[Any]) -> int:
    """Say that some compounds are none of ours, or are there already; their file brings them no more."""
    rows = _unplaced_held(actor, ids)
    UnplacedCompound.objects.filter(pk__in=[row.pk for row in rows]).update(dismissed_on=today())
    digest = changes_digest(row.source_key for row in rows)
    purpose = f"dismissed={len(rows)} digest={digest}"
    record("compound.dismiss", rows[0], touched=[UnplacedCompound], purpose=purpose)
    return len(rows)
