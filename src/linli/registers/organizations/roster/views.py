"""值班表: the week as a grid, own shifts, and swaps that wait for an answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotFound, Refusal
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import person_names

from ..models import ShiftKind
from ..permissions import can_give_shift, can_keep_roster, can_take_shift
from ..shifts import HOURS, week_of
from .selectors import (
    on_duty_of_unit,
    own_shifts,
    people_of,
    roster_unit,
    roster_week,
    shift_by_public_id,
    swaps_asked,
    week_heads,
)
from .services import roster_week_copy, roster_week_set, shift_swap_answer, shift_swap_ask

WEEK = timedelta(days=7)
YEARS = 20  # how far back and ahead the grid can be leafed through


def _monday(text: str) -> date:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = clock.today()
    return week_of(asked if abs(asked.year - clock.today().year) <= YEARS else clock.today())[0]


@require_http_methods(["GET", "POST"])
@staff_required
def roster_page(request: HttpRequest) -> HttpResponse:
    """Show a unit's week; its administrator sets it or copies the week before."""
    actor = actor_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    unit, monday = roster_unit(actor, asked.get("unit", "")), _monday(asked.get("week", ""))
    if request.method == "GET":
        return _show(request, actor, unit, monday)
    try:
        if "copy" in request.POST:
            roster_week_copy(actor=actor, unit=unit, monday=monday)
        else:
            cells, phones = _sent(request.POST, monday)
            roster_week_set(actor=actor, unit=unit, monday=monday, cells=cells, phones=phones)
    except InvalidInput as refusal:
        return _show(request, actor, unit, monday, problem=refusal.message, status=422)
    messages.success(request, _("值班表已保存。"))
    return redirect(_address(unit, monday))


def _address(unit: Unit, monday: date) -> str:
    return f"{reverse('organizations:roster')}?unit={unit.public_id}&week={monday}"


def _sent(typed: QueryDict, monday: date) -> tuple[dict[tuple[date, str], int | None], dict[str, str]]:
    cells: dict[tuple[date, str], int | None] = {}
    for on in week_of(monday):
        for kind in ShiftKind.values:
            chosen = typed.get(f"{on}-{kind}")
            if chosen is not None:
                cells[(on, kind)] = int(chosen) if chosen.isascii() and chosen.isdigit() else None
    phones = {kind: str(typed[f"phone-{kind}"]) for kind in ShiftKind.values if f"phone-{kind}" in typed}
    return cells, phones


def _show(
    request: HttpRequest, actor: Actor, unit: Unit, monday: date, problem: str = "", status: int = 200
) -> HttpResponse:
    days = week_of(monday)
    mine, asked = own_shifts(actor), swaps_asked(actor)
    names = person_names([*(s.person_id for s in asked), *(s.swap_to_id for s in mine)])
    context: dict[str, Any] = {
        "unit": unit,
        "monday": monday,
        "before": monday - WEEK,
        "after": monday + WEEK,
        "heads": week_heads(days),
        "rows": _rows(request.POST, unit, monday),
        "people": people_of(unit),
        "may_keep": can_keep_roster(actor, unit) and days[-1] >= clock.today(),
        "now": on_duty_of_unit(unit.pk),
        "mine": [(shift, names.get(shift.swap_to_id or 0, "")) for shift in mine],
        "asked": [(shift, names.get(shift.person_id, "")) for shift in asked],
        "today": clock.today(),
        "problem": problem,
    }
    return render(request, "organizations/roster.html", context, status=status)


def _rows(typed: QueryDict, unit: Unit, monday: date) -> list[dict[str, Any]]:
    """Return one row a kind of shift: its hours, its seven cells as typed or stored, its telephone."""
    week = roster_week(unit, monday)
    names = person_names([shift.person_id for shift in week.values()])
    rows = []
    for kind, label in ShiftKind.choices:
        cells = []
        for on in week_of(monday):
            shift = week.get((on, kind))
            stored, name = (str(shift.person_id), names.get(shift.person_id, "")) if shift else ("", "")
            cells.append((on, f"{on}-{kind}", typed.get(f"{on}-{kind}", stored), name))
        phone = next((shift.phone for (_on, of), shift in week.items() if of == kind and shift.phone), "")
        begins, length = HOURS[kind]
        ends = (
            clock.local_midnight(monday) + timedelta(hours=begins.hour, minutes=begins.minute) + length
        ).time()
        hours = _("全天") if kind == ShiftKind.LEAD else f"{begins:%H:%M}–{ends:%H:%M}"
        rows.append({"kind": kind, "label": label, "hours": hours, "cells": cells, "phone": phone})
    return rows


@require_POST
@staff_required
def shift_swap(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask a colleague to take one's shift, or answer such a request."""
    actor, shift = actor_of(request), shift_by_public_id(public_id)
    if not (can_give_shift(actor, shift) or can_take_shift(actor, shift)):
        raise NotFound
    try:
        if "answer" in request.POST:
            is_granted = request.POST["answer"] == "yes"
            shift_swap_answer(actor=actor, shift_id=shift.pk, is_granted=is_granted)
            messages.success(request, _("已同意替班。") if is_granted else _("已答复不能替班。"))
        else:
            to = request.POST.get("to", "")
            shift_swap_ask(actor=actor, shift_id=shift.pk, to_person_id=int(to) if to.isdigit() else 0)
            messages.success(request, _("已请同事替班，对方同意后生效。"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("organizations:roster")
