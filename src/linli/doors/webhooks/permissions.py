"""Who lets a system be told: whoever manages the unit whose system it is."""

from linli.core.actor import Actor, Function
from linli.foundation.clients.models import Client
from linli.foundation.clients.permissions import can_manage_client


def can_manage_subscription(actor: Actor, client: Client) -> bool:
    """Set up, pause, resume, change the secret, stop."""
    return can_manage_client(actor, client)


def can_try_subscription(actor: Actor, client: Client) -> bool:
    """Send a test, send again: those who manage it, and the system itself."""
    return can_manage_client(actor, client) or actor.key == f"client:{client.public_id}"


def can_send_messages(actor: Actor) -> bool:
    """Only the machine reads the stream and sends."""
    return actor.function == Function.SYSTEM
