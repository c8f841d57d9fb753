"""The history of the registry as people read it: one row for each subject of an act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from linli.core import clock
from linli.core.actor import Actor
from linli.core.fields import uuid7
from linli.core.service import require_service
from linli.foundation.places.models import Part

from ..models import Household, RegisterEvent, Resident


@require_service
def event_note(
    *,
    actor: Actor,
    verb: str,
    area_path: str,
    resident: Resident | None = None,
    household: Household | None = None,
    part: Part | None = None,
    fields: Iterable[str] = (),
    reason: str = "",
    source: str = "",
    happened_on: date | None = None,
    act: UUID | None = None,
    undo_text: str = "",
) -> RegisterEvent:
    """Write an act into the history of a person, a household or a part; ``fields`` never hold values."""
    event = RegisterEvent(
        act=act or uuid7(),
        verb=verb,
        resident=resident,
        household=household,
        part=part,
        area_path=area_path,
        happened_on=happened_on or clock.today(),
        at=clock.now(),
        by_id=actor.person_id,
        unit_id=actor.unit_id,
        fields=[*fields],
        reason=reason[:120],
        source=source,
        undo_text=undo_text,
    )
    event.save(force_insert=True)
    return event
