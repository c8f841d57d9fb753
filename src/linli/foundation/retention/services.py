"""Letting records go in batches, and keeping one that must stay."""

from django.utils.translation import gettext as _

from linli.core import clock, retention
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service

from .models import Hold, Run, Tombstone
from .permissions import can_apply, can_hold
from .selectors import digest_of, due_rows

BATCH = 500


@service
def retention_apply(*, actor: Actor, kind: str, most: int = BATCH) -> int:
    """Let the next batch of a kind go as its rule says; returns how many went.

    One transaction with its count, and a tombstone for each record where the rule leaves one.
    """
    if not can_apply(actor):
        raise NotAllowed()
    rule, known = retention.rule_of(kind), retention.kind_get(kind)
    if rule.days is None or not rule.is_carried_out_here:
        raise Conflict(_("这一种记录不由到期清理办理。"))
    rows = list(due_rows(known, rule).select_for_update(skip_locked=True, of=("self",))[:most])
    if not rows:
        return 0
    run = Run.objects.create(kind=kind, days=rule.days, at=clock.now(), count=len(rows))
    if rule.tombstone:
        digests = [digest_of(kind, str(getattr(row, "public_id", row.pk))) for row in rows]
        stones = [Tombstone(kind=kind, digest=digest, run=run) for digest in digests]
        Tombstone.objects.bulk_create(stones, ignore_conflicts=True)
    touched = list(known.dispose(rows))
    words = f"{rule.does} {len(rows)} {kind} after {rule.days} days"
    record("retention.apply", run, touched=[Run, Tombstone, *touched], purpose=words)
    return len(rows)


@service
def hold_place(*, actor: Actor, kind: str, name: str, reason: str) -> Hold:
    """Keep one record although its time is or will be over; says why and by whom."""
    if not can_hold(actor) or actor.person_id is None:
        raise NotAllowed(_("暂缓删除由运维或监督人员办理。"))
    known, faults = retention.kind_get(kind), {}
    subject = known.find(name.strip()) if known.find else None
    if subject is None:
        faults["name"] = _("没有找到这条记录，请核对编号。")
    if not 0 < len(reason.strip()) <= 200:
        faults["reason"] = _("请写明理由，最多200个字。")
    if faults or subject is None:
        raise InvalidInput(details=faults)
    if Hold.objects.filter(kind=kind, subject_id=subject.pk, lifted_at__isnull=True).exists():
        raise Conflict(_("这条记录已经暂缓删除。"))
    hold = Hold.objects.create(
        kind=kind,
        subject_id=subject.pk,
        subject_name=name.strip()[:80],
        reason=reason.strip(),
        placed_at=clock.now(),
        placed_by_id=actor.person_id,
    )
    record("hold.place", hold, purpose=reason.strip()[:120])
    return hold


@service
def hold_lift(*, actor: Actor, hold_id: str) -> Hold:
    """Let the rule apply again."""
    if not can_hold(actor):
        raise NotAllowed(_("暂缓删除由运维或监督人员办理。"))
    hold = Hold.objects.select_for_update().filter(public_id=hold_id, lifted_at__isnull=True).first()
    if hold is None:
        raise NotFound()
    record("hold.lift", hold, changes_of(hold, lifted_at=clock.now(), lifted_by_id=actor.person_id))
    return hold
