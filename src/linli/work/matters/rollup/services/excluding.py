"""Leaving a matter out of the three rates: asked with a reason, approved by another person, taken back."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service

from ...models import Matter
from ...refusals import invalid
from ...services.texts import text_required
from ..models import Exclusion
from ..permissions import can_ask_exclusion, can_decide_exclusion, can_end_exclusion
from ..reasons import exclusion_reasons

MOST = 300
Outcome = Exclusion.Outcome


@service(idempotent=True)
def exclusion_ask(*, actor: Actor, number: str, reason: str, note: str) -> Exclusion:
    """Ask that a matter be left out of the three rates, for one of the listed reasons."""
    matter = Matter.objects.visible_to(actor).filter(number=number.strip()).first()
    if matter is None:
        raise invalid(number=_("您负责的区域里没有这个编号的事项，请核对。"))
    if not can_ask_exclusion(actor, matter) or actor.person_id is None:
        raise NotAllowed()
    if reason not in exclusion_reasons():
        raise invalid(reason=_("请选择一种剔除情形。"))
    why, now = (
        text_required(value=note, name="note", words=_("请写明具体情况，审批的人要据此判断。"), most=MOST),
        clock.now(),
    )
    exclusion = Exclusion(
        matter=matter, reason=reason, note=why, asked_at=now, asked_by_id=actor.person_id,
        asked_unit_id=actor.unit_id, changed_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            exclusion.save()
    except IntegrityError as error:
        raise Conflict(_("这件事已有剔除申请，请先处理那一项。")) from error
    record("exclusion.ask", exclusion)
    return exclusion


@require_service
def exclusion_locked(*, actor: Actor, public_id: Any) -> Exclusion:
    """Return a request in the actor's areas, locked until the service ends; hidden is ``NotFound``."""
    rows = Exclusion.objects.select_for_update(of=("self",)).select_related("matter")
    found = rows.filter(public_id=public_id).first()
    if found is None or not actor.covers(found.matter.area_path):
        raise NotFound(_("没有找到这项剔除申请。"))
    return found


@service
def exclusion_decide(*, actor: Actor, public_id: Any, is_granted: bool, decision: str) -> Exclusion:
    """Approve or refuse, with an opinion; never by who asked."""
    exclusion = exclusion_locked(actor=actor, public_id=public_id)
    if not can_decide_exclusion(actor, exclusion):
        raise NotAllowed(_("剔除须由街镇或上级的另一人审批。"), hint=_("请让没有提出申请的同事或上级审批。"))
    if exclusion.outcome != Outcome.OPEN or exclusion.ended_at is not None:
        raise Conflict(_("这项剔除申请已经处理过。"))
    said, now = (
        text_required(value=decision, name="decision", words=_("请写明审批意见。"), most=MOST),
        clock.now(),
    )
    outcome = Outcome.GRANTED if is_granted else Outcome.REFUSED
    said_by = {"decided_at": now, "decided_by_id": actor.person_id, "changed_at": now}
    changes = changes_of(exclusion, outcome=outcome, decision=said, **said_by)
    record("exclusion.decide", exclusion, changes)
    return exclusion


@service
def exclusion_end(*, actor: Actor, public_id: Any) -> Exclusion:
    """Take a request back, or count a matter again that was left out."""
    exclusion = exclusion_locked(actor=actor, public_id=public_id)
    if not can_end_exclusion(actor, exclusion):
        raise NotAllowed()
    if exclusion.ended_at is not None or exclusion.outcome == Outcome.REFUSED:
        raise Conflict(_("这项剔除申请已经处理过。"))
    now = clock.now()
    changes = changes_of(exclusion, ended_at=now, ended_by_id=actor.person_id, changed_at=now)
    record("exclusion.end", exclusion, changes)
    return exclusion
