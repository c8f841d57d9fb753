"""Who may do what to a matter; the page shows a button exactly where its service would be allowed."""

from linli.core.actor import EXECUTING, Actor, Function, Scope
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.places.models import Compound

from .models import Assignment, ClosingBatch, HandlingRequest, Matter, Phrase
from .rules import may_reporter_verify
from .workflow import WORKFLOW

COMMITTEE_OR_STREET = frozenset({Function.COMMITTEE, Function.STREET})
STREET_ONLY = frozenset({Function.STREET})
SUPERVISING = frozenset({Function.STREET, Function.DISTRICT, Function.CITY})
INTAKE = frozenset({Function.GRID_WORKER, Function.COMMITTEE, Function.STREET})
REPORTING = INTAKE | {Function.VISITOR, Function.RESIDENT}
# What a unit does with its hands; who did it in a round does not verify it.
HANDLING_VERBS = frozenset({"sign", "attend", "answer", "result", "discussion_finish"})


def can_see_matter(actor: Actor, matter: Matter) -> bool:
    """Whether ``visible_to`` would let this actor see the matter."""
    return Matter.objects.visible_to(actor).filter(pk=matter.pk).exists()


def _governs(actor: Actor, matter: Matter, functions: frozenset[Function] = COMMITTEE_OR_STREET) -> bool:
    return actor.function in functions and actor.covers(matter.area_path)


def is_reporter(actor: Actor, matter: Matter) -> bool:
    """Whether the actor reported this matter themselves."""
    return actor.person_id is not None and actor.person_id == matter.reporter_id


def is_intake_worker(actor: Actor, matter: Matter) -> bool:
    """Whether the actor is the named person who first took the matter （首问负责）."""
    return actor.person_id is not None and actor.person_id == matter.intake_by_id


def is_complained_about(actor: Actor, matter: Matter) -> bool:
    """Whether the actor's own unit is what the matter complains about."""
    return actor.unit_id is not None and actor.unit_id == matter.about_unit_id


# -- who reported ------------------------------------------------------------
def can_see_reporter(actor: Actor, matter: Matter) -> bool:
    """Who may know who reported: the reporter, the named intake worker, committee and street.

    Whoever is complained about never sees who complained; where a matter hides its reporter, the street
    alone sees beside the reporter and who took the report.
    """
    if is_reporter(actor, matter):
        return True
    if is_complained_about(actor, matter):
        return False
    if is_intake_worker(actor, matter):
        return True
    return _governs(actor, matter, STREET_ONLY if hides_reporter(matter) else COMMITTEE_OR_STREET)


def can_reveal_reporter(actor: Actor, matter: Matter) -> bool:
    """Who may look up name and phone, recorded: those who may know, and a unit that has signed for it."""
    if can_see_reporter(actor, matter):
        return True
    if hides_reporter(matter) or is_complained_about(actor, matter) or actor.unit_id is None:
        return False
    if not actor.is_staff:  # a person looks, and says why; a unit's system does not
        return False
    return matter.assignments.filter(
        unit_id=actor.unit_id, ended_at__isnull=True, signed_at__isnull=False
    ).exists()


def hides_reporter(matter: Matter) -> bool:
    """Whether only the street may learn who reported."""
    return matter.hides_reporter or bool(matter.category and matter.category.hides_reporter)


def is_never_public(matter: Matter) -> bool:
    """Family violence, minors, aid, health, complaints about named persons."""
    return matter.is_never_public or bool(matter.category and matter.category.is_never_public)


# -- intake, sorting -----------------------------------------------------------
def can_report_matter(actor: Actor) -> bool:
    """Residents for themselves; committee, grid and street workers for others; systems granted to."""
    return actor.function in REPORTING or actor.grants(Scope.MATTERS_REPORT)


def can_intake_matter(actor: Actor) -> bool:
    """Whether the actor takes reports at the door or on the telephone for others."""
    return actor.function in INTAKE


def can_serve_counter(actor: Actor) -> bool:
    """The service counter: people of a committee or a street."""
    return actor.function in COMMITTEE_OR_STREET and actor.unit_id is not None


def can_decide_intake(actor: Actor, matter: Matter) -> bool:
    """Accept, decline, merge, sort, hand over, whistle: committee or street of the place."""
    return _governs(actor, matter)


def can_hand_over(actor: Actor, matter: Matter) -> bool:
    """Committee or street of the place; the machine where a published row says 直接派遣."""
    return actor.function == Function.SYSTEM or can_decide_intake(actor, matter)


def can_confirm_class(actor: Actor, matter: Matter) -> bool:
    """Another person than the one who set the class."""
    return (
        _governs(actor, matter)
        and bool(matter.affair_class)
        and matter.class_set_by_id not in actor.person_ids
    )


def can_guide_matter(actor: Actor, matter: Matter) -> bool:
    """Guide a private affair: the committee, or the street where no committee is known yet."""
    return _governs(actor, matter)


def can_hold_document(actor: Actor, matter: Matter) -> bool:
    """Take papers and give them back: committee, street, or who took the report."""
    return _governs(actor, matter) or (actor.is_staff and is_intake_worker(actor, matter))


def can_manage_poster(actor: Actor, compound: Compound) -> bool:
    """Posters of a compound: committee or street of the place."""
    return actor.function in COMMITTEE_OR_STREET and actor.covers(compound.area_path)


# -- stock answers -----------------------------------------------------------
def can_use_phrases(actor: Actor) -> bool:
    """Whoever answers residents or the street at the desk."""
    return actor.function in INTAKE | EXECUTING


def can_keep_unit_phrases(actor: Actor) -> bool:
    """The administrator of a unit keeps what all of its people use."""
    return can_use_phrases(actor) and actor.is_unit_admin and actor.unit_id is not None


def can_share_phrases(actor: Actor) -> bool:
    """The street's administrator shares texts with every unit of the street."""
    return can_keep_unit_phrases(actor) and actor.function == Function.STREET


def can_change_phrase(actor: Actor, phrase: Phrase) -> bool:
    """One's own, or as the administrator one's unit's."""
    if phrase.owner_id is not None:
        return can_use_phrases(actor) and phrase.owner_id == actor.person_id
    return can_keep_unit_phrases(actor) and phrase.unit_id == actor.unit_id


# -- handling, deciding ------------------------------------------------------
def works_for_unit(actor: Actor) -> bool:
    """People of the desk act for their unit, and so does a system of the unit that was granted it."""
    return actor.is_staff or actor.grants(Scope.MATTERS_ACT)


def can_work_assignment(actor: Actor, assignment: Assignment) -> bool:
    """Sign, handle, answer, ask to return: people and the system of the unit while its part lasts."""
    return (
        works_for_unit(actor)
        and assignment.ended_at is None
        and actor.unit_id is not None
        and actor.unit_id == assignment.unit_id
    )


def can_decide_for_street(actor: Actor, matter: Matter) -> bool:
    """Returns, extensions, pauses, reopening: the street of the place."""
    return _governs(actor, matter, STREET_ONLY)


def can_decide_request(actor: Actor, request: HandlingRequest) -> bool:
    """Decide on what was asked: the street; a return also by the committee that had handed it over."""
    if can_decide_for_street(actor, request.matter):
        return True
    if request.kind != HandlingRequest.Kind.RETURN or request.assignment is None:
        return False
    return _governs(actor, request.matter) and actor.unit_id == request.assignment.returns_to_id


def can_recall_assignment(actor: Actor, assignment: Assignment) -> bool:
    """Take back what was sent: whoever sent it, or the street of the place."""
    if can_decide_for_street(actor, assignment.matter):
        return True
    return _governs(actor, assignment.matter) and actor.unit_id == assignment.returns_to_id


def can_ask_countersign(actor: Actor, matter: Matter) -> bool:
    """Ask other units for their opinion: committee or street, or the unit that leads."""
    if _governs(actor, matter):
        return True
    leads = matter.assignments.filter(part=Assignment.Part.LEAD, ended_at__isnull=True)
    return works_for_unit(actor) and leads.filter(unit_id=actor.unit_id or 0).exists()


def can_withdraw_request(actor: Actor, request: HandlingRequest) -> bool:
    """Take back what one asked for: the unit that asked; of a reopening the person."""
    if request.kind == HandlingRequest.Kind.REOPEN:
        return actor.person_id is not None and actor.person_id == request.asked_by_id
    return works_for_unit(actor) and actor.unit_id is not None and actor.unit_id == request.asked_unit_id


def can_supervise_matter(actor: Actor, matter: Matter) -> bool:
    """督办： street, district, city over their areas."""
    return _governs(actor, matter, SUPERVISING)


# -- verifying ----------------------------------------------------------------
def handler_persons(matter: Matter) -> frozenset[int]:
    """Every person who signed, handled or reported the result in this round, and whom they stood in for."""
    events = matter.events.filter(round=matter.round, verb__in=HANDLING_VERBS)
    pairs = events.values_list("person_id", "deputy_for_id")
    return frozenset(person for pair in pairs for person in pair if person is not None)


def handling_units(matter: Matter) -> frozenset[int]:
    """The units outside the committee to which the matter was handed in this round; an opinion is no hand."""
    rows = matter.assignments.filter(round=matter.round).exclude(unit__function=Function.COMMITTEE)
    rows = rows.exclude(part=Assignment.Part.COUNTER)
    return frozenset(rows.values_list("unit_id", flat=True))


def committee_has_another(matter: Matter) -> bool:
    """Whether somebody of the committee is left who had no hand in this round."""
    committee = person_ids_for(function=Function.COMMITTEE, area_path=matter.area_path)
    return not may_reporter_verify(committee, handler_persons(matter))


def can_verify_matter(actor: Actor, matter: Matter) -> bool:
    """Committee or street of the place; the reporter where the committee has nobody else.

    Who of them may not, because of a hand they had in it, is ``rules.verifier_refusal``.
    """
    if _governs(actor, matter):
        return True
    return is_reporter(actor, matter) and not committee_has_another(matter)


def can_propose_closing(actor: Actor) -> bool:
    """Put several handled matters before another person to be closed: committee or street."""
    return actor.function in COMMITTEE_OR_STREET and actor.unit_id is not None and bool(actor.areas)


def can_review_closing(actor: Actor, batch: ClosingBatch) -> bool:
    """Look through a proposal: committee or street over its area, never the person who made it."""
    governs = actor.function in COMMITTEE_OR_STREET and actor.covers(batch.area_path)
    return governs and actor.person_id is not None and batch.proposed_by_id not in actor.person_ids


def can_undo_closing(actor: Actor, batch: ClosingBatch) -> bool:
    """Take back what a proposal closed: committee or street over its area."""
    return actor.function in COMMITTEE_OR_STREET and actor.covers(batch.area_path)


def can_undo_close(actor: Actor, matter: Matter) -> bool:
    """Say that a matter was closed by mistake: committee or street of the place."""
    return _governs(actor, matter)


def can_set_closing_rule(actor: Actor) -> bool:
    """Set how many a street's units may close together: the street's administrator."""
    return actor.function == Function.STREET and actor.is_unit_admin and bool(actor.areas)


def can_revisit_matter(actor: Actor, matter: Matter) -> bool:
    """Ask a reporter how it went: committee or street of the place, the street alone where they are hidden.

    Who of them may not, because of a hand they had in it, is ``satisfaction.rules.revisit_refusal``.
    """
    functions = STREET_ONLY if hides_reporter(matter) else COMMITTEE_OR_STREET
    may_know = _governs(actor, matter, functions) and can_see_reporter(actor, matter)
    return may_know and not is_reporter(actor, matter)


# -- talking, publishing, reopening ----------------------------------------------
def can_ask_reporter(actor: Actor, matter: Matter) -> bool:
    """Those who govern the place, who took the report, or people of a unit that is handling it."""
    takes_part = actor.is_staff and _takes_part(actor, matter)
    return _governs(actor, matter) or is_intake_worker(actor, matter) or takes_part


def can_answer_question(actor: Actor, matter: Matter) -> bool:
    """The reporter; or a worker who writes down what the reporter said."""
    return is_reporter(actor, matter) or _governs(actor, matter) or is_intake_worker(actor, matter)


def can_note_matter(actor: Actor, matter: Matter) -> bool:
    """Everybody at the desk who governs the place, supervises, or takes part."""
    governs = _governs(actor, matter, COMMITTEE_OR_STREET | SUPERVISING)
    return governs or (actor.is_staff and is_intake_worker(actor, matter)) or _takes_part(actor, matter)


def _takes_part(actor: Actor, matter: Matter) -> bool:
    if not works_for_unit(actor) or actor.unit_id is None:
        return False
    return matter.assignments.filter(unit_id=actor.unit_id, ended_at__isnull=True).exists()


def can_remind_matter(actor: Actor, matter: Matter) -> bool:
    """Those who govern the place or supervise it, and who took the report (首问)."""
    if _governs(actor, matter, COMMITTEE_OR_STREET | SUPERVISING):
        return True
    return actor.is_staff and is_intake_worker(actor, matter)


def can_publish_matter(actor: Actor, matter: Matter) -> bool:
    """Publish a separate version: committee or street, never where the law or the category forbids."""
    return _governs(actor, matter) and not is_never_public(matter)


def can_ask_reopen(actor: Actor, matter: Matter) -> bool:
    """The reporter, the reporter of a matter merged into it, or somebody affected (``known_to``)."""
    if actor.person_id is None or actor.is_staff:
        return False
    if is_reporter(actor, matter) or matter.merged.filter(reporter_id=actor.person_id).exists():
        return True
    return Matter.objects.filter(
        pk=matter.pk,
        public_version__withdrawn_at__isnull=True,
        public_version__affected__person_id=actor.person_id,
    ).exists()


def can_start_move(matter: Matter, code: str) -> bool:
    """Whether the matter's state allows the move at all."""
    return WORKFLOW.allows(matter.state, code)


# -- 权责清单 -----------------------------------------------------------------
def can_see_catalog(actor: Actor) -> bool:
    """Everybody at the desk sees who answers for what."""
    return actor.is_staff


def can_keep_categories(actor: Actor) -> bool:
    """The list is the whole city's: its administrator, the operator, the system by itself."""
    if actor.function in (Function.OPERATOR, Function.SYSTEM):
        return True
    return actor.function == Function.CITY and actor.is_unit_admin


# -- suggestions ----------------------------------------------------------------
def can_train_assist(actor: Actor) -> bool:
    """Training reads the texts of a whole area: the operator at the server, or the system by itself."""
    return actor.function in (Function.OPERATOR, Function.SYSTEM)


def can_read_figures(actor: Actor) -> bool:
    """Whoever governs reads figures over their areas; a machine that was granted them too."""
    return actor.is_governing or actor.grants(Scope.FIGURES_READ)


def can_see_assist(actor: Actor) -> bool:
    """Whoever governs sees how well the machine does over their areas; the operator sees its trainings."""
    return actor.is_governing or actor.function == Function.OPERATOR


def can_set_assist_threshold(actor: Actor) -> bool:
    """A street's administrator says how sure the machine must be there."""
    return actor.function == Function.STREET and actor.is_unit_admin and bool(actor.areas)
