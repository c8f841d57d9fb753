"""What every act on a body shares: finding it, its history, its lawful dates, its duties."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.clock import BEIJING
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion
from linli.core.service import changes_of, record, require_service
from linli.core.words import in_house_language
from linli.foundation.duties.calendar import HOURS
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import STANDING, duty_close, duty_open

from ..kinds import term_warning
from ..models import Body, BodyEvent, Member, Sitting, Term
from ..permissions import can_keep_body
from ..rules import is_warned
from ..selectors import lawful_day
from ..words import ACTIONS

ROOM = "bodies"
MEET, RENEW = "meet", "renew"


@require_service
def body_for_change(*, actor: Actor, body_id: int, version: int | None = None) -> Body:
    """Return a body that the actor keeps, locked; raises ``NotFound``, ``NotAllowed``, ``Conflict``."""
    rows = Body.objects.visible_to(actor).select_for_update(of=("self",))
    body = rows.filter(pk=body_id).first()
    if body is None:
        raise NotFound(_("没有找到这个组织。"))
    if not can_keep_body(actor, body) and actor.function != Function.SYSTEM:
        raise NotAllowed(hint=_("组织由当地居委会或街镇登记。"))
    if body.dissolved_on is not None:
        raise Conflict(_("这个组织已经撤销。"), hint=_("需要时请登记一个新的组织。"))
    if version is not None and version != body.version:
        raise StaleVersion(details={"theirs": {_("版本"): body.version}, "yours": {_("版本"): version}})
    return body


@require_service
def event_add(*, actor: Actor, body: Body, verb: str, note: str = "", member: Member | None = None) -> None:
    """Add a line to the history of a body."""
    BodyEvent.objects.create(
        body=body,
        verb=verb,
        at=clock.now(),
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        member=member,
        note=note[:300],
    )


@require_service
def finish(*, actor: Actor, body: Body, verb: str, note: str = "", member: Member | None = None) -> None:
    """Say what was done: the next version, the lawful date, its duty, the history, the record."""
    event_add(actor=actor, body=body, verb=verb, note=note, member=member)
    changes: dict[str, Any] = changes_of(body, version=body.version + 1, meet_by=lawful_day(body))
    duties_settle(body=body)
    record(f"body.{verb}", body, changes, touched=(Term, Member, Sitting, BodyEvent))


@require_service
def duties_settle(*, body: Body) -> bool:
    """Open the duties of lawful dates that are near, close those that are done; whether any changed."""
    running = body.terms.filter(ended_on__isnull=True).first() if body.dissolved_on is None else None
    met = _settle(body, MEET, body.meet_by, body.what.warn_days)
    renewed = _settle(body, RENEW, running.ends_on if running else None, term_warning())
    return met or renewed


def _settle(body: Body, action: str, limit: date | None, warn_days: int) -> bool:
    """Let exactly one duty stand for a lawful date that is near, none for one that is not."""
    key = str(body.public_id)
    rows = Duty.objects.filter(room=ROOM, subject_id=key, action=action, state__in=STANDING)
    standing = list(rows.values_list("due_at", flat=True))
    wanted = [_close_of(limit)] if limit and is_warned(limit, clock.today(), warn_days) else []
    if standing == wanted:
        return False
    if standing:
        duty_close(room=ROOM, subject_id=key, action=action)
    if wanted:
        _duty(body, action, wanted[0])
    return True


def _law(body: Body, action: str) -> str:
    """Return by which rule, as it is written down."""
    interval = body.what.interval_on(clock.today())
    return interval.article if action == MEET and interval else body.what.source


def _duty(body: Body, action: str, due_at: datetime) -> None:
    with in_house_language():
        duty_open(
            room=ROOM,
            subject_id=str(body.public_id),
            subject_number="",
            title=f"{body.name}（{_law(body, action)}）",
            url=reverse("bodies:record", args=[body.public_id]),
            action=action,
            action_label=_(ACTIONS[action]),
            area_path=body.area_path,
            limit=None,
            function=body.unit.function,
            unit_id=body.unit_id,
            due_at=due_at,
        )


def _close_of(day: date) -> datetime:
    return datetime.combine(day, HOURS.end, BEIJING)
