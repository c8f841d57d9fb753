"""What the tables say of a matter: every subject from the nearest table that says anything, with its reasons.

The tables of a street go before those of its district, these before the city's. A table whose row cannot be
followed (it clashes, it names a closed unit, it cannot be read) says nothing and says why: never a guess.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.timelimits import Limit
from linli.core.words import in_house_language
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes, unit_list

from ..selectors.suggestions import HANDLING_FUNCTIONS
from . import rules
from .cells import KIND, UNIT, Cells, Known, condition_words, is_sound, row_of
from .conditions import Facts
from .known import known_for
from .models import DecisionVersion, Subject, VersionState
from .rules import Decision, Row, RuleSet
from .words import joined

KEEP_SECONDS = 60  # so long a process keeps a published version; unit and place are looked up every time
MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Reason:
    """Which row of which version of which table spoke, and why it applied."""

    subject: str
    table: str
    version: int
    row: int
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a table could not speak; ``row`` 0 where it is about several rows."""

    table_id: int
    table: str
    version: int
    row: int
    words: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """A proposal for one matter; ``versions`` maps every table that was asked to the version that answered.

    ``unit`` is None where no table says so, or where several units of ``unit_kind`` serve the place.
    """

    unit: Unit | None = None
    unit_kind: str = ""
    co_units: tuple[Unit, ...] = ()
    is_direct: bool = False
    affair_class: str = ""
    clock: Limit | None = None
    urgency: str = ""
    because: tuple[Reason, ...] = ()
    faults: tuple[Fault, ...] = ()
    versions: Mapping[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any table was asked."""
        return bool(self.versions)


@dataclass(frozen=True)
class Sheet:
    """One version of one table, ready to be asked."""

    version: DecisionVersion
    rules: RuleSet
    kept: Sequence[Cells]
    known: Known

    @classmethod
    def of(cls, version: DecisionVersion, known: Known | None = None) -> Sheet:
        """Read a version's rows; what is said of them is written down, so in Chinese."""
        rows, subject = [row if is_sound(row) else {} for row in version.rows], version.table.subject
        known = known or known_for(rows)
        with in_house_language():
            found = [row_of(number, row, subject, known) for number, row in enumerate(version.rows, 1)]
        return cls(version, RuleSet.of(version.policy, found), rows, known)

    @cached_property
    def _reasons(self) -> dict[int, Reason]:
        return {}

    def reason(self, row: Row) -> Reason:
        """Return why a row spoke."""
        if row.number not in self._reasons:
            self._reasons[row.number] = Reason(
                self.version.table.subject,
                self.version.table.name,
                self.version.number,
                row.number,
                condition_words(self.kept[row.number - 1], self.known),
                row.note,
            )
        return self._reasons[row.number]

    def fault(self, row: int, words: str) -> Fault:
        """Return why a row (0: several) could not speak."""
        table = self.version.table
        return Fault(table.pk, table.name, self.version.number, row, words)

    def faults(self) -> list[Fault]:
        """Return everything in the version that cannot be read or followed today."""
        return [self.fault(row.number, words) for row in self.rules.rows for words in row.faults]


class Units:
    """Which unit a name in a row means at a place; asked once for each name and place."""

    def __init__(self) -> None:
        """Begin knowing nothing."""
        self._named: dict[str, tuple[Unit | None, tuple[str, ...]]] = {}
        self._of_kind: dict[tuple[str, str], list[Unit]] = {}

    def find(self, name: str, area: str) -> tuple[Unit | None, str]:
        """Return the unit and, where there is none that can be given something there, why."""
        if name.startswith(KIND):
            return self._find_kind(name.removeprefix(KIND), area)
        unit, paths = self._unit(name.removeprefix(UNIT))
        if unit is None:
            return None, _("所写的单位已不存在")
        if unit.closed_on is not None and unit.closed_on <= clock.today():
            return None, _("单位“%s”已停用") % unit.name
        if not any(area.startswith(path) for path in paths):
            return None, _("单位“%s”的服务范围不包括事发地") % unit.name
        return unit, ""

    def _unit(self, public_id: str) -> tuple[Unit | None, tuple[str, ...]]:
        if public_id not in self._named:
            unit = Unit.objects.filter(public_id=public_id).prefetch_related("areas").first()
            self._named[public_id] = (unit, unit.area_paths if unit else ())
        return self._named[public_id]

    def _find_kind(self, kind: str, area: str) -> tuple[Unit | None, str]:
        if (kind, area) not in self._of_kind:
            functions = list(HANDLING_FUNCTIONS)
            rows = unit_list(covering=area).filter(kind=kind, function__in=functions)
            self._of_kind[kind, area] = _nearest(rows.prefetch_related("areas"), area)
        found = self._of_kind[kind, area]
        if not found:
            return None, _("事发地没有在用的“%s”类单位") % kind
        return (found[0], "") if len(found) == 1 else (None, "")


def _nearest(units: Iterable[Unit], area: str) -> list[Unit]:
    """Return the units whose own area around the place is the smallest."""
    sized = [(max(len(p) for p in unit.area_paths if area.startswith(p)), unit) for unit in units]
    smallest = max((size for size, _unit in sized), default=0)
    return [unit for size, unit in sized if size == smallest]


class Router:
    """Some tables, asked about any number of matters."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        """Take the sheets, the nearest first."""
        self._sheets: dict[str, list[Sheet]] = {subject: [] for subject in Subject.values}
        for sheet in sorted(sheets, key=lambda sheet: -len(sheet.version.table.area_path)):
            self._sheets[sheet.version.table.subject].append(sheet)
        self._units = Units()

    def route(self, facts: Facts) -> Ruling:
        """Return what the tables say of one matter, in words that are written down."""
        with in_house_language():
            return self._route(facts)

    def _route(self, facts: Facts) -> Ruling:
        found = _Finding(facts, self._units)
        for sheets in self._sheets.values():
            is_said = False
            for sheet in sheets:
                if facts.area.startswith(sheet.version.table.area_path):
                    found.versions[sheet.version.table_id] = sheet.version.pk
                    is_said = is_said or found.take(sheet, sheet.rules.decide(facts))
        return found.ruling()


class _Finding:
    """What was said so far of one matter."""

    def __init__(self, facts: Facts, units: Units) -> None:
        self.facts, self.units = facts, units
        self.versions: dict[int, int] = {}
        self.because: list[Reason] = []
        self.faults: list[Fault] = []
        self.unit: Unit | None = None
        self.co_units: list[Unit] = []
        self.said, self.is_said = rules.Outcome(), False

    def take(self, sheet: Sheet, decision: Decision) -> bool:
        """Take in what a table says; returns whether it said anything, be it a fault."""
        if decision.clash:
            words = _("第%s行同时符合，这张表只许一行符合，没有给出建议") % joined(decision.clash)
            self.faults.append(sheet.fault(0, words))
        for row in decision.broken:
            self.faults += [sheet.fault(row.number, words) for words in row.faults]
        if not decision.rows:
            return bool(decision.clash or decision.broken)
        self.because += [sheet.reason(row) for row in decision.rows]
        said = decision.outcome
        if sheet.version.table.subject == Subject.ROUTE:
            self._units_find(sheet, decision)
        self.said = rules.collected((self.said, said)) if self.is_said else said
        self.is_said = True
        return True

    def _units_find(self, sheet: Sheet, decision: Decision) -> None:
        first, said = decision.rows[0].number, decision.outcome
        self.unit, fault = self.units.find(said.lead, self.facts.area)
        for name in said.helpers if not fault else ():
            unit, missing = self.units.find(name, self.facts.area)
            fault = fault or missing
            if unit is not None and unit != self.unit and unit not in self.co_units:
                self.co_units.append(unit)
        if fault:
            self.faults.append(sheet.fault(first if len(decision.rows) == 1 else 0, fault))

    def ruling(self) -> Ruling:
        """Put it together."""
        said = self.said
        return Ruling(
            unit=self.unit,
            unit_kind=said.lead.removeprefix(KIND) if said.lead.startswith(KIND) else "",
            co_units=tuple(self.co_units),
            is_direct=said.is_direct and self.unit is not None and not self.faults,
            affair_class=said.affair_class,
            clock=said.limit,
            urgency=said.urgency,
            because=tuple(self.because),
            faults=tuple(self.faults),
            versions=self.versions,
        )


# -- the versions that count ------------------------------------------------------------------
_kept: dict[int, tuple[float, Sheet]] = {}


def sheets_forget() -> None:
    """Read every version anew next time (after a publication, or when a unit was closed)."""
    _kept.clear()


def sheets_of(versions: Sequence[DecisionVersion]) -> list[Sheet]:
    """Return versions ready to be asked; a process keeps the published ones for a minute."""
    at = time.monotonic()
    missing = [v for v in versions if v.pk not in _kept or at - _kept[v.pk][0] > KEEP_SECONDS]
    if missing:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        known = known_for(row for version in missing for row in version.rows if is_sound(row))
        for version in missing:
            _kept[version.pk] = (at, Sheet.of(version, known))
    return [_kept[version.pk][1] for version in versions]


def versions_in_force(areas: Iterable[str]) -> list[DecisionVersion]:
    """Return the version of every table of these areas that counts now."""
    begun = DecisionVersion.objects.filter(
        table__area_path__in=list(areas), state=VersionState.PUBLISHED, starts_at__lte=clock.now()
    )
    newest: dict[int, DecisionVersion] = {}
    for version in begun.select_related("table").defer("rows").order_by("-starts_at", "-number"):
        newest.setdefault(version.table_id, version)
    return list(newest.values())


def versions_pinned(areas: Iterable[str], ids: Iterable[int]) -> list[DecisionVersion]:
    """Return of some versions those whose tables stand over these areas."""
    rows = DecisionVersion.objects.filter(pk__in=list(ids), table__area_path__in=list(areas))
    return list(rows.select_related("table").defer("rows"))


def route(facts: Facts, pinned: Iterable[int] = ()) -> Ruling:
    """Return what the tables over a place say of a matter.

    ``pinned`` are the versions by which the matter was judged before: it stays on them, and on no others,
    unless it turned out to lie where none of them counts.
    """
    areas, ids = path_prefixes(facts.area), list(pinned)
    versions = versions_pinned(areas, ids) if ids else []
    return Router(sheets_of(versions or versions_in_force(areas))).route(facts)
