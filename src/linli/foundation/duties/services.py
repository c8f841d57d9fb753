"""Opening and closing what somebody must do, and loading the holidays that clocks run over."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.core import clock as time
from linli.core.actor import Actor, Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.rows import row_late
from linli.core.service import record, require_service, service
from linli.core.timelimits import Limit, LimitUnit, due_after_pause
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.notices.services import notice_queue

from . import calendar
from .models import Duty, Holiday, HolidayYear
from .permissions import can_load_calendar, can_remind
from .rules import CalendarDay, calendar_faults, remind_instant
from .words import remind_words

BATCH = 500
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
    is_told = not (is_quiet and at is not None and at < time.now())
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
        remind_at=remind_instant(opened_at, at),
        is_provisional=bool(due and due.is_provisional),
        escalation_step=0 if is_told else 2,
    )
    return row_late(duty)


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


@service
def duties_remind(*, actor: Actor) -> int:
    """Tell those responsible, once each, of what is soon due and of what has become overdue.

    The step counts: 1 reminded, 2 told that it is overdue. A person gets one message a run, however many
    duties it is about. Returns how many duties were stepped; at most ``BATCH`` a call.
    """
    if not can_remind(actor):
        raise NotAllowed()
    now = time.now()
    overdue = list(_to_tell(escalation_step__lt=2, due_at__lt=now))
    soon = list(_to_tell(escalation_step=0, remind_at__lte=now, due_at__gte=now))
    for duties, step in ((overdue, 2), (soon, 1)):
        _tell(duties, step)
        Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(escalation_step=step)
    return len(overdue) + len(soon)


def _to_tell(**condition: object) -> QuerySet[Duty]:
    duties = Duty.objects.filter(state=Duty.State.OPEN, **condition).exclude(function=Function.RESIDENT)
    return duties.order_by("due_at").select_for_update(skip_locked=True, of=("self",))[:BATCH]


def _tell(duties: Iterable[Duty], step: int) -> None:
    whose: dict[int, list[Duty]] = defaultdict(list)
    holders: dict[tuple[str, int | None, str], list[int]] = {}
    for duty in duties:
        for person_id in _responsible(duty, holders):
            whose[person_id].append(duty)
    for person_id, theirs in whose.items():
        title, url = remind_words(theirs, step)
        notice_queue(
            person_ids=[person_id], kind=f"duty.{'overdue' if step == 2 else 'remind'}", title=title, url=url
        )


def _responsible(duty: Duty, holders: dict[tuple[str, int | None, str], list[int]]) -> list[int]:
    if duty.person_id is not None:
        return [duty.person_id]
    key = (duty.function, duty.unit_id, "" if duty.unit_id else duty.area_path)
    if key not in holders:
        holders[key] = person_ids_for(function=duty.function, unit_id=duty.unit_id, area_path=key[2])
    return holders[key]


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
