"""Handing over, signing, answering, waiving, reporting the result."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import Conflict
from linli.core.service import service
from linli.foundation.accounts.models import Unit
from linli.foundation.files.models import StoredFile

from ..models import Assignment, HandlingRequest, Matter
from ..permissions import can_decide_intake, can_hand_over
from ..refusals import invalid
from ..routing.services import ruling_keep
from ..rules import OPEN_ASSIGNMENT, handled_refusal
from .assigning import (
    assignment_end,
    assignment_send,
    assignment_working,
    lead_of,
    requests_close,
    unit_checked,
    unit_not_again,
    units_free,
)
from .returning import verify_ask
from .steps import Step, assignment_step, class_set, step_begin
from .texts import text_limited, text_required

Part = Assignment.Part
LEAD, CO, WHISTLED, COUNTER = Part.LEAD, Part.CO, Part.WHISTLED, Part.COUNTER
SIGN_MOVES: dict[str, str] = {LEAD: "sign", CO: "sign", WHISTLED: "attend", COUNTER: "countersign"}
ANSWER_MOVES: dict[str, str] = {
    LEAD: "answer",
    CO: "answer",
    WHISTLED: "answer_whistle",
    COUNTER: "countersign",
}
MAX_RESULT = 2_000


@service(idempotent=True)
def matter_hand_over(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    affair_class: str,
    reason: str,
    unit: Unit,
    co_units: Sequence[Unit] = (),
    instruction: str = "",
) -> Matter:
    """Hand the matter to a lead unit and any co-handlers; each unit's clocks start now.

    A committee hands over inside the community, a street to any unit whose areas hold the place. Class and
    reason may be what sorting said, or new. What the decision tables say is kept beside whom it was given to.
    """
    step = step_begin(actor=actor, matter_id=matter_id, move="hand_over", may=can_hand_over, version=version)
    if affair_class != step.matter.affair_class:
        class_set(step=step, affair_class=affair_class, reason=reason)
    for each in (unit, *co_units):
        unit_checked(step=step, unit=each)
    units_free(step=step, units=(unit, *co_units))
    words = text_limited(value=instruction, name="instruction")
    step.set(handed_at=step.at)
    ruling_keep(step=step, given=unit)
    assignment_send(step=step, unit=unit, part=LEAD, instruction=words)
    for each in co_units:
        assignment_send(step=step, unit=each, part=CO, instruction=words)
    if co_units:
        step.facts["co_units"] = [each.name for each in co_units]
    return step.finish("hand_over", note=words)


@service(idempotent=True)
def assignment_sign(*, actor: Actor, assignment_id: int) -> Matter:
    """Sign for what was handed over （签收）； a whistled unit reports that it has come （报到）."""
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move=SIGN_MOVES)
    _not_countersigning(assignment)
    if assignment.state != Assignment.State.SENT:
        raise Conflict(_("本单位已经签收（%(state)s）。") % {"state": assignment.get_state_display()})
    assignment.state, assignment.signed_at = Assignment.State.SIGNED, step.at
    assignment.signed_by_id = actor.person_id
    step.save_row(assignment, "state", "signed_at", "signed_by")
    assignment_working(step=step, assignment=assignment)
    if assignment.part == WHISTLED:
        return step.finish("attend")
    step.is_told = assignment.part == LEAD
    return step.finish("sign")


def _not_countersigning(assignment: Assignment) -> None:
    if assignment.part == COUNTER:
        raise Conflict(_("会签单位请直接表态：同意或不同意。"))


@service(idempotent=True)
def matter_rehand(
    *,
    actor: Actor,
    matter_id: int,
    version: int | None,
    unit: Unit,
    reason: str,
    is_final: bool = False,
) -> Matter:
    """Give the lead to another unit; the former one keeps reading rights.

    A unit that has returned the matter in this round gets it again only if the street names it for good
    (``is_final``).
    """
    step = step_begin(actor=actor, matter_id=matter_id, move="rehand", may=can_decide_intake, version=version)
    why = text_required(value=reason, name="reason", words=_("请写明改派的理由。"))
    lead = lead_of(step=step)
    if is_final and actor.function != Function.STREET:
        raise invalid(is_final=_("只有街镇可以指定单位、不得再退。"))
    unit_checked(step=step, unit=unit)
    unit_not_again(step=step, unit=unit, is_final=is_final)
    units_free(step=step, units=(unit,))
    requests_close(step=step, assignment=lead)
    assignment_end(step=step, assignment=lead, state=Assignment.State.MOVED)
    step.tell_unit(lead.unit, "rehand", "一件交办已改派给其他单位，不用再办")
    ruling_keep(step=step, given=unit)
    assignment_send(step=step, unit=unit, part=LEAD, instruction=why, is_final=is_final)
    step.facts["former"] = lead.unit.name
    return step.finish("rehand", note=why)


@service(idempotent=True)
def assignment_answer(
    *, actor: Actor, assignment_id: int, result: str, photos: Sequence[StoredFile] = ()
) -> Matter:
    """A co-handler or a whistled unit says what it did; its part is done."""
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move=ANSWER_MOVES)
    if assignment.part == LEAD:
        raise Conflict(_("主办单位请用「反馈结果」。"))
    _not_countersigning(assignment)
    words = text_required(value=result, name="result", words=_("请写明协办情况。"), most=MAX_RESULT)
    _handled(step, assignment, words)
    return step.finish("answer", note=words, photos=photos)


@service(idempotent=True)
def assignment_waive(*, actor: Actor, assignment_id: int, reason: str) -> Matter:
    """Do without a co-handler's answer, for a reason; never the lead's."""
    step, assignment = assignment_step(
        actor=actor, assignment_id=assignment_id, move="waive", may=can_decide_intake
    )
    if assignment.part == LEAD:
        raise Conflict(_("主办单位不能免除，请改派。"))
    if assignment.state not in OPEN_ASSIGNMENT:
        raise Conflict(_("这个单位%(state)s,不用免除。") % {"state": assignment.get_state_display()})
    assignment.waived_reason = text_required(
        value=reason, name="reason", words=_("请写明免除的理由。"), most=300
    )
    step.save_row(assignment, "waived_reason")
    assignment_end(step=step, assignment=assignment, state=Assignment.State.WAIVED)
    step.tell_unit(assignment.unit, "waive", "一件协办已免除，不用再答复")
    step.facts["unit"] = assignment.unit.name
    return step.finish("waive", note=assignment.waived_reason)


@service(idempotent=True)
def result_report(
    *,
    actor: Actor,
    assignment_id: int,
    result: str,
    done_at: datetime | None = None,
    photos: Sequence[StoredFile] = (),
) -> Matter:
    """The lead says what was done, when, with evidence; every co-handler has answered or was waived."""
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move="report_result")
    _result_checked(step, assignment, done_at)
    words = text_required(value=result, name="result", words=_("请写明做了什么、效果怎样。"), most=MAX_RESULT)
    _handled(step, assignment, words)
    step.set(handled_at=done_at or step.at)
    _decliners_end(step)
    verify_ask(step=step)
    return step.finish("result", note=words, photos=photos)


def _result_checked(step: Step, assignment: Assignment, done_at: datetime | None) -> None:
    if assignment.part != LEAD:
        raise Conflict(_("只有主办单位反馈结果，协办单位请用「答复」。"))
    if assignment.state != Assignment.State.SIGNED:
        raise Conflict(_("请先签收，再反馈结果。"))
    others = step.matter.assignments.filter(ended_at__isnull=True).exclude(pk=assignment.pk)
    others = others.exclude(pk__in=_declining(step))
    if refusal := handled_refusal((other.unit.name, other.state) for other in others.select_related("unit")):
        raise Conflict(refusal, hint=_("协办单位答复或免除后即可反馈。"))
    if done_at is not None and not assignment.sent_at <= done_at <= step.at:
        raise invalid(done_at=_("办完时间应在派遣之后、现在之前。"))


def _declining(step: Step) -> list[int]:
    """Return the helping parts whose units have asked to return them: a refusal holds nobody up."""
    asked = step.matter.requests.filter(kind=HandlingRequest.Kind.RETURN, outcome="")
    return list(asked.exclude(assignment__part=LEAD).values_list("assignment_id", flat=True))


def _decliners_end(step: Step) -> None:
    """End the parts of those who declined: the work is done without them."""
    for part in step.matter.assignments.filter(pk__in=_declining(step)).select_related("unit"):
        part.matter = step.matter
        requests_close(step=step, assignment=part)
        assignment_end(step=step, assignment=part, state=Assignment.State.RETURNED)


def _handled(step: Step, assignment: Assignment, result: str) -> None:
    """End the unit's work now: what counts for its limit is when it said so, not when it says it was done."""
    if assignment.state not in OPEN_ASSIGNMENT:
        raise Conflict(_("本单位%(state)s,不用再答复。") % {"state": assignment.get_state_display()})
    assignment.state, assignment.result = Assignment.State.HANDLED, result
    assignment.handled_at, assignment.handled_by_id = step.at, step.actor.person_id
    step.save_row(assignment, "state", "result", "handled_at", "handled_by")
    step.done(unit_id=assignment.unit_id)
    requests_close(step=step, assignment=assignment)
