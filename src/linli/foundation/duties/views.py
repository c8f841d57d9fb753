"""待办, the desk's start page, and the holiday calendar."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.lists.opening import opens_as_left
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from .calendarfile import calendar_read
from .forms import CalendarForm, LadderForm
from .ladder import ladder_for
from .permissions import can_load_calendar, can_see_ladder, ladder_areas
from .rungs import KIND_WORDS, Kind
from .selectors import (
    calendar_gaps,
    calendar_years,
    duty_chosen,
    duty_summary,
    ladder_rules,
)
from .services import calendar_load, ladder_set
from .todoparts import bars_for, presses_for, remarks_for

PAGE = 30


@require_GET
@staff_required
@opens_as_left("duties")
def todo(request: HttpRequest) -> HttpResponse:
    """Show what the actor has to do, by the law's clock."""
    actor = actor_of(request)
    chosen = {name: request.GET.get(name, "").strip() for name in ("due", "action", "area", "q")}
    duties = duty_chosen(
        actor, due=chosen["due"], action=chosen["action"], area=chosen["area"], words=chosen["q"]
    )
    summary = duty_summary(actor)
    paginator = Paginator(duties, PAGE)
    if not (chosen["action"] or chosen["area"] or chosen["q"]):
        paginator.count = summary.counts.get(chosen["due"] or "all", summary.counts["all"])
    page = paginator.get_page(request.GET.get("page"))
    names = division_names(summary.areas, Level.STREET)
    shown = list(page)
    is_reading = chosen["due"] == "handed"  # whoever did not do it in time goes on reading
    presses = {} if is_reading else presses_for(actor, shown)
    bars = {} if is_reading else bars_for(actor, shown)
    context = {
        "page": page,
        "rows": [
            (duty, names.get(duty.area_path, ""), presses.get(str(duty.pk), ()), duty.room in bars)
            for duty in shown
        ],
        "bars": bars,
        "remarks": remarks_for(actor),
        "chosen": chosen,
        "is_reading": is_reading,
        "is_filtered": any(chosen.values()),
        "tabs": _tabs(summary.counts, chosen["due"]),
        "actions": summary.actions,
        "areas": [(path, name) for path in summary.areas if (name := names.get(path))],
        "gaps": calendar_gaps() if can_load_calendar(actor) else [],
    }
    return render(request, "duties/todo.html", context)


def _tabs(counts: dict[str, int], present: str) -> list[dict[str, object]]:
    words = (
        *(("", _("全部")), ("overdue", _("已超时")), ("today", _("今天到期")), ("week", _("七天内"))),
        *(("taken", _("下级上交")), ("handed", _("已上交"))),
    )
    return [
        {"due": due, "label": label, "count": counts[due or "all"], "is_present": due == present}
        for due, label in words
        if due not in ("taken", "handed") or counts[due] or due == present
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


@require_http_methods(["GET", "POST"])
@staff_required
def ladder(request: HttpRequest) -> HttpResponse:
    """Show what happens when something is not done, and let a street or district set its own figures."""
    actor = actor_of(request)
    if not can_see_ladder(actor):
        raise NotAllowed(_("您的岗位不查看超时阶梯。"))
    own = ladder_areas(actor) if actor.is_unit_admin else []
    rules = ladder_rules(actor)
    names = division_names({*own, *actor.areas, *(rule.area_path for rule in rules)})
    names[""] = _("全市")
    form = LadderForm(request.POST or None, areas=[(path, names[path]) for path in own], initial=_plain(own))
    if request.method == "POST" and form.is_valid() and _ladder_set(actor, form):
        messages.success(request, _("已保存，从%s起对新的待办生效。") % form.cleaned_data["valid_from"])
        return redirect("duties:ladder")
    place = actor.areas[0] if actor.areas else ""
    context = {
        "place": names.get(place, ""),
        "ladders": [(KIND_WORDS[kind], ladder_for(place, kind, clock.today())) for kind in Kind],
        "rules": [(rule, names.get(rule.area_path, "")) for rule in rules],
        "form": form if own or request.method == "POST" else None,
        "today": clock.today(),
    }
    return render(request, "duties/ladder.html", context, status=422 if form.errors else 200)


def _plain(areas: list[str]) -> dict[str, object]:
    """What the form starts with: the figures in force, from tomorrow."""
    rules = ladder_for(areas[0] if areas else "", Kind.DAY, clock.today())
    return {
        "kind": Kind.DAY,
        "valid_from": clock.today() + timedelta(days=1),
        "remind": rules.remind,
        "amber": rules.amber,
        "hand_up": rules.hand_up.amount,
        **{level: limit.amount for level, limit in rules.stages.items()},
        "supervise": rules.supervise.amount,
    }


def _ladder_set(actor: Actor, form: LadderForm) -> bool:
    given = form.cleaned_data
    try:
        ladder_set(
            actor=actor,
            area_path=given["area"],
            kind=given["kind"],
            valid_from=given["valid_from"],
            reason=given["reason"],
            **form.figures,
        )
    except InvalidInput as refusal:
        for name, words in refusal.details.items():
            form.add_error(name, words)
        return False
    return True
