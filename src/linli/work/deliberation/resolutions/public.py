"""What residents see of resolutions: what was decided, who does it by when, with which money."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.errors import NotFound
from linli.foundation.files.views import public_copy_response

from ..bodies.around import area_chosen
from . import selectors
from .models import Resolution, Task

PER_PAGE = 20


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Show what was decided around the reader's neighbourhood."""
    area = area_chosen(request)
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


@require_GET
def public_photo(request: HttpRequest, public_id: UUID, photo_id: UUID, variant: str) -> HttpResponseBase:
    """Send the public copy of a photo of a task's progress."""
    if variant not in ("clean", "thumb"):
        raise NotFound
    copy = selectors.public_photo_of(selectors.public_get(public_id), photo_id)
    return public_copy_response(request, copy, "thumb" if variant == "thumb" else "clean")
