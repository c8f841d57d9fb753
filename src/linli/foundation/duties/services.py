"""Opening and closing what somebody must do, and loading the holidays that clocks run over."""

from collections.abc import Iterable
from datetime import datetime


from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import record, require_service, service
from linli.core.timelimits import Limit, LimitUnit, due_after_pause

from . import calendar
from .builtin import CalendarDay
from .models import Duty, Holiday, HolidayYear
from .permissions import can_load_calendar
from .rules import remind_instant

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
) -> Duty:
    """Put something on somebody's list; one statement.

    ``due_at`` is used as it is where given, else ``limit`` is counted from ``start`` (default: now).
    Responsible is the person, else holders of ``function`` in the unit, else those over the area.
    """
    opened_at = start or time.now()
    due = calendar.limit_due(opened_at, limit) if limit and due_at is None else None
    at = due.at if due else due_at
    return Duty.objects.create(
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
        limit_amount=limit.amount if limit else None,
        limit_unit=str(limit.unit) if limit else "",
        source=limit.source if limit else "",
        opened_at=opened_at,
        due_at=at,
        remind_at=remind_instant(opened_at, at),
        is_provisional=bool(due and due.is_provisional),
    )


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
    Duty.objects.bulk_update(paused, ["state", "paused_at", "due_at", "remind_at", "is_provisional"])
    return len(paused)


def _go_on(duty: Duty, now: datetime) -> None:
    if duty.due_at is not None and duty.paused_at is not None:
        unit = LimitUnit(duty.limit_unit or LimitUnit.HOUR)
        days = calendar.holiday_calendar()
        before = duty.due_at
        duty.due_at = due_after_pause(before, duty.paused_at, now, unit, days, calendar.HOURS)
        counts_days = unit not in (LimitUnit.MINUTE, LimitUnit.HOUR)
        duty.is_provisional = counts_days and not days.covers(time.local_date(duty.due_at).year)
        if duty.remind_at is not None:
            duty.remind_at += duty.due_at - before
    duty.state, duty.paused_at = Duty.State.OPEN, None


@require_service
def duty_reschedule(*, room: str, subject_id: str, action: str, due_at: datetime) -> int:
    """Give an action of a record another due time (an approved extension); returns how many moved."""
    standing = list(Duty.objects.filter(room=room, subject_id=subject_id, action=action, state__in=STANDING))
    for duty in standing:
        duty.due_at, duty.is_provisional, duty.escalation_step = due_at, False, 0
        duty.remind_at = remind_instant(max(duty.opened_at, min(time.now(), due_at)), due_at)
    Duty.objects.bulk_update(standing, ["due_at", "remind_at", "is_provisional", "escalation_step"])
    return len(standing)


@require_service
def duty_handover(*, actor: Actor, from_person: int, to_person: int) -> int:
    """Move every standing duty of one person to another (on leaving); returns how many."""
    standing = Duty.objects.filter(person_id=from_person, state__in=STANDING)
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
    _check_days(year, listed)
    loaded, _ = HolidayYear.objects.update_or_create(
        year=year, defaults={"source": source[:200], "loaded_at": time.now()}
    )
    loaded.days.all().delete()
    Holiday.objects.bulk_create(
        Holiday(year=loaded, on=day.on, is_workday=day.is_workday, name=day.name[:40]) for day in listed
    )
    record("calendar.load", loaded, touched=[HolidayYear, Holiday])
    calendar.calendar_forget()
    return loaded


def _check_days(year: int, days: list[CalendarDay]) -> None:
    if not days:
        raise InvalidInput("这一年一个休假日也没有,没有装入。", hint="请核对文件是否完整。")
    for before, day in zip([None, *days], days, strict=False):
        if day.on.year != year:
            raise InvalidInput(f"{day.on} 不在{year}年。", hint="一次只装入一年,请核对日期。")
        if before is not None and before.on == day.on:
            raise InvalidInput(f"{day.on} 出现了两次。", hint="请删去重复的一行。")
        if day.is_workday and day.on.weekday() < 5:
            raise InvalidInput(f"{day.on} 本来就是工作日,不能作为调休上班日。", hint="请核对日期。")


