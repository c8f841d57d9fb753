"""What somebody at the door presses: told, applied, granted, refused … and taking a wrong press back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion, invalid_if
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.duties.models import Duty
from linli.foundation.duties.services import duty_close
from linli.foundation.notices.services.outbox import notice_queue
from linli.registers.residents.facts.subjects import accounts_of

from ...models import Lead, LeadEvent, Outreach
from ..permissions import can_assign_outreach, can_settle_lead, can_work_outreach
from ..selectors import is_phone_agreed, workers_for
from ..settings import undo_days
from ..workflow import GOING, LEADS, REASONED
from .closing import ROOM, VISIT, outreaches_settle
from .dealing import visit_duty

S = Lead.State
LONGEST = 200


@require_service
def visit_locked(*, actor: Actor, outreach_id: UUID | str, version: int | None = None) -> Outreach:
    """Return a visit, locked; ``NotFound`` where hidden, ``StaleVersion`` where it has moved on."""
    rows = Outreach.objects.visible_to(actor).select_for_update(of=("self",))
    visit: Outreach | None = rows.filter(public_id=outreach_id).first()
    if visit is None:
        raise NotFound(_("没有找到这次上门。"))
    if not can_work_outreach(actor, visit):
        raise NotAllowed
    if version is not None and visit.version != version:
        raise StaleVersion(details={"theirs": visit.version, "yours": version})
    return visit


@service
def outreach_tell(*, actor: Actor, outreach_id: UUID | str, version: int) -> Outreach:
    """Note that the household was told of everything that was found for it; the visit is over."""
    visit = visit_locked(actor=actor, outreach_id=outreach_id, version=version)
    leads = list(Lead.objects.select_for_update().filter(outreach=visit, state=S.OPEN).order_by("pk"))
    if not leads:
        raise Conflict(_("这一户没有待告知的待遇了。"))
    _press(actor, visit, leads, "tell", "")
    told = f"告知{len(leads)}项"
    record("outreach.tell", visit, touched=[Outreach, Lead, LeadEvent, Duty], purpose=told)
    return visit


@service
def lead_settle(*, actor: Actor, lead_id: UUID | str, version: int, move: str, reason: str = "") -> Lead:
    """Note what became of one lead: ``move`` is of ``PRESSED``; some want a reason in a few words."""
    lead = lead_locked(actor=actor, lead_id=lead_id, version=version)
    _reason_checked(move, reason)
    LEADS.require(lead.state, move)
    _press(actor, lead.outreach, [lead], move, reason.strip())
    record(f"lead.{move}", lead, touched=[Outreach, Lead, LeadEvent, Duty])
    return lead


def _reason_checked(move: str, reason: str) -> None:
    text, wrong = reason.strip(), {}
    if move not in LEADS.moves or move in ("deal", "lapse", "object", "approve"):
        raise InvalidInput(_("没有这个选项。"))
    if move in REASONED and not text:
        wrong["reason"] = _("请写明原因，例如：收入超过标准。")
    if len(text) > LONGEST:
        wrong["reason"] = _("原因最多200个字。")
    invalid_if(wrong)


@require_service
def lead_locked(*, actor: Actor, lead_id: UUID | str, version: int | None = None) -> Lead:
    """Return a lead for a change, locked; raises like ``visit_locked``."""
    rows = Lead.objects.visible_to(actor).select_for_update(of=("self",)).select_related("outreach", "policy")
    lead: Lead | None = rows.filter(public_id=lead_id).first()
    if lead is None:
        raise NotFound(_("没有找到这条线索。"))
    if not can_settle_lead(actor, lead):
        raise NotAllowed
    if version is not None and lead.version != version:
        raise StaleVersion(
            details={"theirs": {_("状态"): lead.get_state_display()}, "yours": {_("您看到的版本"): version}}
        )
    return lead


def _press(actor: Actor, visit: Outreach | None, leads: Sequence[Lead], move: str, reason: str) -> None:
    now, target = clock.now(), LEADS.moves[move].target or ""
    events = []
    for lead in leads:
        events.append(
            LeadEvent(
                lead=lead,
                at=now,
                by_id=actor.person_id,
                from_state=lead.state,
                to_state=target,
                reason=reason,
            )
        )
        lead.state, lead.reason, lead.version = target, reason, lead.version + 1
        lead.contacted_at = lead.contacted_at or now
        lead.decided_at = None if target in GOING else now
    Lead.objects.bulk_update(leads, ["state", "reason", "version", "contacted_at", "decided_at"])
    LeadEvent.objects.bulk_create(events)
    if visit is not None:
        changes_of(visit, first_contact_at=visit.first_contact_at or now, version=visit.version + 1)
        if outreaches_settle(outreach_ids=[visit.pk], by=actor.person_id):
            visit.refresh_from_db()


@service
def lead_undo(*, actor: Actor, lead_id: UUID | str, version: int) -> Lead:
    """Take the last press back: the lead is as before, and the visit open again where it had ended by it.

    Within some days, by whoever pressed, or by committee or street. What a machine did stays.
    """
    lead = lead_locked(actor=actor, lead_id=lead_id, version=version)
    last = lead.events.filter(undone_at__isnull=True).order_by("-at", "-pk").first()
    if last is None or last.by_id is None:
        raise Conflict(_("没有可以撤销的一步。"))
    if last.by_id not in actor.person_ids and actor.function == Function.GRID_WORKER:
        raise NotAllowed(_("别人办的这一步由居委会或街镇撤销。"))
    if last.at < clock.now() - timedelta(days=undo_days()):
        raise Conflict(_("超过%d天，不能再撤销。") % undo_days(), hint=_("请按现在的情况另记一步。"))
    changes_of(last, undone_at=clock.now())
    earlier = lead.events.filter(undone_at__isnull=True)
    spoken = earlier.filter(by__isnull=False)
    changes_of(
        lead,
        state=last.from_state,
        reason="",
        decided_at=None,
        contacted_at=lead.contacted_at if spoken.exists() else None,
        version=lead.version + 1,
    )
    if last.from_state == S.OPEN and lead.outreach is not None:
        _reopened(lead)
    record("lead.undo", lead, touched=[Outreach, Lead, LeadEvent, Duty])
    return lead


def _reopened(lead: Lead) -> None:
    """Let the household's visit go on, or join the one that was begun since."""
    visit = lead.outreach
    assert visit is not None
    if visit.state == Outreach.State.OPEN:
        changes_of(visit, version=visit.version + 1)
        return
    now_open = Outreach.objects.filter(household=visit.household_id, state=Outreach.State.OPEN).first()
    if now_open is not None:
        changes_of(lead, outreach=now_open)
        changes_of(now_open, version=now_open.version + 1)
        return
    told = visit.leads.filter(contacted_at__isnull=False).exists()
    duty = visit_duty(visit=visit, leads=1)
    changes_of(
        visit,
        state=Outreach.State.OPEN,
        closed_at=None,
        due_at=duty.due_at,
        first_contact_at=visit.first_contact_at if told else None,
        version=visit.version + 1,
    )


@service
def outreach_assign(*, actor: Actor, outreach_id: UUID | str, version: int, person_id: int) -> Outreach:
    """Let a colleague go instead; the duty moves to their list."""
    visit = visit_locked(actor=actor, outreach_id=outreach_id, version=version)
    if not can_assign_outreach(actor, visit):
        raise NotAllowed(_("由居委会或街镇改派。"))
    if visit.state != Outreach.State.OPEN:
        raise Conflict(_("这次上门已经办完，不用改派。"))
    if person_id not in workers_for(visit):
        raise InvalidInput(_("请选择在这里工作的同事。"), details={"person": _("请选择在这里工作的同事。")})
    duty_close(room=ROOM, subject_id=str(visit.public_id), action=VISIT, state="cancelled")
    waiting = visit.leads.filter(state=S.OPEN).count()
    visit.worker_id = person_id
    duty = visit_duty(visit=visit, leads=waiting)
    changes_of(visit, due_at=duty.due_at, version=visit.version + 1)
    visit.save(update_fields=["worker"])
    record("outreach.assign", visit, touched=[Outreach, Duty])
    return visit


@service
def outreach_message(*, actor: Actor, outreach_id: UUID | str, version: int) -> Outreach:
    """Write to the household's accounts that something may be for them; the visit stays open.

    The message names no benefit: what it is stands on the person's own page, behind signing in.
    """
    visit = visit_locked(actor=actor, outreach_id=outreach_id, version=version)
    if visit.state != Outreach.State.OPEN:
        raise Conflict(_("这次上门已经办完。"))
    accounts = [one for one in accounts_of(visit.household) if one]
    if not accounts:
        raise Conflict(_("这一户没有人关联账号，发不了站内消息。"), hint=_("请上门或打电话告知。"))
    notice_queue(
        person_ids=accounts,
        kind="benefits.found",
        title="您家可能有可以申请的待遇",
        body="请打开“我能享受什么”查看条件和要带的材料，或等工作人员上门说明。",
        url="/me/benefits/",
        purpose="information",
    )
    changes = changes_of(visit, channel=Outreach.Channel.MESSAGE, version=visit.version + 1)
    record("outreach.message", visit, changes)
    return visit


@service
def outreach_channel(*, actor: Actor, outreach_id: UUID | str, version: int, channel: str) -> Outreach:
    """Note how the household is spoken to: a visit, or by telephone where they agreed to it."""
    visit = visit_locked(actor=actor, outreach_id=outreach_id, version=version)
    if channel not in (Outreach.Channel.VISIT, Outreach.Channel.PHONE):
        raise InvalidInput(_("没有这个选项。"))
    if channel == Outreach.Channel.PHONE and not is_phone_agreed(visit):
        raise Conflict(
            _("这一户没有人同意用登记的电话提醒待遇。"), hint=_("请上门告知；本人同意的，先在登记里记下。")
        )
    changes = changes_of(visit, channel=channel, version=visit.version + 1)
    record("outreach.channel", visit, changes)
    return visit
