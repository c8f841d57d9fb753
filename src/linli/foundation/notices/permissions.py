"""Who may do what with messages."""

from linli.core.actor import Actor, Function


def can_see_deliveries(actor: Actor) -> bool:
    """Operators see what could not be sent, and why; never to whom."""
    return actor.function == Function.OPERATOR


def can_retry_delivery(actor: Actor) -> bool:
    """Operators, once the cause is mended."""
    return actor.function == Function.OPERATOR


def can_send(actor: Actor) -> bool:
    """Only the machine empties the outbox."""
    return actor.function == Function.SYSTEM
