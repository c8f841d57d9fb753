"""The pages of the search over everything: one at the desk, one for residents, and hits while typing."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.foundation.accounts.permissions import actor_of, staff_required

from .finding import DESK_KINDS, RESIDENT_KINDS, Kind, find, record_numbered

IN_A_GROUP = 6
WHILE_TYPING = 3
RECENT, MOST_RECENT = "searches", 8


@require_GET
@staff_required
def desk_search(request: HttpRequest) -> HttpResponse:
    """Search over everything that somebody at the desk may see; a whole number leads to its record."""
    matter = record_numbered(actor_of(request), request.GET.get("q", ""))
    if matter is not None:
        return HttpResponseRedirect(reverse("matters:record", args=[matter.public_id]))
    return _page(request, "portal/search_desk.html", DESK_KINDS)


@require_GET
def resident_search(request: HttpRequest) -> HttpResponse:
    """Search in what is public, and in one's own."""
    matter = record_numbered(actor_of(request), request.GET.get("q", ""))
    if matter is not None:
        return HttpResponseRedirect(reverse("matters:matter", args=[matter.public_id]))
    return _page(request, "portal/search.html", RESIDENT_KINDS)


@require_GET
@staff_required
def desk_hits(request: HttpRequest) -> HttpResponse:
    """Return the first hits of each kind while somebody types, or what they looked for lately."""
    words = request.GET.get("q", "").strip()
    context = {"words": words, "groups": _quietly(actor_of(request), words), "recent": _recent(request)}
    return render(request, "portal/search_hits.html", context)


def _quietly(actor: Actor, words: str) -> Sequence[object]:
    """While typing, too few words are no mistake yet."""
    try:
        return find(actor, words, DESK_KINDS, WHILE_TYPING) if words else []
    except InvalidInput:
        return []


def _page(request: HttpRequest, template: str, kinds: tuple[Kind, ...]) -> HttpResponse:
    words, problem, groups = request.GET.get("q", "").strip(), "", []
    if words:
        try:
            groups = find(actor_of(request), words, kinds, IN_A_GROUP)
            _keep(request, words)
        except InvalidInput as refusal:
            problem = f"{refusal.message}{refusal.hint}"
    context = {
        "words": words,
        "problem": problem,
        "groups": groups,
        "recent": _recent(request),
        "kinds": _("、").join(str(kind.label) for kind in kinds),
    }
    return render(request, template, context, status=422 if problem else 200)


def _recent(request: HttpRequest) -> list[str]:
    return list(request.session.get(RECENT, ()))


def _keep(request: HttpRequest, words: str) -> None:
    """Remember the words for this session, the latest first; they stay on the server and end with it."""
    kept = [words, *(other for other in _recent(request) if other != words)][:MOST_RECENT]
    if kept != _recent(request):
        request.session[RECENT] = kept
