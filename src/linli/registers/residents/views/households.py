"""A household: its card."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from .guards import record_page


@require_GET
@record_page
def card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a household on one screen."""
    shown = selectors.household_view(actor_of(request), public_id)
    return render(request, "residents/household.html", {"card": shown, "household": shown.household})
