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


def question_ask(*, actor: Actor, matter_id: int, text: str) -> Question:
    """See the room's contract."""
    raise ProgrammingFault("question_ask is being written")


def question_answer(
    *, actor: Actor, question_id: int, answer: str, photos: Sequence[StoredFile] = ()
) -> Question:
    """See the room's contract."""
    raise ProgrammingFault("question_answer is being written")


def note_add(*, actor: Actor, matter_id: int, note: str, photos: Sequence[StoredFile] = ()) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("note_add is being written")


def matter_supervise(*, actor: Actor, matter_id: int, note: str, due_on: date | None = None) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_supervise is being written")


def matter_publish(
    *, actor: Actor, matter_id: int, title: str, text: str, photos: Sequence[StoredFile] = ()
) -> PublicVersion:
    """See the room's contract."""
    raise ProgrammingFault("matter_publish is being written")


def matter_unpublish(*, actor: Actor, matter_id: int, reason: str) -> PublicVersion:
    """See the room's contract."""
    raise ProgrammingFault("matter_unpublish is being written")


def affected_add(*, actor: Actor, public_id: UUID) -> Affected:
    """See the room's contract."""
    raise ProgrammingFault("affected_add is being written")


def affected_remove(*, actor: Actor, public_id: UUID) -> None:
    """See the room's contract."""
    raise ProgrammingFault("affected_remove is being written")


def reporter_reveal(*, actor: Actor, matter_id: int, purpose: str) -> dict[str, str]:
    """See the room's contract."""
    raise ProgrammingFault("reporter_reveal is being written")
