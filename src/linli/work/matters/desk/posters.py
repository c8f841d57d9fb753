"""QR posters of compounds and buildings: make, print, take down."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.models import Building, Compound
from linli.foundation.places.selectors import compound_search

from ..permissions import COMMITTEE_OR_STREET
from ..services import poster_create, poster_disable
from . import selectors as desk_selectors
from .forms import PosterForm
from .keeping import page


def _poster_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.function not in COMMITTEE_OR_STREET:
        raise NotAllowed(_("您的岗位不管理海报。"), hint=_("请由居委会或街镇工作人员办理。"))
    return actor


@desk_page
def posters_page(request: HttpRequest) -> HttpResponse:
    """List the posters of the area, and make one for a compound or a building."""
    actor = _poster_actor(request)
    form = PosterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        compound, building = desk_selectors.poster_place(actor, form.cleaned_data["place"])
        try:
            poster = poster_create(actor=actor, compound=compound, building=building)
        except (InvalidInput, Conflict) as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
        else:
            messages.success(request, _("海报已生成，可以打印张贴。"))
            return HttpResponseRedirect(reverse("matters:poster_print", args=[poster.code]))
    words = request.GET.get("words", request.POST.get("words", ""))[:60]
    context = {
        "form": form,
        "words": words,
        "found": _found(actor, words),
        "posters": desk_selectors.poster_list(actor),
    }
    return page(request, "posters", context, 422 if form.errors else 200)


def _found(actor: Actor, words: str) -> list[tuple[Compound, list[Building]]]:
    if not words.strip():
        return []
    compounds = [compound for area in actor.areas for compound in compound_search(words, area)]
    return [(compound, list(compound.buildings.all())) for compound in compounds]


@desk_page
def poster_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one poster ready to print on A4."""
    actor = _poster_actor(request)
    poster = desk_selectors.poster_of(actor, code)
    address = f"{settings.BASE_URL.rstrip('/')}/p/{poster.code}/"
    picture = segno.make(address, error="m").svg_data_uri(scale=10, border=2, dark="#000")
    return page(request, "poster", {"poster": poster, "address": address, "picture": picture})


@desk_page
def poster_off(request: HttpRequest, code: str) -> HttpResponse:
    """Ask, then take a poster down: its code no longer opens the report page."""
    actor = _poster_actor(request)
    poster = desk_selectors.poster_of(actor, code)
    if request.method == "POST":
        poster_disable(actor=actor, poster_id=poster.pk)
        messages.success(request, _("海报已停用。扫码的人会看到说明，仍可从首页反映。"))
        return HttpResponseRedirect(reverse("matters:posters"))
    return page(request, "poster_off", {"poster": poster})
