"""Going back: to any step passed, straight back to who returned it, and taking back what one has sent."""

from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, MoveNotAllowed
from linli.core.service import require_service, service
from linli.core.timelimits import Due, due_after_pause
from linli.foundation.duties.calendar import HOURS, holiday_calendar

from ..clocks import setting
from ..models import Assignment, HandlingRequest, Matter, MatterEvent
from ..permissions import (
    can_decide_intake,
    can_recall_assignment,
    can_withdraw_request,
    committee_has_another,
)
from ..refusals import invalid
from ..rules import OPEN_ASSIGNMENT, send_back_refusal
from ..selectors.returns import sent_back_last, steps_passed, times_sent_back, trail_of
from ..wording import instant_words
from ..workflow import State
from .assigning import (
    FIRST_ACTION,
    assignment_end,
    assignment_working,
    called_part_end,
    requests_close,
    units_free,
)
from .steps import Step, assignment_step, request_step, step_begin
from .texts import text_required

LEAD, WHISTLED = Assignment.Part.LEAD, Assignment.Part.WHISTLED
# What a step is called when a matter goes back to it, in the words of a sentence.
STEPS = {
    State.REPORTED: "受理",
    State.ACCEPTED: "研判",
    State.DISCUSSING: "协商",
    State.GUIDED: "引导",
    State.HANDLING: "办理",
    State.HANDLED: "核查",
}
BACK = ("reported", "accepted", "discussing", "handling")


@service(idempotent=True)
def matter_send_back(*, actor: Actor, matter_id: int, version: int | None, to: str, reason: str) -> Matter:
    """Send a matter back to a step that it has passed in this round; what was sent out is taken back.

    After so many times (a setting) the street alone does so, once more; then the loop ends in words.
    """
    if to not in BACK:
        raise invalid(to=_("请选择退回到哪一步。"))
    step = step_begin(
        actor=actor, matter_id=matter_id, move=f"send_back_{to}", may=can_decide_intake, version=version
    )
    trail = trail_of(step.matter)
    if State(to) not in steps_passed(step.matter, trail):
        raise invalid(to=_("这件事本轮没有经过这一步，请另选一步。"))
    is_street = actor.function == Function.STREET
    refusal = send_back_refusal(times_sent_back(trail), setting("send_back_limit"), is_street)
    if refusal:
        raise Conflict(refusal[0], hint=refusal[1])
    why = text_required(value=reason, name="reason", words=_("请写明为什么退回、缺什么。"))
    if to == State.HANDLING:
        _work_again(step)
    else:
        assignments_recall(step=step)
    step.set(handled_at=None)
    step.done("confirm_result")
    step.facts["step"] = STEPS[State(to)]
    return step.finish("send_back", note=why)


def _work_again(step: Step) -> None:
    """Let the unit that reported go on with a fresh limit."""
    lead = _lead(step)
    due = step.due("handle")
    lead.due_at, lead.due_is_provisional = due.at, due.is_provisional
    step.save_row(lead, "due_at", "due_is_provisional")
    result_undo(step=step, lead=lead)
    step.tell_unit(lead.unit, "send_back", "一件交办被退回，请继续办理", instant_words(due.at))


def _lead(step: Step) -> Assignment:
    rows = step.matter.assignments.filter(part=LEAD, ended_at__isnull=True).select_related("unit")
    lead = rows.first()
    if lead is None:
        raise Conflict(_("这件事是协商办结的，没有办理单位。"), hint=_("请退回研判或协商。"))
    lead.matter = step.matter
    return lead


@require_service
def result_undo(*, step: Step, lead: Assignment) -> None:
    """Make a reported result unreported: the unit is at work again, its limit as it stands."""
    lead.state, lead.handled_at = Assignment.State.SIGNED, None
    step.save_row(lead, "state", "handled_at")
    step.set(handled_at=None)
    step.facts["unit"] = lead.unit.name
    assignment_working(step=step, assignment=lead)
    step.facts["due"] = instant_words(lead.due_at)


@require_service
def assignments_recall(*, step: Step) -> None:
    """Take back everything that was sent: units are told, their duties go, they keep reading rights.

    A whistle goes on: who called the units finishes or cancels it.
    """
    rows = step.matter.assignments.filter(ended_at__isnull=True).select_related("unit")
    for row in rows.exclude(part=WHISTLED):
        row.matter = step.matter
        requests_close(step=step, assignment=row)
        was_open = row.state in OPEN_ASSIGNMENT
        assignment_end(step=step, assignment=row, state=Assignment.State.RECALLED if was_open else row.state)
        if was_open:
            step.tell_unit(row.unit, "recall", "一件交办已收回，不用再办")


# -- straight back ------------------------------------------------------------
@service(idempotent=True)
def matter_straight_back(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """Send a matter straight back to where it was returned from, past the steps between.

    Units get their part back as it was, with the time that they had left.
    """
    came = _came_from(matter_id)
    step = step_begin(
        actor=actor,
        matter_id=matter_id,
        move=f"straight_back_{came or State.HANDLING}",
        may=can_decide_intake,
        version=version,
    )
    back = sent_back_last(step.matter, trail_of(step.matter))
    if back is None:
        state = State(step.matter.state).label
        raise MoveNotAllowed(
            _("现在是「%s」，不是刚退回来的，或退回后又办过别的步骤，不能直接送回。") % state,
            hint=_("请按正常步骤办理。"),
        )
    why = text_required(value=reason, name="reason", words=_("请写明补充了什么。"))
    _parts_restore(step, back)
    if step.state_after == State.HANDLED:
        verify_ask(step=step)
    step.facts["step"] = STEPS[State(step.state_after)]
    return step.finish("straight_back", note=why)


def _came_from(matter_id: int) -> str:
    matter = Matter.objects.filter(pk=matter_id).first()
    back = sent_back_last(matter, trail_of(matter)) if matter else None
    return back.from_state if back else ""


def _parts_restore(step: Step, back: MatterEvent) -> None:
    """Give back the parts that ended when it was sent back; raises ``Conflict`` where one cannot be."""
    rows = list(step.matter.assignments.filter(ended_at=back.at).select_related("unit"))
    units_free(step=step, units=[row.unit for row in rows])
    for row in rows:
        row.matter = step.matter
        if row.unit.closed_on is not None and row.unit.closed_on <= step.at.date():
            raise Conflict(_("%s已停用，不能直接送回。") % row.unit.name, hint=_("请重新派遣给别的单位。"))
        _part_restore(step, row, back)
        if row.part == LEAD and row.handled_at:
            step.set(handled_at=row.handled_at)


def _part_restore(step: Step, row: Assignment, back: MatterEvent) -> None:
    called_part_end(step=step, unit=row.unit)
    if row.due_at is not None:
        unit = step.clock("handle").limit.unit
        row.due_at = due_after_pause(row.due_at, back.at, step.at, unit, holiday_calendar(), HOURS)
    row.ended_at = None
    if row.state in (Assignment.State.RECALLED, Assignment.State.RETURNED):
        row.state = Assignment.State.SIGNED if row.signed_at else Assignment.State.SENT
    step.save_row(row, "due_at", "ended_at", "state")
    if row.state == Assignment.State.SIGNED:
        assignment_working(step=step, assignment=row)
    elif row.state == Assignment.State.SENT:
        duty = step.duty(FIRST_ACTION[Assignment.Part(row.part)], unit=row.unit)
        if row.part == LEAD and duty and duty.due_at:
            step.due_show(Due(duty.due_at, duty.is_provisional), step.clock("sign").limit.source)
    if row.part == LEAD:
        step.facts["unit"] = row.unit.name
    step.tell_unit(row.unit, "straight_back", "一件事补充后送回，请继续办理", instant_words(row.due_at))


@require_service
def verify_ask(*, step: Step) -> None:
    """In a committee of one, put the verification before the street, and before the reporter."""
    if not committee_has_another(step.matter):
        step.stage_function = Function.STREET
        step.duty("confirm_result", stage="verify")


# -- taking back ----------------------------------------------------------------
@service(idempotent=True)
def assignment_recall(*, actor: Actor, assignment_id: int, reason: str) -> Matter:
    """Take back what was sent: its duties vanish; the lead's, and the matter is to be sorted again."""
    row = Assignment.objects.select_related("matter").filter(pk=assignment_id).first()
    step, assignment = assignment_step(
        actor=actor,
        assignment_id=assignment_id,
        move="recall" if row is not None and row.part == LEAD else "recall_part",
        may=lambda who, matter: row is not None and can_recall_assignment(who, row),
    )
    if assignment.state not in OPEN_ASSIGNMENT:
        raise Conflict(_("这个单位%s，不能再收回。") % assignment.get_state_display())
    why = text_required(value=reason, name="reason", words=_("请写明为什么收回。"))
    step.facts["former"] = assignment.unit.name
    if assignment.part == LEAD:
        assignments_recall(step=step)
        return step.finish("recall", note=why)
    requests_close(step=step, assignment=assignment)
    assignment_end(step=step, assignment=assignment, state=Assignment.State.RECALLED)
    step.tell_unit(assignment.unit, "recall", "一件交办已收回，不用再办")
    return step.finish("recall_part", note=why)


@service(idempotent=True)
def result_retract(*, actor: Actor, assignment_id: int, reason: str) -> Matter:
    """The unit takes back the result that it reported, before anybody has verified it; the limit stands."""
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move="retract_result")
    if assignment.part != LEAD:
        raise Conflict(_("只有主办单位能撤回反馈。"))
    why = text_required(value=reason, name="reason", words=_("请写明为什么撤回。"))
    step.done("confirm_result")
    result_undo(step=step, lead=assignment)
    return step.finish("result_retract", note=why)


@service(idempotent=True)
def request_withdraw(*, actor: Actor, request_id: int) -> Matter:
    """Take back what one asked for before it is decided; the decision leaves the street's list."""
    kind = HandlingRequest.objects.filter(pk=request_id).values_list("kind", flat=True).first()
    is_reopening = kind == HandlingRequest.Kind.REOPEN
    move = "withdraw_reopen" if is_reopening else "withdraw_request"
    scope = Matter.objects.known_to(actor) if is_reopening else None
    step, request = request_step(
        actor=actor, request_id=request_id, move=move, may=can_withdraw_request, scope=scope
    )
    request.outcome, request.decided_at = HandlingRequest.Outcome.WITHDRAWN, step.at
    step.save_row(request, "outcome", "decided_at")
    step.request_done(request)
    if is_reopening:
        step.set(due_at=None, due_is_provisional=False, due_source="")
        return step.finish("reopen_withdraw")
    is_lead = request.assignment is not None and request.assignment.part == LEAD
    if request.kind == HandlingRequest.Kind.RETURN and is_lead:
        step.set(bounces=max(step.matter.bounces - 1, 0))
    step.facts["kind"] = request.get_kind_display()
    return step.finish("request_withdraw")
