"""Taking a matter out again of what it was merged into: it was not the same after all."""

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict
from linli.core.service import service
from linli.foundation.links.services import link_remove

from ..clusters.receipts import receipt_leave
from ..models import Matter, MatterEvent
from ..permissions import can_decide_intake
from ..workflow import State
from .steps import ROOM, Step, matters_lock, step_begin
from .texts import text_required


@service(idempotent=True)
def matter_split(*, actor: Actor, matter_id: int, version: int | None, reason: str) -> Matter:
    """Let a merged matter go its own way again, from acceptance or from sorting, whichever it had reached.

    What had been sent to units before it was merged was taken back then: it is handed over anew. The limit
    of the stage begins again. Once the main one is closed the result stands for all.
    """
    main_id = Matter.objects.filter(pk=matter_id).values_list("merged_into_id", flat=True).first()
    matters_lock(matter_ids=[pk for pk in (matter_id, main_id) if pk is not None])
    step = step_begin(
        actor=actor,
        matter_id=matter_id,
        move=f"split_{_reached(matter_id)}",
        may=can_decide_intake,
        version=version,
    )
    main = step.matter.merged_into
    if main is None or main.state in (State.CLOSED, State.REOPENING):
        raise Conflict(
            _("一起办的那件已经办结，不能再分出。"),
            hint=_("没有解决的，请反映人申请重办，或另登记一件。"),
        )
    why = text_required(value=reason, name="reason", words=_("请写明为什么不是同一件事。"), most=300)
    step.set(merged_into_id=None, round=max(step.matter.round, main.round))
    step.facts["target"] = main.number
    link_remove(
        from_room=ROOM,
        from_id=str(step.matter.public_id),
        to_room=ROOM,
        to_id=str(main.public_id),
        kind="merged",
    )
    step.touched.update(receipt_leave(actor=actor, matter=step.matter, reason=why))
    _main_event(step, main)
    return step.finish("split", note=why)


def _reached(matter_id: int) -> str:
    """Return how far a matter had come when it was merged: what units had of it they were told not to do."""
    merged = (
        MatterEvent.objects.filter(matter_id=matter_id, verb="merge").order_by("recorded_at", "id").last()
    )
    was_reported = merged is not None and merged.from_state == State.REPORTED
    return State.REPORTED if was_reported else State.ACCEPTED


def _main_event(step: Step, main: Matter) -> None:
    event = MatterEvent(
        matter=main,
        verb="give_split",
        round=main.round,
        at=step.at,
        recorded_at=step.at,
        person_id=step.actor.person_id,
        unit_id=step.actor.unit_id,
        from_state=main.state,
        to_state=main.state,
        audience=MatterEvent.Audience.DESK,
        facts={"number": step.matter.number},
    )
    step.save_row(event)
