"""What a called unit does: it checks in, says what it did, writes the joint record, answers its rating."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.codes import is_code
from linli.core.errors import Conflict, NotAllowed
from linli.core.service import service
from linli.foundation.files.models import StoredFile
from linli.foundation.places.selectors import position_checked

from ...models import Assignment
from ...refusals import invalid
from ...services.texts import text_required
from ...wording import instant_words
from ..models import Call, Way, Whistle
from ..permissions import can_run_whistle
from ..rules import distance_refusal, early_refusal, metres_between, setting
from .acts import Act, act_begin, call_begin

MAX_RESULT = 2_000


@service(idempotent=True)
def call_check_in(
    *,
    actor: Actor,
    whistle_id: int,
    way: str,
    code: str = "",
    lng: float | None = None,
    lat: float | None = None,
) -> Whistle:
    """Check in for the own unit （报到）： by the code of the spot, by position, or online.

    Of a position only the distance is kept. Late is late, and taken all the same.
    """
    act, call = call_begin(actor=actor, whistle_id=whistle_id, move="check_in")
    if call.came_at is not None:
        raise Conflict(
            _("您的单位已在%(at)s报到，不用再报。") % {"at": instant_words(call.came_at)},
        )
    if refusal := early_refusal(act.whistle.gather_at, act.at, instant_words(act.whistle.gather_at)):
        raise Conflict(refusal)
    call.metres = _proved(act.whistle, way, code, lng, lat)
    call.state, call.came_at, call.came_by_id, call.way = Call.State.CAME, act.at, actor.person_id, way
    act.save_row(call, "state", "came_at", "came_by", "way", "metres")
    act.assignment_settle(call, Assignment.State.SIGNED)
    act.done("attend", unit_id=call.unit_id)
    act.duty("answer", call.unit, days=setting("answer_workdays"))
    act.facts.update(unit=call.unit.name, way=way, late=call.is_late(act.at), metres=call.metres)
    act.tell([act.whistle.unit], "check_in", "有单位报到了")
    return act.finish("check_in", matter_verb="attend")


def _proved(whistle: Whistle, way: str, code: str, lng: float | None, lat: float | None) -> int | None:
    """Return the distance where there is one; refuse what does not show that the unit has come."""
    if way == Way.CODE:
        if not is_code(code, whistle.code):
            raise invalid(code=_("现场码不对。请扫吹哨人手机或呼叫单上的二维码，或照着重新输入。"))
        return None
    if way == Way.POSITION:
        return _near(whistle, lng, lat)
    if way == Way.ONLINE:
        if not whistle.online:
            raise invalid(way=_("这次吹哨要到场，不能线上报到。"))
        return None
    raise invalid(way=_("请选择怎样报到。"))


def _near(whistle: Whistle, lng: float | None, lat: float | None) -> int:
    if whistle.lng is None or whistle.lat is None:
        raise invalid(way=_("这次吹哨没有标出位置，请扫现场的二维码报到。"))
    if lng is None or lat is None:
        raise invalid(lat=_("没有取到您的位置。请允许浏览器使用位置，或扫现场的二维码报到。"))
    here = position_checked(lng, lat)
    metres = metres_between(*here, whistle.lng, whistle.lat)
    if refusal := distance_refusal(metres):
        raise invalid(lat=refusal)
    return metres


@service(idempotent=True)
def call_answer(*, actor: Actor, whistle_id: int, result: str, photos: Sequence[StoredFile] = ()) -> Whistle:
    """Say what the own unit did on the spot; its part is done."""
    act, call = call_begin(actor=actor, whistle_id=whistle_id, move="answer")
    if call.came_at is None:
        raise Conflict(_("请先报到，再写做了什么。"))
    if call.state == Call.State.ANSWERED:
        raise Conflict(_("您的单位已经写过做了什么；要补充，请用“记录现场”。"))
    words = text_required(value=result, name="result", words=_("请写明做了什么。"), most=MAX_RESULT)
    call.state, call.result = Call.State.ANSWERED, words
    call.answered_at, call.answered_by_id = act.at, actor.person_id
    act.save_row(call, "state", "result", "answered_at", "answered_by")
    act.assignment_settle(call, Assignment.State.HANDLED, result=words)
    act.done("answer", unit_id=call.unit_id)
    act.facts["unit"] = call.unit.name
    _all_said(act)
    return act.finish("answer", note=words, photos=photos, matter_verb="answer")


def _all_said(act: Act) -> None:
    """Tell the caller once every unit has said what it did: the whistle can be finished."""
    if not act.whistle.calls.exclude(state=Call.State.ANSWERED).exists():
        act.tell([act.whistle.unit], "answer", "请来的单位都写明做了什么，可以办结吹哨")


@service(idempotent=True)
def whistle_log(*, actor: Actor, whistle_id: int, note: str, photos: Sequence[StoredFile] = ()) -> Whistle:
    """Write a line into the joint record: whoever called, or a unit that has checked in."""
    act = act_begin(
        actor=actor,
        whistle_id=whistle_id,
        move="log",
        may=lambda who, whistle: can_run_whistle(who, whistle) or _has_come(who, whistle),
    )
    words = text_required(value=note, name="note", words=_("请写几个字说明。"), most=MAX_RESULT)
    return act.finish("log", note=words, photos=photos)


def _has_come(actor: Actor, whistle: Whistle) -> bool:
    own = whistle.calls.filter(unit_id=actor.unit_id or 0)
    if actor.is_staff and own.filter(came_at__isnull=True).exists():
        raise NotAllowed(_("请先报到，再记录现场。"))
    return actor.is_staff and own.exists()


@service(idempotent=True)
def call_reply(*, actor: Actor, whistle_id: int, was_proper: bool, reply: str = "") -> Whistle:
    """Answer the rating once, and say whether the whistle itself was called for （双考核）."""
    act, call = call_begin(actor=actor, whistle_id=whistle_id, move="reply")
    if call.rated_at is None:
        raise Conflict(_("吹哨单位还没有评价，评价后再回应。"))
    if call.replied_at is not None:
        raise Conflict(_("您的单位已经回应过。"))
    words = reply
    if not was_proper:
        words = text_required(value=reply, name="reply", words=_("请写明为什么不该吹这次哨。"), most=300)
    elif reply.strip():
        words = text_required(value=reply, name="reply", words="", most=300)
    call.was_proper, call.reply = was_proper, words.strip()
    call.replied_at, call.replied_by_id = act.at, actor.person_id
    act.save_row(call, "was_proper", "reply", "replied_at", "replied_by")
    act.facts.update(unit=call.unit.name, was_proper=was_proper)
    act.tell([act.whistle.unit], "reply", "有单位回应了评价")
    return act.finish("reply", note=call.reply)
