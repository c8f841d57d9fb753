"""Reading what has to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import path_prefixes

from .builtin import builtin_days, builtin_source, builtin_years
from .calendar import holiday_calendar
from .ladder import ladder_for
from .models import Duty, DutyStep, HolidayYear, LadderRule
from .rules import CalendarDay, CalendarSpan, calendar_spans
from .rungs import LEVEL_WORDS, RUNG_WORDS, Rung, kind_of

WEEK = timedelta(days=6)
COUNTED = ("all", "overdue", "today", "week", "taken", "handed")
NEXT_YEAR_KNOWN_FROM = 11  # the State Council's notice comes about November


def _given_to(actor: Actor) -> Q:
    mine = Q(person_id__in=actor.person_ids)
    if actor.is_staff:
        role = Q(person__isnull=True, function=actor.function)
        mine |= role & Q(unit__isnull=True) & in_areas("area_path", actor.areas)
        if actor.unit_id is not None:
            mine |= role & Q(unit_id=actor.unit_id)
    return mine


def _open(condition: Q) -> QuerySet[Duty]:
    duties = Duty.objects.filter(condition, state=Duty.State.OPEN)
    return duties.order_by(F("due_at").asc(nulls_last=True), "id")


def _to_do(actor: Actor) -> Q:
    """Not handed up, or handed up to the actor."""
    if not actor.is_governing:
        return Q(held_by="")
    return Q(held_by="") | (Q(held_by=actor.function) & in_areas("area_path", actor.areas))


def duty_list(actor: Actor) -> QuerySet[Duty]:
    """Return the open duties of an actor: their own, their unit's in this function, their area's.

    What was handed up is on the list of those who have it now, no longer on that of those who had it.
    """
    return _open(_concerned(actor) & _to_do(actor))


def _concerned(actor: Actor) -> Q:
    given = _given_to(actor)
    if actor.is_governing:
        given |= Q(held_by=actor.function) & in_areas("area_path", actor.areas)
    return given


def duty_handed_list(actor: Actor) -> QuerySet[Duty]:
    """Return what an actor had to do and did not, until it was handed up: for reading."""
    return _open(_given_to(actor) & ~_to_do(actor))


def duty_chosen(actor: Actor, *, due: str, action: str, area: str, words: str) -> QuerySet[Duty]:
    """Return the actor's list as it is narrowed on the page; ``due`` may also be ``handed`` or ``taken``."""
    duties = duty_handed_list(actor) if due == "handed" else duty_list(actor)
    return duty_filter(duties, due=due, action=action, area=area, words=words)


def duty_filter(
    duties: QuerySet[Duty], *, due: str = "", action: str = "", area: str = "", words: str = ""
) -> QuerySet[Duty]:
    """Narrow a list to what is ``overdue``, due ``today`` or this ``week``, or was handed up and ``taken``.

    Further to an action, an area, words.
    """
    now, tonight = _now_and_tonight()
    spans = {
        "overdue": Q(due_at__lt=now),
        "today": Q(due_at__gte=now, due_at__lt=tonight),
        "week": Q(due_at__gte=now, due_at__lt=tonight + WEEK),
        "taken": ~Q(held_by=""),
    }
    if due in spans:
        duties = duties.filter(spans[due])
    if action:
        duties = duties.filter(action=action)
    if area:
        duties = duties.filter(in_areas("area_path", (area,)))
    if words:
        duties = duties.filter(Q(title__contains=words) | Q(subject_number=words))
    return duties


def _now_and_tonight() -> tuple[datetime, datetime]:
    now = clock.now()
    return now, clock.local_midnight(now.date() + timedelta(days=1))


def _due_counts(to_do: Q) -> dict[str, Count]:
    now, tonight = _now_and_tonight()
    return {
        "all": Count("pk", filter=to_do),
        "overdue": Count("pk", filter=to_do & Q(due_at__lt=now)),
        "today": Count("pk", filter=to_do & Q(due_at__gte=now, due_at__lt=tonight)),
        "week": Count("pk", filter=to_do & Q(due_at__gte=now, due_at__lt=tonight + WEEK)),
        "taken": Count("pk", filter=to_do & ~Q(held_by="")),
        "handed": Count("pk", filter=~to_do),
    }


def duty_counts(actor: Actor) -> dict[str, int]:
    """Return how many duties are open, overdue, due today, due within seven days, handed up and taken."""
    return _open(_concerned(actor)).order_by().aggregate(**_due_counts(_to_do(actor)))


@dataclass(frozen=True, slots=True)
class DutySummary:
    """What stands on a list: counts by due time, the actions (code, label), the places."""

    counts: dict[str, int]
    actions: list[tuple[str, str]]
    areas: list[str]


def duty_summary(actor: Actor) -> DutySummary:
    """Return what stands on the actor's list, in one pass over it, and how many were handed up."""
    rows = _open(_concerned(actor)).order_by().values("action", "action_label", "area_path")
    groups = cast(list[dict[str, Any]], list(rows.annotate(**_due_counts(_to_do(actor)))))
    return DutySummary(
        counts={name: sum(group[name] for group in groups) for name in COUNTED},
        actions=sorted({(group["action"], gettext(group["action_label"])) for group in groups}),
        areas=sorted({group["area_path"] for group in groups}),
    )


@dataclass(frozen=True, slots=True)
class LadderOf:
    """How far one open duty of a record has climbed, and what comes next when."""

    duty: Duty
    steps: list[DutyStep]
    next_words: str


def ladder_story(room: str, subject_id: str) -> list[LadderOf]:
    """Return the ladder of each open duty of a record that climbs one; residents' are left out."""
    duties = Duty.objects.filter(room=room, subject_id=subject_id, state__in=("open", "paused"))
    duties = duties.exclude(function=Function.RESIDENT).exclude(due_at__isnull=True)
    return [
        LadderOf(duty, list(duty.steps.all()), _next_words(duty))
        for duty in duties.order_by("due_at", "id").prefetch_related("steps")
    ]


def _next_words(duty: Duty) -> str:
    if duty.next_at is None or duty.due_at is None:
        return ""
    if duty.escalation_step == Rung.NONE and duty.next_at != duty.remind_at:
        return str(RUNG_WORDS[Rung.REMINDED])
    if duty.escalation_step < Rung.RED:
        is_amber = duty.escalation_step == Rung.AMBER
        return str(RUNG_WORDS[Rung.RED if is_amber else Rung.AMBER])
    if duty.escalation_step == Rung.HANDED:
        return duty.held_words + str(RUNG_WORDS[Rung.SUPERVISED])
    rules = ladder_for(duty.area_path, kind_of(duty.limit_unit), clock.local_date(duty.opened_at))
    above = rules.above.get(duty.held_by or duty.function, "")
    return str(RUNG_WORDS[Rung.HANDED]) + str(LEVEL_WORDS.get(above, ""))


def ladder_rules(actor: Actor) -> list[LadderRule]:
    """Return the own ladders of the streets and districts around the actor's areas, newest first."""
    around = Q(pk__in=[])
    for area in actor.areas:
        around |= Q(area_path__in=path_prefixes(area)) | in_areas("area_path", (area,))
    return list(LadderRule.objects.filter(around).order_by("area_path", "kind", "-valid_from", "-pk"))


def calendar_gaps() -> list[int]:
    """Return the years whose holidays are missing and wanted: this one, and from November the next."""
    today = clock.today()
    wanted = [today.year, *([today.year + 1] if today.month >= NEXT_YEAR_KNOWN_FROM else [])]
    return [year for year in wanted if not holiday_calendar().covers(year)]


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year of the calendar: where it comes from, and the days that differ from the plain week."""

    year: int
    source: str
    is_builtin: bool
    days: tuple[CalendarDay, ...]

    @property
    def off(self) -> list[CalendarSpan]:
        """The holidays, neighbouring days of one name together."""
        return calendar_spans([day for day in self.days if not day.is_workday])

    @property
    def worked(self) -> list[CalendarDay]:
        """The weekend days that are worked."""
        return [day for day in self.days if day.is_workday]


def calendar_years() -> list[CalendarYear]:
    """Return every year the clocks know, newest first: loaded ones, and the package's where none is."""
    loaded = {
        year.year: CalendarYear(
            year.year,
            year.source,
            False,
            tuple(CalendarDay(day.on, day.is_workday, day.name) for day in year.days.all()),
        )
        for year in HolidayYear.objects.prefetch_related("days")
    }
    for year in builtin_years():
        if year not in loaded:
            loaded[year] = CalendarYear(year, builtin_source(year), True, tuple(builtin_days(year)))
    return [loaded[year] for year in sorted(loaded, reverse=True)]
