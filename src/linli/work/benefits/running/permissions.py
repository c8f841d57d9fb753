"""Who asks for a run and who reads how it stands: numbers only."""

from linli.core.actor import Actor, Function

from ..authoring.permissions import can_match_policies

WATCHING = frozenset({Function.DISTRICT, Function.CITY, Function.OPERATOR})


def can_see_runs(actor: Actor) -> bool:
    """District, city and operators read progress and figures."""
    return actor.function in WATCHING or actor.function == Function.SYSTEM


def can_ask_run(actor: Actor) -> bool:
    """City and operators ask for a run besides the nightly one."""
    return can_match_policies(actor)


def can_run(actor: Actor) -> bool:
    """The machine carries it out."""
    return actor.function == Function.SYSTEM
