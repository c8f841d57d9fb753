"""What happened to a person, a household, an establishment or a part, as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_names
from linli.foundation.audit.words import verb_words
from linli.foundation.places.models import Part

from ..models import Establishment, Household, RegisterEvent, Resident
from ..permissions import can_undo_act
from ..rules import UNDO_DAYS, UNDOABLE
from ..words import field_words, source_words

MOST = 100
Subject = Resident | Household | Establishment | Part


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act: when it happened and was registered, who did it, what changed (names of fields), why."""

    act: UUID
    verb: str
    words: str
    at: datetime
    happened_on: date | None
    by: str
    unit: str
    fields: tuple[str, ...]
    reason: str
    source: str
    undone_at: datetime | None
    can_undo: bool


def register_history(actor: Actor, subject: Subject, limit: int = MOST) -> list[HistoryLine]:
    """Return the acts on a subject that the actor sees, the latest first; never a value."""
    name = str(subject._meta.model_name)
    rows = RegisterEvent.objects.visible_to(actor).filter(**{name: subject})
    events = list(rows.select_related("unit")[:limit])
    acts = _areas(events)
    names = person_names(event.by_id for event in events)
    return [_line(actor, event, acts[event.act], names) for event in events]


def household_history(actor: Actor, household: Household, limit: int = MOST) -> list[HistoryLine]:
    """Return the acts on a household and on those who belong to it now, each once, the latest first."""
    members = household.memberships.filter(to_on__isnull=True).values("resident_id")
    rows = RegisterEvent.objects.visible_to(actor).filter(Q(household=household) | Q(resident__in=members))
    events = {event.act: event for event in reversed(rows.select_related("unit")[: 3 * limit])}
    shown = list(reversed(events.values()))[:limit]
    acts, names = _areas(shown), person_names(event.by_id for event in shown)
    return [_line(actor, event, acts[event.act], names) for event in shown]


def act_areas(events: Iterable[RegisterEvent]) -> list[str]:
    """Return where one act belongs: who takes it back must work in all of these places.

    That is where its subjects are; a title is of its part's place, wherever the owners live.
    """
    rows = list(events)
    titled = [event for event in rows if event.verb.startswith("ownership.") and event.part_id]
    return [event.area_path for event in titled or rows]


def _areas(shown: Iterable[RegisterEvent]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[RegisterEvent]] = {}
    for event in RegisterEvent.objects.filter(act__in=[row.act for row in shown]).defer("undo_text"):
        found.setdefault(event.act, []).append(event)
    return {act: act_areas(events) for act, events in found.items()}


def _line(actor: Actor, event: RegisterEvent, areas: list[str], names: dict[int, str]) -> HistoryLine:
    is_fresh = clock.now() - event.at <= timedelta(days=UNDO_DAYS)
    may = event.undone_at is None and event.verb in UNDOABLE and bool(event.undo_text) and is_fresh
    return HistoryLine(
        act=event.act,
        verb=event.verb,
        words=verb_words(event.verb),
        at=event.at,
        happened_on=event.happened_on,
        by=names.get(event.by_id or 0, _("系统")),
        unit=event.unit.name if isinstance(event.unit, Unit) else "",
        fields=tuple(field_words(event.fields)),
        reason=event.reason,
        source=source_words(event.source),
        undone_at=event.undone_at,
        can_undo=may and can_undo_act(actor, event.by_id, areas),
    )
