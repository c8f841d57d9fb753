"""Who may connect another system: whoever manages the unit whose system it is."""

from linli.core.actor import Actor, Function
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import can_manage_unit
from linli.foundation.accounts.rules import lies_within

from .models import Client


def can_manage_client(actor: Actor, client: Client) -> bool:
    """Change, close, issue and revoke tokens: those who manage its unit; a client never."""
    return can_manage_unit(actor, client.unit)


def can_open_client(actor: Actor, unit: Unit, paths: tuple[str, ...]) -> bool:
    """Only inside the areas of the unit, only by those who manage it."""
    return can_manage_unit(actor, unit) and lies_within(paths, unit.area_paths)


def can_clear_uses(actor: Actor) -> bool:
    """Old counts are forgotten by the machine."""
    return actor.function == Function.SYSTEM
