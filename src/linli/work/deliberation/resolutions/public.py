"""What residents see of resolutions: what was decided, who does it by when, with which money."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.errors import NotFound
from linli.foundation.places.selectors import division_by_code

from . import selectors
from .models import Resolution, Task

PER_PAGE = 20


def _area(request: HttpRequest) -> str:
    """Return the path of the neighbourhood that the reader chose, empty where there is none."""
    code = request.place_code()  # type: ignore[attr-defined]
    try:
        return division_by_code(code).path if code else ""
    except NotFound:
        return ""


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Show what was decided around the reader's neighbourhood."""
    area = _area(request)
    rows = selectors.public_list(area) if area else Resolution.objects.none()
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"has_place": bool(area), "page": found, "rows": found.object_list}
    return render(request, "resolutions/public_list.html", context)


@require_GET
def public_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one resolution with its tasks and what was written for residents."""
    resolution = selectors.public_get(public_id)
    tasks = [task for task in selectors.tasks_of(resolution) if task.state != Task.State.DROPPED]
    today = clock.today()
    context = {
        "resolution": resolution,
        "tasks": [(task, task.is_late(today)) for task in tasks],
        "money": selectors.money(tasks),
    }
    return render(request, "resolutions/public_detail.html", context)
