"""Signatures of this part of a matter's life; bodies follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.core.actor import Actor
from linli.core.errors import ProgrammingFault

from ..models import (
    Affected,
    Category,
    EntrustedDocument,
    Matter,
    Poster,
    PublicVersion,
    Question,
    Rating,
    ReportDraft,
)

if TYPE_CHECKING:
    from linli.foundation.accounts.models import Unit
    from linli.foundation.files.models import StoredFile
    from linli.foundation.places.models import Building, Compound
    from linli.foundation.places.selectors import Place


def matter_sort(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    affair_class: str,
    reason: str,
    category: Category | None = None,
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_sort is being written")


def matter_class_confirm(
    *, actor: Actor, matter_id: int, version: int | None, council_on: date, minutes: str
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_class_confirm is being written")


def matter_guide(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    guidance: str,
    target_link: str = "",
    reason: str = "",
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_guide is being written")


def guidance_confirm(*, actor: Actor, matter_id: int, version: int | None) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("guidance_confirm is being written")


def guidance_object(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("guidance_object is being written")


def guidance_lapse(*, actor: Actor, matter_id: int) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("guidance_lapse is being written")


def matter_discussion_start(*, actor: Actor, matter_id: int, version: int | None, topic_link: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_discussion_start is being written")


def matter_discussion_finish(
    *, actor: Actor, matter_id: int, version: int | None, unit: Unit | None = None, resolution: str
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_discussion_finish is being written")


def matter_discussion_end(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_discussion_end is being written")


def mandatory_report(
    *, actor: Actor, matter_id: int, version: int | None, authority: str, note: str
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("mandatory_report is being written")
