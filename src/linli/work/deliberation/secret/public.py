"""The voter's page, and the list in which a receipt is found again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Assurance, Function
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of, actor_required

from ..ballots.models import Ballot
from ..ballots.rules import ABSTAIN, casting_refusal
from ..ballots.selectors import proxies_given, questions_asked
from ..ballots.workflow import ENDED
from . import selectors
from .rules import plain_length
from .shown import asked_rows, key_shown, opening_file, result_tables
from .workflow import State


@require_GET
@actor_required
def vote_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the sheet, whose choices the browser seals; nothing marked on it is ever sent as it is."""
    actor, ballot = actor_of(request), selectors.ballot_public(public_id)
    ceremony = selectors.ceremony_of(ballot)
    electors = selectors.own_electors(actor, ballot) if actor.function == Function.RESIDENT else []
    elector = next((row for row in electors if row.voided_web_at is None), None)
    context: dict[str, Any] = {
        "ballot": ballot,
        "closed": _why_not(request, ballot, ceremony, electors),
        "elector": elector,
        "has_voted": elector is not None and elector.sealed_choice is not None,
        "questions": [
            {**row, "rows": list(row["labels"].items()), "has_abstain": ABSTAIN in row["choices"]}
            for row in asked_rows(ballot)
        ],
        "length": plain_length(questions_asked(ballot)),
        "key": ceremony.public_key if ceremony else "",
        "fingerprint": key_shown(ceremony.public_key[:16]) if ceremony else "",
    }
    response = render(request, "secret/vote.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _why_not(request: HttpRequest, ballot: Ballot, ceremony: Any, electors: list[Any]) -> str:
    """Return why the reader cannot vote here now; empty where they can."""
    actor = actor_of(request)
    if words := casting_refusal(ballot.state, ballot.opens_at, ballot.closes_at, clock.now()):
        return words
    if actor.function != Function.RESIDENT:
        return _("请用居民账号投票，工作账号不能替别人投票。")
    if actor.assurance < Assurance.REGISTERED:
        return _("投票要先确认您是名册上的哪一位：请在“我的”里关联居民登记，或到居委会办理。")
    if not electors:
        return _("您不在这次投票的名册上。如认为有误，请联系组织单位。")
    if all(row.voided_web_at is not None for row in electors):
        return _("您已经领了纸质票，请用纸质票投票；一人只能投一次。")
    if proxies_given(ballot, electors):
        return _("您已经委托别人代投这一票；要自己投，请先在表决页面撤销委托。")
    if ceremony is None or ceremony.state != State.READY:
        return _("网上投票还没有准备好，请稍后再来，或到居委会领取纸质票。")
    return ""


@require_GET
def opening_page(request: HttpRequest) -> HttpResponse:
    """Hand out the page for opening without a network, to everybody: it holds nothing of any ballot."""
    response = HttpResponse(opening_file(), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="linli-opening.html"'
    return response


@require_GET
def receipts_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show after the close every receipt, sorted; a voter looks for theirs without telling anybody which."""
    ballot = selectors.ballot_public(public_id)
    ceremony = selectors.ceremony_of(ballot)
    if ceremony is None or ceremony.sealed_at is None:
        raise NotFound(_("收据清单还没有公布。"), hint=_("投票截止、选票封存以后，这里会公布全部收据号。"))
    held = selectors.opening_standing(ceremony) if ballot.state in ENDED else None
    context = {
        "ballot": ballot,
        "ceremony": ceremony,
        "digest": key_shown(ceremony.receipts_digest),
        "receipts": ceremony.receipts,
        "tables": result_tables(ballot, ceremony, held) if held else [],
    }
    return render(request, "secret/receipts.html", context)
