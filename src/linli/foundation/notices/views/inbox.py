"""The inbox, and what its owner wants to find there."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.permissions import actor_of, actor_required
from linli.foundation.places.selectors import division_by_code, division_names

from ..channels import INBOX, channel_label
from ..models import Purpose
from ..selectors import notice_list, refusable, refused_by, subscription_of, unread_count
from ..services import (
    neighbourhood_subscribe,
    neighbourhood_unsubscribe,
    notice_read,
    notices_read_all,
    refusals_set,
)

PAGE = 20


def face_of(actor: Actor) -> str:
    """Return the frame that the reader is used to."""
    return "ui/desk.html" if actor.is_staff else "ui/portal.html"


@require_GET
@actor_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the reader's messages: all, unread, or of one purpose."""
    actor = actor_of(request)
    only_unread = request.GET.get("only") == "unread"
    purpose = request.GET.get("purpose", "")
    purpose = purpose if purpose in Purpose.values else ""
    notices = notice_list(actor, purpose=purpose, only_unread=only_unread)
    context = {
        "face": face_of(actor),
        "page": Paginator(notices, PAGE).get_page(request.GET.get("page")),
        "only_unread": only_unread,
        "purpose": purpose,
        "purposes": Purpose.choices,
        "unread": unread_count(actor),
    }
    return render(request, "notices/inbox.html", context)


@require_http_methods(["GET", "POST"])
@actor_required
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Open a message: mark it as read and lead to what it is about; on GET show the message itself."""
    actor = actor_of(request)
    if request.method == "GET":
        found = notice_list(actor).filter(public_id=notice_id).select_related("broadcast__unit").first()
        if found is None:
            raise NotFound
        return render(request, "notices/notice.html", {"face": face_of(actor), "notice": found})
    opened = notice_read(actor=actor, notice_id=str(notice_id))
    if opened.url and url_has_allowed_host_and_scheme(opened.url, allowed_hosts=None):
        return redirect(opened.url)
    return redirect("notices:open", notice_id)


@require_POST
@actor_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    notices_read_all(actor=actor_of(request))
    return redirect("notices:inbox")


def _choices(actor: Actor) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return by purpose what can be switched off: (value, label, is wanted)."""
    refused = refused_by(actor)
    rows: dict[str, list[tuple[str, str, bool]]] = {}
    for purpose, channel in refusable():
        label = _("全部不收，站内也不显示") if channel == INBOX else channel_label(channel)
        rows.setdefault(purpose, []).append((f"{purpose}.{channel}", label, (purpose, channel) in refused))
    return [(str(Purpose(purpose).label), lines) for purpose, lines in rows.items()]


@require_http_methods(["GET", "POST"])
@actor_required
def choices(request: HttpRequest) -> HttpResponse:
    """Show and keep what the reader does not want to be sent, and their neighbourhood."""
    actor = actor_of(request)
    if request.method == "POST":
        pairs = [tuple(value.partition(".")[::2]) for value in request.POST.getlist("refused")]
        refusals_set(actor=actor, refused=pairs)
        messages.success(request, _("已保存。"))
        return redirect("notices:choices")
    subscribed = subscription_of(actor)
    path = subscribed.area_path if subscribed else ""
    context = {
        "face": face_of(actor),
        "choices": _choices(actor),
        "subscribed": subscribed,
        "subscribed_name": division_names([path]).get(path, "") if path else "",
    }
    return render(request, "notices/choices.html", context)


@require_POST
@actor_required
def subscribe(request: HttpRequest) -> HttpResponse:
    """Agree to hear from a neighbourhood, or take the agreement back."""
    actor = actor_of(request)
    if request.POST.get("end"):
        neighbourhood_unsubscribe(actor=actor)
        messages.success(request, _("已退订，不再接收社区通知。"))
        return redirect("notices:choices")
    neighbourhood_subscribe(actor=actor, place=division_by_code(request.POST.get("place", "")))
    messages.success(request, _("已订阅。社区和街道的通知会发到您的“消息”里，随时可以退订。"))
    return redirect("notices:choices")
