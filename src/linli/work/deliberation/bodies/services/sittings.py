"""That a body met, and the nightly look at every body's lawful dates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from ..models import Body, BodyEvent, Sitting
from ..permissions import can_watch_bodies
from ..refusals import invalid_if
from ..rules import day_faults
from ..selectors import lawful_day
from .acts import body_for_change, duties_settle, finish


@service
def body_met(*, actor: Actor, body_id: int, on: date, meeting: UUID | None = None, note: str = "") -> Body:
    """Note that a body met on a day; its next lawful date follows, and the duty to meet is done.

    ``meeting`` is the public id of a meeting that the platform held (noted once); without one, somebody
    enters a meeting that was held elsewhere.
    """
    body = body_for_change(actor=actor, body_id=body_id)
    invalid_if(day_faults("on", on, clock.today(), not_before=body.founded_on))
    known = body.sittings.filter(meeting=meeting) if meeting else body.sittings.filter(on=on)
    if known.exists():
        if meeting:
            return body
        raise Conflict(_("这一天的会议已经登记过。"))
    Sitting.objects.create(
        body=body,
        on=on,
        meeting=meeting,
        note=note.strip()[:160],
        recorded_at=clock.now(),
        recorded_by_id=actor.person_id,
    )
    finish(actor=actor, body=body, verb="met", note=on.isoformat())
    return body


@service
def body_unmet(*, actor: Actor, body_id: int, sitting_id: int) -> Body:
    """Take back a meeting that was entered by mistake; one that the platform held stays."""
    body = body_for_change(actor=actor, body_id=body_id)
    sitting = body.sittings.filter(pk=sitting_id).first()
    if sitting is None:
        raise NotFound(_("没有找到这次会议的登记。"))
    if sitting.meeting is not None:
        raise Conflict(_("这是平台上召开的会议，不能取消登记。"))
    day = sitting.on.isoformat()
    sitting.delete()
    finish(actor=actor, body=body, verb="unmet", note=day)
    return body


@service
def bodies_watch(*, actor: Actor, after_id: int = 0, most: int = 500) -> int:
    """Look at the lawful dates of some bodies in the order of their ids; warn where one is near.

    Returns the last id looked at, 0 when there are no more. A law that changed moves the date here.
    """
    if not can_watch_bodies(actor):
        raise NotAllowed()
    rows = Body.objects.standing().filter(pk__gt=after_id).select_related("unit").order_by("pk")
    last = 0
    for body in rows.select_for_update(of=("self",))[:most]:
        last = body.pk
        changes = changes_of(body, meet_by=lawful_day(body))
        if changes:
            record("body.reckon", body, changes, touched=(BodyEvent,))
        duties_settle(body=body)
    return last
