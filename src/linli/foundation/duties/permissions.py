"""Who may do what with duties and the holiday calendar."""

from linli.core.actor import Actor, Function


def can_load_calendar(actor: Actor) -> bool:
    """Operators, and the machine at start-up, load a year's holidays."""
    return actor.function in (Function.OPERATOR, Function.SYSTEM)


def can_remind(actor: Actor) -> bool:
    """Only the machine reminds."""
    return actor.function == Function.SYSTEM
