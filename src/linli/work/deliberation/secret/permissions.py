"""Who may do what about the key of a secret ballot."""

from linli.core.actor import Actor, Function

from ..ballots.models import Ballot
from ..ballots.permissions import can_run_ballot
from .models import Ceremony, Trustee


def trustee_of(actor: Actor, ceremony: Ceremony | None) -> Trustee | None:
    """Return the actor's own seat, in person: nobody stands in for a trustee."""
    if ceremony is None or actor.person_id is None or not actor.is_staff or actor.deputy_for is not None:
        return None
    return ceremony.trustees.filter(person_id=actor.person_id).first()


def can_see_ceremony(actor: Actor, ballot: Ballot, ceremony: Ceremony | None) -> bool:
    """See how the key stands: who organises or oversees the ballot, and the trustees."""
    oversees = actor.function == Function.SUPERVISOR and actor.covers(ballot.area_path)
    governs = actor.is_governing and actor.covers(ballot.area_path)
    return governs or oversees or trustee_of(actor, ceremony) is not None


def can_appoint_trustees(actor: Actor, ballot: Ballot) -> bool:
    """Name the trustees and hold the ceremony: committee or street of the ballot's place."""
    return can_run_ballot(actor, ballot) and actor.person_id is not None
