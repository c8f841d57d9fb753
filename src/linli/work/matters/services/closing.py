"""Verified by somebody else, closed, opened again."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import service
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.calendar import limit_due
from linli.foundation.files.models import StoredFile

from ..models import AffairClass, Assignment, ClosedAs, HandlingRequest, Matter
from ..permissions import (
    can_decide_request,
    can_undo_close,
    can_verify_matter,
    handler_persons,
    handling_units,
)
from ..refusals import invalid
from ..routing.services import ruling_keep
from ..rules import verifier_refusal
from ..wording import instant_words
from .assigning import assignment_send, request_settle, unit_checked
from .rating import rating_links_end, rating_links_open
from .returning import result_undo, verify_ask
from .steps import Step, class_set, request_step, step_begin
from .texts import text_required

LEAD = Assignment.Part.LEAD


@service(idempotent=True)
def matter_verify(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    is_passed: bool,
    finding: str,
    photos: Sequence[StoredFile] = (),
    is_unverifiable: bool = False,
) -> Matter:
    """Look whether it is really done: passed closes, failed goes back to the unit.

    The verifier is never somebody who signed, handled or reported the result in this round, under any
    role, account or deputyship, and for what was handed to a unit is of another unit. In a committee of
    one it is the street, or the reporter's confirmation. ``is_unverifiable`` closes with the reason why
    nobody can look.
    """
    move = "pass" if is_passed or is_unverifiable else "fail"
    step = step_begin(actor=actor, matter_id=matter_id, move=move, may=can_verify_matter, version=version)
    refusal = verifier_refusal(
        verifier_persons=actor.person_ids,
        verifier_unit=actor.unit_id,
        handler_persons=handler_persons(step.matter),
        handling_units=handling_units(step.matter),
    )
    if refusal:
        raise NotAllowed(refusal, hint=_("请由没有参与办理的同事、街镇，或反映人来核查。"))
    words = text_required(value=finding, name="finding", words=_("请写明核查情况。"), most=2_000)
    step.done("confirm_result")
    if move == "fail":
        return _failed(step, words, photos)
    return _closed(step, words, photos, is_unverifiable)


def _failed(step: Step, finding: str, photos: Sequence[StoredFile]) -> Matter:
    """Back to the unit that handled it, with a fresh limit; a talk without a unit has nobody to go to."""
    lead = step.matter.assignments.filter(part=LEAD, ended_at__isnull=True).select_related("unit").first()
    if lead is None:
        raise Conflict(_("这件事是协商办结的，没有办理单位。"), hint=_("请核查通过，或由反映人申请重办。"))
    due = limit_due(step.at, step.clock("handle").limit)
    lead.due_at, lead.due_is_provisional, lead.matter = due.at, due.is_provisional, step.matter
    step.save_row(lead, "due_at", "due_is_provisional")
    result_undo(step=step, lead=lead)
    step.tell_unit(lead.unit, "verify_fail", "核查没有通过，请继续办理", instant_words(due.at))
    return step.finish("verify_fail", note=finding, photos=photos)


def _closed(step: Step, finding: str, photos: Sequence[StoredFile], is_unverifiable: bool) -> Matter:
    closed_as = ClosedAs.UNVERIFIABLE if is_unverifiable else ClosedAs.VERIFIED
    step.set(closed_at=step.at, closed_as=closed_as)
    window = step.due("reopen_window")
    step.facts["window"] = instant_words(window.at, window.is_provisional)
    for assignment in step.matter.assignments.filter(ended_at__isnull=True):
        assignment.ended_at = step.at
        step.save_row(assignment, "ended_at")
    rating_links_open(step=step)
    return step.finish("verify_unable" if is_unverifiable else "verify_pass", note=finding, photos=photos)


@service(idempotent=True)
def matter_close_undo(*, actor: Actor, matter_id: int, reason: str) -> Matter:
    """Say that a matter was closed by mistake: it is to be verified anew, and its reporter is told why.

    Links to the three questions that nobody has used end. What was rated in this round stays closed:
    then the reporter asks to reopen.
    """
    step = step_begin(
        actor=actor, matter_id=matter_id, move="undo_close", may=can_undo_close, is_versioned=False
    )
    matter = step.matter
    if matter.closed_as != ClosedAs.VERIFIED:
        raise Conflict(_("这件事不是核查通过办结的，不能撤销办结。"))
    if matter.ratings.filter(round=matter.round).exists():
        raise Conflict(_("反映人已经评价，不能撤销办结。"), hint=_("请反映人申请重办。"))
    why = text_required(value=reason, name="reason", words=_("请写明为什么撤销，反映人会看到。"))
    for assignment in matter.assignments.filter(ended_at=matter.closed_at):
        assignment.ended_at = None
        step.save_row(assignment, "ended_at")
    rating_links_end(step=step)
    step.set(closed_at=None, closed_as="")
    verify_ask(step=step)
    return step.finish("close_undo", note=why)


# -- opened again -------------------------------------------------------------
@service(idempotent=True)
def reopen_decide(
    *,
    actor: Actor,
    request_id: int,
    is_granted: bool,
    decision: str,
    unit: Unit | None = None,
    affair_class: str = "",
) -> Matter:
    """Decide on a second round: granted, a unit handles it anew; a private affair is sorted anew."""
    move = "grant_reopen" if is_granted else "refuse_reopen"
    step, request = request_step(actor=actor, request_id=request_id, move=move, may=can_decide_request)
    if request.kind != HandlingRequest.Kind.REOPEN:
        raise Conflict(_("这不是重办申请。"))
    request_settle(step=step, request=request, is_granted=is_granted, decision=decision)
    if not is_granted:
        step.set(due_at=None, due_is_provisional=False, due_source="")
        return step.finish("reopen_refuse", note=request.decision)
    if unit is None:
        raise invalid(unit=_("同意重办时，请选择由哪个单位办理。"))
    wanted = affair_class or step.matter.affair_class
    if wanted not in (AffairClass.MAJOR, AffairClass.MINOR):
        raise invalid(affair_class=_("原来是私事，重办须改定为大事或小事。"))
    if wanted != step.matter.affair_class:
        class_set(step=step, affair_class=wanted, reason=request.decision)
    unit_checked(step=step, unit=unit)
    step.set(round=step.matter.round + 1, closed_at=None, closed_as="", handled_at=None, handed_at=step.at)
    step.set(bounces=0)
    ruling_keep(step=step, given=unit)
    assignment_send(step=step, unit=unit, part=LEAD, instruction=request.decision)
    return step.finish("reopen_grant", note=request.decision)
