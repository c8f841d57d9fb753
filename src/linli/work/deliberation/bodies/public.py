"""What residents see of bodies: which there are here, who holds office, until when; nothing else."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_name

from . import selectors
from .around import area_chosen


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Show the bodies of the reader's neighbourhood and of its street."""
    area = area_chosen(request)
    context = {"has_place": bool(area), "rows": selectors.bodies_told(area) if area else []}
    return render(request, "bodies/public_list.html", context)


@require_GET
def public_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one body: who holds which office since when, how long the term lasts, when it met last."""
    body = selectors.body_public(public_id)
    members = [] if body.what.everybody else selectors.members_on(body, clock.today())
    context = {
        "body": body,
        "kind": body.what,
        "members": members,
        "speaks": any(member.speaks_for for member in members),
        "dates": selectors.body_dates(body),
        "division": division_name(body.area_path, Level.STREET),
        "children": list(body.children.standing()),
    }
    return render(request, "bodies/public.html", context)
