"""Telling people of a meeting within the lawful time, and calling one again that lacked its quorum."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.core.codes import code_new
from linli.core.errors import Conflict, invalid
from linli.core.fields import public_number
from linli.core.service import service
from linli.foundation.ui.templatetags.linli import day
from linli.work.matters.services.texts import text_required

from .. import lawful
from ..models import AgendaItem, Invitee, Meeting, Outcome, Told
from ..permissions import can_help_meeting, can_override_notice, can_run_meeting
from ..rules import start_refusal
from .acts import Act, act_begin
from .planning import told_by_system


@service(idempotent=True)
def meeting_call(*, actor: Actor, meeting_id: int, version: int | None, late_reason: str = "") -> Meeting:
    """Tell everybody on the list; from then on agenda and members stand.

    Too late a notice is refused with the article; the street may override it with a reason, which stands on
    the invitation and in the minutes.
    """
    act = act_begin(actor=actor, meeting_id=meeting_id, move="call", may=can_run_meeting, version=version)
    meeting = act.meeting
    if refusal := start_refusal(meeting.starts_at, act.at):
        raise invalid(starts_at=refusal)
    people = list(meeting.invitees.all())
    _ready(meeting, people)
    notice = lawful.notice_of(meeting, local_date(act.at))
    if notice.is_late:
        act.set(late_reason=_late(act, notice, late_reason))
    act.set(called_at=act.at, notice_by=notice.last_on)
    told = told_by_system(act=act, people=people)
    act.facts.update(people=len(people), told=told, late=meeting.late_reason)
    return act.finish("call", note=meeting.late_reason)


def _ready(meeting: Meeting, people: Sequence[Invitee]) -> None:
    if not meeting.items.exists():
        raise Conflict(_("还没有议题，不能发会议通知。"), hint=_("请先增加议题。"))
    if not any(one.is_member for one in people):
        raise Conflict(_("名单上还没有应到的成员，不能发会议通知。"), hint=_("请先增加名单。"))


def _late(act: Act, notice: lawful.Notice, reason: str) -> str:
    """Return the reason of a street that lets a late notice go out, or refuse with the article."""
    if not can_override_notice(act.actor, act.meeting):
        raise Conflict(
            notice.refusal(),
            hint=_("请改到%(on)s或以后开，或请街镇写明理由后发出。") % {"on": day(notice.earliest_on)},
        )
    return text_required(
        value=reason,
        name="late_reason",
        words=f"{notice.refusal()}{_('街镇要照常召开，请写明理由，理由会印在通知和纪要上。')}",
        most=300,
    )


@service(idempotent=True)
def invitees_tell(*, actor: Actor, meeting_id: int, invitee_ids: Sequence[int], how: str) -> Meeting:
    """Note that some people were told of the meeting, and how."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="tell", may=can_help_meeting)
    if how not in Told.values or how == Told.SYSTEM:
        raise invalid(how=_("请选择怎样通知的。"))
    chosen = list(act.meeting.invitees.filter(pk__in=list(invitee_ids), told_at__isnull=True))
    if not chosen:
        raise invalid(people=_("请选择通知到了谁。"))
    for one in chosen:
        one.told_how, one.told_at = how, act.at
        act.save_row(one, "told_how", "told_at")
    act.facts.update(people=len(chosen), how=how)
    return act.finish("tell")


@service(idempotent=True)
def meeting_call_again(
    *, actor: Actor, meeting_id: int, starts_at: datetime, place: str = "", about: str = ""
) -> Meeting:
    """Prepare the meeting anew that could not be held, or whose items were put off: same list, what is left.

    The new one is a draft: people are told anew, within the lawful time.
    """
    act = act_begin(actor=actor, meeting_id=meeting_id, move="call_again", may=can_run_meeting)
    old = act.meeting
    if Meeting.objects.filter(previous=old).exists():
        raise Conflict(_("这次会议已经另行召集过。"), hint=_("请打开新的那次会议。"))
    left = list(old.items.filter(outcome=Outcome.POSTPONED))
    if not left:
        raise Conflict(_("这次会议的议题都有了结果，不用另行召集。"))
    if refusal := start_refusal(starts_at, act.at):
        raise invalid(starts_at=refusal)
    new = _copied(act, old, starts_at, place, about)
    begun = Act(actor, new, act.at, is_new=True)
    begun.save_row(new)
    for order, item in enumerate(left, 1):
        begun.save_row(_item(item, new, order))
    for one in old.invitees.all():
        begun.save_row(_again(one, new))
    begun.duty("hold", due_at=starts_at)
    act.done("again")
    act.facts["number"] = new.number
    act.finish("call_again")
    begun.facts["number"] = old.number
    return begun.finish("draft", note=new.about)


def _copied(act: Act, old: Meeting, starts_at: datetime, place: str, about: str) -> Meeting:
    new = Meeting(
        number=f"{act.at:%y}{public_number(8)}",
        previous=old,
        kind=old.kind,
        title=old.title,
        about=(about.strip() or old.about)[:500],
        body=old.body,
        organ=old.organ,
        unit=old.unit,
        area_path=old.area_path,
        place_code=old.place_code,
        place=(place.strip() or old.place)[:160],
        online=old.online,
        starts_at=starts_at,
        is_public=old.is_public,
        rule_key=old.rule_key,
        rule_on=local_date(starts_at) if old.rule_key else None,
        composition=old.composition,
        is_by_household=old.is_by_household,
        code=code_new(),
        created_at=act.at,
        created_by_id=act.actor.person_id,
    )
    if new.rule_key and new.rule_key not in dict(lawful.rules_offered(new.kind, local_date(starts_at))):
        raise Conflict(_("到那一天这条规则已不再施行，请重新建立会议。"))
    return new


def _item(item: AgendaItem, new: Meeting, order: int) -> AgendaItem:
    return AgendaItem(
        meeting=new,
        order=order,
        title=item.title,
        text=item.text,
        is_vote_wanted=item.is_vote_wanted,
        rule_key=item.rule_key,
        matter_id=item.matter_id,
        ballot=item.ballot,
    )


def _again(one: Invitee, new: Meeting) -> Invitee:
    return Invitee(
        meeting=new,
        number=one.number,
        name=one.name,
        part=one.part,
        is_member=one.is_member,
        is_candidate=one.is_candidate,
        unit_id=one.unit_id,
        person_id=one.person_id,
        code=code_new(),
    )
