"""Preparing a meeting: what it is for, its agenda, who is asked; and taking it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.core.codes import code_new
from linli.core.errors import Conflict, NotAllowed, NotFound, invalid, invalid_if
from linli.core.fields import public_number
from linli.core.service import require_service, service
from linli.foundation.accounts.models import Person, Unit
from linli.foundation.accounts.selectors import person_ids_for, person_names
from linli.foundation.places.selectors import Place
from linli.registers.residents.linking.selectors import links_holding
from linli.work.matters.services.texts import text_limited, text_required

from ...bodies.models import Body
from ...bodies.selectors import members_on
from .. import lawful
from ..models import AgendaItem, Invitee, Kind, Meeting
from ..permissions import can_call_meetings, can_run_meeting
from ..rules import Arrangement, names_read, names_refusal, start_refusal
from ..wording import notice_words
from ..workflow import State
from .acts import Act, act_begin, invitee_of
from .items import item_make
from .matters import matter_give_back


@service(idempotent=True)
def meeting_draft(*, actor: Actor, where: Place, arrangement: Arrangement) -> Meeting:
    """Begin to prepare a meeting of a body; nobody is told yet."""
    unit = Unit.objects.filter(pk=actor.unit_id or 0).first()
    if unit is None or not can_call_meetings(actor) or not actor.covers(where.area_path):
        raise NotAllowed(_("您不能在这里召集会议。"), hint=_("会议由当地居委会或街镇召集。"))
    now = clock.now()
    meeting = Meeting(
        number=f"{now:%y}{public_number(8)}",
        area_path=where.area_path,
        place_code=where.code,
        unit=unit,
        code=code_new(),
        created_at=now,
        created_by_id=actor.person_id,
        **_columns(_completed(actor, arrangement), now),
    )
    act = Act(actor, meeting, now, is_new=True)
    act.save_row(meeting)
    act.duty("hold", due_at=meeting.starts_at)
    return act.finish("draft")


def _completed(actor: Actor, said: Arrangement) -> Arrangement:
    """Return the arrangement with what the register knows of the body that it names."""
    if said.organ_id is None:
        return said
    organ = Body.objects.visible_to(actor).standing().filter(pk=said.organ_id).first()
    if organ is None:
        raise invalid(organ=_("没有找到这个组织，请重新选择。"))
    members = len(members_on(organ, local_date(said.starts_at)))
    return dataclasses.replace(
        said, body=said.body.strip() or organ.name, composition=said.composition or members or None
    )


def _columns(said: Arrangement, now: datetime) -> dict[str, Any]:
    """Return the columns of a meeting's arrangement, checked."""
    if said.kind not in Kind.values:
        raise invalid(kind=_("请选择会议类型。"))
    if refusal := start_refusal(said.starts_at, now):
        raise invalid(starts_at=refusal)
    on = local_date(said.starts_at)
    if said.rule_key and said.rule_key not in dict(lawful.rules_offered(said.kind, on)):
        raise invalid(rule_key=_("这类会议不能用这条规则，请重新选择。"))
    if said.rule_key and not said.composition:
        raise invalid(composition=_("请填写组成人员一共多少人，法定人数按它计算。"))
    return {
        **dataclasses.asdict(said),
        "title": text_required(value=said.title, name="title", words=_("请填写会议名称。"), most=80),
        "body": text_required(value=said.body, name="body", words=_("请填写是哪个组织的会议。"), most=80),
        "place": text_required(value=said.place, name="place", words=_("请填写开会地点。"), most=160),
        "about": text_limited(value=said.about, name="about"),
        "online": text_limited(value=said.online, name="online", most=160),
        "rule_on": on if said.rule_key else None,
        "composition": said.composition or 0,
    }


@service(idempotent=True)
def meeting_edit(*, actor: Actor, meeting_id: int, version: int | None, arrangement: Arrangement) -> Meeting:
    """Change the arrangement of a meeting that nobody has been told of."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="edit", may=can_run_meeting, version=version)
    act.set(**_columns(_completed(actor, arrangement), act.at))
    if act.meeting.composition and act.meeting.rule_key:
        _fits(act, act.meeting.invitees.filter(is_member=True).count())
    act.done("hold")
    act.duty("hold", due_at=act.meeting.starts_at)
    return act.finish("edit")


def _fits(act: Act, members: int) -> None:
    if members > act.meeting.composition:
        words = _("名单上有%(n)d位成员，多于组成人员总数%(all)d人，请核对。")
        raise invalid(composition=words % {"n": members, "all": act.meeting.composition})


# -- the agenda ---------------------------------------------------------------------
@service(idempotent=True)
def item_add(
    *,
    actor: Actor,
    meeting_id: int,
    title: str,
    text: str = "",
    is_vote_wanted: bool = False,
    rule_key: str = "",
) -> AgendaItem:
    """Put something on the agenda; once people have been told, only what needs no vote."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="add_item", may=can_run_meeting)
    item = item_make(act=act, title=title, text=text, is_vote_wanted=is_vote_wanted, rule_key=rule_key)
    act.finish("add_item", note=item.title)
    return item


@service
def item_drop(*, actor: Actor, meeting_id: int, item_id: int) -> Meeting:
    """Take something off the agenda before people are told; a matter goes back to where it came from."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="drop_item", may=can_run_meeting)
    item = act.meeting.items.select_related("matter").filter(pk=item_id).first()
    if item is None:
        raise NotFound(_("没有找到这个议题。"))
    if item.matter_id is not None:
        matter_give_back(act=act, item=item, reason="议题已从会议议程撤下。")
    title = item.title
    act.drop_row(item)
    return act.finish("drop_item", note=title)


# -- who is asked ---------------------------------------------------------------------
@service(idempotent=True)
def invitees_add(*, actor: Actor, meeting_id: int, names: str, is_member: bool, part: str = "") -> Meeting:
    """Put people on the list, one a line; members before people are told, guests at any time.

    Only whoever is on the list as a member counts for the quorum and may vote.
    """
    move = "invite" if is_member else "invite_guest"
    act = act_begin(actor=actor, meeting_id=meeting_id, move=move, may=can_run_meeting)
    rows = names_read(names)
    if refusal := names_refusal(rows, act.meeting.invitees.count()):
        raise invalid(names=refusal)
    invalid_if({} if len(part) <= 30 else {"part": _("身份最多30个字。")})
    if is_member and act.meeting.composition:
        members = act.meeting.invitees.filter(is_member=True).count()
        if members + len(rows) > act.meeting.composition:
            words = _("组成人员一共%(all)d人，名单上已有%(n)d人，这次又加%(more)d人，请核对。")
            facts = {"all": act.meeting.composition, "n": members, "more": len(rows)}
            raise invalid(names=words % facts)
    for row in rows:
        invitee_make(act=act, name=row.name, part=row.part or part, is_member=is_member)
    act.facts.update(people=len(rows), is_member=is_member)
    return act.finish("invite")


@require_service
def invitee_make(*, act: Act, name: str, part: str, is_member: bool, **more: Any) -> Invitee:
    """Put one person on the list of an act's meeting."""
    last = act.meeting.invitees.aggregate(last=Max("number"))["last"] or 0
    one = Invitee(
        meeting=act.meeting,
        number=last + 1,
        name=name,
        part=part,
        is_member=is_member,
        code=code_new(),
        **more,
    )
    act.save_row(one)
    return one


@service(idempotent=True)
def staff_invite(*, actor: Actor, meeting_id: int, units: Sequence[Unit], is_member: bool = False) -> Meeting:
    """Ask the people who work for some units; each unit then sees the meeting once it is called.

    Of a committee that is a body's whole membership they may be members; else they are guests.
    """
    move = "invite" if is_member else "invite_guest"
    act = act_begin(actor=actor, meeting_id=meeting_id, move=move, may=can_run_meeting)
    if not units:
        raise invalid(units=_("请至少选择一个单位。"))
    added = sum(_unit_invite(act, unit, is_member) for unit in units)
    if not added:
        raise Conflict(_("这些单位的人都已在名单上，或还没有人有账号。"), hint=_("可以按姓名逐个增加。"))
    act.facts.update(people=added, unit=[unit.name for unit in units], is_member=is_member)
    return act.finish("invite")


def _unit_invite(act: Act, unit: Unit, is_member: bool) -> int:
    here = set(act.meeting.invitees.filter(person__isnull=False).values_list("person_id", flat=True))
    wanted = [key for key in person_ids_for(function=unit.function, unit_id=unit.pk) if key not in here]
    names = person_names(wanted)
    is_running = act.meeting.state != State.DRAFT
    for person in Person.objects.filter(pk__in=wanted).order_by("pk"):
        one = invitee_make(
            act=act,
            name=names[person.pk],
            part=unit.name[:30],
            is_member=is_member,
            unit=unit,
            person=person,
        )
        if is_running:
            told_by_system(act=act, people=[one])
    return len(wanted)


@require_service
def told_by_system(*, act: Act, people: Iterable[Invitee]) -> int:
    """Send the notice of the meeting to those who have an account; returns how many."""
    reached = [one for one in people if one.person_id]
    for one in reached:
        one.told_how, one.told_at = "system", act.at
        act.save_row(one, "told_how", "told_at")
    act.tell(reached, "call", "会议通知", notice_words(act.meeting))
    return len(reached)


@service(idempotent=True)
def members_invite(*, actor: Actor, meeting_id: int) -> Meeting:
    """Put the members of the meeting's body on the list, as the register has them on the day of the meeting.

    Who has an account here is told by it. Who is on the list already is passed over.
    """
    act = act_begin(actor=actor, meeting_id=meeting_id, move="invite", may=can_run_meeting)
    meeting = act.meeting
    if meeting.organ is None:
        raise Conflict(_("会议没有选择登记的组织。"), hint=_("请在“修改安排”里选择，或按姓名增加名单。"))
    members = members_on(meeting.organ, local_date(meeting.starts_at))
    accounts = dict(
        links_holding()
        .filter(resident_id__in=[one.resident_id for one in members if one.resident_id])
        .values_list("resident_id", "person_id")
    )
    here = set(meeting.invitees.values_list("person_id", flat=True)) - {None}
    names = {one.name for one in meeting.invitees.filter(is_member=True)}
    added = 0
    for one in members:
        person_id = one.person_id or accounts.get(one.resident_id or 0)
        if one.full_name in names and (person_id is None or person_id in here):
            continue
        part = f"{one.post_name}{'，' + one.speaks_for if one.speaks_for else ''}"[:30]
        invitee_make(act=act, name=one.full_name, part=part, is_member=True, person_id=person_id)
        added += 1
    if not added:
        raise Conflict(_("名册上的成员都已在名单上，或名册还是空的。"), hint=_("请先在“组织”里登记成员。"))
    if meeting.composition:
        _fits(act, meeting.invitees.filter(is_member=True).count())
    act.facts["people"] = added
    return act.finish("invite")


@service
def invitee_drop(*, actor: Actor, meeting_id: int, invitee_id: int) -> Meeting:
    """Take somebody off the list before people are told."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="uninvite", may=can_run_meeting)
    one = invitee_of(meeting=act.meeting, invitee_id=invitee_id)
    act.drop_row(one)
    return act.finish("uninvite")


@service(idempotent=True)
def candidates_mark(*, actor: Actor, meeting_id: int, invitee_ids: Sequence[int]) -> Meeting:
    """Say who of the list stands for election at this meeting; they may act for nobody else."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="mark", may=can_run_meeting)
    if not lawful.is_election(act.meeting):
        raise Conflict(_("这次会议不选举，没有候选人。"), hint=_("要选举的，请在会议安排里选择选举的规则。"))
    for one in act.meeting.invitees.all():
        wanted = one.pk in invitee_ids
        if one.is_candidate != wanted:
            if wanted and one.proxies_held.exists():
                words = _("%d号已接受了别人的委托，不能再列为候选人。") % one.number
                raise Conflict(words, hint=_("候选人要在登记委托以前标明。"))
            one.is_candidate = wanted
            act.save_row(one, "is_candidate")
    act.facts["people"] = len(invitee_ids)
    return act.finish("mark")


@service(idempotent=True)
def meeting_cancel(*, actor: Actor, meeting_id: int, reason: str) -> Meeting:
    """Call a meeting off that has not begun; whoever was told is told, matters go back."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="cancel", may=can_run_meeting)
    why = text_required(value=reason, name="reason", words=_("请写明取消的原因。"), most=300)
    act.set(cancelled_reason=why)
    for item in act.meeting.items.select_related("matter").filter(matter__isnull=False, outcome=""):
        matter_give_back(act=act, item=item, reason=f"会议取消：{why}")
    act.done()
    if act.meeting.called_at is not None:
        act.tell(act.meeting.invitees.all(), "cancel", "会议取消")
    return act.finish("cancel", note=why)
