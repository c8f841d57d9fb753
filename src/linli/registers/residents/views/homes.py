"""Finding a dwelling: compounds, their buildings, a building as a plan, a part by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..finding.forms import SearchForm
from ..linking.permissions import can_manage_links
from ..tags import TAG_ICONS, WORDS
from .guards import record_page, rows_page


def _chooser(request: HttpRequest) -> dict[str, Any]:
    words = request.GET.get("q", "").strip()[:40]
    return {"words": words, "compounds": selectors.compound_choices(actor_of(request), words)}


@require_GET
@rows_page
def find(request: HttpRequest) -> HttpResponse:
    """Show the ways to a person: by name (sent to ``finding``), or by where they live."""
    actor = actor_of(request)
    context = {"search_form": SearchForm(actor=actor)}
    return render(request, "residents/find.html", {**_chooser(request), **context})


@require_GET
@rows_page
def buildings(request: HttpRequest) -> HttpResponse:
    """Show the compounds of the actor's areas with their buildings."""
    return render(request, "residents/buildings.html", _chooser(request))


@require_GET
@record_page
def building(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a building as a plan of its dwellings; ``only`` lets those stand out that carry a mark."""
    actor = actor_of(request)
    plan = selectors.building_plan(actor, selectors.visible_building(actor, public_id))
    only = request.GET.get("only", "")
    marks = [
        {"code": code, "words": words, "icon": TAG_ICONS[code], "count": plan.count(code)}
        for code, words in WORDS.items()
    ]
    context = {
        "plan": plan,
        "marks": [mark for mark in marks if mark["count"]],
        "only": only if only in WORDS else "",
        "words": WORDS,
        "can_link": can_manage_links(actor),
    }
    return render(request, "residents/building.html", context)


@require_GET
@record_page
def part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a part: who lives in it or uses it; with a single household, straight its card."""
    home = selectors.part_home(actor_of(request), public_id)
    if len(home.households) == 1 and not home.firms and "stay" not in request.GET:
        return redirect("residents:household", home.households[0].household.public_id)
    return render(request, "residents/part.html", {"home": home, "part": home.part, "words": WORDS})
