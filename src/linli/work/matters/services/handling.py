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


def matter_hand_over(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    affair_class: str,
    reason: str,
    unit: Unit,
    co_units: Sequence[Unit] = (),
    instruction: str = "",
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_hand_over is being written")


def assignment_sign(*, actor: Actor, assignment_id: int) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("assignment_sign is being written")


def assignment_return_ask(*, actor: Actor, assignment_id: int, reason: str, proposal: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("assignment_return_ask is being written")


def return_decide(
    *,
    actor: Actor,
    request_id: int,
    is_granted: bool,
    decision: str,
    unit: Unit | None = None,
    is_final: bool = False,
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("return_decide is being written")


def matter_rehand(*, actor: Actor, matter_id: int, version: int | None, unit: Unit, reason: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_rehand is being written")


def extension_ask(*, actor: Actor, assignment_id: int, reason: str, new_due_on: date) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("extension_ask is being written")


def pause_ask(*, actor: Actor, assignment_id: int, lawful_reason: str, reason: str, until_on: date) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("pause_ask is being written")


def request_decide(*, actor: Actor, request_id: int, is_granted: bool, decision: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("request_decide is being written")


def matter_resume(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_resume is being written")


def assignment_answer(
    *, actor: Actor, assignment_id: int, result: str, photos: Sequence[StoredFile] = ()
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("assignment_answer is being written")


def assignment_waive(*, actor: Actor, assignment_id: int, reason: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("assignment_waive is being written")


def result_report(
    *,
    actor: Actor,
    assignment_id: int,
    result: str,
    done_at: datetime | None = None,
    photos: Sequence[StoredFile] = (),
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("result_report is being written")


def matter_whistle(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    cause: str,
    units: Sequence[Unit],
    place: str,
    at: datetime,
    note: str = "",
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_whistle is being written")
