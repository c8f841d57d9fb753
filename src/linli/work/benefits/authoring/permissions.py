"""Who may read, write and publish policies and standards."""

from __future__ import annotations

from linli.core.actor import Actor, Function
from linli.foundation.places.models import Level
from linli.foundation.places.rules import division_level, path_codes

from ..models import Policy, PolicyVersion, StandardValue
from ..models.policies import WRITING

# Down to which division the area of a level reaches.
LEVELS = {Function.DISTRICT: Level.COUNTY, Function.CITY: Level.CITY}


def own_area(actor: Actor) -> str:
    """Return the path of the district or city for which the actor writes policies; "" for others."""
    if actor.function not in LEVELS or not actor.areas:
        return ""
    deepest = LEVELS[actor.function]
    codes = [code for code in path_codes(actor.areas[0]) if division_level(code) <= deepest]
    return "".join(f"{code}/" for code in codes)


def level_of(area_path: str) -> Function:
    """Return whose policies stand at an area: a district's or the city's."""
    codes = path_codes(area_path)
    at_district = bool(codes) and division_level(codes[-1]) >= Level.COUNTY
    return Function.DISTRICT if at_district else Function.CITY


def can_see_policies(actor: Actor) -> bool:
    """Whoever governs reads what is published; drafts see ``can_see_drafts``."""
    return actor.is_governing or actor.function == Function.SYSTEM


def can_see_drafts(actor: Actor, area_path: str) -> bool:
    """District and city read what is being written in their areas."""
    if actor.function == Function.SYSTEM:
        return True
    return actor.function in WRITING and actor.covers(area_path)


def can_start_policy(actor: Actor) -> bool:
    """District and city, each for their own area."""
    return bool(own_area(actor))


def can_write_policy(actor: Actor, policy: Policy) -> bool:
    """Those of the level and area whose policy it is."""
    return bool(own_area(actor)) and own_area(actor) == policy.area_path


def can_publish_version(actor: Actor, version: PolicyVersion) -> bool:
    """Somebody of the same level or above over the area, never the person who proposed it."""
    return _is_second(actor, version.policy.area_path, version.proposed_by_id)


def can_confirm_end(actor: Actor, policy: Policy) -> bool:
    """Somebody of the same level or above over the area, never the person who asked for the end."""
    return _is_second(actor, policy.area_path, policy.ending_by_id)


def can_write_standard(actor: Actor, standard: StandardValue) -> bool:
    """Those of the level and area whose figure it is."""
    return bool(own_area(actor)) and own_area(actor) == standard.area_path


def can_publish_standard(actor: Actor, standard: StandardValue) -> bool:
    """Somebody of the same level or above over the area, never the person who proposed it."""
    return _is_second(actor, standard.area_path, standard.proposed_by_id)


def _is_second(actor: Actor, area_path: str, proposed_by: int | None) -> bool:
    above = {Function.CITY, level_of(area_path)}
    if actor.function not in above or not actor.covers(area_path):
        return False
    return proposed_by not in actor.person_ids


def can_match_policies(actor: Actor) -> bool:
    """City and operators have policies matched with everybody besides the nightly run."""
    return actor.function in (Function.CITY, Function.OPERATOR, Function.SYSTEM)


def can_match_policy(actor: Actor, policy: Policy) -> bool:
    """Those who match all of them, and the district whose policy it is: its rule reaches its own people."""
    return can_match_policies(actor) or can_write_policy(actor, policy)


def can_ship_policies(actor: Actor) -> bool:
    """The machine that installs puts in what comes with the software."""
    return actor.function == Function.SYSTEM
