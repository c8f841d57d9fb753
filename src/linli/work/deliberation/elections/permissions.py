"""Who may do what about elections and recalls."""

from linli.core.actor import Actor

from ..ballots.permissions import can_organise_at, can_organise_ballots
from .models import Election, Recall


def can_hold_elections(actor: Actor) -> bool:
    """Whether the actor holds elections at all: people of a committee or a street."""
    return can_organise_ballots(actor) and actor.person_id is not None


def can_run_election(actor: Actor, election: Election | Recall) -> bool:
    """Carry an election or a recall on: committee or street of its place."""
    return can_hold_elections(actor) and can_organise_at(actor, election.area_path)
