"""Who may do what to a matter; the page shows a button exactly where its service would be allowed."""

from linli.core.actor import Actor, Function

from .models import Assignment, HandlingRequest, Matter
from .workflow import WORKFLOW

COMMITTEE_OR_STREET = frozenset({Function.COMMITTEE, Function.STREET})
SUPERVISING = frozenset({Function.STREET, Function.DISTRICT, Function.CITY})


def can_see_matter(actor: Actor, matter: Matter) -> bool:
    """Whether ``visible_to`` would let this actor see the matter."""
    return Matter.objects.visible_to(actor).filter(pk=matter.pk).exists()


def _governs(actor: Actor, matter: Matter, functions: frozenset[Function] = COMMITTEE_OR_STREET) -> bool:
    return actor.function in functions and actor.covers(matter.area_path)


def is_reporter(actor: Actor, matter: Matter) -> bool:
    """Whether the actor reported this matter themselves."""
    return actor.person_id is not None and actor.person_id == matter.reporter_id


def can_see_reporter(actor: Actor, matter: Matter) -> bool:
    """Who may know who reported: the reporter, the named intake worker, committee and street."""
    if is_reporter(actor, matter) or actor.person_id == matter.intake_by_id is not None:
        return True
    return _governs(actor, matter)


def can_report_matter(actor: Actor) -> bool:
    """A resident reports for themselves; committee, grid and street workers on behalf of someone."""
    return actor.function in {
        Function.VISITOR,
        Function.RESIDENT,
        Function.GRID_WORKER,
        Function.COMMITTEE,
        Function.STREET,
        Function.CLIENT,
    }


def can_intake_matter(actor: Actor) -> bool:
    """Whether the actor takes reports at the door or on the telephone for others."""
    return actor.function in {Function.GRID_WORKER, Function.COMMITTEE, Function.STREET}


def can_decide_intake(actor: Actor, matter: Matter) -> bool:
    """Accept, decline, merge, sort, hand over, whistle: committee or street of the place."""
    return _governs(actor, matter)


def can_guide_matter(actor: Actor, matter: Matter) -> bool:
    """Guide a private affair: the committee, or the street where no committee is known yet."""
    return _governs(actor, matter)


def can_decide_for_street(actor: Actor, matter: Matter) -> bool:
    """Returns, extensions, pauses, reopening: the street of the place."""
    return _governs(actor, matter, frozenset({Function.STREET}))


def can_decide_return(actor: Actor, matter: Matter) -> bool:
    """Returns: who handed it over within the community, or the street."""
    return _governs(actor, matter)


def can_supervise_matter(actor: Actor, matter: Matter) -> bool:
    """督办: street, district, city over their areas."""
    return _governs(actor, matter, SUPERVISING)


def can_publish_matter(actor: Actor, matter: Matter) -> bool:
    """Publish a separate version: committee or street, never where the law or the category forbids."""
    return _governs(actor, matter) and not is_never_public(matter)


def is_never_public(matter: Matter) -> bool:
    """Family violence, minors, aid, health, complaints about named persons."""
    return matter.is_never_public or bool(matter.category and matter.category.is_never_public)


def can_work_assignment(actor: Actor, assignment: Assignment) -> bool:
    """Sign, handle, answer, ask to return: people of the unit while its part lasts."""
    return assignment.ended_at is None and actor.unit_id is not None and actor.unit_id == assignment.unit_id


def can_decide_request(actor: Actor, request: HandlingRequest) -> bool:
    """Decide on what a unit or a resident asked for."""
    if request.kind == HandlingRequest.Kind.RETURN:
        return can_decide_return(actor, request.matter)
    return can_decide_for_street(actor, request.matter)


def can_start_move(matter: Matter, code: str) -> bool:
    """Whether the matter's state allows the move at all."""
    return WORKFLOW.allows(matter.state, code)
