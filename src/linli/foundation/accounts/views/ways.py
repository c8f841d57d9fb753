"""Where a page leads next: safe addresses, secrets of a half-finished sign-in."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from linli.core import clock
from linli.core.crypto import key_ring

CONTEXT = "session.sign_in"
PENDING_MINUTES = 10


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, also when it was nothing; ``None`` when a page was only asked for."""
    return request.POST if request.method == "POST" else None


def next_address(request: HttpRequest, wanted: str, otherwise: str = "") -> str:
    """Return ``wanted`` where it is a path on this site, else where people start."""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else otherwise or settings.LOGIN_REDIRECT_URL


def pending_keep(request: HttpRequest, name: str, **values: Any) -> None:
    """Keep a half-finished sign-in in the session, with the time it began."""
    request.session[name] = {**values, "at": clock.now().isoformat()}


def pending_get(request: HttpRequest, name: str) -> dict[str, Any]:
    """Return a half-finished sign-in, or nothing once it is ten minutes old."""
    kept: dict[str, Any] = request.session.get(name) or {}
    if not kept or clock.now() - datetime.fromisoformat(kept["at"]) > timedelta(minutes=PENDING_MINUTES):
        return {}
    return kept


def secret_wrap(text: str) -> str:
    """Encrypt what must not lie open in the session table (a number, a secret)."""
    return key_ring().encrypt(text, CONTEXT)


def secret_unwrap(token: str) -> str:
    """Return what ``secret_wrap`` was given."""
    return key_ring().decrypt(token, CONTEXT)
