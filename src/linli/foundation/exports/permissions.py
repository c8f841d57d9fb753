"""Who may take lists away, and who sees that it was done."""

from linli.core.actor import GOVERNING, Actor, Function, Scope
from linli.core.listing import Listing, Reach


def can_make_export(actor: Actor, listing: Listing) -> bool:
    """Who may take a list away at all; which of its rows, the list's own selector decides."""
    if listing.reach == Reach.OPEN:
        return True
    if listing.reach == Reach.OWN:
        return actor.is_signed_in
    return actor.is_staff or actor.grants(Scope.MATTERS_READ)


def can_fetch_export(actor: Actor, actor_key: str) -> bool:
    """Only whoever made an export gets its file, however many may know of it."""
    return actor.is_signed_in and actor.key == actor_key


def can_see_exports(actor: Actor) -> bool:
    """Who sees others' exports: supervisors, operators, administrators of governing units."""
    if actor.function in (Function.SUPERVISOR, Function.OPERATOR):
        return True
    return actor.is_unit_admin and actor.function in GOVERNING


def can_see_every_export(actor: Actor) -> bool:
    """Operators answer for the whole installation."""
    return actor.function in (Function.OPERATOR, Function.SYSTEM)


def can_run_export(actor: Actor) -> bool:
    """Only the machine writes, keeps and deletes the files."""
    return actor.function == Function.SYSTEM
