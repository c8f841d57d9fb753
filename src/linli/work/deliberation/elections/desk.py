"""The pages of who holds elections and recalls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.workflow import Workflow
from linli.foundation.accounts.keeping import desk_page, whose
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import chosen_of

from ..ballots.workflow import ENDED
from ..law import rule_of
from . import selectors, services
from .forms import ElectionForm, FilterForm, RecallFilterForm, RecallForm
from .models import Election, Recall
from .permissions import can_hold_elections, can_run_election, can_see_elections
from .table import ACTS, RECALL_ACTS, Act
from .workflow import RECALL, WORKFLOW

PER_PAGE = 25
TONES = {"held": "action", "handed": "done", "cancelled": "quiet", "recalled": "done", "kept": "done"}


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = {"whose": whose(request), **context}
    return render(request, f"elections/{template}.html", shown, status=status)


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_see_elections(actor):
        raise NotAllowed(_("选举由居委会、街镇组织，区、市和监督单位可以查看。"))
    return actor


def filters_of(query: QueryDict) -> tuple[FilterForm, dict[str, str]]:
    """Return the list's filters as an address has them."""
    form = FilterForm(query)
    form.is_valid()
    chosen = form.cleaned_data
    return form, {"q": chosen.get("q", ""), "state": chosen.get("state", "")}


def recall_filters_of(query: QueryDict) -> tuple[RecallFilterForm, dict[str, str]]:
    """Return the filters of the list of recalls; what cannot be read narrows nothing."""
    form = RecallFilterForm(query)
    return form, chosen_of(form)


@require_GET
@desk_page
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the elections that the reader sees, and how many recalls are under way."""
    actor = _reader(request)
    form, chosen = filters_of(request.GET)
    rows = selectors.election_list(actor, **chosen)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [(row, TONES.get(row.state, "action")) for row in found.object_list],
        "is_narrowed": any(chosen.values()),
        "recalls": selectors.recalls_open(actor),
        "can_hold": can_hold_elections(actor),
    }
    return _page(request, "list", context)


@require_GET
@desk_page
def recalls_page(request: HttpRequest) -> HttpResponse:
    """Show the recalls that the reader sees."""
    actor = _reader(request)
    form, chosen = recall_filters_of(request.GET)
    found = Paginator(selectors.recall_list(actor, **chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [(row, TONES.get(row.state, "action")) for row in found.object_list],
        "is_narrowed": bool(chosen["q"] or chosen["state"]),
        "can_hold": can_hold_elections(actor),
    }
    return _page(request, "recalls", context)


@require_http_methods(["GET", "POST"])
@desk_page
def new_page(request: HttpRequest) -> HttpResponse:
    """Begin an election."""
    actor = _reader(request)
    if not can_hold_elections(actor):
        raise NotAllowed(_("选举由居委会或街镇组织。"))
    form = ElectionForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            key = request.POST.get("request_key", "")
            made = services.election_make(actor=actor, draft=form.draft, request_key=key)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已发起，可以提名候选人了。"))
            return HttpResponseRedirect(reverse("elections:record", args=[made.public_id]))
    return _page(request, "new", {"form": form}, 422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@desk_page
def recall_new_page(request: HttpRequest) -> HttpResponse:
    """Register a proposal of recall."""
    actor = _reader(request)
    if not can_hold_elections(actor):
        raise NotAllowed(_("罢免提议由居委会或街镇登记。"))
    form = RecallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            key = request.POST.get("request_key", "")
            made = services.recall_make(actor=actor, draft=form.draft, request_key=key)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已登记，可以附议了。"))
            return HttpResponseRedirect(reverse("elections:recall", args=[made.public_id]))
    return _page(request, "recall_new", {"form": form}, 422 if form.errors else 200)


def _acts(actor: Actor, row: Election | Recall, table: dict[str, Act], moves: Workflow) -> list[Any]:
    if not can_run_election(actor, row):
        return []
    return [(code, act) for code, act in table.items() if moves.allows(row.state, act.move)]


def acts_offered(actor: Actor, election: Election) -> list[tuple[str, Act]]:
    """Return what may be done with an election now."""
    acts = _acts(actor, election, ACTS, WORKFLOW)
    hidden = set() if selectors.related_pairs(election) else {"settle"}
    last = election.rounds.order_by("-number").first()
    is_waiting = last is not None and last.taken_at is None and last.ballot.state != "cancelled"
    hidden |= {"round", "conclude"} if is_waiting else {"outcome"}
    if last is not None and last.ballot.state not in ENDED:
        hidden.add("outcome")
    if not selectors.asks_relatives(election):
        hidden.add("declare")
    if not selectors.open_posts(election):
        hidden.add("round")
    if election.seated_on or not selectors.has_winners(election):
        hidden.add("seat")
    return [(code, act) for code, act in acts if code not in hidden]


def recall_acts_offered(actor: Actor, recall: Recall) -> list[tuple[str, Act]]:
    """Return what may be done with a recall now: a vote once enough ask, its outcome once it is counted."""
    hidden = set() if recall.supports.count() >= recall.needed else {"vote"}
    hidden |= set() if recall.ballot.state in ENDED else {"conclude"}
    return [(code, act) for code, act in _acts(actor, recall, RECALL_ACTS, RECALL) if code not in hidden]


MAIN = ("outcome", "round", "publish", "hand_over", "seat", "conclude", "propose")
RECALL_MAIN = ("conclude", "vote")


@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one election: candidates, relatives, rounds, proxies, and what is done next."""
    actor = _reader(request)
    election = selectors.election_get(actor, public_id)
    acts, rounds = dict(acts_offered(actor, election)), list(election.rounds.select_related("ballot"))
    main = next((code for code in MAIN if code in acts), "")
    context = {
        "election": election,
        "tone": TONES.get(election.state, "action"),
        "rule": rule_of(election.rule_key, election.rule_on),
        "posts": list(election.posts.all()),
        "candidates": selectors.candidates_of(election),
        "pairs": selectors.related_pairs(election),
        "asks_relatives": selectors.asks_relatives(election),
        "rounds": rounds,
        "last": rounds[-1] if rounds else None,
        "proxies": selectors.proxies_of(election).count(),
        "may_run": can_run_election(actor, election),
        "main": (main, acts[main]) if main else None,
        "others": [(code, act) for code, act in acts.items() if code != main],
    }
    return _page(request, "record", context)


@require_GET
@desk_page
def recall_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one recall: reasons, defence, how many ask, and what is done next."""
    actor = _reader(request)
    recall = selectors.recall_get(actor, public_id)
    found, acts = recall.supports.count(), recall_acts_offered(actor, recall)
    main = next((pair for pair in acts if pair[0] in RECALL_MAIN), acts[0] if acts else None)
    context = {
        "recall": recall,
        "tone": TONES.get(recall.state, "action"),
        "found": found,
        "missing": max(recall.needed - found, 0),
        "main": main,
        "others": [pair for pair in acts if pair != main],
    }
    return _page(request, "recall", context)


@require_http_methods(["GET", "POST"])
@desk_page
def act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on an election."""
    actor = _reader(request)
    election = selectors.election_get(actor, public_id)
    back = reverse("elections:record", args=[public_id])
    return _act(request, actor, election, ACTS.get(code), back)


@require_http_methods(["GET", "POST"])
@desk_page
def recall_act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on a recall."""
    actor = _reader(request)
    recall = selectors.recall_get(actor, public_id)
    back = reverse("elections:recall", args=[public_id])
    return _act(request, actor, recall, RECALL_ACTS.get(code), back)


def _act(
    request: HttpRequest, actor: Actor, row: Election | Recall, act: Act | None, back: str
) -> HttpResponse:
    if act is None:
        raise NotFound
    if not can_run_election(actor, row):
        raise NotAllowed(hint=_("选举由当地居委会或街镇组织。"))
    moves = WORKFLOW if isinstance(row, Election) else RECALL
    if not moves.allows(row.state, act.move):
        raise Conflict(
            _("这一步现在不能办理：状态是「%s」。") % row.get_state_display(), hint=_("请返回查看最新进展。")
        )
    form = act.form(request.POST if request.method == "POST" else None, election=row)
    if request.method == "POST" and form.is_valid():
        try:
            act.service(actor=actor, **form.said(actor))
        except InvalidInput as refusal:
            form.take(refusal)
        except Conflict as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
        else:
            messages.success(request, _("已办理：%s。") % act.label)
            return HttpResponseRedirect(back)
    context = {"row": row, "act": act, "form": form, "back": back, "where": request.path}
    return _page(request, "act", context, 422 if form.errors else 200)
