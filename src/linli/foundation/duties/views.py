"""待办, the desk's start page, and the holiday calendar."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.lists.opening import opens_as_left
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from .calendarfile import calendar_read
from .forms import CalendarForm
from .permissions import can_load_calendar
from .selectors import (
    calendar_gaps,
    calendar_years,
    duty_filter,
    duty_list,
    duty_summary,
)
from .services import calendar_load
from .todoparts import bars_for, presses_for, remarks_for

PAGE = 30


@require_GET
@staff_required
@opens_as_left("duties")
def todo(request: HttpRequest) -> HttpResponse:
    """Show what the actor has to do, by the law's clock."""
    actor = actor_of(request)
    chosen = {name: request.GET.get(name, "").strip() for name in ("due", "action", "area", "q")}
    duties = duty_filter(
        duty_list(actor), due=chosen["due"], action=chosen["action"], area=chosen["area"], words=chosen["q"]
    )
    summary = duty_summary(actor)
    paginator = Paginator(duties, PAGE)
    if not (chosen["action"] or chosen["area"] or chosen["q"]):
        paginator.count = summary.counts.get(chosen["due"] or "all", summary.counts["all"])
    page = paginator.get_page(request.GET.get("page"))
    names = division_names(summary.areas, Level.STREET)
    shown = list(page)
    presses = presses_for(actor, shown)
    bars = bars_for(actor, shown)
    context = {
        "page": page,
        "rows": [
            (duty, names.get(duty.area_path, ""), presses.get(str(duty.pk), ()), duty.room in bars)
            for duty in shown
        ],
        "bars": bars,
        "remarks": remarks_for(actor),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "tabs": _tabs(summary.counts, chosen["due"]),
        "actions": summary.actions,
        "areas": [(path, name) for path in summary.areas if (name := names.get(path))],
        "gaps": calendar_gaps() if can_load_calendar(actor) else [],
    }
    return render(request, "duties/todo.html", context)


def _tabs(counts: dict[str, int], present: str) -> list[dict[str, object]]:
    words = (("", _("全部")), ("overdue", _("已超时")), ("today", _("今天到期")), ("week", _("七天内")))
    return [
        {"due": due, "label": label, "count": counts[due or "all"], "is_present": due == present}
        for due, label in words
    ]


@require_http_methods(["GET", "POST"])
@staff_required
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the years that clocks run over; let operators load another."""
    actor = actor_of(request)
    form = CalendarForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _load(actor, form):
        return redirect("duties:calendar")
    context = {
        "form": form,
        "years": calendar_years(),
        "gaps": calendar_gaps(),
        "may_load": can_load_calendar(actor),
    }
    return render(request, "duties/calendar.html", context, status=422 if form.errors else 200)


def _load(actor: Actor, form: CalendarForm) -> bool:
    try:
        year, days = calendar_read(form.cleaned_data["file"].read())
        calendar_load(actor=actor, year=year, source=form.cleaned_data["source"], days=days)
    except InvalidInput as refusal:
        for words in list(refusal.details.values()) or [refusal.message]:
            form.add_error("file", words)
        return False
    return True
