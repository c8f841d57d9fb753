"""Who is there: by the sign-in sheet, by code, through somebody else; opening when enough have come."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.codes import code_plain, is_code
from linli.core.errors import Conflict, NotFound, invalid
from linli.core.service import record, service
from linli.foundation.ui.templatetags.linli import local_time

from ...law import ProxyFacts, proxy_refusal
from .. import lawful
from ..models import Attendance, Invitee, Meeting, Proxy, Way
from ..permissions import can_help_meeting, can_run_meeting
from ..rules import early_refusal
from ..selectors import quorum_of
from ..workflow import WORKFLOW, State
from .acts import Act, act_begin, invitee_of


@service(idempotent=True)
def attendance_take(
    *, actor: Actor, meeting_id: int, invitee_ids: Sequence[int], way: str = Way.LIST
) -> Meeting:
    """Note who has come, from the sign-in sheet or the screen; who is there already stays so."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="attend", may=can_help_meeting)
    _not_early(act.meeting)
    if way not in Way.values:
        raise invalid(way=_("请选择怎样签到的。"))
    if way == Way.ONLINE and not act.meeting.online:
        raise invalid(way=_("这次会议没有线上参加的方式。"))
    here = list(act.meeting.invitees.filter(pk__in=list(invitee_ids)))
    inside = {row.invitee_id for row in _inside(act.meeting)}
    chosen = [one for one in here if one.pk not in inside]
    if not here:
        raise invalid(people=_("请选择到场的人。"))
    for one in chosen:
        _come(act, one, way)
    act.facts.update(people=len(chosen), way=way)
    return act.finish("attend")


def _inside(meeting: Meeting) -> list[Attendance]:
    return list(Attendance.objects.filter(invitee__meeting=meeting, left_at__isnull=True))


def _not_early(meeting: Meeting) -> None:
    if refusal := early_refusal(meeting.starts_at, clock.now(), local_time(meeting.starts_at)):
        raise Conflict(refusal)


def _come(act: Act, one: Invitee, way: str) -> None:
    """Let somebody in; a proxy that they gave has no object any more."""
    given = Proxy.objects.filter(giver=one).first()
    if given is not None:
        act.drop_row(given)
    act.save_row(Attendance(invitee=one, way=way, came_at=act.at, noted_by_id=act.actor.person_id))


@service(idempotent=True)
def attendance_by_code(*, actor: Actor, meeting_id: int, code: str) -> Meeting:
    """Note somebody's coming by the code of their invitation, read out or scanned at the door."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="attend", may=can_help_meeting)
    _not_early(act.meeting)
    one = act.meeting.invitees.filter(code=code_plain(code)).first()
    if one is None:
        raise invalid(code=_("请柬码不对，或不是这次会议的请柬。请核对，或在名单上勾选。"))
    _enter(act, one)
    return act.finish("attend")


def _enter(act: Act, one: Invitee) -> None:
    if any(row.invitee_id == one.pk for row in _inside(act.meeting)):
        raise Conflict(_("第%d号已经签到，不用再签。") % one.number)
    _come(act, one, Way.CODE)
    act.facts.update(people=1, way=Way.CODE)


@service
def attendance_self(*, actor: Actor, meeting: Meeting, site_code: str, code: str = "") -> Attendance:
    """Sign oneself in by the code at the door: by one's account, or by the code of one's invitation.

    Needs no account: the invitation's code is the proof, and like the code at the door one of 10¹².
    """
    now = clock.now()
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    WORKFLOW.require(locked.state, "attend")
    _not_early(locked)
    if not is_code(site_code, locked.code):
        raise invalid(site_code=_("到会码不对。请扫会场门口的二维码，或抄下屏幕上的8位字母数字。"))
    one = _self(actor, locked, code)
    if Attendance.objects.filter(invitee=one, left_at__isnull=True).exists():
        raise Conflict(_("您已经签到，不用再签。"))
    Proxy.objects.filter(giver=one).delete()
    attendance = Attendance(invitee=one, way=Way.CODE, came_at=now, noted_by_id=actor.person_id)
    attendance.save(force_insert=True)
    _claimed(actor, locked, one)
    record("meeting.attend", locked, touched=[Attendance, Proxy, Invitee])
    return attendance


def _claimed(actor: Actor, meeting: Meeting, one: Invitee) -> bool:
    """Let an invitation be that of the account that shows its code; the first one stays."""
    if actor.person_id is None or actor.is_staff or one.person_id is not None:
        return False
    if meeting.invitees.filter(person_id=actor.person_id).exists():
        return False
    one.person_id = actor.person_id
    one.save(update_fields=["person"])
    return True


@service
def invitation_claim(*, actor: Actor, meeting: Meeting, code: str) -> Invitee:
    """Say, signed in, that an invitation is one's own: its code is the proof.

    From then on one finds the meeting, is told of changes, signs in without typing and signs the minutes.
    """
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    one = locked.invitees.filter(code=code_plain(code)).first()
    if one is None or locked.state == State.CANCELLED:
        raise NotFound(_("没有找到这份请柬。"), hint=_("请核对请柬上的8位字母数字。"))
    if one.person_id == actor.person_id and actor.person_id is not None:
        return one
    if not _claimed(actor, locked, one):
        raise Conflict(_("这份请柬已经有账号认领，或您已有另一份请柬。"), hint=_("请联系召集单位核对。"))
    record("meeting.claim", locked, touched=[Invitee])
    return one


def _self(actor: Actor, meeting: Meeting, code: str) -> Invitee:
    if code.strip():
        found = meeting.invitees.filter(code=code_plain(code)).first()
        if found is None:
            raise invalid(code=_("请柬码不对。请核对请柬上的8位字母数字，或请工作人员在名单上签到。"))
        return found
    if actor.person_id is None:
        raise invalid(code=_("请填写请柬上的8位请柬码；有账号的可以先登录，不用填。"))
    found = meeting.invitees.filter(person_id=actor.person_id).first()
    if found is None:
        raise invalid(code=_("名单上没有您的账号。请填写请柬码，或请工作人员在名单上签到。"))
    return found


@service(idempotent=True)
def attendance_leave(*, actor: Actor, meeting_id: int, invitee_ids: Sequence[int]) -> Meeting:
    """Note that somebody left; from then on they no longer count."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="leave", may=can_help_meeting)
    rows = [row for row in _inside(act.meeting) if row.invitee_id in set(invitee_ids)]
    if not rows:
        raise invalid(people=_("请选择离场的人。"))
    for row in rows:
        row.left_at = act.at
        act.save_row(row, "left_at")
    act.facts["people"] = len(rows)
    return act.finish("leave")


@service(idempotent=True)
def proxy_give(*, actor: Actor, meeting_id: int, giver_id: int, holder_id: int, is_written: bool) -> Meeting:
    """Note that a member lets another member act for them, as far as the rule of the meeting allows."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="proxy", may=can_help_meeting)
    giver = invitee_of(meeting=act.meeting, invitee_id=giver_id)
    holder = invitee_of(meeting=act.meeting, invitee_id=holder_id)
    _proxy_checked(act, giver, holder)
    facts = ProxyFacts(
        held=holder.proxies_held.count(),
        holder_stands=holder.is_candidate,
        giver_on_roll=giver.is_member,
        holder_on_roll=holder.is_member,
        has_document=is_written,
    )
    terms, words = lawful.proxy_terms(act.meeting)
    if refusal := proxy_refusal(terms, facts):
        raise Conflict(f"{refusal}{words}", hint=_("请委托人到场，或换一位受托人。"))
    act.save_row(
        Proxy(
            giver=giver,
            holder=holder,
            is_written=is_written,
            given_at=act.at,
            noted_by_id=actor.person_id,
        )
    )
    act.facts["people"] = 1
    return act.finish("proxy")


def _proxy_checked(act: Act, giver: Invitee, holder: Invitee) -> None:
    if giver.pk == holder.pk:
        raise invalid(holder=_("不能委托自己。"))
    if not (giver.is_member and holder.is_member):
        raise invalid(holder=_("只有成员之间可以委托，列席的人不行。"))
    if Proxy.objects.filter(giver=giver).exists():
        raise invalid(giver=_("这个人已经委托了别人，先撤销再重新登记。"))
    if Proxy.objects.filter(giver=holder).exists():
        raise invalid(holder=_("受托人自己也委托了别人，不能再接受委托。"))
    if giver.proxies_held.exists():
        raise invalid(giver=_("委托人正受别人委托，不能转委托。"))
    if any(row.invitee_id == giver.pk for row in _inside(act.meeting)):
        raise invalid(giver=_("委托人已经到场，不用委托。"))


@service(idempotent=True)
def proxy_drop(*, actor: Actor, meeting_id: int, giver_id: int) -> Meeting:
    """Take a proxy back before anything was voted on; who comes in person ends it by coming."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="proxy", may=can_help_meeting)
    found = Proxy.objects.filter(giver__meeting=act.meeting, giver_id=giver_id).first()
    if found is None:
        raise invalid(giver=_("这个人没有委托别人。"))
    if act.meeting.items.filter(yes__isnull=False).exists():
        raise Conflict(
            _("已经举手表决过，这份委托已经用过，不能撤销。"),
            hint=_("委托人到场的，请直接签到，后面的议题由本人表决。"),
        )
    act.drop_row(found)
    return act.finish("proxy_drop")


@service(idempotent=True)
def meeting_open(*, actor: Actor, meeting_id: int, chair_id: int, recorder_id: int) -> Meeting:
    """Open the meeting, with who leads and who writes; under a rule only when enough are there."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="open", may=can_run_meeting)
    chair = invitee_of(meeting=act.meeting, invitee_id=chair_id)
    recorder = invitee_of(meeting=act.meeting, invitee_id=recorder_id)
    _not_early(act.meeting)
    inside = {row.invitee_id for row in _inside(act.meeting)}
    if chair.pk not in inside:
        raise invalid(chair=_("主持人还没有签到。"))
    quorum = quorum_of(act.meeting)
    if not quorum.holds:
        raise Conflict(
            lawful.quorum_refusal(quorum),
            hint=_("请再等一等；到不齐的，用“人数不足，不举行”，再另行召集。"),
        )
    act.set(opened_at=act.at, chair=chair, recorder=recorder)
    act.done("hold")
    act.facts.update(present=quorum.present, whole=quorum.whole)
    return act.finish("open")
