"""Who may bring files in, and into which areas."""

from linli.core.actor import Actor, Function
from linli.foundation.places.models import Division

from .models import ColumnMap, Import

IMPORTING = frozenset({Function.COMMITTEE, Function.STREET, Function.DISTRICT, Function.CITY})
MACHINE_ROOM = frozenset({Function.OPERATOR, Function.SYSTEM})


def areas_of(actor: Actor) -> tuple[str, ...]:
    """Return the areas that an actor may import into; an operator without areas serves all of them."""
    return actor.areas or (("",) if actor.function in MACHINE_ROOM else ())


def can_import(actor: Actor) -> bool:
    """Administrators of governing units, operators, and machines."""
    return actor.function in MACHINE_ROOM or (actor.function in IMPORTING and actor.is_unit_admin)


def can_import_into(actor: Actor, place: Division) -> bool:
    """Only into the actor's own areas."""
    return can_import(actor) and actor.with_areas(areas_of(actor)).covers(place.path)


def can_work_import(actor: Actor, job: Import) -> bool:
    """Whoever may import and covers the whole import's area."""
    return can_import(actor) and actor.with_areas(areas_of(actor)).covers(job.area_path)


def can_see_rows(actor: Actor, job: Import) -> bool:
    """Rows in quarantine hold personal data: who uploaded them, and administrators who govern the area."""
    is_own = actor.person_id is not None and actor.person_id == job.created_by_id
    governs = actor.is_governing and actor.is_unit_admin and actor.covers(job.area_path)
    return can_work_import(actor, job) and (is_own or governs or actor.function == Function.SYSTEM)


def can_keep_map(actor: Actor, kept: ColumnMap) -> bool:
    """A map belongs to the unit that saved it."""
    return can_import(actor) and kept.unit_id == actor.unit_id


def can_work_jobs(actor: Actor) -> bool:
    """Only the machine works through a file once a person has started it."""
    return actor.function == Function.SYSTEM
