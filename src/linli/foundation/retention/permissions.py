"""Who may look at, and stop, what the rules let go."""

from linli.core.actor import Actor, Function


def can_see_retention(actor: Actor) -> bool:
    """Everybody who governs or oversees: the rules are no secret."""
    return actor.is_governing or actor.function in (Function.OPERATOR, Function.SUPERVISOR)


def can_hold(actor: Actor) -> bool:
    """Operators and supervisors."""
    return actor.function in (Function.OPERATOR, Function.SUPERVISOR)


def can_apply(actor: Actor) -> bool:
    """Only the machine lets records go."""
    return actor.function == Function.SYSTEM
