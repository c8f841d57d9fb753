"""The page of rates: three rates, on time by stage, returns, reopenings, whistles; read from the roll-up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.foundation.accounts.permissions import staff_required
from linli.foundation.places.mapdata import boundary_features
from linli.foundation.places.selectors import is_map_schematic
from linli.work.matters.rollup.selectors import Sums, counted_until, sums_by_area
from linli.work.matters.rules import Rate

from .overview import Stat, address_of, area_of, child_level, children_of, has_outlines, trail_of
from .periods import FEW, PERIODS, change_words, points_words
from .pictures import Reading, pictures
from .views import period_asked, reader_of

SHADES = ("solved", "satisfied", "contacted", "on_time", "received")


def _shade_words() -> dict[str, str]:
    return {
        "solved": _("解决率"),
        "satisfied": _("满意率"),
        "contacted": _("联系率"),
        "on_time": _("按时率"),
        "received": _("收到的件数"),
    }


def _rate(label: str, now: Rate, before: Rate, of: str) -> Stat:
    value = "—" if now.percent is None else f"{now.percent:.1f}"
    words = of % {"part": now.part, "whole": now.whole}
    unit = "" if now.percent is None else "%"
    return Stat(label, value, unit, points_words(now.percent, before.percent), words)


def rate_stats(now: Sums, before: Sums) -> list[list[Stat]]:
    """Return the big numbers: the rates, then how the work went, each against the period before."""
    of = _("%(whole)d件评价中%(part)d件")
    rates, was = now.rates, before.rates
    whole = "—" if rates.weighted is None else f"{rates.weighted:.1f}"
    weighted = Stat(
        _("三率综合"), whole, "", points_words(rates.weighted, was.weighted), _("按权重合计，满分100")
    )
    first = [
        weighted,
        _rate(_("联系率"), rates.contacted, was.contacted, of),
        _rate(_("解决率"), rates.solved, was.solved, of),
        _rate(_("满意率"), rates.satisfied, was.satisfied, of),
    ]
    times = (("returned", _("退单")), ("reopened", _("重办")), ("whistled", _("吹哨")))
    second = [
        _rate(_("按时办理率"), now.on_time, before.on_time, _("应办%(whole)d件中%(part)d件按时")),
        *(
            Stat(label, str(now[name]), _("次"), change_words(now[name], before[name]))
            for name, label in times
        ),
    ]
    return [first, second]


def _shade(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in SHADES else SHADES[0]


def _value(found: Sums, shade: str) -> float | None:
    """What an area is shaded by; of few a rate says nothing."""
    if shade == "received":
        return found["received"]
    rate: Rate = found.on_time if shade == "on_time" else getattr(found.rates, shade)
    return rate.percent if rate.whole >= FEW else None


def rates_context(reading: Reading) -> dict[str, Any]:
    """Return the numbers and pictures of one area in one period."""
    return {
        "stats": rate_stats(reading.now, reading.before),
        "left_out": reading.now.rates.left_out,
        "pictures": pictures(reading),
        "weights": reading.now.weights,
        "counted_at": counted_until(),
    }


@staff_required
def rates_page(request: HttpRequest) -> HttpResponse:
    """Show the rates of one area in one period."""
    actor = reader_of(request)
    period = replace(period_asked(request), is_then=False)
    division = area_of(actor, request.GET.get("area", ""), period)
    here = "dashboards:rates"
    shade = _shade(request)
    context = {
        **rates_context(Reading(actor, division, period)),
        "division": division,
        "period": period,
        "trail": [(row, address_of(row, period, here)) for row in trail_of(actor, division)],
        "periods": [
            (words, address_of(division, replace(period, code=code), here), code == period.code)
            for code, words in PERIODS.items()
        ],
        "has_map": bool(children_of(division, period)) and has_outlines(division),
        "is_schematic": is_map_schematic(child_level(division)),
        "shades": [
            (words, f"{address_of(division, period, here)}&show={code}#map", code == shade)
            for code, words in _shade_words().items()
        ],
        "shade": shade,
        "shade_words": _shade_words()[shade],
        "shade_unit": _("件") if shade == "received" else "%",
    }
    return render(request, "dashboards/rates.html", context)


@staff_required
def rates_geojson(request: HttpRequest) -> HttpResponse:
    """Send the outlines of the areas below, each with what it is shaded by."""
    actor = reader_of(request)
    period = replace(period_asked(request), is_then=False)
    division, shade = area_of(actor, request.GET.get("area", ""), period), _shade(request)
    children = children_of(division, period)
    span = Reading(actor, division, period).span
    found = sums_by_area(actor, span, [child.path for child in children])
    known = {child.code: child for child in children}
    features = boundary_features(division.path, child_level(division)) if children else []
    for feature in features:
        child = known.get(feature["properties"]["code"])
        if child is not None:
            value = _value(found[child.path], shade)
            feature["properties"]["url"] = address_of(child, period, "dashboards:rates")
            if value is not None:
                feature["properties"]["shade"] = value
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Cache-Control"] = "private, max-age=60"
    return response
