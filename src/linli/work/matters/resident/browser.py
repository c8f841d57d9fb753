"""What a resident's browser is known by: its own key before signing in, and its neighbourhood."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.core.actor import visitor
from linli.core.errors import NotFound
from linli.foundation.accounts.middleware import VISITOR_COOKIE
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.models import Division
from linli.foundation.places.selectors import division_by_code

NEIGHBOURHOOD_COOKIE = "neighbourhood"
YEAR = 365 * 24 * 3600


def owner_keys(request: HttpRequest) -> list[str]:
    """Return under which keys this browser kept drafts and photos: as a visitor, and as who it is now."""
    actor = actor_of(request)
    known = request.COOKIES.get(VISITOR_COOKIE, "")
    before = [visitor(known).key] if known else []
    return list(dict.fromkeys([actor.key, *before]))


def neighbourhood_of(request: HttpRequest) -> Division | None:
    """Return the street or committee that this reader chose (else the installation's), if it exists."""
    code = request.COOKIES.get(NEIGHBOURHOOD_COOKIE, "") or settings.HOME_PLACE
    if not (code.isascii() and code.isdigit()):
        return None
    try:
        return division_by_code(code)
    except NotFound:
        return None


def neighbourhood_keep(response: HttpResponse, code: str) -> None:
    """Remember a neighbourhood in the browser for a year; it is the name of a place, not of a person."""
    response.set_cookie(
        NEIGHBOURHOOD_COOKIE, code, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
