"""The resident's page 我能享受什么."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from linli.foundation.accounts.permissions import actor_of, actor_required

from .selectors import own_benefits


@never_cache
@require_GET
@actor_required
def page(request: HttpRequest) -> HttpResponse:
    """Show what may be for oneself, one's wards and one's household, and why."""
    actor = actor_of(request)
    context = {
        "face": "ui/desk.html" if actor.is_staff else "ui/portal.html",
        "own": own_benefits(actor),
    }
    return render(request, "benefits/own/page.html", context)
