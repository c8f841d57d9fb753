"""A list opens as it was left: by what it was narrowed by in this session, else by one's default view."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.listing import listing_get
from linli.foundation.accounts.permissions import actor_of

from .rules import query_kept
from .selectors import view_default

View = Callable[..., HttpResponse]
EVERYTHING = "page=1"  # an address that narrows nothing and yet is not bare


def opens_as_left(listing: str, *, leave_out: Iterable[str] = ()) -> Callable[[View], View]:
    """Let a list's page remember its filters; ``?reset=1`` forgets them.

    ``leave_out`` names parts of the address that the page itself keeps in another way. Place it below
    the decorator that asks who comes in.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            elsewhere = _leads_to(request, listing, leave_out)
            return HttpResponseRedirect(elsewhere) if elsewhere else view(request, *args, **kwargs)

        return inner

    return wrap


def _leads_to(request: HttpRequest, listing: str, leave_out: Iterable[str]) -> str:
    actor = actor_of(request)
    key = f"list:{listing}:{actor.role_id}"  # another role sees other areas
    if "reset" in request.GET:
        request.session.pop(key, None)
        return f"{request.path}?{EVERYTHING}"
    if request.GET:
        _remember(request, key, leave_out)
        return ""
    known = request.session.get(key)
    if known is None:
        view = view_default(actor, listing)
        known = view.query if view else ""
    return f"{request.path}?{known}" if known and _still_opens(actor, listing, known) else ""


def _remember(request: HttpRequest, key: str, leave_out: Iterable[str]) -> None:
    try:
        kept = query_kept(request.GET.urlencode(), leave_out)
    except ValueError:
        return
    if request.session.get(key) != kept:
        request.session[key] = kept


def _still_opens(actor: Actor, listing: str, query: str) -> bool:
    """Whether the list still takes these conditions: an area may have gone since."""
    try:
        listing_get(listing).choose(actor, QueryDict(query))
    except Refusal:
        return False
    return True
