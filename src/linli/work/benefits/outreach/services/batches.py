"""免申即享: leads of a policy that needs no application, put together by one person, approved by another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, invalid_if
from linli.core.fields import in_areas
from linli.core.service import changes_of, record, service
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.notices.services.outbox import notice_queue
from linli.registers.residents.facts.subjects import accounts_of
from linli.registers.residents.models import Household, Resident

from ...models import Batch, Lead, LeadEvent, Outreach, Policy
from ...running.force import in_force
from ..permissions import can_decide_batch, can_propose_batch
from ..settings import batch_limit
from ..workflow import NEW
from .closing import ROOM, outreaches_settle
from .judging import leads_judged
from .leads import leads_moved

MOST = 2_000
APPROVE = "approve"
LONGEST = 200
S = Lead.State


@service(idempotent=True)
def batch_propose(*, actor: Actor, policy_id: UUID | str, area_path: str) -> Batch:
    """Put those who are eligible in an area, and to whom nobody has spoken yet, on one list (``MOST``).

    Each is looked at again with what is known now. Another person of the street has it as a duty.
    """
    wrong = {} if can_propose_batch(actor, area_path) else {"area": _("请选择本辖区内的区域。")}
    invalid_if(wrong)
    policy = _policy(actor, policy_id)
    leads = _still_eligible(_waiting(policy, area_path))
    if not leads:
        raise Conflict(_("这里现在没有符合、还没有联系过的人。"), hint=_("等下一次匹配以后再看。"))
    batch = Batch(
        policy=policy,
        area_path=area_path,
        people=len(leads),
        amount=sum(lead.amount or 0 for lead in leads),
        proposed_by_id=actor.person_id,
        proposed_at=clock.now(),
    )
    batch.save(force_insert=True)
    Lead.objects.filter(pk__in=[lead.pk for lead in leads]).update(batch=batch)
    _duty_opened(actor, batch)
    record("batch.propose", batch, touched=[Lead, LeadEvent, Outreach, Duty, Resident, Household])
    return batch


def _policy(actor: Actor, policy_id: UUID | str) -> Policy:
    found = Policy.objects.visible_to(actor).filter(public_id=policy_id).first()
    if found is None:
        raise NotFound(_("没有找到这项政策。"))
    if not any(one.policy == found and one.says.is_automatic for one in in_force(clock.today()).policies):
        raise Conflict(_("这项政策要本人申请，不能列名单。"), hint=_("只有写明“不用申请”的政策才可以。"))
    return found


def _waiting(policy: Policy, area_path: str) -> list[Lead]:
    rows = Lead.objects.select_for_update(of=("self",)).filter(in_areas("area_path", (area_path,)))
    rows = rows.filter(policy=policy, verdict=Lead.Verdict.ELIGIBLE, state__in=NEW, batch__isnull=True)
    return list(rows.select_related("policy", "resident", "household").order_by("found_on", "pk")[:MOST])


def _still_eligible(leads: list[Lead]) -> list[Lead]:
    """Look at leads again; who fits no more is let go, and the household's visit ends with it."""
    gone = leads_judged(leads=leads)
    outreaches_settle(outreach_ids={lead.outreach_id for lead in gone if lead.outreach_id})
    left = {lead.pk for lead in gone}
    return [lead for lead in leads if lead.pk not in left and lead.verdict == Lead.Verdict.ELIGIBLE]


def _duty_opened(actor: Actor, batch: Batch) -> None:
    duty_open(
        room=ROOM,
        subject_id=str(batch.public_id),
        subject_number="",
        title=f"免申即享名单待核准：{batch.policy.name}",
        url=reverse("benefits:batch", args=[batch.public_id]),
        action=APPROVE,
        action_label="核准",
        area_path=batch.area_path,
        limit=batch_limit(),
        function=Function.STREET,
        unit_id=actor.unit_id,
    )


def _to_decide(actor: Actor, batch_id: UUID | str) -> Batch:
    rows = Batch.objects.visible_to(actor).select_for_update(of=("self",))
    batch: Batch | None = rows.filter(public_id=batch_id).select_related("policy").first()
    if batch is None:
        raise NotFound(_("没有找到这份名单。"))
    if not can_decide_batch(actor, batch):
        raise NotAllowed(_("提交的人不能自己核准，请街镇的另一人核准。"))
    if batch.state != Batch.State.PROPOSED:
        raise Conflict(_("这份名单已经办过。"), hint=_("请刷新页面查看最新的状态。"))
    return batch


def _of(batch: Batch) -> QuerySet[Lead]:
    rows = Lead.objects.select_for_update(of=("self",)).filter(batch=batch)
    return rows.select_related("policy", "resident", "household").order_by("pk")


@service
def batch_strike(*, actor: Actor, batch_id: UUID | str, lead_id: UUID | str) -> Batch:
    """Take somebody off a list before it is approved; the lead goes its ordinary way."""
    batch = _to_decide(actor, batch_id)
    if not Lead.objects.filter(batch=batch, public_id=lead_id).update(batch=None):
        raise NotFound(_("名单上没有这一项。"))
    record("batch.strike", batch, _counted(batch), touched=[Lead])
    return batch


def _counted(batch: Batch) -> dict[str, Any]:
    rows = Lead.objects.filter(batch=batch)
    total = rows.aggregate(total=Sum("amount"))["total"] or 0
    return changes_of(batch, people=rows.count(), amount=total)


@service
def batch_approve(*, actor: Actor, batch_id: UUID | str, people: int) -> Batch:
    """Let everybody on a list have the benefit; ``people`` is how many the approver saw on it.

    Each is looked at once more; who fits no more, or was spoken to meanwhile, is left out. Accounts of
    the households are told that something was granted, not what.
    """
    batch = _to_decide(actor, batch_id)
    if people != batch.people:
        raise Conflict(_("名单在您看的时候改过。"), hint=_("请刷新页面，看过再核准。"))
    leads = list(_of(batch))
    kept = [lead for lead in _still_eligible([one for one in leads if one.state in NEW]) if lead.state in NEW]
    _left_out(leads, kept)
    if not kept:
        raise Conflict(_("名单上已经没有符合的人。"), hint=_("请不核准这份名单。"))
    leads_moved(leads=kept, to_state=S.GRANTED, reason="免申即享", by=actor.person_id)
    outreaches_settle(
        outreach_ids={lead.outreach_id for lead in kept if lead.outreach_id}, by=actor.person_id
    )
    changes = _counted(batch) | _decided(actor, batch, Batch.State.APPROVED, "")
    _told(kept)
    record("batch.approve", batch, changes, touched=[Lead, LeadEvent, Outreach, Duty, Resident, Household])
    return batch


def _left_out(leads: Iterable[Lead], kept: Iterable[Lead]) -> None:
    out = {lead.pk for lead in leads} - {lead.pk for lead in kept}
    Lead.objects.filter(pk__in=out).update(batch=None)


@service
def batch_refuse(*, actor: Actor, batch_id: UUID | str, reason: str) -> Batch:
    """Give a list back with a reason; everybody on it goes their ordinary way."""
    batch, text = _to_decide(actor, batch_id), reason.strip()
    if not text or len(text) > LONGEST:
        raise InvalidInput(_("请写明不核准的原因，最多200个字。"), details={"reason": _("请写明原因。")})
    Lead.objects.filter(batch=batch).update(batch=None)
    changes = _decided(actor, batch, Batch.State.REFUSED, text)
    record("batch.refuse", batch, changes, touched=[Lead, Duty])
    return batch


def _decided(actor: Actor, batch: Batch, state: str, reason: str) -> dict[str, Any]:
    duty_close(room=ROOM, subject_id=str(batch.public_id), action=APPROVE, by=actor.person_id)
    by = actor.person_id
    if batch.proposed_by_id is not None:
        notice_queue(
            person_ids=[batch.proposed_by_id],
            kind="benefits.batch",
            title=f"《{batch.policy.name}》的免申即享名单{Batch.State(state).label}",
            body="原因写在名单上。" if reason else "可以交给发放部门了。",
            url=f"/desk/benefits/batches/{batch.public_id}/",
        )
    return changes_of(batch, state=state, reason=reason, decided_at=clock.now(), decided_by_id=by)


def _told(leads: Iterable[Lead]) -> None:
    homes = {lead.household_id: lead.household for lead in leads}
    accounts = {one for home in homes.values() for one in accounts_of(home) if one}
    if accounts:
        notice_queue(
            person_ids=sorted(accounts),
            kind="benefits.granted",
            title="有一项待遇已为您家办好，不用申请",
            body="请打开“我能享受什么”查看。登记得不对的，请告诉居委会。",
            url="/me/benefits/",
            purpose="information",
        )
