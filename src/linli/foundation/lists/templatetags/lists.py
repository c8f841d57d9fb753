"""``{% saved_views "matters" %}``: the menu of a list's saved views, for the actions of its page's head."""

from typing import Any

from django import template
from django.template.context import RequestContext

from linli.foundation.accounts.permissions import actor_of

from ..permissions import can_save_view
from ..rules import query_kept
from ..selectors import view_list

register = template.Library()


@register.inclusion_tag("lists/menu.html", takes_context=True)
def saved_views(context: RequestContext, listing: str) -> dict[str, Any]:
    """Return the views that this reader may open, the present one marked (one query)."""
    request = context["request"]
    actor = actor_of(request)
    if not can_save_view(actor):
        return {}
    try:
        query = query_kept(request.GET.urlencode())
    except ValueError:
        query = ""
    views = [(view, view.query == query) for view in view_list(actor, listing)]
    present = next((view for view, is_present in views if is_present), None)
    return {"request": request, "listing": listing, "views": views, "present": present, "query": query}
