"""The desk's pages: compare and confirm who somebody is, untie, print codes for the letter boxes."""

from __future__ import annotations

from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required

from ..models import AccountLink
from .forms import CodesForm, ReasonForm
from .permissions import can_decide_link, can_manage_links
from .rules import CODE_DAYS, Claim, code_shown
from .selectors import (
    building_codes,
    building_for_codes,
    candidates_of,
    link_get,
    links_standing,
    links_waiting,
    part_codes,
)
from .services import (
    MadeCode,
    door_codes_make,
    door_codes_void,
    link_confirm,
    link_cut,
    link_refuse,
    link_reveal,
)

PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_manage_links(actor):
        raise NotAllowed(_("账号关联和入户码由居委会、街镇办理。"), hint=_("请联系房屋所在的居委会。"))
    return actor


@require_GET
@staff_required
def links(request: HttpRequest) -> HttpResponse:
    """List the requests that wait and the links that hold."""
    actor = _actor(request)
    page = Paginator(links_standing(actor), PAGE).get_page(request.GET.get("page"))
    context = {"waiting": links_waiting(actor), "page": page}
    return render(request, "residents/desk/links.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required
def link(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Compare a request with the people of the dwelling: confirm one, or refuse with a reason."""
    actor = _actor(request)
    form = ReasonForm(request.POST if request.POST.get("act") in ("refuse", "cut") else None)
    is_revealed, problem = False, ""
    if request.method == "POST":
        try:
            if _acted(request, actor, link_id, form):
                return redirect("residents:links")
            is_revealed = request.POST.get("act") == "reveal"
        except (InvalidInput, Conflict) as refusal:
            problem = f"{refusal.message}{refusal.hint}"
    found = link_get(actor, link_id)
    context = {
        "link": found,
        "claim": Claim.of_text(found.claim),
        "candidates": candidates_of(found) if found.claim else [],
        "is_waiting": bool(found.claim),
        "is_standing": found.state == AccountLink.State.STANDING,
        "can_decide": can_decide_link(actor, found),
        "is_revealed": is_revealed,
        "problem": problem,
        "form": form,
    }
    return render(request, "residents/desk/link.html", context, status=422 if problem or form.errors else 200)


def _acted(request: HttpRequest, actor: Actor, link_id: UUID, form: ReasonForm) -> bool:
    """Do what was pressed; False where the page is shown again."""
    act = request.POST.get("act")
    if act == "confirm":
        link_confirm(actor=actor, link_id=link_id, resident_id=request.POST.get("resident", ""))
        messages.success(request, _("已关联，本人会收到消息。"))
        return True
    if act == "reveal":
        link_reveal(actor=actor, link_id=link_id)
        return False
    if act not in ("refuse", "cut") or not form.is_valid():
        return False
    try:
        (link_refuse if act == "refuse" else link_cut)(actor=actor, link_id=link_id, **form.cleaned_data)
    except InvalidInput as refusal:
        form_refuse(form, refusal)
        return False
    messages.success(request, _("已办理，本人会收到理由。"))
    return True


@require_GET
@staff_required
def codes(request: HttpRequest) -> HttpResponse:
    """List the buildings with the state of their codes."""
    words = request.GET.get("words", "").strip()[:40]
    context = {"rows": building_codes(_actor(request), words), "words": words}
    return render(request, "residents/desk/codes.html", context)


@require_GET
@staff_required
def building(request: HttpRequest, building_id: UUID) -> HttpResponse:
    """Show the dwellings of a building with their codes; make, print, make worthless."""
    actor = _actor(request)
    found = building_for_codes(actor, building_id)
    rows = part_codes(found)
    has_live = any(row.live for row in rows)
    context = {"building": found, "rows": rows, "has_live": has_live, "form": CodesForm()}
    return render(request, "residents/desk/building_codes.html", context)


@never_cache
@require_POST
@staff_required
def codes_print(request: HttpRequest, building_id: UUID) -> HttpResponse:
    """Make codes and show the sheet to print, this once: the codes are kept nowhere."""
    actor = _actor(request)
    form = CodesForm(request.POST)
    copies = form.cleaned_data["copies"] if form.is_valid() else 1
    part_id = request.POST.get("part") or None
    made = door_codes_make(actor=actor, building_id=building_id, copies=copies, part_id=part_id)
    context = {
        "building": building_for_codes(actor, building_id),
        "slips": [_slip(one) for one in made],
        "days": CODE_DAYS,
    }
    return render(request, "residents/desk/codes_print.html", context)


def _slip(made: MadeCode) -> dict[str, object]:
    address = f"{settings.BASE_URL.rstrip('/')}{reverse('residents:door_of', args=[made.part.public_id])}"
    return {"part": made.part, "code": code_shown(made.code), "picture": _qr(address), "address": address}


def _qr(address: str) -> str:
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2, dark="#000")


@require_POST
@staff_required
def codes_void(request: HttpRequest, building_id: UUID) -> HttpResponse:
    """Make unused codes worthless, of the whole building or of one dwelling."""
    part_id = request.POST.get("part") or None
    count = door_codes_void(actor=_actor(request), building_id=building_id, part_id=part_id)
    messages.success(request, _("已作废%(n)d个入户码。") % {"n": count})
    return redirect("residents:building_codes", building_id=building_id)
