"""Keeping a unit's roster week by week, and swapping a shift with a colleague's consent."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, require_service, service
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_name
from linli.foundation.notices.services import notice_queue

from ..models import DutyShift, ShiftKind
from ..permissions import can_give_shift, can_keep_roster, can_take_shift
from ..shifts import shift_span, week_of
from .selectors import people_of

Cell = tuple[date, str]
ROSTER_URL = "/desk/settings/roster/"
MAX_PHONE = 20


@service
def roster_week_set(
    *,
    actor: Actor,
    unit: Unit,
    monday: date,
    cells: Mapping[Cell, int | None],
    phones: Mapping[str, str] | None = None,
) -> Unit:
    """Set who is on duty in the shifts of one week; a cell of ``None`` empties it, others stay.

    ``cells`` maps (day, kind) to a person of the unit, ``phones`` a kind to the duty mobile of the week.
    The people who come on are told. A week that is over stays as it was.
    """
    roster_checked(actor=actor, unit=unit, monday=monday)
    numbers = {kind: _phone(number) for kind, number in (phones or {}).items()}
    _cells_checked(unit, monday, cells)
    known = {
        (s.on, s.kind): s
        for s in DutyShift.objects.select_for_update().filter(unit=unit, on__in=week_of(monday))
    }
    come: list[DutyShift] = []
    for (on, kind), person_id in cells.items():
        shift = known.get((on, kind))
        if person_id is None:
            if shift is not None:
                shift.delete()
            continue
        is_new = shift is None or shift.person_id != person_id
        phone = numbers.get(kind, shift.phone if shift else "")
        if is_new or (shift is not None and shift.phone != phone):
            made = _shift_put(actor, unit, shift, on, kind, person_id, phone)
            come += [made] if is_new else []
    _tell(actor, come)
    record("roster.set", unit, touched=[DutyShift])
    return unit


def _shift_put(
    actor: Actor, unit: Unit, shift: DutyShift | None, on: date, kind: str, person_id: int, phone: str
) -> DutyShift:
    kept = shift or DutyShift(unit=unit, on=on, kind=kind)
    if kept.person_id != person_id:
        kept.swap_to_id = None
    kept.person_id, kept.phone = person_id, phone
    kept.set_at, kept.set_by_id = clock.now(), actor.person_id
    kept.save()
    return kept


def _phone(number: str) -> str:
    plain = "".join(number.split())
    if len(plain) > MAX_PHONE or not set(plain) <= set("0123456789-+"):
        words = _("值班手机只写数字，例如 13800138000。")
        raise InvalidInput(words, details={"phone": words})
    return plain


def _cells_checked(unit: Unit, monday: date, cells: Mapping[Cell, int | None]) -> None:
    days, people = week_of(monday), dict(people_of(unit))
    for (on, kind), person_id in cells.items():
        if on not in days or kind not in ShiftKind.values:
            raise InvalidInput(_("值班表里没有这一班，请刷新页面。"))
        if person_id is not None and person_id not in people:
            words = _("%(day)s：值班人要是本单位在岗的人，请重新选择。") % {
                "day": _("%(month)s月%(day)s日") % {"month": on.month, "day": on.day}
            }
            raise InvalidInput(words, details={f"{on}-{kind}": words})


def _tell(actor: Actor, shifts: Iterable[DutyShift]) -> None:
    """Tell each who comes on which shifts are theirs, in one message."""
    theirs: dict[int, list[str]] = {}
    for shift in sorted(shifts, key=lambda shift: (shift.on, shift.kind)):
        theirs.setdefault(shift.person_id, []).append(_words_of(shift))
    for person_id, listed in theirs.items():
        if person_id != actor.person_id:
            notice_queue(
                person_ids=[person_id],
                kind="roster.set",
                title="您排了班：" + "、".join(listed),
                url=ROSTER_URL,
            )


@service
def roster_week_copy(*, actor: Actor, unit: Unit, monday: date) -> Unit:
    """Fill a week's empty shifts with whoever had them the week before and still works here."""
    roster_checked(actor=actor, unit=unit, monday=monday)
    days, here = week_of(monday), dict(people_of(unit))
    taken = set(DutyShift.objects.filter(unit=unit, on__in=days).values_list("on", "kind"))
    before = DutyShift.objects.filter(unit=unit, on__in=week_of(monday - timedelta(days=7)))
    week = timedelta(days=7)
    fitting = [s for s in before if (s.on + week, s.kind) not in taken and s.person_id in here]
    if not fitting:
        raise Conflict(_("没有可以复制的：上一周没有排班，或这一周已经排满。"))
    come = [_shift_put(actor, unit, None, s.on + week, s.kind, s.person_id, s.phone) for s in fitting]
    _tell(actor, come)
    record("roster.copy", unit, touched=[DutyShift])
    return unit


@require_service
def roster_checked(*, actor: Actor, unit: Unit, monday: date) -> None:
    """Refuse who may not keep this roster, and a week that is over."""
    if not can_keep_roster(actor, unit):
        raise NotAllowed(_("值班表由单位管理员维护。"), hint=_("要换班，请在值班表里向同事提出。"))
    if monday.weekday() != 0:
        raise InvalidInput(_("请从星期一开始选一周。"))
    if week_of(monday)[-1] < clock.today():
        raise Conflict(_("这一周已经过去，值班表留作记录，不能再改。"))


@service
def shift_swap_ask(*, actor: Actor, shift_id: int, to_person_id: int) -> DutyShift:
    """Ask a colleague to take one's shift; nothing changes until they agree."""
    shift = shift_locked(shift_id=shift_id)
    if not can_give_shift(actor, shift):
        raise NotAllowed(_("只能换自己的班。"))
    if shift_span(shift.on, shift.kind)[1] <= clock.now():
        raise Conflict(_("这一班已经结束，不能再换。"))
    if to_person_id == shift.person_id or to_person_id not in dict(people_of(shift.unit)):
        words = _("请选择本单位的一位同事。")
        raise InvalidInput(words, details={"to": words})
    record("shift.swap_ask", shift, changes_of(shift, swap_to_id=to_person_id))
    facts = {"who": person_name(actor.person_id), "shift": _words_of(shift)}
    _notify(to_person_id, _("%(who)s请您替班：%(shift)s") % facts)
    return shift


@service
def shift_swap_answer(*, actor: Actor, shift_id: int, is_granted: bool) -> DutyShift:
    """Agree to take a colleague's shift, or not; the one who asked is told."""
    shift = shift_locked(shift_id=shift_id)
    if shift.swap_to_id is None:
        raise Conflict(_("这次换班已经处理过。"))
    if not can_take_shift(actor, shift):
        raise NotAllowed(_("只有被请替班的人可以答复。"))
    asked_by = shift.person_id
    changes = {"swap_to_id": None, **({"person_id": actor.person_id, "phone": ""} if is_granted else {})}
    record("shift.swap_grant" if is_granted else "shift.swap_refuse", shift, changes_of(shift, **changes))
    words = _("同事同意替班：%s") if is_granted else _("同事不能替班：%s")
    _notify(asked_by, words % _words_of(shift))
    return shift


def _notify(person_id: int, title: str) -> None:
    notice_queue(person_ids=[person_id], kind="roster.swap", title=title, url=ROSTER_URL)


@require_service
def shift_locked(*, shift_id: int) -> DutyShift:
    """Return a shift, locked until the service ends."""
    shift = (
        DutyShift.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=shift_id).first()
    )
    if shift is None:
        raise NotFound(_("没有找到这一班。"))
    return shift


def _words_of(shift: DutyShift) -> str:
    return _("%(month)s月%(day)s日%(kind)s") % {
        "month": shift.on.month,
        "day": shift.on.day,
        "kind": shift.get_kind_display(),
    }
