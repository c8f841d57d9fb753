"""Who may do what with uploads; who may see a photo is decided by the room whose record it belongs to."""

from linli.core.actor import Actor, Function


def can_sweep(actor: Actor) -> bool:
    """Only the machine deletes what nobody used."""
    return actor.function == Function.SYSTEM
