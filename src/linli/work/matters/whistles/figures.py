"""How units came when they were called, and what came of it: counts with their denominators."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from .forms import FiguresForm
from .models import Cause
from .permissions import can_see_figures
from .selectors import WhistleFigures, whistle_figures

USUAL_DAYS = 30


def period_of(query: QueryDict) -> tuple[FiguresForm, date, date]:
    """Return the period that was asked for, at first the last thirty days."""
    form = FiguresForm(query)
    form.is_valid()
    to_on = form.cleaned_data.get("to_on") or clock.today()
    from_on = form.cleaned_data.get("from_on") or to_on - timedelta(days=USUAL_DAYS - 1)
    first = min(from_on, to_on)
    return FiguresForm(initial={"from_on": first.isoformat(), "to_on": to_on.isoformat()}), first, to_on


def figures_for(actor: Actor, from_on: date, to_on: date) -> WhistleFigures:
    """Return the figures of a period, or refuse who does not see figures."""
    if not can_see_figures(actor):
        raise NotAllowed(_("您的岗位不查看吹哨的数据。"), hint=_("数据供居委会、街镇、区和市查看。"))
    return whistle_figures(actor, "", from_on, to_on)


@require_GET
@desk_page
def figures_page(request: HttpRequest) -> HttpResponse:
    """Show the figures of one period."""
    form, from_on, to_on = period_of(request.GET)
    found = figures_for(actor_of(request), from_on, to_on)
    causes = [(str(Cause(code).label), count) for code, count in found.by_cause]
    context = {"form": form, "found": found, "causes": causes}
    return render(request, "whistles/figures.html", context)
