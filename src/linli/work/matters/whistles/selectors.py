"""Every read of whistles that is more than a lookup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_midnight
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import person_names
from linli.foundation.files.models import StoredFile

from .models import Call, Mark, Whistle, WhistleEvent
from .permissions import can_run_whistle, can_work_call
from .rules import UnitRow, percent
from .workflow import State

STAGES = ("running", "rating", "ended", "all")
STAGE_STATES = {
    "running": (State.CALLED,),
    "rating": (State.FINISHED,),
    "ended": (State.CLOSED, State.CANCELLED),
}
TOLERABLE = (Mark.GOOD, Mark.FAIR)


@dataclass(frozen=True, slots=True)
class WhistleFilters:
    """What a list of whistles is narrowed by; ``is_late``: somebody came late, or has not come in time."""

    stage: str = "all"
    cause: str = ""
    q: str = ""
    is_late: bool = False


def _late() -> Q:
    came_late = Q(came_at__gt=F("due_at"))
    not_come = Q(came_at__isnull=True, due_at__lt=clock.now())
    return (came_late | not_come) & ~Q(state=Call.State.DROPPED)


def whistle_list(actor: Actor, filters: WhistleFilters | None = None) -> QuerySet[Whistle]:
    """Return the whistles that an actor may see, the latest gathering first, with how many have come."""
    asked = filters or WhistleFilters()
    rows = Whistle.objects.visible_to(actor).select_related("unit", "matter")
    if asked.stage in STAGE_STATES:
        rows = rows.filter(state__in=STAGE_STATES[asked.stage])
    if asked.cause:
        rows = rows.filter(cause=asked.cause)
    if words := asked.q.strip():
        rows = rows.filter(
            Q(title__icontains=words) | Q(number__startswith=words) | Q(place__icontains=words)
        )
    late = Exists(Call.objects.filter(_late(), whistle=OuterRef("pk")))
    if asked.is_late:
        rows = rows.filter(late)
    return rows.annotate(
        is_late=late,
        called=Count("calls"),
        came=Count("calls", filter=Q(calls__came_at__isnull=False)),
    ).order_by("-gather_at", "-id")


def stage_counts(actor: Actor) -> dict[str, int]:
    """Return how many whistles stand in each tab (one query)."""
    rows = Whistle.objects.visible_to(actor).order_by().values_list("state").annotate(n=Count("pk"))
    by_state = dict(rows)
    counts = {stage: sum(by_state.get(str(s), 0) for s in states) for stage, states in STAGE_STATES.items()}
    return {**counts, "all": sum(by_state.values())}


def whistle_get(actor: Actor, public_id: UUID) -> Whistle:
    """Return a whistle that the actor may see, or raise ``NotFound``."""
    rows = Whistle.objects.visible_to(actor).select_related("unit", "matter")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次吹哨。"))
    return found


def calls_of(whistle: Whistle) -> list[Call]:
    """Return the called units, who leads first."""
    rows = list(whistle.calls.select_related("unit"))
    for row in rows:
        row.whistle = whistle
    return rows


def own_call(actor: Actor, calls: Iterable[Call]) -> Call | None:
    """Return the call of the actor's own unit, where it is called."""
    return next((call for call in calls if can_work_call(actor, call)), None)


def acts_for(actor: Actor, whistle: Whistle, calls: list[Call]) -> list[str]:
    """Return what the actor may do now; the page and the interface offer exactly this."""
    return [*_own_acts(whistle, own_call(actor, calls)), *_runner_acts(actor, whistle, calls)]


def _own_acts(whistle: Whistle, own: Call | None) -> list[str]:
    if own is None:
        return []
    if whistle.state == State.CALLED:
        if own.came_at is None:
            return ["check_in"]
        return ["answer", "log"] if own.state == Call.State.CAME else ["log"]
    return ["reply"] if own.rated_at is not None and own.replied_at is None else []


def _runner_acts(actor: Actor, whistle: Whistle, calls: list[Call]) -> list[str]:
    if not can_run_whistle(actor, whistle):
        return []
    if whistle.state == State.CALLED:
        lead = ["lead"] if len(calls) > 1 else []
        return ["finish", "log", *lead, "cancel"]
    if whistle.state == State.FINISHED and any(call.is_unrated for call in calls):
        return ["rate"]
    return []


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of the joint record, with who wrote it."""

    event: WhistleEvent
    who: str
    photos: list[Any]


def record_lines(whistle: Whistle) -> list[RecordLine]:
    """Return the joint record from its beginning (three queries)."""
    events = list(whistle.events.select_related("unit").prefetch_related("photos"))
    names = person_names([event.person_id for event in events])
    return [
        RecordLine(
            event,
            " ".join(
                p for p in (event.unit.name if event.unit else "", names.get(event.person_id or 0, "")) if p
            ),
            [photo for photo in event.photos.all() if photo.state == "ready"],
        )
        for event in events
    ]


def whistles_of_matter(actor: Actor, matter_id: int) -> list[Whistle]:
    """Return the whistles of one matter that the actor may see, the latest first."""
    return list(whistle_list(actor).filter(matter_id=matter_id))


# -- figures --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class WhistleFigures:
    """Whistles of a period and what came of them; each count stands beside what it is of."""

    total: int
    cancelled: int
    finished: int
    solved: int
    told: int
    by_cause: list[tuple[str, int]]
    replied: int
    improper: int
    units: list[UnitRow]

    @property
    def solved_percent(self) -> float | None:
        """Of the finished ones, how many were solved on the spot."""
        return percent(self.solved, self.finished)


def whistle_figures(actor: Actor, area: str, from_on: date, to_on: date) -> WhistleFigures:
    """Count what was called between two days, both included, in an area of the actor's (three queries).

    A cancelled whistle counts for no unit. Units are listed by name: who is called often is no worse.
    """
    rows = Whistle.objects.visible_to(actor).filter(
        called_at__gte=local_midnight(from_on), called_at__lt=local_midnight(to_on + timedelta(days=1))
    )
    if area:
        rows = rows.filter(in_areas("area_path", (area,)))
    counts = rows.order_by().aggregate(
        total=Count("pk"),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
        finished=Count("pk", filter=Q(finished_at__isnull=False)),
        solved=Count("pk", filter=Q(is_solved=True)),
        told=Count("pk", filter=~Q(told="")),
    )
    by_cause = rows.order_by().values_list("cause").annotate(n=Count("pk")).order_by("cause")
    calls = Call.objects.filter(whistle__in=rows.exclude(state=State.CANCELLED).order_by().values("pk"))
    calls = calls.exclude(state=Call.State.DROPPED)
    units = _unit_rows(calls, clock.now())
    replied = calls.filter(replied_at__isnull=False)
    return WhistleFigures(
        **counts,
        by_cause=list(by_cause),
        replied=replied.count(),
        improper=replied.filter(was_proper=False).count(),
        units=units,
    )


def _unit_rows(calls: QuerySet[Call], now: datetime) -> list[UnitRow]:
    came, rated = Q(came_at__isnull=False), Q(rated_at__isnull=False)
    waiting = Q(came_at__isnull=True, state=Call.State.CALLED, due_at__gte=now)
    worked = Q(rated_at__isnull=False, coming__in=TOLERABLE)
    rows: Any = (
        calls.order_by()
        .values("unit__name")
        .annotate(
            called=Count("pk"),
            came_n=Count("pk", filter=came),
            on_time=Count("pk", filter=came & Q(came_at__lte=F("due_at"))),
            absent=Count("pk", filter=Q(state=Call.State.ABSENT)),
            waiting=Count("pk", filter=waiting),
            led=Count("pk", filter=Q(is_lead=True)),
            rated=Count("pk", filter=rated),
            coming_good=Count("pk", filter=worked),
            work_good=Count("pk", filter=Q(work__in=TOLERABLE)),
            improper=Count("pk", filter=Q(was_proper=False)),
        )
        .order_by("unit__name")
    )
    return [
        UnitRow(
            name=str(row["unit__name"]),
            came=int(row["came_n"]),
            **{key: int(value) for key, value in row.items() if key not in ("unit__name", "came_n")},
        )
        for row in rows
    ]


def photo_of(whistle: Whistle, photo_id: UUID) -> StoredFile:
    """Return a photo of a whistle's joint record, or raise ``NotFound``."""
    events = WhistleEvent.photos.through._default_manager.filter(whistleevent__whistle_id=whistle.pk)
    found = StoredFile.objects.filter(
        public_id=photo_id, state="ready", pk__in=events.values("storedfile_id")
    ).first()
    if found is None:
        raise NotFound
    return found
