"""Opening and closing what somebody must do, the ladder, and loading the holidays that clocks run over."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import cast

from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.rows import row_late
from linli.core.service import record, require_service, service
from linli.core.timelimits import Limit, LimitUnit, due_after_pause
from linli.foundation.accounts.selectors import Holders

from . import calendar, climbing, ladder
from .models import Duty, Holiday, HolidayYear, LadderRule
from .permissions import can_climb, can_load_calendar, can_set_ladder
from .rules import CalendarDay, calendar_faults
from .rungs import Kind, Rung, kind_of, rule_faults

BATCH = 50_000
STANDING = (Duty.State.OPEN, Duty.State.PAUSED)


@require_service
def duty_open(
    *,
    room: str,
    subject_id: str,
    subject_number: str,
    title: str,
    url: str,
    action: str,
    action_label: str,
    area_path: str,
    limit: Limit | None,
    function: Function | str,
    start: datetime | None = None,
    due_at: datetime | None = None,
    clock: str = "",
    person_id: int | None = None,
    unit_id: int | None = None,
    is_quiet: bool = False,
) -> Duty:
    """Put something on somebody's list, at the end of the service.

    ``due_at`` is used as it is where given, else ``limit`` is counted from ``start`` (default: now).
    Responsible is the person, else holders of ``function`` in the unit, else those over the area.
    ``is_quiet``: nobody is told of what is late already (history that comes in).
    """
    opened_at = start or time.now()
    due = calendar.limit_due(opened_at, limit) if limit and due_at is None else None
    at = due.at if due else due_at
    duty = Duty(
        room=room,
        subject_id=subject_id,
        subject_number=subject_number,
        title=title[:120],
        url=url,
        action=action,
        action_label=action_label,
        person_id=person_id,
        unit_id=unit_id,
        function=str(function),
        area_path=area_path,
        clock=clock,
        **_limit_columns(limit),
        opened_at=opened_at,
        due_at=at,
        is_provisional=bool(due and due.is_provisional),
    )
    if at is not None:
        _to_climb(duty, at, is_quiet)
    return row_late(duty)


def _to_climb(duty: Duty, due_at: datetime, is_quiet: bool) -> None:
    """Set when it turns amber and when the ladder's first rung is due; residents are let be."""
    rules = ladder.ladder_for(duty.area_path, kind_of(duty.limit_unit), time.local_date(duty.opened_at))
    duty.remind_at = rules.amber_at(duty.opened_at, due_at)
    if is_quiet and due_at < time.now():
        duty.escalation_step = Rung.RED
    elif duty.function != Function.RESIDENT:
        duty.next_at = rules.first_at(duty.opened_at, due_at, duty.remind_at)


@require_service
def duty_close(
    *,
    room: str,
    subject_id: str,
    action: str | None = None,
    unit_id: int | None = None,
    by: int | None = None,
    state: str = "done",
) -> int:
    """Take a record's standing duties off the lists (all, or one action's or unit's); returns how many."""
    standing = Duty.objects.filter(room=room, subject_id=subject_id, state__in=STANDING)
    if action is not None:
        standing = standing.filter(action=action)
    if unit_id is not None:
        standing = standing.filter(unit_id=unit_id)
    return standing.update(state=Duty.State(state), closed_at=time.now(), closed_by_id=by)


def _limit_columns(limit: Limit | None) -> dict[str, object]:
    if limit is None:
        return {}
    return {"limit_amount": limit.amount, "limit_unit": str(limit.unit), "source": limit.source}


@require_service
def duties_forget(*, room: str, subject_ids: Iterable[str]) -> int:
    """Remove every duty of records that are taken away whole (an undone import); returns how many."""
    return Duty.objects.filter(room=room, subject_id__in=list(subject_ids)).delete()[0]


@require_service
def duty_pause(*, room: str, subject_id: str) -> int:
    """Stop the clocks of a record's open duties; returns how many."""
    running = Duty.objects.filter(room=room, subject_id=subject_id, state=Duty.State.OPEN)
    return running.update(state=Duty.State.PAUSED, paused_at=time.now())


@require_service
def duty_resume(*, room: str, subject_id: str) -> int:
    """Let a record's paused duties go on with the time they had left; returns how many."""
    paused = list(Duty.objects.filter(room=room, subject_id=subject_id, state=Duty.State.PAUSED))
    now = time.now()
    for duty in paused:
        _go_on(duty, now)
    changed = ["state", "paused_at", "due_at", "remind_at", "is_provisional", "next_at", "stage_due_at"]
    Duty.objects.bulk_update(paused, changed)
    return len(paused)


def _go_on(duty: Duty, now: datetime) -> None:
    if duty.paused_at is not None:
        for clock in ("next_at", "stage_due_at"):  # what was left of the ladder's own clocks is left
            if (at := getattr(duty, clock)) is not None:
                setattr(duty, clock, at + max(now - duty.paused_at, timedelta()))
    if duty.due_at is not None and duty.paused_at is not None:
        unit = LimitUnit(duty.limit_unit or LimitUnit.HOUR)
        days = calendar.holiday_calendar()
        before = duty.due_at
        duty.due_at = due_after_pause(before, duty.paused_at, now, unit, days, calendar.HOURS)
        counts_days = unit not in (LimitUnit.MINUTE, LimitUnit.HOUR)
        duty.is_provisional = counts_days and not days.covers(time.local_date(duty.due_at).year)
        if duty.remind_at is not None:
            duty.remind_at += duty.due_at - before
        if duty.next_at is not None and duty.escalation_step < Rung.RED:
            duty.next_at = duty.paused_at  # the ladder looks at the new dates within a minute
    duty.state, duty.paused_at = Duty.State.OPEN, None


@require_service
def duty_reschedule(*, room: str, subject_id: str, action: str, due_at: datetime) -> int:
    """Give an action of a record another due time (an approved extension); returns how many moved."""
    standing = list(Duty.objects.filter(room=room, subject_id=subject_id, action=action, state__in=STANDING))
    for duty in standing:
        start = max(duty.opened_at, min(time.now(), due_at))
        rules = ladder.ladder_for(duty.area_path, kind_of(duty.limit_unit), time.local_date(duty.opened_at))
        amber_at = rules.amber_at(start, due_at)
        duty.due_at, duty.is_provisional, duty.remind_at = due_at, False, amber_at
        climbing.start_anew(duty, rules.first_at(start, due_at, amber_at))
    changed = ["due_at", "is_provisional", "remind_at", *climbing.POSITION]
    Duty.objects.bulk_update(standing, changed)
    return len(standing)


@service
def duties_climb(*, actor: Actor, holders: Holders | None = None) -> int:
    """Let duties whose next rung is due climb it, and tell those concerned; at most ``BATCH`` a call.

    The rung, the step that is kept of it and the messages are one transaction: whenever the machine dies,
    a rung was climbed whole or not at all. A person gets one message for each rung, however many duties it is
    about. ``holders``: who holds which function, as read at the beginning of a run. Returns how many climbed.
    """
    if not can_climb(actor):
        raise NotAllowed()
    return climbing.climb_batch(time.now(), BATCH, holders or Holders())


@service
def ladder_clock_check(*, actor: Actor) -> int:
    """Note the time; where it was set back, take back the rungs climbed in what is the future again.

    Returns how many duties were taken back. Operators are told.
    """
    if not can_climb(actor):
        raise NotAllowed()
    return climbing.clock_check(time.now())


@service
def ladder_set(
    *, actor: Actor, area_path: str, kind: str, valid_from: date, reason: str, **figures: int
) -> LadderRule:
    """Set a street's or district's own ladder for one kind of duty from a later day on.

    ``figures``: remind, amber (per cent), hand_up, street, district, city, supervise (working days; for kind
    ``hour`` minutes). Duties that stand already keep the ladder of the day they were opened on.
    """
    if not can_set_ladder(actor, area_path):
        raise NotAllowed(_("超时阶梯由街镇、区的管理员为本辖区设置。"))
    if faults := rule_faults(Kind(kind), valid_from, time.today(), reason, figures):
        raise InvalidInput(_("没有保存：填写的内容有问题。"), details=faults)
    if LadderRule.objects.filter(area_path=area_path, kind=kind, valid_from=valid_from).exists():
        words = _("这一天已经有一版，请换一个生效日期。")
        raise InvalidInput(_("没有保存：填写的内容有问题。"), details={"valid_from": words})
    rule = LadderRule(
        area_path=area_path,
        kind=kind,
        valid_from=valid_from,
        reason=reason.strip(),
        made_at=time.now(),
        made_by_id=cast(int, actor.person_id),
        **figures,
    )
    rule.save(force_insert=True)
    record("ladder.set", rule)
    ladder.ladder_forget()
    return rule


@require_service
def duty_handover(*, actor: Actor, from_person: int, to_person: int) -> int:
    """Move every standing duty of one person's work to another (on leaving); returns how many.

    What the person has to do as a resident stays theirs.
    """
    standing = Duty.objects.filter(person_id=from_person, state__in=STANDING)
    standing = standing.exclude(function=Function.RESIDENT)
    return standing.update(person_id=to_person)


@service
def calendar_load(*, actor: Actor, year: int, source: str, days: Iterable[CalendarDay]) -> HolidayYear:
    """Load, or load anew, the days of one year that differ from the plain week.

    Every day must lie in the year and stand once; an empty year is refused, because a year without a
    single holiday is a mistake, not a notice.
    """
    if not can_load_calendar(actor):
        raise NotAllowed()
    listed = sorted(days, key=lambda day: day.on)
    if faults := calendar_faults(year, listed):
        raise InvalidInput(
            _("没有装入：日期有问题。"), details={str(n): words for n, words in enumerate(faults)}
        )
    loaded, _made = HolidayYear.objects.update_or_create(
        year=year, defaults={"source": source[:200], "loaded_at": time.now()}
    )
    loaded.days.all().delete()
    Holiday.objects.bulk_create(
        Holiday(year=loaded, on=day.on, is_workday=day.is_workday, name=day.name[:40]) for day in listed
    )
    record("calendar.load", loaded, touched=[HolidayYear, Holiday])
    calendar.calendar_forget()
    return loaded
