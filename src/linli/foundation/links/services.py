"""Joining records of any rooms."""

from linli.core import clock
from linli.core.actor import Actor
from linli.core.service import require_service

from .models import Link


@require_service
def link_add(*, actor: Actor, from_room: str, from_id: str, to_room: str, to_id: str, kind: str) -> None:
    """Say that one record belongs with another; saying it twice changes nothing."""
    Link.objects.bulk_create(
        [
            Link(
                from_room=from_room,
                from_id=from_id,
                to_room=to_room,
                to_id=to_id,
                kind=kind,
                created_at=clock.now(),
                created_by=actor.key,
            )
        ],
        ignore_conflicts=True,
    )


@require_service
def link_remove(*, from_room: str, from_id: str, to_room: str, to_id: str, kind: str) -> None:
    """Say that one record does not belong with another after all; nothing where it never did."""
    Link.objects.filter(
        from_room=from_room, from_id=from_id, to_room=to_room, to_id=to_id, kind=kind
    ).delete()
