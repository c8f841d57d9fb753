"""What a unit asks for while it handles a matter (return, more time, a pause) and what is decided."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import service
from linli.core.timelimits import Due, due_after_pause
from linli.foundation.accounts.models import Unit
from linli.foundation.duties.calendar import HOURS, holiday_calendar
from linli.foundation.duties.services import duty_pause, duty_resume

from ..clocks import setting
from ..models import AffairClass, Assignment, HandlingRequest, Matter
from ..permissions import can_decide_for_street, can_decide_request
from ..refusals import invalid, invalid_if
from ..routing.services import ruling_keep
from ..rules import LAWFUL_PAUSES, extension_refusals, is_bounce_limit_reached, pause_refusals
from ..wording import instant_words
from .assigning import (
    WORK_ACTION,
    assignment_end,
    assignment_send,
    request_settle,
    unit_checked,
    unit_not_again,
    units_free,
)
from .returning import assignments_recall
from .steps import DECIDE_ACTION, ROOM, Step, assignment_step, request_step, step_begin
from .texts import text_required

Kind, Outcome = HandlingRequest.Kind, HandlingRequest.Outcome
DECIDE_MOVES = {Kind.EXTENSION: "extend", Kind.PAUSE: "pause"}


def _closing_time(day: date) -> datetime:
    return datetime.combine(day, HOURS.end, BEIJING)


def _request_open(step: Step, assignment: Assignment, kind: str, reason: str, **more: object) -> None:
    """Write what is asked and put the decision on the street's list."""
    waiting = step.matter.requests.filter(kind=kind, outcome="")
    if waiting.filter(assignment=assignment).exists():
        raise Conflict(_("已有同类申请在审批，请等待结果。"))
    is_first = not waiting.exists()
    request = HandlingRequest(
        matter=step.matter,
        assignment=assignment,
        kind=kind,
        reason=text_required(value=reason, name="reason", words=_("请写明理由。")),
        asked_at=step.at,
        asked_by_id=step.actor.person_id,
        asked_unit_id=step.actor.unit_id,
        **more,
    )
    step.save_row(request)
    if is_first:  # the decision stands on the street's list once, however many wait for one
        step.duty(DECIDE_ACTION[Kind(kind)])


# -- return -------------------------------------------------------------------
@service(idempotent=True)
def assignment_return_ask(
    *,
    actor: Actor,
    assignment_id: int,
    reason: str,
    proposal: str = "",
    proposed_unit: Unit | None = None,
) -> Matter:
    """Ask to give a matter back （退单） with a reason, naming who is next; it counts toward the limit.

    Whose it is, is said by a unit, in words, or both.
    """
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move="ask_return")
    if assignment.is_final:
        raise Conflict(
            _("这件事由街镇指定本单位办理，不得再退。"), hint=_("如有困难，请申请延期或与街镇联系。")
        )
    if assignment.part == Assignment.Part.COUNTER:
        raise Conflict(_("会签不用退单，请直接表态：同意或不同意。"))
    if assignment.state not in (Assignment.State.SENT, Assignment.State.SIGNED):
        raise Conflict(_("本单位%(state)s,不能退单。") % {"state": assignment.get_state_display()})
    why = text_required(value=reason, name="reason", words=_("请写明退单的理由。"))
    whose = _next_words(step, assignment, proposal, proposed_unit)
    _request_open(step, assignment, Kind.RETURN, why, proposal=whose, proposed_unit=proposed_unit)
    if assignment.part == Assignment.Part.LEAD:
        step.set(bounces=step.matter.bounces + 1)
    step.facts["proposal"] = whose
    return step.finish("return_ask", note=why)


def _next_words(step: Step, assignment: Assignment, proposal: str, unit: Unit | None) -> str:
    """Return who is next, in words; a return that names nobody leaves the reporter with nobody."""
    if unit is not None:
        if unit.pk == assignment.unit_id:
            raise invalid(proposed_unit=_("建议的单位不能是本单位。"))
        unit_checked(step=step, unit=unit, giver=Function.STREET, affair_class=AffairClass.MAJOR)
    parts = [unit.name if unit else "", proposal.strip()]
    words = "；".join(part for part in parts if part)
    return text_required(
        value=words,
        name="proposal",
        words=_("不归本单位办的，请写明归谁：选一个单位，或写几个字。"),
        most=300,
    )


@service(idempotent=True)
def return_decide(
    *,
    actor: Actor,
    request_id: int,
    is_granted: bool,
    decision: str,
    unit: Unit | None = None,
    is_final: bool = False,
    is_back: bool = False,
) -> Matter:
    """Decide on a return: granted, the lead goes to the unit named; refused, the same unit goes on.

    ``is_back`` grants it without a unit: the matter is sorted again, and what is then complete may go
    straight back. After the bounce limit only the street decides, names a unit, and that one may not
    return the matter again. A unit that has returned it in this round is given it only so.
    """
    request = HandlingRequest.objects.select_related("assignment").filter(pk=request_id).first()
    is_lead = bool(request and request.assignment and request.assignment.part == Assignment.Part.LEAD)
    goes_back = is_granted and is_back and is_lead
    step, request = request_step(
        actor=actor,
        request_id=request_id,
        move="return_back" if goes_back else "rehand",
        may=can_decide_request,
    )
    assignment = request.assignment
    if request.kind != Kind.RETURN or assignment is None:
        raise Conflict(_("这不是退单申请。"))
    at_limit = is_bounce_limit_reached(step.matter.bounces, setting("bounce_limit"))
    if at_limit and actor.function != Function.STREET:
        raise NotAllowed(_("退单已满次数，由街镇指定单位。"))
    if at_limit and goes_back:
        raise invalid(unit=_("退单已满次数，不能再退回研判；请指定一个单位。"))
    assignment.matter = step.matter
    request_settle(step=step, request=request, is_granted=is_granted, decision=decision)
    step.facts["former"] = assignment.unit.name
    if not is_granted:
        return _return_refused(step, assignment, request.decision, at_limit or is_final)
    if goes_back:
        assignment_end(step=step, assignment=assignment, state=Assignment.State.RETURNED)
        assignments_recall(step=step)
        return step.finish("return_back", note=request.decision)
    return _return_granted(step, assignment, request.decision, unit, at_limit or is_final)


def _return_refused(step: Step, assignment: Assignment, decision: str, is_final: bool) -> Matter:
    if is_final:
        assignment.is_final = True
        step.save_row(assignment, "is_final")
    return step.finish("return_refuse", note=decision)


def _return_granted(
    step: Step, assignment: Assignment, decision: str, unit: Unit | None, is_final: bool
) -> Matter:
    assignment_end(step=step, assignment=assignment, state=Assignment.State.RETURNED)
    if assignment.part != Assignment.Part.LEAD:
        return step.finish("return_co_grant", note=decision)
    if unit is None:
        raise invalid(unit=_("同意退单时，请选择改派给哪个单位。"))
    if unit.pk == assignment.unit_id and not is_final:
        raise invalid(unit=_("同意退单后不能派回同一单位；要它继续办理，请选择“不同意”。"))
    unit_checked(step=step, unit=unit)
    unit_not_again(step=step, unit=unit, is_final=is_final)
    units_free(step=step, units=(unit,))
    ruling_keep(step=step, given=unit)
    assignment_send(step=step, unit=unit, part=Assignment.Part.LEAD, instruction=decision, is_final=is_final)
    return step.finish("return_grant", note=decision)


# -- more time, a pause -------------------------------------------------------
@service(idempotent=True)
def extension_ask(*, actor: Actor, assignment_id: int, reason: str, new_due_on: date) -> Matter:
    """Ask for a later date; the street approves, and then the reporter is told."""
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move="ask_extension")
    _signed(assignment)
    invalid_if(extension_refusals(new_due_on, assignment.due_at, clock.today()))
    if assignment.extensions >= setting("extension_limit"):
        raise Conflict(
            _("这件事已批准延期%(extensions)s次，不能再延。") % {"extensions": assignment.extensions}
        )
    _request_open(step, assignment, Kind.EXTENSION, reason, new_due_at=_closing_time(new_due_on))
    step.facts["new_due"] = str(new_due_on)
    return step.finish("extension_ask", note=reason.strip())


@service(idempotent=True)
def pause_ask(*, actor: Actor, assignment_id: int, lawful_reason: str, reason: str, until_on: date) -> Matter:
    """Ask to stop the clocks for one of the lawful reasons, until a date."""
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move="ask_pause")
    _signed(assignment)
    if assignment.part != Assignment.Part.LEAD:
        raise Conflict(_("挂起由主办单位申请。"))
    invalid_if(pause_refusals(lawful_reason, until_on, clock.today()))
    until = _closing_time(until_on)
    _request_open(step, assignment, Kind.PAUSE, reason, lawful_reason=lawful_reason, new_due_at=until)
    step.facts.update(until=str(until_on), lawful_reason=lawful_reason)
    return step.finish("pause_ask", note=reason.strip())


def _signed(assignment: Assignment) -> None:
    if assignment.state != Assignment.State.SIGNED:
        raise Conflict(_("现在是「%(state)s」，签收后才能申请。") % {"state": assignment.get_state_display()})


@service(idempotent=True)
def request_decide(*, actor: Actor, request_id: int, is_granted: bool, decision: str) -> Matter:
    """Decide on more time or a pause; granted, the reporter is told the reason and the new date."""
    kind = HandlingRequest.objects.filter(pk=request_id).values_list("kind", flat=True).first()
    move = DECIDE_MOVES.get(Kind(kind) if kind else Kind.EXTENSION)
    if move is None:
        raise Conflict(_("这项申请请在退单或重办审批里办理。"))
    step, request = request_step(actor=actor, request_id=request_id, move=move, may=can_decide_request)
    request_settle(step=step, request=request, is_granted=is_granted, decision=decision)
    if not is_granted:
        step.state_after = step.state_before
        return step.finish("extension_refuse" if move == "extend" else "pause_refuse", note=request.decision)
    return _extended(step, request) if move == "extend" else _paused(step, request)


def _extended(step: Step, request: HandlingRequest) -> Matter:
    assignment, until = request.assignment, request.new_due_at
    if assignment is None or until is None:
        raise Conflict(_("这项申请缺少新的期限。"))
    assignment.due_at, assignment.due_is_provisional = until, False
    assignment.extensions += 1
    step.save_row(assignment, "due_at", "due_is_provisional", "extensions")
    action = WORK_ACTION[Assignment.Part(assignment.part)]
    step.done(action, unit_id=assignment.unit_id)
    step.duty(action, stage="handle", unit=assignment.unit, due_at=until)
    if assignment.part == Assignment.Part.LEAD:
        step.due_show(Due(until, False), assignment.due_source)
    step.facts["reason"] = request.reason
    step.is_told = assignment.part == Assignment.Part.LEAD
    return step.finish("extend", note=request.decision)


def _paused(step: Step, request: HandlingRequest) -> Matter:
    if request.new_due_at is None:
        raise Conflict(_("这项申请缺少预计恢复日期。"))
    duty_pause(room=ROOM, subject_id=str(step.matter.public_id))
    step.duty("resume", due_at=request.new_due_at)
    step.due_show(Due(request.new_due_at, False), _("预计恢复办理的日期"))
    step.facts.update(
        until=instant_words(request.new_due_at),
        reason=LAWFUL_PAUSES.get(request.lawful_reason, request.reason),
    )
    return step.finish("pause", note=request.decision)


@service(idempotent=True)
def matter_resume(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """Let the clocks run again: by the street, or by the system when the pause's date has come."""
    step = step_begin(actor=actor, matter_id=matter_id, move="resume", may=_may_resume, version=version)
    why = text_required(value=reason, name="reason", words=_("请写明恢复办理的原因。"))
    pause = step.matter.requests.filter(kind=Kind.PAUSE, outcome=Outcome.GRANTED).latest("decided_at")
    if actor.function == Function.SYSTEM and pause.new_due_at and pause.new_due_at > step.at:
        raise Conflict(_("预计恢复的日期还没有到。"))
    step.done("resume")
    duty_resume(room=ROOM, subject_id=str(step.matter.public_id))
    for assignment in step.matter.assignments.filter(ended_at__isnull=True).select_related("unit"):
        _moved_on(step, assignment, pause.decided_at or step.at)
    return step.finish("resume", note=why)


def _may_resume(actor: Actor, matter: Matter) -> bool:
    return actor.function == Function.SYSTEM or can_decide_for_street(actor, matter)


def _moved_on(step: Step, assignment: Assignment, paused_at: datetime) -> None:
    """Give a unit back the time that it had left when the clocks stopped."""
    if assignment.due_at is not None:
        unit = step.clock("handle").limit.unit
        assignment.due_at = due_after_pause(
            assignment.due_at, paused_at, step.at, unit, holiday_calendar(), HOURS
        )
        step.save_row(assignment, "due_at")
    if assignment.part == Assignment.Part.LEAD and assignment.due_at is not None:
        step.due_show(Due(assignment.due_at, assignment.due_is_provisional), assignment.due_source)
        step.tell_unit(assignment.unit, "resume", "一件挂起的事恢复办理", instant_words(assignment.due_at))
