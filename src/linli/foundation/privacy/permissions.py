"""Who answers what people ask about their data."""

from linli.core.actor import Actor, Function

from .models import DataRequest


def can_see_requests(actor: Actor) -> bool:
    """Committees those of their neighbourhood, operators all; streets how far their committees are."""
    return actor.function in (Function.OPERATOR, Function.COMMITTEE, Function.STREET)


def can_answer_request(actor: Actor, request: DataRequest) -> bool:
    """Who sees it, but nobody their own."""
    return can_see_requests(actor) and request.person_id not in actor.person_ids
