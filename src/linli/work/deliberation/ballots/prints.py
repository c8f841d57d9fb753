"""What is printed in large type with a code: the announcement with the roll, the sheets, the result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.codes import code_shown
from linli.core.errors import Conflict, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from . import selectors
from .models import Ballot, Channel, Sheet
from .pages import lawful_dates_of, page, readers_only, shown_results
from .permissions import can_see_roll, can_take_votes
from .scope import scope_words
from .selectors import public_url, rule_kept
from .workflow import ENDED, State

MOST = 500  # sheets on one page of the browser


def picture(text: str) -> str:
    """Return a code as an image that stands in the page itself."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=1, dark="#000")


def _address(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _context(ballot: Ballot, **more: Any) -> dict[str, Any]:
    address = _address(public_url(ballot))
    return {
        "ballot": ballot,
        "questions": list(ballot.questions.all()),
        "address": address,
        "picture": picture(address),
        "back": reverse("ballots:record", args=[ballot.public_id]),
        "now_at": clock.now(),
        "rule": rule_kept(ballot),
        "scope": scope_words(ballot),
        **more,
    }


@require_GET
@desk_page
def notice_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the announcement for the notice board with the masked roll below it."""
    actor = actor_of(request)
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    if not can_see_roll(actor, ballot):
        raise NotAllowed
    if ballot.announced_at is None:
        raise Conflict(_("还没有公告，不能打印。"))
    context = _context(
        ballot,
        lines=selectors.roll_lines(ballot),
        dates=lawful_dates_of(ballot),
        channels=[str(Channel(code).label) for code in ballot.channels],
        is_cancelled=ballot.state == State.CANCELLED,
    )
    return page(request, "print_notice", context)


@require_GET
@desk_page
def sheets_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the sheets that are out, one a page; of secret ones the code stands on a stub to be torn off."""
    actor = actor_of(request)
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    if not can_take_votes(actor, ballot):
        raise NotAllowed
    rows = Sheet.objects.filter(ballot=ballot, state=Sheet.State.ISSUED).select_related("elector")
    if request.GET.get("sheet", "").isdigit():
        rows = rows.filter(number=int(request.GET["sheet"]))
    start = request.GET.get("from", "")
    rows = rows.filter(number__gte=int(start)) if start.isdigit() else rows
    found = list(rows.order_by("number")[:MOST])
    givers = selectors.proxies_standing(ballot).filter(giver__in=[sheet.elector_id for sheet in found])
    holders = dict(givers.values_list("giver_id", "label"))
    sheets = [
        (sheet, code_shown(sheet.code), picture(sheet_address(ballot, sheet)), holders.get(sheet.elector_id))
        for sheet in found
    ]
    return page(request, "print_sheets", _context(ballot, sheets=sheets, most=MOST))


def sheet_address(ballot: Ballot, sheet: Sheet) -> str:
    """Return where the code on a sheet or stub leads whoever takes it back."""
    return _address(reverse("ballots:sheet", args=[ballot.public_id, sheet.code]))


@require_GET
@desk_page
def result_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the result for the door, the sum step by step with its articles, and how it is counted again."""
    actor = actor_of(request)
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    if ballot.state not in ENDED:
        raise Conflict(_("还没有计票，没有结果可以打印。"))
    return page(request, "print_result", _context(ballot, results=shown_results(ballot)))
