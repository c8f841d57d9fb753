"""How a refusal is answered: a page, a fragment for htmx, or JSON, always with a number to quote."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from linli.core.errors import Refusal

from .nav import sign_in_page

log = logging.getLogger("linli.refusals")
ICONS = {401: "lock", 403: "lock", 404: "map-search", 409: "refresh", 410: "clock-off", 429: "hourglass"}
# Letters and digits that are not mistaken for one another when read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def number_new() -> str:
    """Return a number that a person can read out: ``K7M2-9QXA``."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asked."""
    if request.path.startswith("/api/"):
        return True
    return request.headers.get("Accept", "").startswith("application/json")


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def _page_before(request: HttpRequest) -> str:
    """Return the address on this site that the reader came from, or an empty string."""
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def sign_in_address(request: HttpRequest) -> str:
    """Return the sign-in page that leads back to where the reader was."""
    back = request.get_full_path() if request.method == "GET" and not is_htmx(request) else ""
    return f"{sign_in_page(request.path)}?{urlencode({'next': back or _page_before(request) or '/'})}"


def _reasons(details: Mapping[str, Any]) -> list[str]:
    reasons: list[str] = []
    for value in details.values():
        if isinstance(value, str):
            reasons.append(value)
        elif isinstance(value, list | tuple):
            reasons += [str(item) for item in value]
    return reasons


def _versions(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    theirs, yours = details.get("theirs"), details.get("yours")
    if not isinstance(theirs, Mapping):
        return []
    mine = yours if isinstance(yours, Mapping) else {}
    return [{"label": key, "theirs": value, "yours": mine.get(key, "—")} for key, value in theirs.items()]


def _as_json(refusal: Refusal, number: str) -> HttpResponse:
    body = {
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
        "details": refusal.details,
        "request_id": number,
    }
    return JsonResponse(
        body, status=refusal.status, json_dumps_params={"ensure_ascii": False, "default": str}
    )


def _as_html(request: HttpRequest, refusal: Refusal, number: str) -> HttpResponse:
    back = _page_before(request)
    context = {
        "refusal": refusal,
        "icon": ICONS.get(refusal.status, "alert-circle"),
        "request_id": number,
        "reasons": _reasons(refusal.details),
        "versions": _versions(refusal.details),
        "back_url": "" if back == request.path and request.method == "GET" else back,
        "sign_in_url": sign_in_address(request) if refusal.status == 401 else "",
    }
    template = "ui/refusal_fragment.html" if is_htmx(request) else "ui/refusal.html"
    return render(request, template, context, status=refusal.status)


def _sign_in_instead(request: HttpRequest, refusal: Refusal) -> HttpResponse | None:
    """Lead someone who only looked at a page to signing in; a form that was sent keeps its page."""
    if refusal.status != 401 or wants_json(request):
        return None
    if is_htmx(request):
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in_address(request)})
    return HttpResponseRedirect(sign_in_address(request)) if request.method == "GET" else None


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal in the way in which the request was made."""
    number = getattr(request, "request_id", "") or number_new()
    log.info("%s %s %s %s", number, refusal.status, refusal.code, request.path)
    if refusal.status >= 500:  # the operator's affair: a lost key names itself here
        log.error("%s %s: %s", number, refusal.code, refusal)
    response = _sign_in_instead(request, refusal)
    if response is None:
        response = _as_json(refusal, number) if wants_json(request) else _as_html(request, refusal, number)
    if is_htmx(request):
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:window:top"
    if retry_after := refusal.details.get("retry_after"):
        response["Retry-After"] = str(retry_after)
    response["X-Request-Id"] = number
    return response
