"""Who may do what with a unit's roster."""

from linli.core.actor import Actor
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import can_manage_unit
from linli.foundation.accounts.selectors import unit_visible

from .models import DutyShift


def can_see_roster(actor: Actor, unit: Unit) -> bool:
    """The unit's own people, and whoever may look the unit up."""
    if not actor.is_staff:
        return False
    return actor.unit_id == unit.pk or unit_visible(actor).filter(pk=unit.pk).exists()


def can_keep_roster(actor: Actor, unit: Unit) -> bool:
    """The unit's administrator, or whoever manages it from above."""
    return can_manage_unit(actor, unit)


def can_give_shift(actor: Actor, shift: DutyShift) -> bool:
    """Ask a colleague to take a shift: whose it is, in person."""
    return actor.is_staff and actor.person_id is not None and actor.person_id == shift.person_id


def can_take_shift(actor: Actor, shift: DutyShift) -> bool:
    """Say yes or no to a swap: who was asked, in person."""
    return actor.is_staff and actor.person_id is not None and actor.person_id == shift.swap_to_id
