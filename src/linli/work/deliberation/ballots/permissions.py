"""Who may do what about ballots."""

from linli.core.actor import Actor, Function
from linli.foundation.places.models.grids import reaches

from .models import Ballot

ORGANISING = frozenset({Function.COMMITTEE, Function.STREET})
TAKING = ORGANISING | {Function.GRID_WORKER}
READING = TAKING | {Function.SUPERVISOR}


def can_organise_ballots(actor: Actor) -> bool:
    """Whether the actor holds ballots at all: people of a committee or a street."""
    return actor.function in ORGANISING and actor.unit_id is not None


def can_see_ballots(actor: Actor) -> bool:
    """Open ballots at the desk: who holds, takes down or oversees them; everybody reads the public page."""
    return actor.is_governing or actor.function in READING


def can_oversee_ballots(actor: Actor) -> bool:
    """Look at how a secret ballot's key stands: who holds or oversees ballots, not who only takes votes."""
    return actor.is_governing or actor.function == Function.SUPERVISOR


def can_organise_at(actor: Actor, area_path: str) -> bool:
    """Hold a ballot in a place: committee or street of that place."""
    return can_organise_ballots(actor) and actor.covers(area_path)


def can_run_ballot(actor: Actor, ballot: Ballot) -> bool:
    """Carry a ballot on, rule on objections, see live turnout: committee or street of its place."""
    return actor.function == Function.SYSTEM or can_organise_at(actor, ballot.area_path)


def can_override_ballot(actor: Actor, ballot: Ballot) -> bool:
    """Let a ballot pass that misses a lawful notice, with a reason: the street of its place."""
    return actor.function == Function.STREET and can_organise_at(actor, ballot.area_path)


def can_take_votes(actor: Actor, ballot: Ballot) -> bool:
    """Write down votes at the door and by telephone, hand out and take back sheets."""
    return actor.function in TAKING and actor.person_id is not None and reaches(actor, ballot.area_path)


def can_see_roll(actor: Actor, ballot: Ballot) -> bool:
    """See the masked roll at the desk: who organises, takes votes or supervises there."""
    return actor.function in READING and reaches(actor, ballot.area_path)


def can_see_turnout(actor: Actor, ballot: Ballot) -> bool:
    """See while the ballot runs how many have voted: who organises it, nobody else."""
    return can_run_ballot(actor, ballot)
