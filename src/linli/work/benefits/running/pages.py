"""Runs at the desk: how far, what they came to; numbers alone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.places.selectors import division_names
from linli.registers.residents.rounding import rounded

from . import selectors
from .permissions import can_ask_run
from .services import run_ask, run_resume, run_stop

PAGE = 20


@require_GET
@staff_required
def list_page(request: HttpRequest) -> HttpResponse:
    """List the runs with their progress."""
    actor = actor_of(request)
    page = Paginator(selectors.run_list(actor), PAGE).get_page(request.GET.get("page"))
    runs = list(page)
    titles = selectors.run_titles(runs)
    context = {"page": page, "runs": [(run, titles[run.pk]) for run in runs], "may_ask": can_ask_run(actor)}
    return render(request, "benefits/running/list.html", context)


@require_GET
@staff_required
def run_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one run: progress, and its figures by policy and district of the reader's areas."""
    actor = actor_of(request)
    run = selectors.run_get(actor, public_id)
    counts = selectors.run_counts(actor, run)
    names = division_names({row.area_path for row in counts if row.area_path})
    rows = [
        (
            row.version.policy,
            names.get(row.area_path, "—"),
            rounded(row.eligible),
            rounded(row.unknown),
            rounded(row.refused),
            rounded(row.new),
            row.is_baseline,
        )
        for row in counts
    ]
    named = selectors.policies_named(run.policies)
    context = {
        "run": run,
        "rows": rows,
        "title": selectors.run_titles([run])[run.pk],
        "may_ask": can_ask_run(actor, named),
    }
    return render(request, "benefits/running/run.html", context)


@require_POST
@staff_required
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a run now: of everything, or of the policies that were named."""
    run = run_ask(actor=actor_of(request), policies=request.POST.getlist("policy"))
    messages.success(request, _("已发起。可以离开这一页，完成后给您发消息。"))
    return redirect("benefits:run", run.public_id)


@require_POST
@staff_required
def stop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a run up."""
    run_stop(actor=actor_of(request), run_id=public_id)
    messages.success(request, _("已取消，算到一半的结果不会用。"))
    return redirect("benefits:runs")


@require_POST
@staff_required
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a run that failed go on."""
    run_resume(actor=actor_of(request), run_id=public_id)
    messages.success(request, _("从断的地方接着算。"))
    return redirect("benefits:run", public_id)
