"""What was typed survives an expired session: it waits until the same person has signed in again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from linli.foundation.ui.refusals import is_htmx

from .permissions import actor_of, staff_required

KEPT = "kept_text"
WHOSE = "whose"
MOST_LETTERS = 20_000
SALT = "linli.kept"
View = Callable[..., HttpResponse]


def whose(request: HttpRequest) -> str:
    """Return a signed mark of who types, so that nobody else on this computer is shown their words."""
    return signing.dumps(actor_of(request).key, salt=SALT)


def _keep(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path()
    text = request.POST.urlencode()
    if request.POST.get(WHOSE) and len(text) <= MOST_LETTERS * 3:
        request.session[KEPT] = {"path": request.path, "text": text}
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': back})}")


def kept(request: HttpRequest) -> QueryDict | None:
    """Return what this person had typed on this page before the session ended, once."""
    row = request.session.get(KEPT)
    if not row or row["path"] != request.path or request.method != "GET":
        return None
    del request.session[KEPT]
    text = QueryDict(row["text"])
    try:
        owner = signing.loads(text.get(WHOSE, ""), salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None
    return text if owner == actor_of(request).key else None


def desk_page(view: View) -> View:
    """Let people of the desk through; a form sent after the session ended is kept while they sign in."""
    guarded = staff_required(view)

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ended = request.method == "POST" and not actor_of(request).is_signed_in
        return _keep(request) if ended and not is_htmx(request) else guarded(request, *args, **kwargs)

    return inner
