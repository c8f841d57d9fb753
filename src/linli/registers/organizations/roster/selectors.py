"""Who is on duty: now, over a place, and in a week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.errors import NotFound
from linli.foundation.accounts.models import Role, Unit
from linli.foundation.accounts.selectors import path_prefixes, person_names, unit_visible
from linli.foundation.duties.selectors import calendar_years
from linli.foundation.duties.todoparts import Remark

from ..models import DutyShift, ShiftKind
from ..shifts import shift_span, shifts_at, week_of


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who is on duty now: for which unit, in which shift, until when, under which number."""

    unit: str
    kind: str
    name: str
    phone: str
    until: datetime


@dataclass(frozen=True, slots=True)
class DayHead:
    """One day of a week: whether it is worked, and the holiday's name."""

    on: date
    is_workday: bool
    name: str


def _now() -> QuerySet[DutyShift]:
    condition = Q(pk__in=[])
    for on, kind in shifts_at(clock.now()):
        condition |= Q(on=on, kind=kind)
    return DutyShift.objects.filter(condition)


def _shown(shifts: Iterable[DutyShift]) -> list[OnDuty]:
    rows = list(shifts)
    names = person_names([shift.person_id for shift in rows])
    return [
        OnDuty(
            shift.unit.name,
            shift.get_kind_display(),
            names.get(shift.person_id, ""),
            shift.phone or shift.unit.phone,
            shift_span(shift.on, shift.kind)[1],
        )
        for shift in rows
    ]


def on_duty_of_unit(unit_id: int | None) -> list[OnDuty]:
    """Return who is on duty now for a unit, the leader first."""
    if unit_id is None:
        return []
    shifts = _now().filter(unit_id=unit_id).select_related("unit")
    return _shown(sorted(shifts, key=lambda shift: ShiftKind.values.index(shift.kind)))


def on_duty_remarks(actor: Actor) -> list[Remark]:
    """Return who is on duty at the actor's unit now, in one line for the page 待办."""
    rows = on_duty_of_unit(actor.unit_id)
    if not rows:
        return []
    listed = "；".join(f"{row.kind} {row.name} {row.phone}".strip() for row in rows)
    return [Remark("phone-call", _("现在值班：%s") % listed, reverse("organizations:roster"), _("值班表"))]


def on_duty_over(area_path: str) -> list[OnDuty]:
    """Return who is on duty now for the committee and the street of a place, the nearer unit first."""
    shifts = list(_over(area_path, (Function.COMMITTEE, Function.STREET)).select_related("unit"))
    order = [Function.COMMITTEE, Function.STREET]
    return _shown(
        sorted(shifts, key=lambda s: (order.index(Function(s.unit.function)), ShiftKind.values.index(s.kind)))
    )


def on_duty_person_ids(area_path: str, functions: Iterable[str]) -> list[int]:
    """Return who is on duty now for units of these functions over a place (one query)."""
    return sorted(set(_over(area_path, functions).values_list("person_id", flat=True)))


def _over(area_path: str, functions: Iterable[str]) -> QuerySet[DutyShift]:
    covering = Unit.areas.through.objects.filter(division__path__in=path_prefixes(area_path))
    return _now().filter(unit__function__in=list(functions), unit_id__in=covering.values("unit_id"))


def units_on_duty(area_path: str) -> list[str]:
    """Return which committee and street of a place have somebody on duty now: names of units, of nobody."""
    shifts = _over(area_path, (Function.COMMITTEE, Function.STREET))
    return sorted(set(shifts.values_list("unit__name", flat=True)))


def people_of(unit: Unit) -> list[tuple[int, str]]:
    """Return who works for a unit today: ids and names, by id."""
    roles = Role.objects.valid_on(clock.today()).filter(unit=unit)
    ids = sorted(set(roles.values_list("person_id", flat=True)))
    names = person_names(ids)
    return [(person_id, names.get(person_id, "")) for person_id in ids]


def roster_unit(actor: Actor, public_id: str) -> Unit:
    """Return the unit whose roster is asked for: one's own, or one that may be looked up; ``NotFound``."""
    units = Unit.objects.filter(Q(pk=actor.unit_id or 0) | Q(pk__in=unit_visible(actor).values("pk")))
    try:
        found = units.filter(
            **({"public_id": public_id} if public_id else {"pk": actor.unit_id or 0})
        ).first()
    except ValidationError as error:
        raise NotFound from error
    if found is None:
        raise NotFound
    return found


def roster_week(unit: Unit, monday: date) -> dict[tuple[date, str], DutyShift]:
    """Return the shifts of a unit's week by day and kind."""
    shifts = DutyShift.objects.filter(unit=unit, on__in=week_of(monday))
    return {(shift.on, shift.kind): shift for shift in shifts}


def week_heads(days: Sequence[date]) -> list[DayHead]:
    """Return the days of a week with their holidays and swapped working days."""
    years = {day.year for day in days}
    special = {day.on: day for year in calendar_years() if year.year in years for day in year.days}
    return [
        DayHead(
            on,
            special[on].is_workday if on in special else on.weekday() < 5,
            special[on].name if on in special else "",
        )
        for on in days
    ]


def own_shifts(actor: Actor) -> list[DutyShift]:
    """Return the actor's own shifts from today on, nearest first."""
    shifts = DutyShift.objects.filter(person_id=actor.person_id or 0, on__gte=clock.today())
    return list(shifts.select_related("unit").order_by("on", "kind")[:20])


def swaps_asked(actor: Actor) -> list[DutyShift]:
    """Return the shifts that colleagues ask the actor to take."""
    shifts = DutyShift.objects.filter(swap_to_id=actor.person_id or 0, on__gte=clock.today())
    return list(shifts.select_related("unit").order_by("on", "kind"))


def shift_by_public_id(public_id: str) -> DutyShift:
    """Return a shift by the id that pages carry; raises ``NotFound``."""
    found = DutyShift.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
