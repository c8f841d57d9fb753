"""会签: several units say whether they agree; one that refuses holds up none of the others."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core.actor import Actor, Function
from linli.core.errors import Conflict
from linli.core.service import service
from linli.foundation.accounts.models import Unit

from ..models import AffairClass, Assignment, Matter
from ..permissions import can_ask_countersign
from ..refusals import invalid
from .assigning import assignment_send, unit_checked, units_free
from .steps import assignment_step, step_begin
from .texts import text_required

COUNTER = Assignment.Part.COUNTER


@service(idempotent=True)
def countersign_ask(
    *, actor: Actor, matter_id: int, version: int | None, units: Sequence[Unit], question: str
) -> Matter:
    """Ask units whether they agree with how a matter is to be handled; the state stays as it is.

    Each answers for itself within its limit. The lead may report once all have said something, whatever
    it was, or were waived.
    """
    step = step_begin(
        actor=actor, matter_id=matter_id, move="ask_countersign", may=can_ask_countersign, version=version
    )
    words = text_required(value=question, name="question", words=_("请写明要各单位同意什么。"))
    if not units:
        raise invalid(units=_("请至少选择一个单位。"))
    units_free(step=step, units=units)
    until = step.due("countersign").at
    for unit in units:  # whoever asks, departments may be asked
        unit_checked(step=step, unit=unit, giver=Function.STREET, affair_class=AffairClass.MAJOR)
        assignment_send(step=step, unit=unit, part=COUNTER, instruction=words, due_at=until)
    step.facts.update(co_units=[unit.name for unit in units])
    return step.finish("countersign_ask", note=words)


@service(idempotent=True)
def assignment_countersign(*, actor: Actor, assignment_id: int, is_agreed: bool, opinion: str) -> Matter:
    """Say whether one's unit agrees, and why; whoever asked is told, the others go on.

    The unit's part ends with its word: afterwards it may be handed the matter like any other.
    """
    step, assignment = assignment_step(actor=actor, assignment_id=assignment_id, move="countersign")
    if assignment.part != COUNTER:
        raise Conflict(_("本单位不是会签单位。"))
    words = text_required(value=opinion, name="opinion", words=_("请写明意见；不同意的请写理由和建议。"))
    assignment.state = Assignment.State.HANDLED if is_agreed else Assignment.State.OPPOSED
    assignment.result, assignment.handled_at = words, step.at
    assignment.handled_by_id, assignment.ended_at = actor.person_id, step.at
    step.save_row(assignment, "state", "result", "handled_at", "handled_by", "ended_at")
    step.done(unit_id=assignment.unit_id)
    if assignment.returns_to is not None:
        title = f"{assignment.unit.name}会签：{'同意' if is_agreed else '不同意'}"
        step.tell_unit(assignment.returns_to, "countersign", title)
    step.facts["is_agreed"] = is_agreed
    return step.finish("countersign", note=words)
