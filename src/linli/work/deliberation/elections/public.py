"""What everybody reads of an election or a recall, and what a voter does there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.errors import InvalidInput
from linli.foundation.accounts.permissions import actor_of, actor_required

from ..law import rule_of
from . import selectors, services
from .forms import OfferForm
from .rules import nominators_needed
from .workflow import Recalling


@require_GET
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the elections and recalls that are not over, those of the reader's own neighbourhood if known."""
    reader = selectors.reader_of(actor_of(request))
    path = reader.area_path if reader else ""
    context = {"elections": selectors.elections_near(path), "recalls": selectors.recalls_near(path)}
    return render(request, "elections/public_list.html", context)


@require_GET
def public_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show posts, candidates, proxies (masked) and results; while naming lasts, stand or name."""
    actor = actor_of(request)
    election = selectors.election_public(public_id)
    reader = selectors.reader_of(actor)
    is_voter = reader is not None and reader.area_path.startswith(election.area_path)
    names = selectors.takes_names(election)
    context = {
        "election": election,
        "candidates": [
            (row, reader is not None and row.nominations.filter(resident=reader).exists())
            for row in selectors.candidates_shown(election)
        ],
        "needed": nominators_needed(rule_of(election.rule_key, election.rule_on)),
        "names": names,
        "is_voter": is_voter,
        "form": OfferForm(None, election=election) if names and is_voter else None,
        "posts": list(election.posts.all()),
        "proxies": selectors.proxies_of(election),
        "rounds": selectors.rounds_told(actor, election),
    }
    return render(request, "elections/public.html", context)


@require_GET
def recall_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the reasons and the defence of a recall, and how many ask; a voter may support it."""
    recall = selectors.recall_public(public_id)
    reader = selectors.reader_of(actor_of(request))
    mine = reader is not None and recall.supports.filter(resident=reader).exists()
    may = reader is not None and recall.state == Recalling.COLLECTING and not mine
    context = {"recall": recall, "found": recall.supports.count(), "mine": mine, "may": may}
    return render(request, "elections/recall_public.html", context)


def _done(request: HttpRequest, act: Callable[..., Any], words: str, back: str, **said: Any) -> HttpResponse:
    try:
        act(actor=actor_of(request), **said)
    except InvalidInput as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return HttpResponseRedirect(back)


@require_POST
@actor_required
def offer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stand oneself."""
    election = selectors.election_public(public_id)
    form = OfferForm(request.POST, election=election)
    back = reverse("elections:public", args=[public_id])
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return HttpResponseRedirect(back)
    words = _("已自荐，请其他选民联名。")
    return _done(request, services.candidate_offer, words, back, election_id=public_id, **form.cleaned_data)


@require_POST
@actor_required
def support(request: HttpRequest, public_id: UUID, candidate_id: UUID) -> HttpResponse:
    """Name a candidate."""
    back = reverse("elections:public", args=[public_id])
    return _done(request, services.candidate_support, _("已联名提名。"), back, candidate_id=candidate_id)


@require_POST
@actor_required
def withdraw(request: HttpRequest, public_id: UUID, candidate_id: UUID) -> HttpResponse:
    """No longer stand."""
    back = reverse("elections:public", args=[public_id])
    said = {"candidate_id": candidate_id, "reason": request.POST.get("reason", "")}
    return _done(request, services.candidate_end, _("已退出候选。"), back, **said)


@require_POST
@actor_required
def recall_support(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Support a recall."""
    back = reverse("elections:recall_public", args=[public_id])
    return _done(request, services.recall_support, _("已附议。"), back, recall_id=public_id)
