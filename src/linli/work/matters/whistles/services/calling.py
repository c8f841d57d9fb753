"""Calling units, taking the call back, and saying who leads."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.codes import code_new
from linli.core.errors import Conflict, NotAllowed
from linli.core.fields import public_number
from linli.core.service import service
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import path_prefixes
from linli.foundation.places.selectors import Place, position_checked

from ...models import AffairClass, Assignment, Matter
from ...permissions import can_decide_intake
from ...refusals import invalid, invalid_if
from ...rules import hand_over_refusal, title_of
from ...services.steps import step_begin
from ...services.texts import text_limited, text_required
from ...wording import instant_words
from ..models import Call, Cause, Whistle
from ..permissions import can_run_whistle, can_whistle_at
from ..rules import cause_source, check_in_due, gather_refusal, setting, units_refusals
from .acts import Act, act_begin, instant_after

WHISTLED = Assignment.Part.WHISTLED


@service(idempotent=True)
def whistle_blow(
    *,
    actor: Actor,
    cause: str,
    reason: str,
    units: Sequence[Unit],
    place: str,
    at: datetime,
    lead: Unit | None = None,
    matter_id: int | None = None,
    version: int | None = None,
    where: Place | None = None,
    lng: float | None = None,
    lat: float | None = None,
    online: str = "",
) -> Whistle:
    """Call units to a place at a time, for one of three causes; each gets its limit for coming.

    From a matter (``matter_id`` with its ``version``) the place is the matter's and its reporters are told
    what came of it; joint enforcement and emergencies may stand without one and then name ``where``.
    ``lng``, ``lat`` (WGS-84) are the spot itself, else the matter's. ``online`` opens checking in online.
    """
    act = _begun(actor, matter_id, version, where)
    _said(act, cause, reason, place, at)
    invalid_if(units_refusals([unit.pk for unit in units], lead.pk if lead else None))
    for unit in units:
        _unit_checked(act, unit)
    _spot(act, lng, lat)
    act.whistle.online = text_limited(value=online, name="online", most=160)
    act.save_row(act.whistle)
    for unit in units:
        _call(act, unit, is_lead=unit == (lead or units[0]))
    act.facts.update(unit=[unit.name for unit in units], place=act.whistle.place, arrive_at=at.isoformat())
    days = setting("finish_workdays")
    act.duty("finish", act.whistle.unit, days=days, start=act.whistle.gather_at)
    act.tell(units, "call", "吹哨：请按时报到", f"集合时间：{instant_words(at)}。地点和要做的事请打开查看。")
    return act.finish("call", note=act.whistle.reason, matter_verb="whistle")


def _begun(actor: Actor, matter_id: int | None, version: int | None, where: Place | None) -> Act:
    now = clock.now()
    unit = Unit.objects.filter(pk=actor.unit_id or 0).first()
    whistle = Whistle(called_at=now, called_by_id=actor.person_id, code=code_new())
    whistle.number = f"{now:%y}{public_number(8)}"
    if matter_id is None:
        if where is None:
            raise invalid(where=_("请选择在哪个居委会的范围。"))
        if unit is None or not can_whistle_at(actor, where.area_path):
            raise NotAllowed(_("您不能在这个地方吹哨。"), hint=_("吹哨由当地居委会或街镇发起。"))
        whistle.area_path, whistle.place_code, whistle.unit = where.area_path, where.code, unit
        return Act(actor, whistle, now, is_new=True)
    step = step_begin(
        actor=actor, matter_id=matter_id, move="whistle", may=can_decide_intake, version=version
    )
    if unit is None:
        raise NotAllowed()
    matter = step.matter
    instant_after(matter=matter)
    whistle.matter, whistle.unit = matter, unit
    whistle.area_path, whistle.place_code = matter.area_path, matter.place_code
    return Act(actor, whistle, now, step, is_new=True)


def _said(act: Act, cause: str, reason: str, place: str, at: datetime) -> None:
    whistle = act.whistle
    if cause not in Cause.values:
        raise invalid(cause=_("请选择是哪种哨。"))
    if cause == Cause.CONCERN and whistle.matter is None:
        raise invalid(cause=_("居民急难的哨要从一件事项吹起：请打开那件事项，再按“吹哨”。"))
    whistle.cause = cause
    whistle.reason = text_required(value=reason, name="reason", words=_("请写明请各单位来做什么。"))
    whistle.title = (
        whistle.matter.title if whistle.matter else title_of(whistle.reason, str(Cause(cause).label))
    )
    whistle.place = text_required(value=place, name="place", words=_("请写明集合地点。"), most=160)
    if refusal := gather_refusal(at, act.at):
        raise invalid(at=refusal)
    whistle.gather_at = at


def _unit_checked(act: Act, unit: Unit) -> None:
    """Refuse a unit that cannot be called here: closed, not of this place, of no kind that comes."""
    path, name = act.whistle.area_path, {"name": unit.name}
    if unit.closed_on is not None and unit.closed_on <= clock.local_date(act.at):
        raise invalid(units=_("%(name)s已停用，请另选单位。") % name)
    covers = unit.areas.filter(path__in=path_prefixes(path)).exists()
    if hand_over_refusal(Function.STREET, unit.function, covers, AffairClass.MAJOR):
        raise invalid(units=_("%(name)s的服务范围不包括这里，或不是能到场办理的单位，请另选。") % name)
    if unit.pk == act.whistle.unit_id:
        raise invalid(units=_("吹哨的是本单位，不用请自己。"))
    open_calls = Call.objects.filter(unit=unit, whistle__state="called").exclude(state=Call.State.DROPPED)
    if act.whistle.matter_id and open_calls.filter(whistle__matter_id=act.whistle.matter_id).exists():
        raise Conflict(_("这件事已请过%(name)s，那次吹哨还没有办结。") % name)


def _spot(act: Act, lng: float | None, lat: float | None) -> None:
    """Take the spot that was named, else the matter's or its compound's."""
    if lng is not None and lat is not None:
        act.whistle.lng, act.whistle.lat = position_checked(lng, lat)
        return
    matter = act.whistle.matter
    spot = matter if matter is None or matter.lat is not None else matter.compound
    if spot is not None:
        act.whistle.lng, act.whistle.lat = spot.lng, spot.lat


def _call(act: Act, unit: Unit, *, is_lead: bool) -> Call:
    whistle = act.whistle
    due = check_in_due(whistle.cause, act.at, whistle.gather_at)
    part = _part(act, whistle.matter, unit, due) if whistle.matter else None
    call = Call(whistle=whistle, unit=unit, is_lead=is_lead, assignment=part, due_at=due)
    act.save_row(call)
    act.duty("attend", unit, due_at=due)
    return call


def _part(act: Act, matter: Matter, unit: Unit, due: datetime) -> Assignment | None:
    """Give the unit its part in the matter; one that has a part already keeps that."""
    if matter.assignments.filter(unit=unit, ended_at__isnull=True).exists():
        return None
    part = Assignment(
        matter=matter,
        round=matter.round,
        unit=unit,
        part=WHISTLED,
        instruction=f"{act.whistle.reason}({act.whistle.place})"[:500],
        sent_at=act.at,
        sent_by_id=act.actor.person_id,
        returns_to_id=act.actor.unit_id,
        due_at=due,
        due_source=cause_source(act.whistle.cause)[:200],
    )
    act.save_row(part)
    return part


@service(idempotent=True)
def whistle_lead(*, actor: Actor, whistle_id: int, call_id: int) -> Whistle:
    """Let another of the called units lead."""
    act = act_begin(actor=actor, whistle_id=whistle_id, move="lead", may=can_run_whistle)
    chosen = (
        act.whistle.calls.filter(pk=call_id).exclude(state=Call.State.DROPPED).select_related("unit").first()
    )
    if chosen is None:
        raise invalid(lead=_("牵头单位要从所请的单位里选。"))
    if chosen.is_lead:
        raise Conflict(_("%(name)s已经是牵头单位。") % {"name": chosen.unit.name})
    for former in act.whistle.calls.filter(is_lead=True):
        former.is_lead = False
        act.save_row(former, "is_lead")
    chosen.is_lead = True
    act.save_row(chosen, "is_lead")
    act.tell([chosen.unit], "lead", "这次吹哨请您单位牵头")
    act.facts["unit"] = chosen.unit.name
    return act.finish("lead")


@service(idempotent=True)
def whistle_cancel(*, actor: Actor, whistle_id: int, reason: str) -> Whistle:
    """Take a whistle back: everybody who was called is told why and need not come."""
    act = act_begin(actor=actor, whistle_id=whistle_id, move="cancel", may=can_run_whistle)
    why = text_required(value=reason, name="reason", words=_("请写明为什么取消。"), most=300)
    calls = list(act.whistle.calls.select_related("unit", "assignment"))
    for call in calls:
        act.assignment_settle(call, Assignment.State.WAIVED, reason=f"吹哨已取消：{why}")
        call.state = Call.State.DROPPED
        act.save_row(call, "state")
    act.done()
    act.tell([call.unit for call in calls], "cancel", "吹哨已取消，不用到场")
    act.set(cancelled_reason=why)
    return act.finish("cancel", note=why, matter_verb="whistle_cancel")
