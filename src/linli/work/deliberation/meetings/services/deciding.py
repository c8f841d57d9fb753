"""What happens while a meeting is open: who speaks, what is decided by show of hands, and its end."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.clock import local_date
from linli.core.errors import Conflict, NotFound, invalid, invalid_if
from linli.core.service import require_service, service
from linli.foundation.accounts.models import Unit
from linli.work.matters.services.texts import text_limited, text_required

from ...bodies.permissions import can_keep_body
from ...bodies.services import body_met
from .. import lawful
from ..models import AgendaItem, Attendance, Meeting, Outcome, SpeakerTurn
from ..permissions import can_run_meeting
from ..rules import hands_refusals, kind_row, setting
from ..selectors import quorum_of
from .acts import Act, act_begin, invitee_of
from .matters import matter_bring_back, unit_checked_for

MOST_MINUTES = 60


@require_service
def item_of(*, meeting: Meeting, item_id: int | None) -> AgendaItem:
    """Return an item of the meeting's agenda, or raise ``NotFound``."""
    found = meeting.items.select_related("matter", "unit").filter(pk=item_id or 0).first()
    if found is None:
        raise NotFound(_("议程里没有这个议题。"))
    return found


@service(idempotent=True)
def speaker_add(
    *, actor: Actor, meeting_id: int, item_id: int, invitee_id: int, minutes: int | None = None
) -> Meeting:
    """Put somebody who is there at the end of an item's order of speaking."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="speak", may=can_run_meeting)
    item = item_of(meeting=act.meeting, item_id=item_id)
    one = invitee_of(meeting=act.meeting, invitee_id=invitee_id)
    if not Attendance.objects.filter(invitee=one, left_at__isnull=True).exists():
        raise invalid(invitee=_("这个人不在会场，不能安排发言。"))
    if item.turns.filter(invitee=one, ended_at__isnull=True).exists():
        raise invalid(invitee=_("这个人已经排在发言次序里。"))
    length = setting("speak_minutes") if minutes is None else minutes
    if not 1 <= length <= MOST_MINUTES:
        raise invalid(minutes=_("发言时间在1到%d分钟之间。") % MOST_MINUTES)
    last = item.turns.aggregate(last=Max("order"))["last"] or 0
    act.save_row(SpeakerTurn(item=item, invitee=one, order=last + 1, minutes=length))
    return act.finish("speak")


@service(idempotent=True)
def speaker_next(*, actor: Actor, meeting_id: int, item_id: int) -> Meeting:
    """End the turn of who speaks and give the word to the next in order."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="speak", may=can_run_meeting)
    item = item_of(meeting=act.meeting, item_id=item_id)
    speaking = item.turns.filter(began_at__isnull=False, ended_at__isnull=True).first()
    following = item.turns.filter(began_at__isnull=True).order_by("order").first()
    if speaking is None and following is None:
        raise Conflict(_("没有人在等着发言。"), hint=_("请先把要发言的人排进次序。"))
    _turn_end(act, speaking)
    if following is not None:
        following.began_at = act.at
        act.save_row(following, "began_at")
    return act.finish("speak")


def _turn_end(act: Act, turn: SpeakerTurn | None) -> None:
    if turn is not None:
        turn.ended_at = act.at
        act.save_row(turn, "ended_at")


@service(idempotent=True)
def item_decide(
    *,
    actor: Actor,
    meeting_id: int,
    item_id: int,
    decision: str = "",
    yes: int | None = None,
    no: int | None = None,
    abstain: int | None = None,
    outcome: str = "",
    unit: Unit | None = None,
) -> AgendaItem:
    """Settle an item: hands are counted by the rule of the item; what needs no vote gets its outcome said.

    Without the lawful quorum nothing can be decided. ``unit`` carries out what a matter's item decided. The
    steps of the count stay with the item as they were; an item is decided once.
    """
    act = act_begin(actor=actor, meeting_id=meeting_id, move="decide", may=can_run_meeting)
    item = item_of(meeting=act.meeting, item_id=item_id)
    if item.outcome:
        raise Conflict(_("这个议题已经有了结果：%(outcome)s。") % {"outcome": item.get_outcome_display()})
    if item.is_vote_wanted and outcome != Outcome.POSTPONED:
        _counted(act, item, {"yes": yes, "no": no, "abstain": abstain})
    else:
        _said(act, item, outcome)
    words = _("请写明决定了什么。")
    needs_words = str(item.outcome) != str(Outcome.POSTPONED)
    item.decision = (
        text_required(value=decision, name="decision", words=words, most=1500)
        if needs_words
        else text_limited(value=decision, name="decision", most=1500)
    )
    unit_checked_for(item=item, unit=unit, outcome=item.outcome)
    item.unit, item.decided_at = unit, act.at
    act.save_row(item, *_DECIDED)
    for turn in item.turns.filter(ended_at__isnull=True, began_at__isnull=False):
        _turn_end(act, turn)
    matter_bring_back(act=act, item=item, unit=unit)
    act.facts.update(outcome=item.outcome, yes=item.yes, no=item.no, abstain=item.abstain)
    act.finish("decide", note=item.title)
    return item


_DECIDED = (
    *("outcome", "decision", "yes", "no", "abstain", "present"),
    *("steps", "unit", "decided_at"),
)


def _counted(act: Act, item: AgendaItem, hands: dict[str, int | None]) -> None:
    quorum = quorum_of(act.meeting)
    if not quorum.holds:
        raise Conflict(
            lawful.quorum_refusal(quorum),
            hint=_("可以先讨论；人数不够的，改到下次会议再表决。"),
        )
    invalid_if(hands_refusals(quorum.present, hands))
    verdict = lawful.hands_verdict(
        act.meeting,
        key=item.rule_key,
        present=quorum.present,
        hands={name: n or 0 for name, n in hands.items()},
    )
    item.yes, item.no, item.abstain = hands["yes"], hands["no"], hands["abstain"]
    item.present, item.steps = quorum.present, verdict.steps
    item.outcome = Outcome.PASSED if verdict.is_passed else Outcome.FAILED


def _said(act: Act, item: AgendaItem, outcome: str) -> None:
    offered = {*kind_row(act.meeting.kind).outcomes, str(Outcome.POSTPONED)}
    if outcome not in offered:
        raise invalid(outcome=_("请选择议题的结果。"))
    item.outcome = outcome


@service(idempotent=True)
def meeting_close(*, actor: Actor, meeting_id: int) -> Meeting:
    """End the meeting; every item has an outcome by then, the minutes are due."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="close", may=can_run_meeting)
    undecided = act.meeting.items.filter(outcome="").count()
    if undecided:
        raise Conflict(
            _("还有%d个议题没有结果。") % undecided,
            hint=_("来不及的议题，结果选“改到下次会议”，再宣布散会。"),
        )
    _end(act, is_quorate=True)
    return act.finish("close")


@service(idempotent=True)
def meeting_adjourn(*, actor: Actor, meeting_id: int, note: str = "") -> Meeting:
    """Say that the meeting is not held, or ends, because too few are there; what is open is put off."""
    act = act_begin(actor=actor, meeting_id=meeting_id, move="adjourn", may=can_run_meeting)
    if act.at < act.meeting.starts_at:
        raise Conflict(_("还没到开会时间，不能宣布人数不足。"), hint=_("不开了的，请用“取消会议”。"))
    quorum = quorum_of(act.meeting)
    if quorum.holds:
        raise Conflict(
            _("到会%(n)d人，已达到法定人数，可以开会。") % {"n": quorum.present},
            hint=_("请宣布开会；来不及的议题改到下次会议。"),
        )
    words = text_limited(value=note, name="note", most=300)
    for item in act.meeting.items.filter(outcome=""):
        item.outcome, item.decided_at = Outcome.POSTPONED, act.at
        act.save_row(item, "outcome", "decided_at")
    act.facts.update(present=quorum.present, needed=quorum.needed, whole=quorum.whole)
    _end(act, is_quorate=False)
    act.tell(act.meeting.invitees.all(), "adjourn", "会议因人数不足没有举行，将另行通知")
    return act.finish("adjourn", note=words)


def _end(act: Act, *, is_quorate: bool) -> None:
    """Note the end: how many were there, what is due."""
    present = quorum_of(act.meeting).present
    for row in Attendance.objects.filter(invitee__meeting=act.meeting, left_at__isnull=True):
        row.left_at = act.at
        act.save_row(row, "left_at")
    act.set(closed_at=act.at, is_quorate=is_quorate, present=present)
    act.done()
    organ = act.meeting.organ
    if is_quorate and organ is not None and organ.dissolved_on is None and can_keep_body(act.actor, organ):
        on = local_date(act.at)
        body_met(actor=act.actor, body_id=organ.pk, on=on, meeting=act.meeting.public_id)
    act.duty("write", days=setting("minutes_workdays"))
    if act.meeting.items.filter(outcome=Outcome.POSTPONED).exists():
        act.duty("again", days=setting("minutes_workdays"))
