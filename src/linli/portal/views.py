"""The residents' home, the choice of a neighbourhood, and how things work here."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.clock import now
from linli.core.errors import InvalidInput
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_name
from linli.registers.organizations.roster.selectors import units_on_duty
from linli.work.matters.models import PublicVersion
from linli.work.matters.place import place_of
from linli.work.matters.resident.browser import neighbourhood_keep, neighbourhood_of
from linli.work.matters.resident.report import where_asked
from linli.work.matters.resident.selectors import PublicFilters, promise_list, public_versions

from .contacts import contact_list
from .rules import greeting

SHOWN = 4


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the neighbourhood: what one can do here and what is happening."""
    place = neighbourhood_of(request)
    context: dict[str, Any] = {"place": place, "greeting": greeting(now()), "today": now()}
    if place is None:
        context["where"] = where_asked(request, request.GET)
        return render(request, "portal/home.html", context)
    near, is_wider = _around(place, "open")
    context |= {
        "name": place.short_name or place.name,
        "street": division_name(place.parent if place.level > Level.STREET and place.parent else place),
        "contacts": contact_list(place),
        "is_street": place.level <= Level.STREET,
        "open_matters": near,
        "is_wider": is_wider,
        "solved": _around(place, "closed")[0],
    }
    return render(request, "portal/home.html", context)


def _around(place: Division, stage: str) -> tuple[list[PublicVersion], bool]:
    """Return what is published here, or in the whole street where nothing is, and whether it is wider."""
    near = list(public_versions(PublicFilters(place.path, stage=stage))[:SHOWN])
    if near or place.level <= Level.STREET or place.parent is None:
        return near, False
    return list(public_versions(PublicFilters(place.parent.path, stage=stage))[:SHOWN]), True


def _back(request: HttpRequest, asked: str) -> str:
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if safe and asked.startswith("/") else "/"


@require_http_methods(["GET", "POST"])
def neighbourhood(request: HttpRequest) -> HttpResponse:
    """Choose where one lives: by position, by name, or from district to committee."""
    if request.method == "GET":
        return _choose(request, request.GET)
    if "find" in request.POST or "browse" in request.POST or not request.POST.get("place"):
        return _choose(request, request.POST)
    try:
        place = place_of(request.POST["place"])
    except InvalidInput as refusal:
        return _choose(request, request.POST, " ".join(map(str, refusal.details.values())), 422)
    response = redirect(_back(request, request.POST.get("next", "/")))
    neighbourhood_keep(response, place.code)
    return response


def _choose(request: HttpRequest, asked: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "where": where_asked(request, asked),
        "words": asked.get("words", ""),
        "next": _back(request, asked.get("next", "/")),
        "place": neighbourhood_of(request),
        "problem": problem,
    }
    return render(request, "portal/neighbourhood.html", context, status=status)


@require_GET
def neighbourhood_places(request: HttpRequest) -> HttpResponse:
    """Return the places to tap while a neighbourhood is being chosen."""
    return render(request, "portal/places.html", {"where": where_asked(request, request.GET)})


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Say how things work here, with the promised times that the clocks hold today."""
    place = neighbourhood_of(request)
    context = {
        "promises": promise_list(),
        "contacts": contact_list(place) if place is not None else [],
        "on_duty": units_on_duty(place.path) if place is not None else [],
    }
    return render(request, "portal/help.html", context)
