"""The end of a whistle: what came of it, what residents are told, how each unit came and worked."""

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, NotFound
from linli.core.service import service

from ...models import Assignment
from ...refusals import invalid
from ...services.texts import text_limited, text_required
from ..models import Call, Mark, Whistle
from ..permissions import can_run_whistle
from ..rules import setting
from ..workflow import WORKFLOW
from .acts import Act, act_begin

MAX_OUTCOME = 2_000


@service(idempotent=True)
def whistle_finish(
    *, actor: Actor, whistle_id: int, outcome: str, is_solved: bool, told: str = ""
) -> Whistle:
    """Say what was done together and what residents are told; who has not come by its limit was absent.

    Whoever still has time is told that coming is not needed any more; that is no absence.

    The reporters of the whistle's matter, and of those merged into it, get ``told`` in their own journey.
    """
    act = act_begin(actor=actor, whistle_id=whistle_id, move="finish", may=can_run_whistle)
    words = text_required(
        value=outcome, name="outcome", words=_("请写明大家一起办了什么。"), most=MAX_OUTCOME
    )
    plain = text_limited(value=told, name="told")
    if act.whistle.matter_id and not plain:
        raise invalid(told=_("请写明告诉居民什么：办了什么、接下来怎样。"))
    calls = list(act.whistle.calls.select_related("unit", "assignment"))
    is_open = any(act.at <= call.due_at for call in calls)
    if is_open and not any(call.is_present for call in calls):
        raise Conflict(_("还没有单位报到，报到的时限也还没到。"), hint=_("不需要大家来了，请用“取消吹哨”。"))
    for call in calls:
        _settle(act, call)
    act.done()
    act.duty("rate", act.whistle.unit, days=setting("rate_workdays"))
    act.set(finished_at=act.at, outcome=words, is_solved=is_solved, told=plain)
    came = [call.unit.name for call in calls if call.is_present]
    act.facts.update(unit=came, is_solved=is_solved)
    act.tell([call.unit for call in calls if call.is_present], "finish", "吹哨已办结，谢谢到场")
    if act.step is not None:
        return _told(act, words, plain)
    return act.finish("finish", note=words)


def _settle(act: Act, call: Call) -> None:
    """End the unit's part: what it did is kept, who did not come was absent."""
    if call.is_present:
        note = call.result or "到场一起办理，见吹哨的共同记录。"
        act.assignment_settle(call, Assignment.State.HANDLED, result=note)
        act.assignment_end(call)
        return
    has_time = act.at <= call.due_at
    reason = "吹哨已办结，不用到场" if has_time else "吹哨后没有到场"
    act.assignment_settle(call, Assignment.State.WAIVED, reason=reason)
    call.state = Call.State.DROPPED if has_time else Call.State.ABSENT
    act.save_row(call, "state")
    if has_time:
        act.tell([call.unit], "finish", "吹哨已办结，不用到场")
    else:
        act.tell([call.unit], "absent", "这次吹哨您单位没有到场，已记下")


def _told(act: Act, outcome: str, told: str) -> Whistle:
    """The desk's record keeps the outcome; residents read the words that were written for them."""
    whistle, step = act.whistle, act.step
    assert step is not None
    act.finish("finish", note=outcome)
    step.facts.update(unit=act.facts["unit"], link=act.url)
    step.finish("whistle_finish", note=told)
    return whistle


@service(idempotent=True)
def call_rate(
    *, actor: Actor, whistle_id: int, call_id: int, coming: str, work: str = "", comment: str = ""
) -> Whistle:
    """Rate how a unit came and how it worked, once; the last rating closes the whistle.

    A unit that did not come has no work to rate. Dissatisfaction says why.
    """
    act = act_begin(actor=actor, whistle_id=whistle_id, move="rate", may=can_run_whistle)
    call = act.whistle.calls.select_related("unit").filter(pk=call_id).first()
    if call is None:
        raise NotFound(_("没有找到这个单位的吹哨。"))
    if call.rated_at is not None:
        raise Conflict(_("%(name)s已经评价过。") % {"name": call.unit.name})
    if call.state == Call.State.DROPPED:
        raise Conflict(_("%(name)s在时限前已不用到场，不评价。") % {"name": call.unit.name})
    _marks_checked(call, coming, work, comment)
    call.coming, call.work = coming, work if call.is_present else ""
    call.comment = text_limited(value=comment, name="comment", most=300)
    call.rated_at, call.rated_by_id = act.at, actor.person_id
    act.save_row(call, "coming", "work", "comment", "rated_at", "rated_by")
    act.facts.update(unit=call.unit.name, coming=coming, work=call.work)
    act.tell([call.unit], "rate", "吹哨单位评价了您单位的到场和办理，可以回应")
    if not act.whistle.calls.filter(rated_at__isnull=True).exclude(state=Call.State.DROPPED).exists():
        act.set(state=WORKFLOW.require(act.whistle.state, "close"))
        act.done("rate")
    return act.finish("rate", note=call.comment)


def _marks_checked(call: Call, coming: str, work: str, comment: str) -> None:
    if coming not in Mark.values:
        raise invalid(coming=_("请评价到场情况。"))
    if call.is_present and work not in Mark.values:
        raise invalid(work=_("请评价办理情况。"))
    if Mark.POOR in (coming, work) and call.is_present and not comment.strip():
        raise invalid(comment=_("评“不满意”时，请写明为什么。"))
