"""Reading what has to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext

from linli.core import clock
from linli.core.actor import Actor
from linli.core.fields import in_areas

from .builtin import builtin_days, builtin_source, builtin_years
from .calendar import holiday_calendar
from .models import Duty, HolidayYear
from .rules import CalendarDay, CalendarSpan, calendar_spans

WEEK = timedelta(days=6)
NEXT_YEAR_KNOWN_FROM = 11  # the State Council's notice comes about November


def duty_list(actor: Actor) -> QuerySet[Duty]:
    """Return the open duties of an actor: their own, their unit's in this function, their area's."""
    mine = Q(person_id__in=actor.person_ids)
    if actor.is_staff:
        role = Q(person__isnull=True, function=actor.function)
        mine |= role & Q(unit__isnull=True) & in_areas("area_path", actor.areas)
        if actor.unit_id is not None:
            mine |= role & Q(unit_id=actor.unit_id)
    return Duty.objects.filter(mine, state=Duty.State.OPEN).order_by(F("due_at").asc(nulls_last=True), "id")


def duty_filter(
    duties: QuerySet[Duty], *, due: str = "", action: str = "", area: str = "", words: str = ""
) -> QuerySet[Duty]:
    """Narrow a list to what is ``overdue``, due ``today`` or this ``week``; to an action, area, words."""
    now, tonight = _now_and_tonight()
    spans = {
        "overdue": Q(due_at__lt=now),
        "today": Q(due_at__gte=now, due_at__lt=tonight),
        "week": Q(due_at__gte=now, due_at__lt=tonight + WEEK),
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


def _due_counts() -> dict[str, Count]:
    now, tonight = _now_and_tonight()
    return {
        "all": Count("pk"),
        "overdue": Count("pk", filter=Q(due_at__lt=now)),
        "today": Count("pk", filter=Q(due_at__gte=now, due_at__lt=tonight)),
        "week": Count("pk", filter=Q(due_at__gte=now, due_at__lt=tonight + WEEK)),
    }


def duty_counts(actor: Actor) -> dict[str, int]:
    """Return how many duties are open, overdue, due today and due within seven days."""
    return duty_list(actor).order_by().aggregate(**_due_counts())


@dataclass(frozen=True, slots=True)
class DutySummary:
    """What stands on a list: counts by due time, the actions (code, label), the places."""

    counts: dict[str, int]
    actions: list[tuple[str, str]]
    areas: list[str]


def duty_summary(actor: Actor) -> DutySummary:
    """Return what stands on the actor's list, in one pass over it."""
    rows = duty_list(actor).order_by().values("action", "action_label", "area_path")
    groups = cast(list[dict[str, Any]], list(rows.annotate(**_due_counts())))
    return DutySummary(
        counts={name: sum(group[name] for group in groups) for name in ("all", "overdue", "today", "week")},
        actions=sorted({(group["action"], gettext(group["action_label"])) for group in groups}),
        areas=sorted({group["area_path"] for group in groups}),
    )


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
