"""From a decision of a meeting or a ballot to a resolution."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.fields import public_number
from linli.core.service import service
from linli.foundation.links.services import link_add
from linli.work.matters.services.texts import text_required

from ...ballots.models import Ballot
from ...law import rule_of
from ...meetings.models import DECIDED, AgendaItem, Meeting
from ..models import Resolution
from ..permissions import can_make_resolutions
from ..rules import setting, source
from ..selectors import ballot_passed
from .acts import ROOM, Act


@service(idempotent=True)
def resolution_from_item(*, actor: Actor, item_id: int, title: str = "", text: str = "") -> Resolution:
    """Make a resolution of what a meeting decided; each decision becomes one, once the meeting is over.

    Published for as long as the rule says, never under 15 days.
    """
    seen = Meeting.objects.visible_to(actor)
    item = AgendaItem.objects.filter(pk=item_id, meeting__in=seen).select_related("meeting__unit").first()
    if item is None:
        raise NotFound(_("没有找到这个议题。"))
    meeting = item.meeting
    if not can_make_resolutions(actor, meeting.area_path):
        raise NotAllowed(_("决议由召集会议的居委会或街镇形成。"))
    if item.outcome not in DECIDED or meeting.closed_at is None:
        raise Conflict(_("只有散会后、已经通过或协商一致的议题能形成决议。"))
    if Resolution.objects.filter(item=item).exists():
        raise Conflict(_("这个议题已经形成了决议。"), hint=_("请打开那份决议。"))
    days, words = _public_days(item.rule_key, meeting.rule_on or local_date(meeting.starts_at))
    return _made(
        actor,
        ("meetings", meeting.public_id),
        title=title or item.title,
        text=text or item.decision,
        body=meeting.body,
        item=item,
        decided_on=local_date(meeting.closed_at),
        unit=meeting.unit,
        area_path=meeting.area_path,
        place_code=meeting.place_code,
        public_days=days,
        public_source=words,
    )


@service(idempotent=True)
def resolution_from_ballot(*, actor: Actor, ballot_id: UUID, title: str, text: str) -> Resolution:
    """Make a resolution of what a ballot decided; only once its result is settled, and something passed."""
    ballot = Ballot.objects.visible_to(actor).select_related("unit").filter(public_id=ballot_id).first()
    if ballot is None:
        raise NotFound(_("没有找到这次表决。"))
    if not can_make_resolutions(actor, ballot.area_path) or ballot.unit is None:
        raise NotAllowed(_("决议由组织表决的居委会或街镇形成。"))
    if ballot.state != "settled" or not ballot_passed(ballot):
        raise Conflict(_("只有结果已生效、并且通过的表决能形成决议。"))
    if Resolution.objects.filter(ballot=ballot).exists():
        raise Conflict(_("这次表决已经形成了决议。"), hint=_("请打开那份决议。"))
    days, words = _public_days(ballot.rule_key, ballot.rule_on)
    return _made(
        actor,
        ("ballots", ballot.public_id),
        title=title,
        text=text,
        body=ballot.title,
        ballot=ballot,
        decided_on=local_date(ballot.settled_at or ballot.closes_at),
        unit=ballot.unit,
        area_path=ballot.area_path,
        place_code=ballot.place_code,
        public_days=days,
        public_source=words,
    )


def _made(actor: Actor, decided: tuple[str, UUID], *, title: str, text: str, **columns: Any) -> Resolution:
    """Write a resolution with its link to where it was decided; making it known is somebody's duty."""
    now = clock.now()
    resolution = Resolution(
        number=f"{now:%y}{public_number(8)}",
        title=text_required(value=title, name="title", words=_("请填写决议的名称。"), most=80),
        text=text_required(value=text, name="text", words=_("请写明决定了什么。"), most=2000),
        created_at=now,
        created_by_id=actor.person_id,
        **columns,
    )
    act = Act(actor, resolution, now, is_new=True)
    act.save_row(resolution)
    link_add(
        actor=actor,
        from_room=ROOM,
        from_id=str(resolution.public_id),
        to_room=decided[0],
        to_id=str(decided[1]),
        kind="decided_in",
    )
    act.duty("publish", resolution.unit, days=setting("publish_workdays"))
    return act.finish("make")


def _public_days(rule_key: str, on: date) -> tuple[int, str]:
    """Return how long a decision is published, and by what: as the rule says, never under 15 days."""
    least, words = setting("public_days"), source("public_days")
    if not rule_key:
        return least, words
    rule = rule_of(rule_key, on)
    if rule.publish_days is not None and rule.publish_days > least:
        return rule.publish_days, rule.source
    return least, words
