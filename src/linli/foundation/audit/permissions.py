"""Who may do what with the record."""

from linli.core.actor import GOVERNING, Actor, Function


def can_see_audit(actor: Actor) -> bool:
    """Supervisors and operators; administrators of governing units, over their areas and their own unit."""
    if actor.function in (Function.SUPERVISOR, Function.OPERATOR):
        return True
    return actor.is_unit_admin and actor.function in GOVERNING


def can_seal(actor: Actor) -> bool:
    """The machine, or an operator at the command line."""
    return actor.function in (Function.SYSTEM, Function.OPERATOR)


def can_forget_keys(actor: Actor) -> bool:
    """Only the machine."""
    return actor.function == Function.SYSTEM
