"""The desk's pages: pairs that look alike side by side, transfers that are asked for and decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.foundation.accounts.permissions import actor_of

from .. import services
from ..permissions import can_merge_residents
from ..selectors.duplicates import alike_list, looked_through_until, pairs_of
from ..selectors.transfers import transfer_card, transfer_list
from ..views.guards import record_page, rows_page

PAIRS = 20  # of a page


@require_http_methods(["GET", "POST"])
@rows_page
def duplicates(request: HttpRequest) -> HttpResponse:
    """Show pairs that may be one person; join them, or say that they are two."""
    actor = actor_of(request)
    if request.method == "POST":
        _pair_decide(request, actor)
        return redirect("residents:duplicates")
    page = Paginator(alike_list(actor), PAIRS).get_page(request.GET.get("page"))
    pairs = pairs_of(page.object_list)
    may = any(
        can_merge_residents(actor, p.first.resident.area_path, p.second.resident.area_path) for p in pairs
    )
    context = {"pairs": pairs, "page": page, "may": may, "until": looked_through_until()}
    return render(request, "residents/duplicates.html", context)


def _pair_decide(request: HttpRequest, actor: Actor) -> None:
    sent = request.POST
    if sent.get("act") == "distinct":
        services.duplicates_refuse(
            actor=actor, first_id=sent.get("keep", ""), second_id=sent.get("other", "")
        )
        messages.success(request, _("已记住：不是同一人，以后不再提示。"))
        return
    services.duplicates_merge(
        actor=actor,
        keep_id=sent.get("keep", ""),
        keep_version=_number(sent.get("keep_version")),
        other_id=sent.get("other", ""),
        other_version=_number(sent.get("other_version")),
    )
    messages.success(request, _("已合并。30天内可以在变更记录里撤销。"))


def _number(text: Any) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() else 0


@require_GET
@rows_page
def transfers(request: HttpRequest) -> HttpResponse:
    """List what is asked of this area and by it."""
    return render(request, "residents/transfers.html", {"cards": transfer_list(actor_of(request))})


@require_http_methods(["GET", "POST"])
@record_page
def transfer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one transfer; the giving side decides, the asking side may take it back."""
    actor, problem = actor_of(request), ""
    if request.method == "POST":
        try:
            return _decide(request, actor, public_id)
        except InvalidInput as refusal:
            problem = refusal.message
    card = transfer_card(actor, public_id)
    context = {"card": card, "transfer": card.transfer, "problem": problem}
    return render(request, "residents/transfer.html", context, status=422 if problem else 200)


def _decide(request: HttpRequest, actor: Actor, public_id: UUID) -> HttpResponse:
    act = request.POST.get("act")
    if act == "confirm":
        services.transfer_confirm(actor=actor, transfer_id=public_id, head=request.POST.get("head", ""))
        messages.success(request, _("已确认，居民登记到迁入地。"))
    elif act == "withdraw":
        services.transfer_withdraw(actor=actor, transfer_id=public_id)
        messages.success(request, _("已撤回。"))
    else:
        services.transfer_refuse(actor=actor, transfer_id=public_id, reason=request.POST.get("reason", ""))
        messages.success(request, _("已回复对方。"))
    return redirect("residents:transfers")
