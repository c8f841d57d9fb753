"""催办: telling those whose turn it is that somebody waits; no clock changes."""

from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.clock import local_midnight
from linli.core.errors import Conflict
from linli.core.service import service
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.duties.models import Duty

from ..models import Matter
from ..permissions import can_remind_matter
from .steps import ROOM, Step, step_begin
from .texts import text_limited


@service(idempotent=True)
def matter_remind(*, actor: Actor, matter_id: int, note: str = "") -> Matter:
    """Remind whoever has something to do about a matter; once a day, so that it keeps its weight.

    ``matter_supervise`` is the heavier one: it sets a clock of its own.
    """
    step = step_begin(
        actor=actor, matter_id=matter_id, move="remind", may=can_remind_matter, is_versioned=False
    )
    words = text_limited(value=note, name="note", most=300)
    today = local_midnight(time.today())
    if step.matter.events.filter(verb="remind", at__gte=today).exists():
        raise Conflict(_("今天已经催办过这件事。"), hint=_("明天可以再催；急事请用督办或打电话。"))
    persons = _whose_turn(step)
    if not persons:
        raise Conflict(_("这件事现在等您或反映人办理，没有可以催办的人。"))
    step.tell_staff(persons, "remind", "有人催办一件事", words)
    return step.finish("remind", note=words)


def _whose_turn(step: Step) -> list[int]:
    duties = Duty.objects.filter(
        room=ROOM, subject_id=str(step.matter.public_id), state=Duty.State.OPEN
    ).exclude(function=Function.RESIDENT)
    found: set[int] = set()
    for duty in duties:
        if duty.person_id is not None:
            found.add(duty.person_id)
        else:
            area = "" if duty.unit_id else duty.area_path
            found.update(person_ids_for(function=duty.function, unit_id=duty.unit_id, area_path=area))
    return sorted(found - step.actor.person_ids)
