"""Who may do what about elections and recalls."""

from linli.core.actor import Actor, Function

from ..ballots.permissions import can_organise_at, can_organise_ballots
from .models import Election, Recall

SEES = (Function.COMMITTEE, Function.STREET, Function.DISTRICT, Function.CITY, Function.SUPERVISOR)


def can_see_elections(actor: Actor) -> bool:
    """Open the lists at the desk: who organises or oversees."""
    return actor.function in SEES


def can_see_election(actor: Actor, election: Election) -> bool:
    """See everything about an election: who may open the list, in their areas."""
    return can_see_elections(actor) and actor.covers(election.area_path)


def can_hold_elections(actor: Actor) -> bool:
    """Whether the actor holds elections at all: people of a committee or a street."""
    return can_organise_ballots(actor) and actor.person_id is not None


def can_run_election(actor: Actor, election: Election | Recall) -> bool:
    """Carry an election or a recall on: committee or street of its place."""
    return can_hold_elections(actor) and can_organise_at(actor, election.area_path)
