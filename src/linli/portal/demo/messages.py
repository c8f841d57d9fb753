"""What a committee tells its neighbourhood, and what residents ask about their data, in the demo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.foundation.notices.forms import text_choices
from linli.foundation.notices.services import (
    Draft,
    broadcast_draft,
    broadcast_submit,
    neighbourhood_subscribe,
    notices_read_all,
)
from linli.foundation.notices.tasks import carry_broadcasts
from linli.foundation.places.models import Division
from linli.foundation.privacy.services import request_make

from .life import Plot, Stage

WATER = Draft(
    title="周三上午停水通知",
    body="因供水管道检修，周三9时至12时停水。请提前储水，外出前关好水龙头。咨询请打居委会电话。",
    purpose="information",
    audience=["subscribers", "reporters", "workers"],
)
COUNCIL = Draft(
    title="关于电动车充电棚选址征求意见的告知",
    body="充电棚拟设在南门或地下车库入口，材料可在居委会查阅，意见请在本周五前告诉我们。",
    purpose="lawful",
    audience=["subscribers", "reporters"],
)


def messages(stage: Stage, end: datetime) -> Plot:
    """Residents subscribe, the committee tells them of a cut and a council, a storm text waits as a draft."""
    key = f"{stage.places[0].committee}.head"
    head = stage.cast[key]
    place = _place(head.areas[0])
    at = end - timedelta(days=20)
    yield at
    for name in [name for name in stage.cast if name.startswith("resident.")][:6]:
        neighbourhood_subscribe(actor=stage.cast[name], place=place)
    for draft, days in ((WATER, 12), (COUNCIL, 5)):
        yield _morning(end - timedelta(days=days))
        made = broadcast_draft(actor=head, draft=draft, places=[place])
        broadcast_submit(actor=head, broadcast_id=made.pk)
        carry_broadcasts()
    yield end - timedelta(days=2)
    request_make(actor=stage.cast["resident.00"], kind="correct", text="有一件事的地址写成了隔壁楼，请更正。")
    yield end - timedelta(hours=3)
    storm = next(text for text in text_choices() if text["purpose"] == "emergency")
    warning = Draft(storm["title"], storm["body"], storm["purpose"], audience=["subscribers"])
    broadcast_draft(actor=head, draft=warning, places=[place])


def inboxes_read(cast: Mapping[str, Actor], end: datetime) -> Plot:
    """Everybody has read what they were told until yesterday evening."""
    yield end - timedelta(hours=18)
    for actor in cast.values():
        if actor.person_id is not None:
            notices_read_all(actor=actor)


def _morning(day: datetime) -> datetime:
    return day.replace(hour=9, minute=30)


def _place(path: str) -> Division:
    return Division.objects.get(path=path, valid_to__isnull=True)
