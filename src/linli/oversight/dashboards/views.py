"""The page of figures for committees, streets, districts and the city."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.places.history import has_changed
from linli.foundation.places.selectors import is_map_schematic
from linli.work.matters.rollup.selectors import counted_until

from .overview import (
    address_of,
    area_of,
    can_see_figures,
    child_level,
    has_outlines,
    map_features,
    overview,
)
from .periods import PERIODS, Period, period_of


def reader_of(request: HttpRequest) -> Actor:
    """Return who reads figures; whoever does not is refused."""
    actor = actor_of(request)
    if not can_see_figures(actor):
        raise NotAllowed(_("您的岗位不查看数据。"), hint=_("数据供居委会、街镇、区和市查看。"))
    return actor


def period_asked(request: HttpRequest) -> Period:
    """Return the days that the address names."""
    return period_of(request.GET.get("period", ""), clock.today(), request.GET.get("tree") == "then")


@staff_required
def overview_page(request: HttpRequest) -> HttpResponse:
    """Show the figures of one area in one period."""
    actor = reader_of(request)
    period = period_asked(request)
    division = area_of(actor, request.GET.get("area", ""), period_asked(request))
    periods = [
        (words, address_of(division, replace(period, code=code)), code == period.code)
        for code, words in PERIODS.items()
    ]
    trees = [
        (words, address_of(division, replace(period, is_then=is_then)), is_then == period.is_then)
        for words, is_then in ((_("按现行区划"), False), (_("按当时区划"), True))
    ]
    shown = overview(actor, division, period)
    context = {
        **shown,
        "period": period,
        "periods": periods,
        "trees": trees if period.is_then or has_changed(division, period.before.from_on) else [],
        "counted_at": clock.now() if period.is_then else counted_until(),
        "has_map": has_outlines(division),
        "is_schematic": is_map_schematic(child_level(division)),
    }
    return render(request, "dashboards/overview.html", context)


@staff_required
def areas_geojson(request: HttpRequest) -> HttpResponse:
    """Send the outlines that the page's map is coloured by."""
    actor = reader_of(request)
    division = area_of(actor, request.GET.get("area", ""), period_asked(request))
    response = JsonResponse(map_features(actor, division, period_asked(request)))
    response["Cache-Control"] = "private, max-age=60"
    return response
