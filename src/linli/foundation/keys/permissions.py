"""Who may handle keys: whoever keeps the installation, and the installation itself. Keys, never values."""

from linli.core.actor import Actor, Function


def can_handle_keys(actor: Actor) -> bool:
    """Operators and the system."""
    return actor.function in (Function.OPERATOR, Function.SYSTEM)
