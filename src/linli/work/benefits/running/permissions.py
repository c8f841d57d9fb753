"""Who asks for a run and who reads how it stands: numbers only."""

from collections.abc import Collection

from linli.core.actor import Actor, Function

from ..authoring.permissions import can_match_policies, can_match_policy
from ..models import Policy

WATCHING = frozenset({Function.DISTRICT, Function.CITY, Function.OPERATOR})


def can_see_runs(actor: Actor) -> bool:
    """District, city and operators read progress and figures."""
    return actor.function in WATCHING or actor.function == Function.SYSTEM


def can_ask_run(actor: Actor, named: Collection[Policy] = ()) -> bool:
    """City and operators ask for any run besides the nightly one; a district for one of its own policies."""
    return can_match_policies(actor) or (bool(named) and all(can_match_policy(actor, one) for one in named))


def can_run(actor: Actor) -> bool:
    """The machine carries it out."""
    return actor.function == Function.SYSTEM
