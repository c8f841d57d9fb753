"""A broadcast from draft to report: written, counted, approved by another, stopped, sent again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.places.models import Division

from ..audiences import audience_choices
from ..models import Broadcast, Delivery, Purpose
from ..permissions import can_approve_broadcast, can_manage_broadcast, can_write_broadcasts
from ..rules import common_path, personal_details
from ..selectors import Reach, broadcast_areas, broadcast_reach
from ..workflow import WORKFLOW
from .outbox import notice_queue

LATEST = timedelta(days=90)
MOST_PLACES = 50
BROADCAST_PURPOSES = (Purpose.INFORMATION, Purpose.LAWFUL, Purpose.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the author writes; ``send_at`` empty means as soon as it may go."""

    title: str
    body: str
    purpose: str
    audience: Sequence[str]
    channels: Sequence[str] = ()
    sms_text: str = ""
    send_at: datetime | None = None
    reported_days: int = 365


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "title": draft.title.strip(),
        "body": draft.body.strip(),
        "purpose": draft.purpose,
        "audience": list(dict.fromkeys(draft.audience)),
        "channels": list(dict.fromkeys(draft.channels)),
        "sms_text": draft.sms_text.strip(),
        "send_at": draft.send_at,
        "reported_days": draft.reported_days,
    }


def _text_faults(draft: Draft) -> dict[str, str]:
    faults: dict[str, str] = {}
    for name, text in (("title", draft.title), ("body", draft.body), ("sms_text", draft.sms_text)):
        if not text.strip() and name != "sms_text":
            faults[name] = _("请填写这一项。")
        elif found := personal_details(text):
            faults[name] = _("里面有像个人号码的数字（%(found)s）。群发内容请只写单位电话。") % {
                "found": "、".join(one[:3] + "…" for one in found)
            }
    return faults


def _faults(draft: Draft) -> dict[str, str]:
    faults = _text_faults(draft)
    groups = {name for name, _label in audience_choices()}
    if not draft.audience or set(draft.audience) - groups:
        faults["audience"] = _("请选择发给哪些人。")
    if set(draft.channels) - set(settings.NOTICE_CHANNELS):
        faults["channels"] = _("有的渠道没有开通，请重新选择。")
    if draft.purpose not in BROADCAST_PURPOSES:
        faults["purpose"] = _("请选择：信息、法定告知或紧急通知。")
    if draft.send_at and not clock.now() - timedelta(minutes=5) <= draft.send_at <= clock.now() + LATEST:
        faults["send_at"] = _("发送时间要在今后90天以内；马上发送请留空。")
    return faults


def _checked(actor: Actor, draft: Draft, places: Collection[Division]) -> str:
    """Return the area that holds all places; raise ``InvalidInput`` that names every wrong field."""
    faults = _faults(draft)
    if not places or len(places) > MOST_PLACES:
        faults["places"] = _("请选择1到50个区域。")
    elif not all(actor.covers(place.path) for place in places):
        faults["places"] = _("有的区域不在您的管辖范围内。")
    if faults:
        raise InvalidInput(details=faults)
    return common_path(place.path for place in places)


@service(idempotent=True)
def broadcast_draft(*, actor: Actor, draft: Draft, places: Collection[Division]) -> Broadcast:
    """Write a broadcast down; nobody is told yet."""
    if not can_write_broadcasts(actor) or actor.person_id is None:
        raise NotAllowed(_("群发由居委会、街镇、区和市办理。"))
    area_path = _checked(actor, draft, places)
    broadcast = Broadcast.objects.create(
        **_columns(draft),
        area_path=area_path,
        unit_id=actor.unit_id,
        created_at=clock.now(),
        created_by_id=actor.person_id,
    )
    broadcast.places.set(places)
    record("broadcast.draft", broadcast, touched=[Broadcast.places.through])
    return broadcast


def _begin(actor: Actor, broadcast_id: int, move: str, version: int | None = None) -> tuple[Broadcast, str]:
    """Lock the broadcast and return it with the state after the move, or refuse."""
    broadcast = Broadcast.objects.visible_to(actor).select_for_update().filter(pk=broadcast_id).first()
    if broadcast is None:
        raise NotFound(_("没有找到这次群发。"))
    if not can_manage_broadcast(actor, broadcast):
        raise NotAllowed()
    if version is not None and version != broadcast.version:
        raise StaleVersion()
    return broadcast, WORKFLOW.require(broadcast.state, move)


def _write(broadcast: Broadcast, verb: str, **after: Any) -> Broadcast:
    changes = changes_of(broadcast, version=broadcast.version + 1, **after)
    record(f"broadcast.{verb}", broadcast, changes)
    return broadcast


@service
def broadcast_edit(
    *, actor: Actor, broadcast_id: int, draft: Draft, places: Collection[Division], version: int | None = None
) -> Broadcast:
    """Change a draft."""
    broadcast, _state = _begin(actor, broadcast_id, "edit", version)
    area_path = _checked(actor, draft, places)
    broadcast.places.set(places)
    changes = changes_of(broadcast, version=broadcast.version + 1, area_path=area_path, **_columns(draft))
    record("broadcast.edit", broadcast, changes, touched=[Broadcast.places.through])
    return broadcast


@service
def broadcast_try(*, actor: Actor, broadcast_id: int) -> int:
    """Send the text to oneself alone, over the channels of the installation that reach one."""
    broadcast, _state = _begin(actor, broadcast_id, "try")
    if actor.person_id is None:
        raise NotAllowed()
    told = notice_queue(
        person_ids=[actor.person_id],
        kind="broadcast.try",
        title=f"（试发）{broadcast.sms_text or broadcast.title}",
        body=broadcast.body,
        url=f"/desk/broadcasts/{broadcast.public_id}/",
    )
    record("broadcast.try", broadcast, {"version": (broadcast.version, broadcast.version)})
    return told


def _counted(broadcast: Broadcast) -> Reach:
    reach = broadcast_reach(broadcast, broadcast_areas(broadcast))
    if reach.people == 0:
        raise Conflict(_("按现在的选择，一个人也送达不到。"), hint=_("请换一个范围或对象，再提交。"))
    return reach


@service
def broadcast_submit(*, actor: Actor, broadcast_id: int, version: int | None = None) -> Broadcast:
    """Hand the draft in: it is counted, and goes to a second person where more than 500 would be told."""
    broadcast, state = _begin(actor, broadcast_id, "submit", version)
    reach = _counted(broadcast)
    if reach.needs_second_person:
        state = WORKFLOW.require(broadcast.state, "ask")
        _ask_others(broadcast, actor)
    return _write(
        broadcast,
        "submit",
        state=state,
        planned_count=reach.people,
        planned_cost=reach.cost,
        submitted_at=clock.now(),
        send_at=broadcast.send_at or clock.now(),
        note="",
    )


def _ask_others(broadcast: Broadcast, actor: Actor) -> None:
    """Tell the colleagues who may approve it."""
    colleagues = person_ids_for(function=actor.function, unit_id=actor.unit_id)
    notice_queue(
        person_ids=[person for person in colleagues if person not in actor.person_ids],
        kind="broadcast.ask",
        title=f"有一次群发等您审批：{broadcast.title}",
        url=f"/desk/broadcasts/{broadcast.public_id}/",
    )


@service
def broadcast_approve(*, actor: Actor, broadcast_id: int, version: int | None = None) -> Broadcast:
    """Approve as another person who governs the same places; people are counted again."""
    broadcast, state = _begin(actor, broadcast_id, "approve", version)
    _require_another(actor, broadcast)
    reach = _counted(broadcast)
    return _write(
        broadcast,
        "approve",
        state=state,
        approved_by_id=actor.person_id,
        approved_at=clock.now(),
        planned_count=reach.people,
        planned_cost=reach.cost,
        send_at=max(broadcast.send_at or clock.now(), clock.now()),
    )


def _require_another(actor: Actor, broadcast: Broadcast) -> None:
    if not can_approve_broadcast(actor, broadcast):
        raise NotAllowed(
            _("超过500人的群发须由另一人审批，不能自己审批自己写的。"),
            hint=_("请由同一单位的同事或上级单位审批。"),
        )


@service
def broadcast_return(*, actor: Actor, broadcast_id: int, note: str, version: int | None = None) -> Broadcast:
    """Send it back to its author with what should be changed."""
    broadcast, state = _begin(actor, broadcast_id, "return", version)
    _require_another(actor, broadcast)
    words = _note(note)
    notice_queue(
        person_ids=[broadcast.created_by_id] if broadcast.created_by_id else [],
        kind="broadcast.return",
        title=f"群发被退回修改：{broadcast.title}",
        body=words,
        url=f"/desk/broadcasts/{broadcast.public_id}/",
    )
    return _write(broadcast, "return", state=state, note=words)


def _note(note: str) -> str:
    words = note.strip()
    if not words or len(words) > 200:
        text = _("请写明原因，最多200个字。")
        raise InvalidInput(text, details={"note": text})
    return words


@service
def broadcast_cancel(*, actor: Actor, broadcast_id: int) -> Broadcast:
    """Give up a broadcast of which nothing has been sent."""
    broadcast, state = _begin(actor, broadcast_id, "cancel")
    return _write(broadcast, "cancel", state=state)


@service
def broadcast_stop(*, actor: Actor, broadcast_id: int, note: str) -> Broadcast:
    """Stop at once: what has not gone out does not go out; the few on the wire still do."""
    broadcast, state = _begin(actor, broadcast_id, "stop")
    return _write(broadcast, "stop", state=state, note=_note(note))


@service
def broadcast_resend(*, actor: Actor, broadcast_id: int) -> int:
    """Let the failed deliveries of a broadcast be tried again; returns how many."""
    broadcast, state = _begin(actor, broadcast_id, "resend")
    failed = Delivery.objects.filter(broadcast=broadcast, state=Delivery.State.FAILED)
    again = failed.update(state=Delivery.State.WAITING, attempts=0, next_at=clock.now(), error="")
    if not again:
        raise Conflict(_("没有发送失败的消息，不用重发。"))
    _write(broadcast, "resend", state=state, ended_at=None)
    return again
