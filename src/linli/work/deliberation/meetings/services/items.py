"""Making an item of a meeting's agenda: by hand, from a matter, from another room."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core.clock import local_date
from linli.core.errors import Conflict, invalid
from linli.core.service import require_service
from linli.work.matters.services.texts import text_limited, text_required

from .. import lawful
from ..models import AgendaItem
from ..workflow import State
from .acts import Act

MOST_ITEMS = 30


@require_service
def item_make(
    *, act: Act, title: str, text: str, is_vote_wanted: bool, rule_key: str, **more: Any
) -> AgendaItem:
    """Make an item of an act's meeting, at the end of its agenda."""
    meeting = act.meeting
    if is_vote_wanted and meeting.state != State.DRAFT:
        raise Conflict(
            _("会议通知已经发出，不能临时增加要表决的议题：大家没有事先知道。"),
            hint=_("可以作为不表决的议题先讨论，或放到下一次会议。"),
        )
    if meeting.items.count() >= MOST_ITEMS:
        raise invalid(title=_("一次会议最多%d个议题。") % MOST_ITEMS)
    key = rule_key or meeting.rule_key
    if is_vote_wanted:
        lawful.hands_checked(key, local_date(meeting.starts_at))
    last = meeting.items.aggregate(last=Max("order"))["last"] or 0
    item = AgendaItem(
        meeting=meeting,
        order=last + 1,
        title=text_required(value=title, name="title", words=_("请填写议题。"), most=80),
        text=text_limited(value=text, name="text", most=2000),
        is_vote_wanted=is_vote_wanted,
        rule_key=key if is_vote_wanted else "",
        **more,
    )
    act.save_row(item)
    return item
