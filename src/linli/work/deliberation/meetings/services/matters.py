"""A matter becomes an item of a meeting, and comes back with the decision."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, invalid
from linli.core.service import require_service, service
from linli.foundation.accounts.models import Unit
from linli.foundation.links.services import link_add, link_remove
from linli.work.matters.selectors import matter_get
from linli.work.matters.services import (
    matter_discussion_end,
    matter_discussion_finish,
    matter_discussion_start,
)

from ..models import DECIDED, AgendaItem, Outcome
from ..permissions import can_run_meeting
from ..wording import when_words
from .acts import ROOM, Act, act_begin
from .items import item_make

KIND = "discussed_in"
TALKED_OVER = "discussing"


@service(idempotent=True)
def matter_to_item(
    *,
    actor: Actor,
    matter_id: UUID | str,
    version: int | None,
    meeting_id: int,
    title: str,
    text: str = "",
    is_vote_wanted: bool = False,
    rule_key: str = "",
) -> AgendaItem:
    """Put a matter on the agenda of a meeting; it is 协商中 until the meeting has decided.

    ``title`` and ``text`` are what everybody reads; the matter's own words are not shown. ``matter_id`` is
    the public id of a 小事 that has been sorted, or of one that is talked over already.
    """
    matter = matter_get(actor, matter_id)
    act = act_begin(actor=actor, meeting_id=meeting_id, move="add_item", may=can_run_meeting)
    if matter.is_never_public:
        raise Conflict(
            _("这件事涉及隐私或对人员的投诉，不能拿到会上讨论。"), hint=_("请由工作人员个别办理。")
        )
    waiting = AgendaItem.objects.filter(matter_id=matter.pk, outcome="")
    if waiting.exclude(meeting__state="cancelled").exists():
        raise Conflict(_("这件事已经是一次会议的议题。"), hint=_("请到那次会议查看。"))
    item = item_make(
        act=act,
        title=title,
        text=text,
        is_vote_wanted=is_vote_wanted,
        rule_key=rule_key,
        matter_id=matter.pk,
    )
    if not actor.covers(matter.area_path):
        raise NotAllowed()
    if matter.state != TALKED_OVER:
        meeting = act.meeting
        said = (
            f"{meeting.get_kind_display()}“{meeting.title}”，{when_words(meeting.starts_at)}，{meeting.place}"
        )
        matter_discussion_start(actor=actor, matter_id=matter.pk, version=version, topic_link=said)
    _linked(act, item)
    act.facts["matter"] = matter.number
    act.finish("add_item", note=item.title)
    return item


def _linked(act: Act, item: AgendaItem) -> None:
    if item.matter is not None:
        link_add(
            actor=act.actor,
            from_room="matters",
            from_id=str(item.matter.public_id),
            to_room=ROOM,
            to_id=str(act.meeting.public_id),
            kind=KIND,
        )


@require_service
def matter_give_back(*, act: Act, item: AgendaItem, reason: str) -> None:
    """End the talk about an item's matter without a decision; one that moved on meanwhile is let be."""
    matter = item.matter
    if matter is None:
        return
    link_remove(
        from_room="matters",
        from_id=str(matter.public_id),
        to_room=ROOM,
        to_id=str(act.meeting.public_id),
        kind=KIND,
    )
    if matter.state == TALKED_OVER:
        matter_discussion_end(
            actor=act.actor, matter_id=matter.pk, version=matter.version, reason=reason[:500]
        )


@require_service
def matter_bring_back(*, act: Act, item: AgendaItem, unit: Unit | None) -> None:
    """Give an item's matter the decision: a unit carries it out, it is done, or the talk led nowhere."""
    matter = item.matter
    if matter is None or item.outcome == Outcome.POSTPONED:
        return
    if matter.state != TALKED_OVER:
        act.facts["matter"] = matter.number
        return
    if item.outcome in DECIDED:
        words = f"{act.meeting.get_kind_display()}“{act.meeting.title}”：{item.decision}"
        matter_discussion_finish(
            actor=act.actor, matter_id=matter.pk, version=matter.version, unit=unit, resolution=words[:2000]
        )
        return
    why = f"{act.meeting.title}：{item.get_outcome_display()}。{item.decision}"
    matter_discussion_end(actor=act.actor, matter_id=matter.pk, version=matter.version, reason=why[:500])


@require_service
def unit_checked_for(*, item: AgendaItem, unit: Unit | None, outcome: str) -> None:
    """Refuse a unit that has nothing to carry out."""
    if unit is not None and outcome not in DECIDED:
        raise invalid(unit=_("没有通过的议题不用指定办理单位。"))
