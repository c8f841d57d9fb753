"""Closing many at once: proposed within limits, looked through by somebody else, closed, taken back."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, Expired, InvalidInput, NotAllowed, NotFound, Refusal
from linli.core.service import changes_of, record, service
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.duties.services import duty_close, duty_open

from ..clocks import clocks
from ..models import ClosingBatch, ClosingItem, ClosingRule, Matter
from ..permissions import (
    can_propose_closing,
    can_review_closing,
    can_set_closing_rule,
    can_undo_closing,
)
from ..refusals import invalid, invalid_if
from ..rules import closing_refusal, closing_rule_refusals
from ..selectors.batches import closed_today, closing_limits, closing_wrong, undo_until
from ..wording import ACTIONS
from .closing import matter_close_undo, matter_verify
from .steps import ROOM, matters_lock
from .texts import text_limited, text_required

State, Outcome = ClosingBatch.State, ClosingItem.Outcome
LONGEST_WHY = 200


@service(idempotent=True)
def closing_propose(*, actor: Actor, matter_ids: Sequence[int], finding: str) -> ClosingBatch:
    """Propose to close several handled matters; nothing happens to them before another person agrees.

    Refused whole where there are too many at once or that day, or one of them cannot be closed so;
    ``details`` then says why by number.
    """
    if not can_propose_closing(actor) or actor.unit_id is None or actor.person_id is None:
        raise NotAllowed(_("批量办结由居委会、街镇提出。"))
    matters = _matters(actor, matter_ids)
    limits = closing_limits(actor.areas[0])
    refusal = closing_refusal(len(matters), closed_today(actor), limits.at_once, limits.a_day)
    if refusal:
        raise Conflict(refusal[0], hint=refusal[1])
    if wrong := {matter.number: why for matter in matters if (why := closing_wrong(actor, matter))}:
        raise InvalidInput(_("有的不能批量办结，什么也没有改变。"), details=wrong)
    batch = ClosingBatch(
        area_path=actor.areas[0],
        unit_id=actor.unit_id,
        finding=text_required(value=finding, name="finding", words=_("请写明怎么核查的、看到了什么。")),
        proposed_at=clock.now(),
        proposed_by_id=actor.person_id,
    )
    batch.save(force_insert=True)
    ClosingItem.objects.bulk_create(
        ClosingItem(batch=batch, matter=matter, version=matter.version) for matter in matters
    )
    _duty(actor, batch, len(matters))
    record("closing.propose", batch, touched=[ClosingItem])
    return batch


def _matters(actor: Actor, matter_ids: Sequence[int]) -> list[Matter]:
    """Return the matters, locked in one order; raises ``NotFound`` where one is hidden or there is none."""
    ids = list(dict.fromkeys(matter_ids))
    matters_lock(matter_ids=ids)
    found = Matter.objects.visible_to(actor).select_related("category").filter(pk__in=ids).order_by("pk")
    matters = list(found)
    if len(matters) != len(ids) or not ids:
        raise NotFound(_("没有找到这些事项。"))
    return matters


def _duty(actor: Actor, batch: ClosingBatch, count: int) -> None:
    """Put the review on the list of the unit's others, or the street's where there are none."""
    others = set(person_ids_for(function=actor.function, unit_id=actor.unit_id)) - actor.person_ids
    duty_open(
        room=ROOM,
        subject_id=str(batch.public_id),
        subject_number="",
        title=f"批量办结{count}件，须另一人复核",
        url=f"/desk/matters/closings/{batch.public_id}/",
        action="review_closing",
        action_label=ACTIONS["review_closing"],
        area_path=batch.area_path,
        limit=clocks().clock("review_closing").limit,
        clock="review_closing",
        unit_id=actor.unit_id if others else None,
        function=actor.function if others else Function.STREET,
    )


def _batch(actor: Actor, batch_id: int, state: str) -> ClosingBatch:
    """Return a proposal in a state, locked until the service ends."""
    batch = ClosingBatch.objects.visible_to(actor).select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise NotFound(_("没有找到这一批。"))
    if batch.state != state:
        raise Conflict(_("这一批%s，不能再这样办。") % batch.get_state_display())
    return batch


@service(idempotent=True)
def closing_review(
    *,
    actor: Actor,
    batch_id: int,
    is_agreed: bool,
    decision: str,
    struck: Mapping[int, str] | None = None,
) -> ClosingBatch:
    """Agree to a proposal apart from those struck out (the item's id → why), or refuse it whole.

    Each of the rest is then closed by itself, and only then its reporter is told; one that changed
    meanwhile, or that the reviewer has a hand in, stays as it is and says why.
    """
    batch = _batch(actor, batch_id, State.WAITING)
    if not can_review_closing(actor, batch):
        raise NotAllowed(_("批量办结须由另一人复核。"), hint=_("请没有提出这一批的同事或街镇复核。"))
    words = text_required(value=decision, name="decision", words=_("请写明怎么复核的。"))
    items = list(batch.items.select_related("matter").order_by("matter_id"))
    _strike(items, struck or {})
    if is_agreed and all(item.outcome == Outcome.STRUCK for item in items):
        raise invalid(struck=_("全部划掉了，请直接选“不同意”。"))
    for item in items if is_agreed else ():
        if item.outcome != Outcome.STRUCK:
            _close(actor, batch, item)
    ClosingItem.objects.bulk_update(items, ["outcome", "why"])
    changes = changes_of(
        batch,
        state=State.APPROVED if is_agreed else State.REFUSED,
        decided_at=clock.now(),
        decided_by_id=actor.person_id,
        decision=words,
    )
    duty_close(room=ROOM, subject_id=str(batch.public_id), by=actor.person_id)
    record("closing.review", batch, changes, touched=[ClosingItem])
    return batch


def _strike(items: Sequence[ClosingItem], struck: Mapping[int, str]) -> None:
    if struck.keys() - {item.pk for item in items}:
        raise invalid(struck=_("有的不在这一批里，请刷新后再试。"))
    for item in items:
        if item.pk in struck:
            item.outcome = Outcome.STRUCK
            item.why = text_limited(value=struck[item.pk], name="struck", most=LONGEST_WHY)


def _close(actor: Actor, batch: ClosingBatch, item: ClosingItem) -> None:
    """Close one; a refusal undoes its own writes and none of the others'."""
    try:
        matter_verify(
            actor=actor,
            matter_id=item.matter_id,
            version=item.version,
            is_passed=True,
            finding=batch.finding,
        )
    except Refusal as refusal:
        item.outcome, item.why = Outcome.FAILED, refusal.message[:LONGEST_WHY]
    else:
        item.outcome = Outcome.CLOSED


@service(idempotent=True)
def closing_undo(*, actor: Actor, batch_id: int, reason: str) -> ClosingBatch:
    """Take back a whole closing within its limit: each is to be verified anew, and its reporter is told.

    What its reporter has rated or asked to reopen meanwhile stays as it is and says why.
    """
    batch = _batch(actor, batch_id, State.APPROVED)
    if not can_undo_closing(actor, batch):
        raise NotAllowed(_("撤销批量办结由居委会、街镇办理。"))
    why = text_required(value=reason, name="reason", words=_("请写明为什么撤销，反映人会看到。"))
    until = undo_until(batch)
    if until is None or clock.now() > until:
        raise Expired(_("撤销的期限已过。"), hint=_("请反映人申请重办，或由街镇督办。"))
    items = list(batch.items.filter(outcome=Outcome.CLOSED).order_by("matter_id"))
    for item in items:
        _undo(actor, item, why)
    ClosingItem.objects.bulk_update(items, ["outcome", "why"])
    stamp = {"undone_at": clock.now(), "undone_by_id": actor.person_id, "undone_reason": why}
    record("closing.undo", batch, changes_of(batch, state=State.UNDONE, **stamp), touched=[ClosingItem])
    return batch


def _undo(actor: Actor, item: ClosingItem, why: str) -> None:
    try:
        matter_close_undo(actor=actor, matter_id=item.matter_id, reason=why)
    except Refusal as refusal:
        item.why = refusal.message[:LONGEST_WHY]
    else:
        item.outcome, item.why = Outcome.UNDONE, ""


@service(idempotent=True)
def closing_withdraw(*, actor: Actor, batch_id: int) -> ClosingBatch:
    """Take one's own proposal back before it is reviewed."""
    batch = _batch(actor, batch_id, State.WAITING)
    if batch.proposed_by_id not in actor.person_ids:
        raise NotAllowed(_("只有提出的人可以撤回。"))
    changes = changes_of(batch, state=State.WITHDRAWN)
    duty_close(room=ROOM, subject_id=str(batch.public_id), by=actor.person_id)
    record("closing.withdraw", batch, changes)
    return batch


@service
def closing_rule_set(*, actor: Actor, at_once: int, a_day: int) -> ClosingRule:
    """Set how many matters a street's units may propose to close at once, and on one day."""
    if not can_set_closing_rule(actor):
        raise NotAllowed(_("批量办结的件数由街镇管理员设置。"))
    invalid_if(closing_rule_refusals(at_once, a_day))
    said = {"at_once": at_once, "a_day": a_day}
    stamp = {"changed_at": clock.now(), "changed_by_id": actor.person_id}
    found = ClosingRule.objects.select_for_update().filter(area_path=actor.areas[0]).first()
    if found is None:
        found = ClosingRule(area_path=actor.areas[0], **said, **stamp)
        found.save(force_insert=True)
        record("closing.rule", found)
    else:
        record("closing.rule", found, changes_of(found, **said, **stamp))
    return found
