"""Sending a matter to units: which unit may be given it, and what starts when it is sent."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.core.actor import Function
from linli.core.errors import Conflict
from linli.core.service import require_service
from linli.core.timelimits import Due
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes
from linli.foundation.duties.calendar import limit_due

from ..models import Assignment, HandlingRequest
from ..refusals import invalid
from ..rules import again_refusal, hand_over_refusal
from ..wording import instant_words
from .steps import Step
from .texts import text_required

LIMIT_WORDS = {
    "minute": "分钟",
    "hour": "小时",
    "workhour": "个工作时",
    "workday": "个工作日",
    "day": "天",
    "month": "个月",
}
FIRST_ACTION = {
    Assignment.Part.LEAD: "sign",
    Assignment.Part.CO: "sign",
    Assignment.Part.WHISTLED: "attend",
    Assignment.Part.COUNTER: "countersign",
}
WORK_ACTION = {
    Assignment.Part.LEAD: "handle",
    Assignment.Part.CO: "answer",
    Assignment.Part.WHISTLED: "answer",
    Assignment.Part.COUNTER: "countersign",
}


@require_service
def unit_checked(*, step: Step, unit: Unit, giver: Function | None = None, affair_class: str = "") -> None:
    """Refuse a unit that cannot be given this matter, in words beside the field ``unit``."""
    path = step.matter.area_path
    covers = unit.areas.filter(path__in=path_prefixes(path)).exists()
    refusal = hand_over_refusal(
        giver or step.actor.function, unit.function, covers, affair_class or step.matter.affair_class
    )
    if unit.closed_on is not None and unit.closed_on <= step.at.date():
        refusal = _("这个单位已停用，请另选单位。")
    if refusal:
        raise invalid(unit=refusal)


@require_service
def units_free(*, step: Step, units: Sequence[Unit]) -> None:
    """Refuse a unit named twice, or one that is already handling this matter.

    Being called by a whistle hinders nobody: what was only called may be handed the matter.
    """
    if len({unit.pk for unit in units}) != len(units):
        raise invalid(co_units=_("同一个单位只能选一次。"))
    running = step.matter.assignments.filter(unit__in=units, ended_at__isnull=True)
    busy = running.filter(whistle_calls__isnull=True).select_related("unit").first()
    if busy is not None:
        raise Conflict(_("%(name)s已在办理这件事。") % {"name": busy.unit.name})


@require_service
def unit_not_again(*, step: Step, unit: Unit, is_final: bool) -> None:
    """Refuse a unit that has returned this matter in this round, unless it is named for good."""
    returned = step.matter.assignments.filter(
        unit=unit, round=step.matter.round, state=Assignment.State.RETURNED, part=Assignment.Part.LEAD
    )
    if refusal := again_refusal(unit.name, returned.exists(), is_final):
        raise invalid(unit=refusal)


@require_service
def assignment_send(
    *,
    step: Step,
    unit: Unit,
    part: str,
    instruction: str = "",
    is_final: bool = False,
    due_at: datetime | None = None,
) -> Assignment:
    """Hand the matter to a unit: both its clocks start now, signing and handling; the unit is told.

    The lead's limit becomes the date that the reporter is promised; the matter's own current limit is
    that for signing. ``due_at`` replaces the limit for handling (the hour of a whistle).
    """
    called_part_end(step=step, unit=unit)
    clock = step.clock("handle")
    promised = Due(due_at, False) if due_at else limit_due(step.at, clock.limit)
    assignment = Assignment(
        matter=step.matter,
        round=step.matter.round,
        unit=unit,
        part=part,
        is_final=is_final,
        instruction=instruction[:500],
        sent_at=step.at,
        sent_by_id=step.actor.person_id,
        returns_to_id=step.actor.unit_id,
        due_at=promised.at,
        due_is_provisional=promised.is_provisional,
        due_source=clock.limit.source,
    )
    step.save_row(assignment)
    action = FIRST_ACTION[Assignment.Part(part)]
    duty = step.duty(action, unit=unit)
    if part == Assignment.Part.LEAD:
        if duty and duty.due_at:
            step.due_show(Due(duty.due_at, duty.is_provisional), step.clock(action).limit.source)
        step.facts.update(
            unit=unit.name,
            due=instant_words(promised.at, promised.is_provisional),
            limit=f"{clock.limit.amount}{LIMIT_WORDS[clock.limit.unit]}",
        )
    title = "有一件事请会签" if part == Assignment.Part.COUNTER else "有新的交办，请签收"
    step.tell_unit(unit, "assign", title, f"办理期限：{instant_words(promised.at)}")
    return assignment


@require_service
def called_part_end(*, step: Step, unit: Unit) -> None:
    """End what a unit has only because a whistle called it: one part a unit; the call itself goes on."""
    called = step.matter.assignments.filter(unit=unit, ended_at__isnull=True, whistle_calls__isnull=False)
    for part in called:
        part.state, part.ended_at = Assignment.State.MOVED, step.at
        step.save_row(part, "state", "ended_at")


@require_service
def assignment_working(*, step: Step, assignment: Assignment) -> None:
    """Put the work itself on the unit's list, with the limit that started when it was sent."""
    part = Assignment.Part(assignment.part)
    limit = step.clock("handle").limit
    unmoved = limit_due(assignment.sent_at, limit).at == assignment.due_at
    step.done(FIRST_ACTION[part], unit_id=assignment.unit_id)
    step.duty(
        WORK_ACTION[part],
        stage="handle",
        unit=assignment.unit,
        start=assignment.sent_at if unmoved else step.at,
        due_at=None if unmoved else assignment.due_at,
    )
    if part == Assignment.Part.LEAD:
        step.due_show(Due(assignment.due_at or step.at, assignment.due_is_provisional), assignment.due_source)


@require_service
def assignment_end(*, step: Step, assignment: Assignment, state: str) -> None:
    """End a unit's part: it keeps reading rights, its duties go."""
    assignment.state, assignment.ended_at = state, step.at
    step.save_row(assignment, "state", "ended_at")
    step.done(unit_id=assignment.unit_id)


@require_service
def lead_of(*, step: Step) -> Assignment:
    """Return the lead's running assignment."""
    lead = step.matter.assignments.filter(part=Assignment.Part.LEAD, ended_at__isnull=True).select_related(
        "unit"
    )
    found = lead.first()
    if found is None:
        raise Conflict(_("这件事现在没有主办单位。"))
    found.matter = step.matter
    return found


@require_service
def requests_close(*, step: Step, assignment: Assignment) -> None:
    """What a unit had asked for is moot once its part ends or is done."""
    for request in assignment.requests.filter(outcome=""):
        step.request_drop(request)


@require_service
def request_settle(*, step: Step, request: HandlingRequest, is_granted: bool, decision: str) -> None:
    """Write what was decided on a request, and tell the unit that asked."""
    request.outcome = HandlingRequest.Outcome.GRANTED if is_granted else HandlingRequest.Outcome.REFUSED
    request.decision = text_required(value=decision, name="decision", words=_("请写明审批意见。"))
    request.decided_at, request.decided_by_id = step.at, step.actor.person_id
    step.save_row(request, "outcome", "decision", "decided_at", "decided_by")
    step.request_done(request)
    if request.assignment is not None:
        said = request.get_outcome_display()
        step.tell_unit(request.assignment.unit, "decide", f"{request.get_kind_display()}申请：{said}")
