"""One act on the registry: what it adds, changes and drops, kept so that it can be taken back. Written once.

Every service of the room is: find and lock what it is about, check, ``act.add`` / ``act.change`` /
``act.drop``, ``act.finish``. The act leaves one ``RegisterEvent`` for each subject, with the part of its
journal that concerns the subject (encrypted), raises versions, guards what must always hold, and records.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models
from django.db.models import F
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict
from linli.core.fields import uuid7
from linli.core.service import record
from linli.foundation.places.models import Part

from ..checking import day_checked, reason_checked
from ..journal import DERIVED, values_of
from ..models import (
    Establishment,
    Household,
    Membership,
    Occupancy,
    Owner,
    Ownership,
    RegisterEvent,
    Resident,
    SearchToken,
)
from ..rules import Span, spans_overlap
from .upkeep import tokens_write

Row = TypeVar("Row", bound=models.Model)
Subject = Resident | Household | Establishment | Part
Versioned = (Resident, Household, Establishment, Ownership)
# By what it is decided who is where: an act that writes none of it needs no guard.
_PLACED = {Membership, Occupancy, Household, Resident}
# By what a person is found, and where: whoever changes any of it is made findable anew.
_FOUND_BY = frozenset({"name_sealed", "number_sealed", "phone_sealed", "state", "area_path"})


def _subjects_of(row: models.Model) -> list[Subject]:
    """Return whom a row is about, the first before others: those leave an event."""
    if isinstance(row, Resident | Household | Establishment | Part):
        return [row]
    if isinstance(row, Owner):
        return _subjects_of(row.ownership)
    names = ("ward", "resident", "household", "establishment", "part")
    return [subject for name in names if (subject := getattr(row, name, None)) is not None]


class Act:
    """One act in the making; ``on`` is the day on which it happened outside."""

    def __init__(
        self, actor: Actor, verb: str, *, on: date | None = None, reason: str = "", source: str = "worker"
    ) -> None:
        self.actor, self.verb, self.source = actor, verb, source
        self.at = clock.now()
        self.on = day_checked(on)
        self.reason = reason_checked(reason)
        self.id: UUID = uuid7()
        self._journal: dict[tuple[type[models.Model], Any], list[dict[str, Any]]] = defaultdict(list)
        self._subjects: dict[tuple[type[models.Model], Any], Subject] = {}
        self._fields: dict[tuple[type[models.Model], Any], set[str]] = defaultdict(set)
        self._new: set[tuple[type[models.Model], Any]] = set()
        self._touched: set[type[models.Model]] = set()
        self._changes: dict[tuple[type[models.Model], Any], dict[str, tuple[Any, Any]]] = defaultdict(dict)
        self._strangers: dict[int, Resident] = {}
        self._count = 0

    # -- what is done ------------------------------------------------------------------------------------

    def add(self, row: Row) -> Row:
        """Insert a row."""
        _saved(row, force_insert=True)
        self._new.add((type(row), row.pk))
        self._note(row, None, values_of(row))
        return row

    def change(self, row: models.Model, **after: Any) -> bool:
        """Set columns of a row and save just those; False where nothing differs."""
        before = values_of(row)
        for name, value in after.items():
            setattr(row, name, value)
        values = values_of(row)
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return False
        _saved(row, update_fields=list(changed))
        old = {name: before[name] for name in changed}
        self._changes[type(row), row.pk] |= {name: (old[name], changed[name]) for name in changed}
        self._note(row, old, changed)
        return True

    def drop(self, row: models.Model) -> None:
        """Delete a row."""
        self._note(row, values_of(row), None)
        row.delete()

    def about(self, *subjects: Subject, fields: Iterable[str] = ()) -> None:
        """Say that the act concerns a subject of which no row changes."""
        for subject in subjects:
            key = (type(subject), subject.pk)
            self._subjects.setdefault(key, subject)
            self._fields[key].update(fields)

    def writes(self, *written: type[models.Model]) -> None:
        """Say that the act writes tables by another way than ``add``, ``change`` and ``drop``."""
        self._touched.update(written)

    def findable(self, resident: Resident) -> None:
        """Make a person findable by what they are now, when the act ends."""
        self._strangers[resident.pk] = resident

    def _note(self, row: models.Model, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        self._touched.add(type(row))
        if isinstance(row, Resident) and after and _FOUND_BY & set(after):
            self.findable(row)
        subjects = _subjects_of(row)
        self.about(*subjects)
        names = {_word(name) for name in (after or before or {}) if name not in DERIVED}
        kind = str(row._meta.model_name)
        for subject in subjects:
            is_itself = type(subject) is type(row)
            is_update = before is not None and after is not None
            said = (names if is_update else set()) | (set() if is_itself and is_update else {kind})
            self._fields[type(subject), subject.pk].update(said)
        owner = (type(subjects[0]), subjects[0].pk)
        entry = {"n": self._count, "table": row._meta.label_lower, "pk": row.pk, "old": before, "new": after}
        self._journal[owner].append(entry)
        self._count += 1

    # -- the end -----------------------------------------------------------------------------------------

    def finish(self, main: Subject | models.Model, *, says: Iterable[str] = ()) -> None:
        """Raise versions, guard, make findable, leave events, record it about ``main``.

        ``says`` is what the history tells instead of columns, where what changed is kept beside the subject
        (a fact, a title, a benefit): nobody's form about the subject itself becomes stale by it.
        """
        told = sorted(says)
        if not told:
            self._versions_raise()
        self._guard()
        if self._strangers:
            tokens_write(residents=list(self._strangers.values()))
        self._events_leave(told)
        changes = {} if (type(main), main.pk) in self._new else self._changes.get((type(main), main.pk), {})
        touched = self._touched | {RegisterEvent, Resident, Household, Establishment, SearchToken}
        record(self.verb, main, changes, touched=touched)

    def _versions_raise(self) -> None:
        by_model: dict[Any, list[Any]] = defaultdict(list)
        for key, subject in self._subjects.items():
            if isinstance(subject, Versioned) and key not in self._new:
                by_model[key[0]].append(key[1])
                subject.version, subject.updated_at = subject.version + 1, self.at
        for model, numbers in by_model.items():
            model.objects.filter(pk__in=numbers).update(version=F("version") + 1, updated_at=self.at)

    def _guard(self) -> None:
        if not self._touched & _PLACED:
            return
        people = [key[1] for key in self._subjects if key[0] is Resident]
        homes = [key[1] for key in self._subjects if key[0] is Household]
        spans: dict[Any, list[Span]] = defaultdict(list)
        for row in Membership.objects.filter(resident__in=people).select_related("household"):
            spans[row.resident_id, row.presence].append(Span(row.from_on, row.to_on))
            if row.to_on is None and row.household.ended_on is not None:
                raise Conflict(_("这一户已经销户，不能再有成员。"))
        for home in Occupancy.objects.filter(household__in=homes):
            spans[home.household_id].append(Span(home.from_on, home.to_on))
        if any(spans_overlap(held) for held in spans.values()):
            raise Conflict(
                _("日期与已有的登记重叠：同一天不能住在两处。"), hint=_("请核对日期，或先更正以前的登记。")
            )

    def _events_leave(self, told: list[str]) -> None:
        RegisterEvent.objects.bulk_create(
            RegisterEvent(
                act=self.id,
                verb=self.verb,
                area_path=subject.area_path,
                happened_on=self.on,
                at=self.at,
                by_id=self.actor.person_id,
                unit_id=self.actor.unit_id,
                fields=told or sorted(self._fields[key]),
                reason=self.reason,
                source=self.source,
                undo_text=json.dumps(self._journal[key], ensure_ascii=False)
                if key in self._journal
                else "[]",
                **{str(subject._meta.model_name): subject},
            )
            for key, subject in self._subjects.items()
        )


def _word(attname: str) -> str:
    """Return what a column is called among an event's ``fields``: its value's name, never sealed."""
    return attname.removesuffix("_sealed").removesuffix("_index").removesuffix("_id")


def _saved(row: models.Model, **how: Any) -> None:
    """Save a row; what a constraint forbids is refused in its own words, also in a race."""
    try:
        row.save(**how)
    except IntegrityError as error:
        raise Conflict(_constraint_words(row, str(error))) from error


def _constraint_words(row: models.Model, error: str) -> str:
    for constraint in row._meta.constraints:
        fields: list[Any] = [row._meta.get_field(name) for name in getattr(constraint, "fields", ())]
        columns = [field.column for field in fields]
        on_sqlite = ", ".join(f"{row._meta.db_table}.{column}" for column in columns)
        if constraint.name in error or (columns and error.endswith(f": {on_sqlite}")):
            return str(constraint.get_violation_error_message())
    return _("同时有别人登记了同样的内容，这一步没有完成。")
