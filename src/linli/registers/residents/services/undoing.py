"""Taking an act back: everything it wrote as it was before, or nothing where something stands on it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import service
from linli.foundation.duties.services import duty_close

from ..checking import reason_checked
from ..journal import DERIVED, values_of
from ..models import Alike, Establishment, Household, RegisterEvent, Resident, SearchToken
from ..permissions import can_undo_act
from ..placing import home_of
from ..rules import UNDO_DAYS, UNDOABLE
from ..selectors.history import act_areas
from .acts import Act, Subject
from .placing import establishment_place, household_place, resident_place

UNDO_VERB = "act.undo"
Entry = dict[str, Any]


def _events(actor: Actor, act_id: UUID | str) -> list[RegisterEvent]:
    try:
        found = list(RegisterEvent.objects.select_for_update(of=("self",)).filter(act=act_id).order_by("pk"))
    except (ValidationError, ValueError):
        found = []
    if not RegisterEvent.objects.visible_to(actor).filter(pk__in=[event.pk for event in found]).exists():
        raise NotFound(_("没有找到这次变更。"))
    if not can_undo_act(actor, found[0].by_id, act_areas(found)):
        raise NotAllowed
    return found


def _checked(events: list[RegisterEvent]) -> None:
    first = events[0]
    if first.undone_at is not None:
        raise Conflict(_("这次变更已经撤销过。"))
    if first.verb == UNDO_VERB:
        raise Conflict(_("撤销本身不能再撤销，请重新办理。"))
    if first.verb not in UNDOABLE:
        raise Conflict(_("这类变更不能撤销，请办更正并写明原因。"))
    is_late = clock.now() - first.at > timedelta(days=UNDO_DAYS)
    if is_late or any(not event.undo_text for event in events):
        raise Conflict(_("只能撤销%d天内的变更。") % UNDO_DAYS, hint=_("更早的登记请用“更正”，并写明原因。"))


@service
def act_undo(*, actor: Actor, act_id: UUID | str, reason: str = "") -> RegisterEvent:
    """Take an act of the last 30 days back, exactly; refused where something later stands on it.

    Versions go on counting, so that nobody writes over it unawares. Returns one of the undone events.
    """
    events = _events(actor, act_id)
    _checked(events)
    journal = sorted((entry for event in events for entry in json.loads(event.undo_text)), key=_number)
    subjects = [subject for event in events if (subject := _subject(event)) is not None]
    _unchanged(journal)
    _unneeded(journal)
    act = Act(actor, UNDO_VERB, on=events[0].happened_on, reason=reason_checked(reason))
    now = clock.now()
    RegisterEvent.objects.filter(pk__in=[event.pk for event in events]).update(undone_at=now)
    made = {(entry["table"], entry["pk"]) for entry in journal if entry["old"] is None}
    left = [subject for subject in subjects if (subject._meta.label_lower, subject.pk) not in made]
    _take_back(act, journal)
    for subject in left:
        subject.refresh_from_db()
    _settle(act, left)
    act.about(*left, fields=[events[0].verb])
    event = next((e for e in events if (s := _subject(e)) is not None and s in left), None)
    act.finish(left[0] if left else events[0])
    return event or events[0]


def _number(entry: Entry) -> int:
    return int(entry["n"])


def _subject(event: RegisterEvent) -> Subject | None:
    return event.resident or event.household or event.establishment or event.part


def _model(entry: Entry) -> type[models.Model]:
    return apps.get_model(entry["table"])


def _later() -> Conflict:
    return Conflict(
        _("之后又办理过与此有关的事，不能直接撤销。"), hint=_("请先撤销较晚的那一步，或改用“更正”。")
    )


def _unchanged(journal: list[Entry]) -> None:
    """Refuse where a row is no longer as the act left it."""
    last: dict[tuple[str, Any], dict[str, Any] | None] = {}
    for entry in journal:
        key = (entry["table"], entry["pk"])
        last[key] = None if entry["new"] is None else (last.get(key) or {}) | entry["new"]
    for (table, number), left in last.items():
        row = apps.get_model(table)._default_manager.select_for_update(of=("self",)).filter(pk=number).first()
        if (row is None) != (left is None):
            raise _later()
        if row is None or left is None:
            continue
        now = values_of(row)
        if any(now[name] != value for name, value in left.items() if name not in DERIVED):
            raise _later()


def _unneeded(journal: list[Entry]) -> None:
    """Refuse where a row that came with the act is what a later row stands on."""
    made: dict[type[models.Model], set[Any]] = defaultdict(set)
    for entry in journal:
        if entry["old"] is None:
            made[_model(entry)].add(entry["pk"])
    for model, numbers in made.items():
        for relation in _pointers(model):
            other = relation.related_model
            if other in (Alike, RegisterEvent, SearchToken):
                continue
            rows = other._default_manager.filter(**{f"{relation.field.name}__in": numbers})
            if rows.exclude(pk__in=made.get(other, set())).exists():
                raise _later()


def _pointers(model: type[models.Model]) -> list[Any]:
    """Return the relations by which rows of any table point to this one's, also those without a name."""
    fields = model._meta.get_fields(include_hidden=True)
    return [f for f in fields if f.auto_created and not f.concrete and (f.one_to_many or f.one_to_one)]


def _take_back(act: Act, journal: list[Entry]) -> None:
    """Write every row as it was, the last first."""
    try:
        with transaction.atomic():
            for entry in reversed(journal):
                _take_back_one(act, entry)
    except IntegrityError as error:
        raise _later() from error


def _take_back_one(act: Act, entry: Entry) -> None:
    model, number = _model(entry), entry["pk"]
    act.writes(model)
    if entry["old"] is None:
        # Django asks every table that points here; history and tokens go along, others have no row.
        act.writes(*(relation.related_model for relation in _pointers(model)))
        model._default_manager.get(pk=number).delete()
    elif entry["new"] is None:
        model(**_columns(model, entry["old"])).save(force_insert=True)
    else:
        row = model._default_manager.get(pk=number)
        old = _columns(model, entry["old"])
        if "origins" in old:
            old["origins"] = _origins_back(row, entry)
        if "version" in old:
            old["version"] = values_of(row)["version"] + 1  # goes on counting
        for name, value in old.items():
            setattr(row, name, value)
        row.save(update_fields=list(old))


def _origins_back(row: Any, entry: Entry) -> dict[str, Any]:
    """Return where fields are known from, with just those as before that the act had set."""
    old, new = entry["old"]["origins"], entry["new"]["origins"]
    kept = {name: origin for name, origin in row.origins.items() if old.get(name) == new.get(name)}
    return kept | {name: old[name] for name in old if old[name] != new.get(name)}


def _columns(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """Return a journal's values as the columns hold them."""
    columns = {}
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        target = field.target_field if field.is_relation else field
        columns[name] = value if isinstance(value, list | dict | None) else target.to_python(value)
    return columns


def _settle(act: Act, subjects: Iterable[Subject]) -> None:
    """Let places follow today's divisions, people be found as they are now, and empty duties end."""
    for subject in subjects:
        if isinstance(subject, Household):
            household_place(act=act, household=subject)
        elif isinstance(subject, Establishment):
            establishment_place(act=act, establishment=subject)
        elif isinstance(subject, Resident):
            if home_of(subject) is not None:
                resident_place(act=act, resident=subject)
            act.findable(subject)
            _guardian_duty_settle(act, subject)


def _guardian_duty_settle(act: Act, resident: Resident) -> None:
    if resident.guardians.filter(to_on__isnull=True).exists():
        duty_close(
            room="residents",
            subject_id=str(resident.public_id),
            action="name_guardian",
            by=act.actor.person_id,
            state="cancelled",
        )
