"""Who may do what with the registry; who sees which rows stands in ``models.scope``."""

from linli.core.actor import GOVERNING, Actor, Function, Scope
from linli.foundation.places.models.grids import reaches

from .models import Transfer
from .models.scope import WORKING

_DECIDING = frozenset({Function.COMMITTEE, Function.STREET, Function.SYSTEM})


def can_see_rows(actor: Actor) -> bool:
    """Those who go from door to door: grid workers, committees, streets, each in their areas."""
    return actor.function in WORKING


def can_see_counts(actor: Actor) -> bool:
    """Whoever governs, and systems that were granted it; small numbers are hidden from all of them."""
    return actor.function in GOVERNING or actor.grants(Scope.REGISTRY_COUNT)


def can_keep_registry(actor: Actor, area_path: str) -> bool:
    """Registering, moving, correcting what one sees: who works with people, each in their areas."""
    return actor.function in WORKING and reaches(actor, area_path)


def can_merge_residents(actor: Actor, *area_paths: str) -> bool:
    """Deciding that two registrations are one person, or two: committee and street."""
    return actor.function in _DECIDING and all(actor.covers(path) for path in area_paths)


def can_erase_resident(actor: Actor, area_path: str) -> bool:
    """Erasing for good: committee and street in their areas, and the retention job."""
    return actor.function in _DECIDING and actor.covers(area_path)


def can_undo_act(actor: Actor, by_person: int | None, area_paths: list[str]) -> bool:
    """Taking an act back: committee and street in their areas; a grid worker their own acts."""
    if not all(can_keep_registry(actor, path) for path in area_paths):
        return False
    return actor.function in _DECIDING or (by_person is not None and by_person == actor.person_id)


def can_decide_transfer(actor: Actor, transfer: Transfer) -> bool:
    """The giving side: committee or street where the person is registered."""
    return actor.function in _DECIDING and actor.covers(transfer.area_path)


def can_withdraw_transfer(actor: Actor, transfer: Transfer) -> bool:
    """The asking side: whoever works where the person would move to."""
    return can_keep_registry(actor, transfer.part.area_path)
