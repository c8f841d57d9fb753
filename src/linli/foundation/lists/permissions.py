"""Who may keep views of lists, and who may change them."""

from linli.core.actor import Actor

from .models import SavedView


def can_save_view(actor: Actor) -> bool:
    """Everybody who works at the desk for a unit; which lists, the lists themselves decide."""
    return actor.is_staff and actor.person_id is not None and actor.unit_id is not None


def can_change_view(actor: Actor, view: SavedView) -> bool:
    """Whoever saved it; a shared one also the unit's administrator, so that it outlives its maker."""
    if not can_save_view(actor) or view.unit_id != actor.unit_id:
        return False
    return view.person_id == actor.person_id or (view.is_shared and actor.is_unit_admin)
