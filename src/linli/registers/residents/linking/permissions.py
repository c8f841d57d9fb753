"""Who confirms links and hands out codes."""

from linli.core.actor import Actor, Function

from ..models import AccountLink

DECIDING = frozenset({Function.COMMITTEE, Function.STREET})


def can_manage_links(actor: Actor) -> bool:
    """Committee and street: to say who somebody is, is not done alone at the door."""
    return actor.function in DECIDING


def can_decide_link(actor: Actor, link: AccountLink) -> bool:
    """Those in whose area the dwelling lies, but nobody their own."""
    is_here = can_manage_links(actor) and actor.covers(link.area_path)
    return is_here and link.person_id not in actor.person_ids
