"""Who may do what with messages."""

from linli.core.actor import Actor, Function

from .models import Broadcast


def can_see_deliveries(actor: Actor) -> bool:
    """Operators see what could not be sent, and why; never to whom."""
    return actor.function == Function.OPERATOR


def can_retry_delivery(actor: Actor) -> bool:
    """Operators, once the cause is mended."""
    return actor.function == Function.OPERATOR


def can_send(actor: Actor) -> bool:
    """Only the machine empties the outbox."""
    return actor.function == Function.SYSTEM


def can_write_broadcasts(actor: Actor) -> bool:
    """Committees, streets, districts and cities, to the places of their areas."""
    return actor.is_governing and bool(actor.areas)


def can_manage_broadcast(actor: Actor, broadcast: Broadcast) -> bool:
    """Whoever governs all of its places: edit, submit, stop, resend."""
    return actor.is_governing and actor.covers(broadcast.area_path)


def can_approve_broadcast(actor: Actor, broadcast: Broadcast) -> bool:
    """Another person who governs all of its places; who stands in for the author is not another."""
    is_other = broadcast.created_by_id not in actor.person_ids
    return can_manage_broadcast(actor, broadcast) and actor.person_id is not None and is_other
