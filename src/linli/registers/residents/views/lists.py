"""The lists of the registry: persons, households, establishments, by any combination."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from linli.foundation.accounts.permissions import actor_of
from linli.foundation.lists.opening import opens_as_left

from .. import selectors
from ..acting.table import ESTABLISHMENT_ACTS, acts_menu
from ..finding.services import PURPOSES, establishment_reveal
from ..forms import EstablishmentFilterForm, HouseholdFilterForm, PeopleFilterForm, PlaceFilterForm
from ..words import source_words
from .guards import record_page, rows_page

SIZES = (25, 50, 100)


def _size(request: HttpRequest) -> int:
    size = request.GET.get("size", "")
    return int(size) if size.isascii() and size.isdigit() and int(size) in SIZES else SIZES[0]


def _paged(request: HttpRequest, rows: QuerySet[Any], form: PlaceFilterForm) -> dict[str, Any]:
    """Return what every list shows: a page of records in their order, the count, the form."""
    keys = selectors.CountedKeys(rows)
    page, size = Paginator(keys, _size(request)), _size(request)
    current = page.get_page(request.GET.get("page"))
    found = rows.model._default_manager.in_bulk(list(current.object_list))
    return {
        "form": form,
        "page": current,
        "total": keys,
        "records": [found[key] for key in current.object_list if key in found],
        "sizes": SIZES,
        "size": size,
        "is_narrowed": form.is_narrowed,
    }


@require_GET
@rows_page
@opens_as_left("registry-people")
def people(request: HttpRequest) -> HttpResponse:
    """List the persons of the actor's areas, masked."""
    actor = actor_of(request)
    form = PeopleFilterForm(request.GET, actor=actor)
    shown = _paged(request, selectors.people_list(actor, form.filters()), form)
    return render(
        request,
        "residents/people.html",
        {
            **shown,
            "rows": selectors.people_rows(shown["records"]),
            "has_more": bool(form.chosen().keys() - {"age_from", "age_to", "compound", "area", "order"}),
        },
    )


@require_GET
@rows_page
@opens_as_left("registry-households")
def households(request: HttpRequest) -> HttpResponse:
    """List the households of the actor's areas, the head masked."""
    actor = actor_of(request)
    form = HouseholdFilterForm(request.GET, actor=actor)
    shown = _paged(request, selectors.household_list(actor, form.filters()), form)
    rows = selectors.household_rows(shown["records"])
    return render(request, "residents/households.html", {**shown, "rows": rows})


@require_GET
@rows_page
@opens_as_left("registry-establishments")
def establishments(request: HttpRequest) -> HttpResponse:
    """List the establishments of the actor's areas."""
    actor = actor_of(request)
    form = EstablishmentFilterForm(request.GET, actor=actor)
    shown = _paged(request, selectors.establishment_list(actor, **form.filters()), form)
    rows = selectors.establishment_rows(shown["records"])
    return render(request, "residents/establishments.html", {**shown, "rows": rows})


@require_http_methods(["GET", "POST"])
@record_page
def establishment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one establishment: what it is, which parts it uses, who answers for it (masked).

    Sent with a purpose, name and telephone stand open in this answer.
    """
    actor = actor_of(request)
    row, opened = selectors.establishment_get(actor, public_id), dict[str, str]()
    purpose = request.POST.get("purpose", "")
    if request.method == "POST":
        opened = establishment_reveal(actor=actor, establishment_id=public_id, purpose=purpose)
    context = {
        "row": row,
        "firm": row.firm,
        "source": source_words(row.firm.source),
        "opened": opened,
        "purposes": PURPOSES.items(),
        "purpose": PURPOSES.get(purpose, ""),
        "acts": acts_menu([] if row.firm.closed_on else ESTABLISHMENT_ACTS.items()),
    }
    return render(request, "residents/establishment.html", context)
