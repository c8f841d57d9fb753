"""答复: how complete the replies of each unit are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from ..permissions import can_use_phrases
from ..replies.rules import ASKED, LABELS
from ..replies.selectors import RECENT, completeness
from .keeping import page


@require_GET
@desk_page
def replies_page(request: HttpRequest) -> HttpResponse:
    """Show by unit how many replies say what was done, by whom, when, and what comes next."""
    actor = actor_of(request)
    rows = completeness(actor)
    heads = [LABELS[name] for name in ASKED["result"]]
    context = {"rows": rows, "heads": heads, "days": RECENT.days, "writes": can_use_phrases(actor)}
    return page(request, "replies", context)
