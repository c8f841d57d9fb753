"""How far the making of a snapshot is."""

from __future__ import annotations

from typing import Any

from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.service import changes_of, record, service

from ..models import Snapshot


@service
def snapshot_note(*, actor: Actor, snapshot: Snapshot, **after: Any) -> None:
    """Note how far a snapshot is, or that it is whole."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed
    if changes := changes_of(snapshot, **after):
        record("snapshot.note", snapshot, changes)
