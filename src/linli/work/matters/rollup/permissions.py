"""Who may leave a matter out of the three rates, and who approves it: never the same person."""

from linli.core.actor import Actor, Function
from linli.foundation.accounts.models import Unit

from ..models import Matter
from .models import Exclusion

ASKING = frozenset({Function.COMMITTEE, Function.STREET, Function.DISTRICT, Function.CITY})
DECIDING = frozenset({Function.STREET, Function.DISTRICT, Function.CITY})


def can_ask_exclusion(actor: Actor, matter: Matter) -> bool:
    """Committee, street, district and city, of matters in their own areas."""
    return actor.function in ASKING and actor.covers(matter.area_path)


def may_decide_exclusions(actor: Actor) -> bool:
    """Whether the actor decides on such requests at all."""
    return actor.function in DECIDING


def can_decide_exclusion(actor: Actor, exclusion: Exclusion) -> bool:
    """Street and above, never who asked, under any of their roles and accounts."""
    return (
        may_decide_exclusions(actor)
        and actor.covers(exclusion.matter.area_path)
        and exclusion.asked_by_id not in actor.person_ids
    )


def can_end_exclusion(actor: Actor, exclusion: Exclusion) -> bool:
    """Street and above take back what was granted; who asked takes back what waits."""
    if exclusion.outcome == Exclusion.Outcome.OPEN and exclusion.asked_by_id in actor.person_ids:
        return True
    return may_decide_exclusions(actor) and actor.covers(exclusion.matter.area_path)


def can_set_rates(actor: Actor) -> bool:
    """The city's administrators; a district's only where no city works on this installation."""
    if not actor.is_unit_admin:
        return False
    if actor.function == Function.CITY:
        return True
    return actor.function == Function.DISTRICT and not Unit.objects.filter(function=Function.CITY).exists()
