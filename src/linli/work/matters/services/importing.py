"""Imported matters: made, changed by a newer file, put back, taken away; steps of the import's batches.

No notices: nobody is told of what happened before. What is open gets a duty, so that somebody works it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Function
from linli.core.fields import public_number
from linli.core.service import require_service
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.calendar import limit_due
from linli.foundation.duties.services import duties_forget, duty_open
from linli.foundation.imports.targets import Changed, Row
from linli.foundation.search.services import search_forget, search_index

from ..clocks import Clock, clocks
from ..imported import Reading, columns_of, note_of
from ..models import Assignment, Matter, MatterEvent
from ..rules import is_committee_path
from ..wording import ACTIONS, VERBS
from ..workflow import State
from .intake import NUMBER_DIGITS
from .steps import ROOM, STAGES

MADE, CHANGED = "import", "import_change"
OWN_VERBS = (MADE, CHANGED)
CHUNK = 500
Pair = tuple[Matter, "Unit | None"]


@require_service
def matters_import(*, read: Reading, rows: Sequence[Row]) -> list[int]:
    """Make matters of rows that were checked; returns their ids in the rows' order."""
    numbers = _numbers_new(len(rows))
    matters = [
        Matter(
            number=number,
            is_imported=True,
            is_counted=read.scope.is_counted,
            intake_unit_id=read.scope.unit_id,
            **columns_of(read, row),
        )
        for row, number in zip(rows, numbers, strict=True)
    ]
    pairs: list[Pair] = [(matter, read.unit(row)) for matter, row in zip(matters, rows, strict=True)]
    for matter, _unit in pairs:
        _limit_set(matter, read.scope.at)
    Matter.objects.bulk_create(matters)
    MatterEvent.objects.bulk_create(
        [_event(read, matter, row, MADE, note_of(row)) for matter, row in zip(matters, rows, strict=True)]
    )
    _consequences(pairs, read.scope.at, read.scope.person_id)
    _index(matters)
    return [matter.pk for matter in matters]


def _numbers_new(count: int) -> list[str]:
    """Return numbers that no matter has; among very many, chance alone would repeat one."""
    year, found = f"{time.now():%y}", set[str]()
    while len(found) < count:
        fresh = {f"{year}{public_number(NUMBER_DIGITS)}" for _n in range(count - len(found))} - found
        taken = Matter.objects.filter(number__in=fresh).values_list("number", flat=True)
        found |= fresh - set(taken)
    return sorted(found)


def _event(read: Reading, matter: Matter, row: Row, verb: str, note: str) -> MatterEvent:
    facts = {"source": matter.source, "number": matter.source_number, "agency": row.values.get("unit", "")}
    return MatterEvent(
        matter=matter,
        verb=verb,
        at=matter.reported_at if verb == MADE else read.scope.at,
        recorded_at=read.scope.at,
        person_id=read.scope.person_id,
        unit_id=read.scope.unit_id,
        to_state=matter.state,
        # what an operator chose to keep may be anything: for those who govern only
        audience=MatterEvent.Audience.GOVERNING if row.kept else VERBS[verb].audience,
        note=note,
        facts={name: value for name, value in facts.items() if value},
    )


# -- limits, duties, index -------------------------------------------------------
def _clock(matter: Matter, stage: str) -> Clock:
    return clocks().clock(stage, affair_class=matter.affair_class)


def _limit_set(matter: Matter, at: datetime) -> None:
    """The limit that came with it is the matter's; without one the stage's own limit runs from now."""
    stage = STAGES.get(matter.state, "sign" if matter.state == State.HANDLING else "")
    matter.due_at, matter.due_is_provisional, matter.due_source = None, False, ""
    if not stage:
        return
    if matter.source_due_at is not None:
        matter.due_at, matter.due_source = matter.source_due_at, _("来件时限")
        return
    limit = _clock(matter, stage).limit
    due = limit_due(at, limit)
    matter.due_at, matter.due_is_provisional, matter.due_source = due.at, due.is_provisional, limit.source


def _consequences(pairs: Iterable[Pair], at: datetime, person_id: int | None) -> None:
    """Give units their part and somebody the duty; what is closed keeps the unit that had it."""
    assignments = []
    for matter, unit in pairs:
        if unit is not None and matter.state in (State.HANDLING, State.CLOSED):
            assignments.append(_assignment(matter, unit, at, person_id))
        if matter.state == State.HANDLING and unit is not None:
            _duty(matter, "sign", unit.function, limit_due(at, _clock(matter, "sign").limit).at, unit.pk)
        elif matter.state in STAGES:
            answers = Function.COMMITTEE if is_committee_path(matter.area_path) else Function.STREET
            _duty(matter, STAGES[matter.state], answers, matter.due_at)
    Assignment.objects.bulk_create(assignments)


def _assignment(matter: Matter, unit: Unit, at: datetime, person_id: int | None) -> Assignment:
    is_closed = matter.state == State.CLOSED
    limit = _clock(matter, "handle").limit
    due = None if matter.source_due_at or is_closed else limit_due(at, limit)
    return Assignment(
        matter=matter,
        unit=unit,
        part=Assignment.Part.LEAD,
        state=Assignment.State.HANDLED if is_closed else Assignment.State.SENT,
        sent_at=matter.reported_at if is_closed else at,
        sent_by_id=person_id,
        due_at=due.at if due else matter.source_due_at,
        due_is_provisional=bool(due and due.is_provisional),
        due_source=limit.source if due else _("来件时限") if matter.source_due_at else "",
        handled_at=matter.closed_at,
        ended_at=matter.closed_at,
    )


def _duty(
    matter: Matter, action: str, function: str, due_at: datetime | None, unit_id: int | None = None
) -> None:
    duty_open(
        room=ROOM,
        subject_id=str(matter.public_id),
        subject_number=matter.number,
        title=matter.title,
        url=f"/desk/matters/{matter.public_id}/",
        action=action,
        action_label=ACTIONS[action],
        area_path=matter.area_path,
        limit=_clock(matter, action).limit,
        due_at=due_at,
        clock=action,
        unit_id=unit_id,
        function=function,
        is_quiet=True,
    )


def _index(matters: Iterable[Matter]) -> None:
    for matter in matters:
        texts = [matter.number, matter.source_number, matter.title, matter.text, matter.address]
        search_index(room=ROOM, subject_id=matter.pk, area_path=matter.area_path, texts=texts)


# -- a newer file --------------------------------------------------------------------
def _worked_on(ids: Sequence[int]) -> dict[int, str]:
    """Return id → the last step that a person has taken in Linli since the import."""
    steps = MatterEvent.objects.filter(matter_id__in=ids).exclude(verb__in=OWN_VERBS)
    rows = steps.order_by("recorded_at", "id").values_list("matter_id", "verb")
    return {matter_id: str(_(VERBS[verb].desk)) for matter_id, verb in rows}


def _locked(ids: Sequence[int]) -> dict[int, Matter]:
    rows = Matter.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    return {matter.pk: matter for matter in rows}


@require_service
def matters_reimport(*, read: Reading, pairs: Sequence[tuple[Row, int]]) -> list[Changed | str]:
    """Bring matters to what a newer file says; one that somebody has worked on since is left, and said."""
    ids = [subject for _row, subject in pairs]
    matters, worked = _locked(ids), _worked_on(ids)
    outcomes: list[Changed | str] = []
    fresh: list[Pair] = []
    for row, subject in pairs:
        if subject in worked:
            words = _("来件有更新，但这件事已在邻里办理（%s），没有覆盖。请人工核对。")
            outcomes.append(words % worked[subject])
            continue
        matter = matters[subject]
        outcomes.append(_changed(read, matter, row))
        fresh.append((matter, read.unit(row)))
    _again(fresh, read.scope.at, read.scope.person_id)
    return outcomes


def _changed(read: Reading, matter: Matter, row: Row) -> Changed:
    lead = matter.assignments.values_list("unit_id", flat=True).first()
    after = columns_of(read, row)
    before = {name: _plain(getattr(matter, name)) for name in (*after, *LIMIT_COLUMNS)}
    words = [_label(name) for name, value in after.items() if getattr(matter, name) != value]
    was = matter.state
    for name, value in after.items():
        setattr(matter, name, value)
    _limit_set(matter, read.scope.at)
    matter.version += 1
    matter.save(update_fields=[*after, *LIMIT_COLUMNS, "version"])
    note = "\n".join(filter(None, [_("更新了：%s") % "、".join(filter(None, words)), note_of(row)]))
    event = _event(read, matter, row, CHANGED, note)
    event.from_state = was
    event.save()
    return Changed({"columns": before, "unit": lead, "event": event.pk})


LIMIT_COLUMNS = ("due_at", "due_is_provisional", "due_source")
_HIDDEN = frozenset(
    {"place_code", "area_path", "place_how", "reporter_phone_index", "accepted_at", "handed_at"}
)


def _label(name: str) -> str:
    if name in _HIDDEN or name in ("closed_as", "is_never_public", "hides_reporter"):
        return ""
    return str(getattr(Matter._meta.get_field(name), "verbose_name", ""))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _again(pairs: Sequence[Pair], at: datetime, person_id: int | None) -> None:
    """Make parts, duties and index anew for matters that changed."""
    matters = [matter for matter, _unit in pairs]
    Assignment.objects.filter(matter__in=matters).delete()
    duties_forget(room=ROOM, subject_ids=[str(matter.public_id) for matter in matters])
    _consequences(pairs, at, person_id)
    _index(matters)


# -- undoing -------------------------------------------------------------------------
def _left(ids: Sequence[int]) -> dict[int, str]:
    return {
        matter_id: _("之后有人办理过（最近一步：%s），没有撤销。") % step
        for matter_id, step in _worked_on(ids).items()
    }


@require_service
def matters_unimport(*, ids: Sequence[int]) -> dict[int, str]:
    """Take imported matters away, with all that belongs to them; returns id → why one was left."""
    matters, left = _locked(ids), _left(ids)
    gone = [matter for pk, matter in matters.items() if pk not in left]
    duties_forget(room=ROOM, subject_ids=[str(matter.public_id) for matter in gone])
    for matter in gone:
        search_forget(room=ROOM, subject_id=matter.pk)
    Assignment.objects.filter(matter__in=gone).delete()
    MatterEvent.objects.filter(matter__in=gone).delete()
    Matter.objects.filter(pk__in=[matter.pk for matter in gone]).delete()
    return left


@require_service
def matters_restore(*, before: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """Put matters back to what they were before a newer file; returns id → why one was left."""
    ids = list(before)
    matters, left = _locked(ids), _left(ids)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=[kept["unit"] for kept in before.values()])}
    pairs: list[Pair] = []
    for pk, matter in matters.items():
        if pk not in left:
            _columns_restore(matter, before[pk]["columns"])
            MatterEvent.objects.filter(pk=before[pk]["event"], matter=matter).delete()
            pairs.append((matter, units.get(before[pk]["unit"])))
    _again(pairs, time.now(), None)
    return left


def _columns_restore(matter: Matter, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        is_instant = value is not None and name.endswith("_at")
        setattr(matter, name, datetime.fromisoformat(value) if is_instant else value)
    matter.version += 1
    matter.save(update_fields=[*columns, "version"])


@require_service
def matters_count(*, ids: Sequence[int], is_counted: bool) -> None:
    """Count imported matters in the rates, or leave them out."""
    for start in range(0, len(ids), CHUNK):
        rows = Matter.objects.filter(pk__in=ids[start : start + CHUNK], is_imported=True)
        rows.update(is_counted=is_counted)
