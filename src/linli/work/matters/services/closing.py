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


def matter_verify(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    is_passed: bool,
    finding: str,
    photos: Sequence[StoredFile] = (),
    is_unverifiable: bool = False,
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_verify is being written")


def matter_rate(
    *,
    actor: Actor,
    matter_id: int,
    was_contacted: bool,
    was_solved: bool,
    was_satisfied: bool,
    comment: str = "",
) -> Rating:
    """See the room's contract."""
    raise ProgrammingFault("matter_rate is being written")


def reopen_ask(*, actor: Actor, matter_id: int, reason: str) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("reopen_ask is being written")


def reopen_decide(
    *,
    actor: Actor,
    request_id: int,
    is_granted: bool,
    decision: str,
    unit: Unit | None = None,
    affair_class: str = "",
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("reopen_decide is being written")
