"""What residents see of ballots: what they may vote on, one ballot, their vote, their receipt, the result."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor, Assurance, Function
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of, actor_required
from linli.foundation.ui.nav import address

from ..bodies.around import area_chosen
from ..law.bundle import recount_text
from . import selectors, tallies
from .forms import MarksForm, ObjectionForm
from .gate import vote_place
from .models import Ballot, Channel, Elector, Objection, Proxy, Vote
from .pages import lawful_dates_of, shown_results, state_label, tone, way_of
from .permissions import can_see_roll
from .rules import casting_refusal
from .scope import scope_words
from .selectors import rule_kept, state_now
from .services import casting, objecting, proxies
from .workflow import ENDED, State

SHOWN, PER_PAGE = 20, 100


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"ballots/{template}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


# -- what there is ------------------------------------------------------------------------------
@require_GET
def council_page(request: HttpRequest) -> HttpResponse:
    """Show what the reader may vote on, and what is decided around their neighbourhood."""
    actor = actor_of(request)
    own = list(selectors.ballots_of_account(actor)[:SHOWN])
    area = area_chosen(request)
    around = selectors.ballots_around(area) if area else Ballot.objects.none()
    others = [row for row in around[:SHOWN] if row.pk not in {one.pk for one in own}]
    context = {
        "mine": [(row, state_label(row), tone(row), _has_voted(actor, row)) for row in own],
        "others": [(row, state_label(row), tone(row)) for row in others],
        "is_linked": actor.is_signed_in and actor.assurance >= Assurance.REGISTERED,
        "has_place": bool(area),
        "meetings": address("meetings:public_list"),
        "bodies": address("bodies:public_list"),
        "resolutions": address("resolutions:public_list"),
    }
    return _page(request, "council", context)


def _has_voted(actor: Actor, ballot: Ballot) -> bool:
    electors = _votable(actor, ballot)
    if ballot.is_secret:
        return bool(electors) and all(one.sealed_choice is not None for one in electors)
    return bool(electors) and all(hasattr(one, "vote") for one in electors)


# -- one ballot -------------------------------------------------------------------------------------
@require_GET
def public_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one ballot: what is asked, when, by which rule, what one can do, and in the end the sum."""
    actor = actor_of(request)
    ballot = selectors.public_ballot(public_id)
    state = state_now(ballot)
    electors, held = selectors.electors_of(actor, ballot), selectors.proxies_held(actor, ballot)
    is_resident = actor.function in (Function.RESIDENT, Function.VISITOR)
    context = {
        "ballot": ballot,
        "state": state,
        "state_label": state_label(ballot),
        "tone": tone(ballot),
        "questions": list(ballot.questions.all()),
        "rule": rule_kept(ballot),
        "scope": scope_words(ballot),
        "dates": lawful_dates_of(ballot),
        "stages": way_of(ballot) if state != State.CANCELLED else [],
        "channels": [str(Channel(code).label) for code in ballot.channels],
        "electors": _own_rows(ballot, electors, held),
        "reads_roll": _reads_roll(actor, ballot),
        "asks_link": is_resident and not electors and actor.assurance < Assurance.REGISTERED,
        "may_object": _may_object(actor, ballot),
        "own_objections": list(ballot.objections.filter(by_id=actor.person_id)) if actor.person_id else [],
        "results": shown_results(ballot),
        "today": clock.today(),
    }
    return _page(request, "public", context)


OwnRow = tuple[Elector, Vote | None, Proxy | None, Proxy | None]


def _own_rows(ballot: Ballot, electors: list[Elector], held: list[Proxy]) -> list[OwnRow]:
    """Return the rows an account votes with: row, vote, by which proxy, and to whom it was given away."""
    given = {one.giver_id: one for one in selectors.proxies_given(ballot, electors)}
    own = [(one, getattr(one, "vote", None), None, given.get(one.pk)) for one in electors]
    return own + [(one.giver, getattr(one.giver, "vote", None), one, None) for one in held]


def _reads_roll(actor: Actor, ballot: Ballot) -> bool:
    return can_see_roll(actor, ballot) or selectors.is_neighbour(actor, ballot)


def _may_object(actor: Actor, ballot: Ballot) -> str:
    """Return to what a resident may object now, empty for nothing."""
    if actor.function != Function.RESIDENT or not selectors.is_neighbour(actor, ballot):
        return ""
    state, today = ballot.state, clock.today()
    if state == State.ANNOUNCED and _until(ballot.roll_objections_until, today):
        return str(Objection.About.ROLL)
    if state == State.COUNTED and _until(ballot.result_objections_until, today):
        return str(Objection.About.RESULT)
    return ""


def _until(last: Any, today: Any) -> bool:
    return last is None or today <= last


@require_GET
def public_roll_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the masked roll to those who live or own there, with its digest and how it is checked."""
    actor = actor_of(request)
    ballot = selectors.public_ballot(public_id)
    if not _reads_roll(actor, ballot):
        raise NotAllowed(
            _("名册只给住在这里或在这里有房的人看。"),
            hint=_("请在“我的”里关联居民登记；小区公告栏也张贴了名册。"),
        )
    rows = selectors.roll_lines(ballot)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    mine = {one.number for one in selectors.electors_of(actor, ballot)}
    context = {
        "ballot": ballot,
        "page": found,
        "mine": mine,
        "total": len(rows),
        "proxies": list(selectors.proxies_published(ballot)),
    }
    return _page(request, "public_roll", context)


@require_GET
def roll_text(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out the lines of the roll as they are hashed, to who may read it."""
    ballot = selectors.public_ballot(public_id)
    if not _reads_roll(actor_of(request), ballot):
        raise NotAllowed(_("名册只给住在这里或在这里有房的人看。"))
    text = "".join(f"{line.text}\n" for line in selectors.roll_lines(ballot))
    return _file(text, "text/plain", f"roll-{ballot.number}.txt")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def bundle_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out the public bundle of a counted ballot, by which anybody counts it again."""
    ballot = selectors.public_ballot(public_id)
    if ballot.state not in ENDED:
        raise NotFound(_("还没有计票，没有公开数据包。"), hint=_("计票以后在这里下载。"))
    text = json.dumps(tallies.ballot_bundle(ballot), ensure_ascii=False, indent=1)
    return _file(text, "application/json", f"ballot-{ballot.number}.json")


@require_GET
def recount_script(request: HttpRequest) -> HttpResponse:
    """Hand out the script of the documentation that counts a bundle again."""
    return _file(recount_text(), "text/plain", "recount.py")


# -- voting -----------------------------------------------------------------------------------------
def _votable(actor: Actor, ballot: Ballot) -> list[Elector]:
    """Return the rows with which an account votes: its own, and of those who gave it a proxy."""
    return selectors.electors_of(actor, ballot) + [one.giver for one in selectors.proxies_held(actor, ballot)]


def _own(actor: Actor, ballot: Ballot, elector_id: UUID) -> Elector:
    found = next((one for one in _votable(actor, ballot) if one.public_id == elector_id), None)
    if found is None:
        raise NotFound(_("名册上没有这位表决人。"), hint=_("请回到表决页面，看看您可以投哪一票。"))
    return found


@actor_required
def vote_page(request: HttpRequest, public_id: UUID, elector_id: UUID) -> HttpResponse:
    """Take a named vote, whole; the same page changes it until the close where the rule allows."""
    actor = actor_of(request)
    ballot = selectors.public_ballot(public_id)
    asked = selectors.questions_asked(ballot)
    if request.method == "POST":
        return _vote(request, actor, ballot, elector_id, MarksForm(request.POST, asked=asked))
    elector = _own(actor, ballot, elector_id)
    if words := casting_refusal(ballot.state, ballot.opens_at, ballot.closes_at, clock.now()):
        raise Conflict(words, hint=_("请回到表决页面，查看时间和结果。"))
    vote: Vote | None = getattr(elector, "vote", None)
    form = MarksForm(asked=asked, initial=_marked(vote))
    return _vote_form(request, ballot, elector_id, form)


def _marked(vote: Vote | None) -> dict[str, Any]:
    if vote is None:
        return {"seen": casting.NONE_YET}
    marks = {f"q{key}": marked[0] if len(marked) == 1 else marked for key, marked in vote.choices.items()}
    return {"seen": vote.changed, **marks}


def _vote_form(
    request: HttpRequest, ballot: Ballot, elector_id: UUID, form: MarksForm, status: int = 200
) -> HttpResponse:
    elector = selectors.elector_get(ballot, elector_id)
    proxy = selectors.proxies_standing(ballot).filter(giver=elector).first()
    context = {"ballot": ballot, "elector": elector, "form": form, "rule": rule_kept(ballot), "proxy": proxy}
    return _page(request, "vote", context, status)


def _vote(
    request: HttpRequest, actor: Actor, ballot: Ballot, elector_id: UUID, form: MarksForm
) -> HttpResponse:
    if not form.is_valid():
        _own(actor, ballot, elector_id)
        return _vote_form(request, ballot, elector_id, form, 422)
    seen = form.cleaned_data["seen"]
    try:
        with vote_place():
            casting.vote_cast(
                actor=actor,
                ballot_id=ballot.public_id,
                elector_id=elector_id,
                choices=form.marks(),
                seen=casting.NONE_YET if seen is None else seen,
                request_key=request.POST.get("request_key", ""),
            )
    except InvalidInput as refusal:
        form.take(refusal)
        return _vote_form(request, ballot, elector_id, form, 422)
    return HttpResponseRedirect(reverse("ballots:receipt", args=[ballot.public_id, elector_id]))


@require_GET
@actor_required
def receipt_page(request: HttpRequest, public_id: UUID, elector_id: UUID) -> HttpResponse:
    """Show an elector the own vote and the receipt by which it is found among the published ones."""
    actor = actor_of(request)
    ballot = selectors.public_ballot(public_id)
    elector = _own(actor, ballot, elector_id)
    vote: Vote | None = getattr(elector, "vote", None)
    if vote is None:
        raise NotFound(_("您还没有投票。"))
    said = [
        (
            asked.text,
            "、".join(asked.choices.get(mark, _("无效")) for mark in vote.choices.get(asked.key, ())),
        )
        for asked in selectors.questions_asked(ballot)
    ]
    context = {
        "ballot": ballot,
        "elector": elector,
        "vote": vote,
        "said": said,
        "can_change": ballot.may_change and state_now(ballot) == State.OPEN and vote.channel != Channel.PAPER,
    }
    return _page(request, "receipt", context)


@actor_required
def proxy_end_page(request: HttpRequest, public_id: UUID, proxy_id: UUID) -> HttpResponse:
    """Let an elector take back the proxy that they gave; the holder then votes for them no more."""
    actor, ballot = actor_of(request), selectors.public_ballot(public_id)
    given = selectors.proxies_given(ballot, selectors.electors_of(actor, ballot))
    proxy = next((one for one in given if one.public_id == proxy_id), None)
    if request.method == "POST":
        proxies.proxy_end(actor=actor, ballot_id=ballot.public_id, proxy_id=proxy_id)
        messages.success(request, _("委托已撤销，这一票由您自己投。"))
        return HttpResponseRedirect(reverse("ballots:public", args=[ballot.public_id]))
    if proxy is None:
        raise NotFound(_("没有找到这份委托，可能已经撤销。"))
    return _page(request, "proxy_end", {"ballot": ballot, "proxy": proxy})


@actor_required
def object_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a resident's objection to the roll or to the result."""
    actor = actor_of(request)
    ballot = selectors.public_ballot(public_id)
    about = _may_object(actor, ballot)
    if request.method != "POST" and not about:
        raise Conflict(
            _("现在不能提出异议：不在异议期内，或您不住在这里、在这里没有房。"),
            hint=_("也可以带材料到居委会当面提出。"),
        )
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = about or str(Objection.About.ROLL)
        key = request.POST.get("request_key", "")
        try:
            objecting.objection_make(
                actor=actor, ballot_id=ballot.public_id, about=wanted, request_key=key, **form.cleaned_data
            )
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("异议已提交，处理意见会告诉您。"))
            return HttpResponseRedirect(reverse("ballots:public", args=[ballot.public_id]))
    context = {"ballot": ballot, "form": form, "about": Objection.About(about).label if about else ""}
    return _page(request, "public_object", context, 422 if form.errors else 200)
