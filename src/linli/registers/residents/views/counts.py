"""How many people live where: a page of numbers, without anybody in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import division_trail

from .. import selectors
from ..forms import CountFilterForm
from ..permissions import can_see_counts
from ..receipts.selectors import receipt_counts


def counts_refused(actor: Actor) -> None:
    """Refuse those who count no people, in words."""
    if not can_see_counts(actor):
        raise NotAllowed(_("您的岗位不查看人口统计。"), hint=_("统计供居村委会、街镇、区和市查看。"))


@require_GET
@staff_required
def counts(request: HttpRequest) -> HttpResponse:
    """Show the figures of one area."""
    actor = actor_of(request)
    counts_refused(actor)
    form = CountFilterForm(request.GET)
    division = selectors.count_area(actor, request.GET.get("area", ""))
    asked = form.chosen()

    def address(place: Division) -> str:
        return f"{reverse('residents:counts')}?{urlencode({**asked, 'area': place.code})}"

    shown = selectors.resident_counts(actor, division, form.filters())
    context: dict[str, Any] = {
        "division": division,
        "trail": [(place, address(place)) for place in division_trail(actor, division)],
        "counts": shown,
        "areas": [(place, number, address(place)) for place, number in shown.areas],
        "receipts": receipt_counts(actor, division),
        "areas_title": _areas_title(division),
        "form": form,
    }
    return render(request, "residents/counts.html", context)


def _areas_title(division: Division) -> str:
    """Return what the table of the areas below is called."""
    if division.level <= Level.CITY:
        return _("各区")
    return _("各街镇") if division.level == Level.COUNTY else _("各居村委会")
