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


def matter_report(
    *,
    actor: Actor,
    text: str = "",
    photos: Sequence[StoredFile] = (),
    place: Place,
    address: str = "",
    happened_at: datetime | None = None,
    channel: str = "web",
    category: Category | None = None,
    reporter_name: str = "",
    reporter_phone: str = "",
    beneficiary_name: str = "",
    beneficiary_relation: str = "",
    on_behalf: bool = False,
    public_id: UUID | None = None,
    is_emergency: bool | None = None,
    is_complaint: bool = False,
    request_key: str = "",
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_report is being written")


def emergency_report(
    *,
    actor: Actor,
    text: str = "",
    photos: Sequence[StoredFile] = (),
    place: Place,
    address: str = "",
    happened_at: datetime | None = None,
    channel: str = "web",
    reporter_name: str = "",
    reporter_phone: str = "",
    public_id: UUID | None = None,
    request_key: str = "",
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("emergency_report is being written")


def reporter_attach(*, actor: Actor, matter_id: int, draft_id: int) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("reporter_attach is being written")


def draft_save(
    *, actor: Actor, content: dict[str, Any], photos: Sequence[StoredFile] = (), draft_id: int | None = None
) -> ReportDraft:
    """See the room's contract."""
    raise ProgrammingFault("draft_save is being written")


def draft_submit(*, actor: Actor, draft_id: int) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("draft_submit is being written")


def matter_accept(*, actor: Actor, matter_id: int, version: int | None, note: str = "") -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_accept is being written")


def matter_decline(
    *, actor: Actor, matter_id: int, version: int | None, reason: str, where_to_go: str
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_decline is being written")


def matter_withdraw(*, actor: Actor, matter_id: int, version: int | None, reason: str = "") -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_withdraw is being written")


def matter_merge(
    *, actor: Actor, matter_id: int, version: int | None, target_id: int, reason: str = ""
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_merge is being written")


def matter_place_set(
    *, actor: Actor, matter_id: int, version: int | None, place: Place, address: str = ""
) -> Matter:
    """See the room's contract."""
    raise ProgrammingFault("matter_place_set is being written")


def document_receive(*, actor: Actor, matter_id: int, name: str, note: str = "") -> EntrustedDocument:
    """See the room's contract."""
    raise ProgrammingFault("document_receive is being written")


def document_return(*, actor: Actor, document_id: int, note: str = "") -> EntrustedDocument:
    """See the room's contract."""
    raise ProgrammingFault("document_return is being written")


def poster_create(*, actor: Actor, compound: Compound, building: Building | None = None) -> Poster:
    """See the room's contract."""
    raise ProgrammingFault("poster_create is being written")


def poster_disable(*, actor: Actor, poster_id: int) -> Poster:
    """See the room's contract."""
    raise ProgrammingFault("poster_disable is being written")
