"""群发: the list, writing one, counting whom it reaches, approval, progress and report."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import person_name

from .. import sms
from ..audiences import audience_label
from ..channels import channel_label
from ..forms import BroadcastForm, NoteForm, broadcast_initial, text_choices
from ..models import Broadcast
from ..permissions import can_approve_broadcast, can_write_broadcasts
from ..rules import SECOND_PERSON_ABOVE
from ..selectors import (
    broadcast_areas,
    broadcast_begins,
    broadcast_get,
    broadcast_list,
    broadcast_reach,
    broadcast_report,
)
from ..services import (
    broadcast_approve,
    broadcast_cancel,
    broadcast_draft,
    broadcast_edit,
    broadcast_resend,
    broadcast_return,
    broadcast_stop,
    broadcast_submit,
    broadcast_try,
)
from ..workflow import WORKFLOW, State
from .inbox import PAGE

NOT_SENT = (State.DRAFT, State.PENDING, State.SCHEDULED)


def _author(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_write_broadcasts(actor):
        raise NotAllowed(_("群发由居委会、街镇、区和市办理。"), hint=_("需要通知居民时，请联系所在居委会。"))
    return actor


@require_GET
@staff_required
def broadcasts(request: HttpRequest) -> HttpResponse:
    """List the broadcasts of the reader's areas."""
    actor = _author(request)
    state = request.GET.get("state", "")
    found = broadcast_list(actor, state=state if state in State.values else "")
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": State.choices,
    }
    return render(request, "notices/broadcasts.html", context)


def _first(actor: Actor, asked: Any) -> dict[str, Any]:
    """What a new form holds: a beginning by name, an earlier broadcast, or nothing."""
    if asked.get("copy"):
        return broadcast_initial(broadcast_get(actor, asked["copy"])) | {"send_at": None}
    text = next((text for text in text_choices() if text["name"] == asked.get("text")), None)
    return dict(text or {"purpose": "information"}) | {
        "audience": ["subscribers"],
        "places": _own_places(actor),
    }


def _own_places(actor: Actor) -> list[str]:
    return [area.rstrip("/").rsplit("/", 1)[-1] for area in actor.areas if area]


@require_http_methods(["GET", "POST"])
@staff_required
def broadcast_new(request: HttpRequest) -> HttpResponse:
    """Write a broadcast down as a draft."""
    actor = _author(request)
    form = BroadcastForm(
        request.POST if request.method == "POST" else None, actor=actor, initial=_first(actor, request.GET)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = broadcast_draft(
                actor=actor,
                draft=form.draft(),
                places=list(form.cleaned_data["places"]),
                request_key=request.POST.get("request_key", ""),
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return redirect("notices:broadcast", made.public_id)
    context = {"form": form, "texts": text_choices(), "chosen": request.GET.get("text", "")}
    return render(request, "notices/broadcast_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_required
def broadcast_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a draft."""
    actor = _author(request)
    broadcast = broadcast_get(actor, str(public_id))
    WORKFLOW.require(broadcast.state, "edit")
    form = BroadcastForm(
        request.POST if request.method == "POST" else None, actor=actor, initial=broadcast_initial(broadcast)
    )
    if request.method == "POST" and form.is_valid():
        try:
            broadcast_edit(
                actor=actor,
                broadcast_id=broadcast.pk,
                draft=form.draft(),
                places=list(form.cleaned_data["places"]),
                version=_version(request),
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            return redirect("notices:broadcast", public_id)
    context = {"form": form, "broadcast": broadcast}
    return render(request, "notices/broadcast_edit.html", context, status=422 if form.errors else 200)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else None


@require_GET
@staff_required
def broadcast_count(request: HttpRequest) -> HttpResponse:
    """Return whom the form as it is filled in would reach, and what that costs."""
    actor = _author(request)
    form = BroadcastForm(request.GET, actor=actor)
    broadcast = form.unsaved()
    places = form.cleaned_data.get("places") or []
    reach = broadcast_reach(broadcast, tuple(place.path for place in places))
    context = {"reach": reach, "begins": broadcast_begins(broadcast), "limit": SECOND_PERSON_ABOVE}
    return render(request, "notices/broadcast_reach.html", context)


def _context(actor: Actor, broadcast: Broadcast) -> dict[str, Any]:
    is_open = broadcast.state in NOT_SENT
    return {
        "broadcast": broadcast,
        "places": broadcast.places.order_by("path"),
        "audience": [audience_label(name) for name in broadcast.audience],
        "channels": [channel_label(name) for name in broadcast.channels],
        "sms_text": sms.signed(broadcast.sms_text or broadcast.title) if "sms" in broadcast.channels else "",
        "author": person_name(broadcast.created_by_id) if broadcast.created_by_id else _("系统"),
        "approver": person_name(broadcast.approved_by_id) if broadcast.approved_by_id else "",
        "reach": broadcast_reach(broadcast, broadcast_areas(broadcast)) if is_open else None,
        "begins": broadcast_begins(broadcast),
        "limit": SECOND_PERSON_ABOVE,
        "report": None if is_open else broadcast_report(broadcast),
        "may": {move.code for move in WORKFLOW.from_state(broadcast.state)},
        "may_approve": can_approve_broadcast(actor, broadcast),
        "note_form": NoteForm(),
    }


@require_GET
@staff_required
def broadcast_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one broadcast: what it says, to whom, how far it is; ``?part=progress`` is its report alone."""
    actor = _author(request)
    broadcast = broadcast_get(actor, str(public_id))
    part = "notices/broadcast_report.html" if request.GET.get("part") else "notices/broadcast.html"
    return render(request, part, _context(actor, broadcast))


def _say(act: Callable[..., Any], words: str) -> Callable[..., str]:
    def inner(**arguments: Any) -> str:
        result = act(**arguments)
        return words % {"n": result} if isinstance(result, int) else words

    return inner


def _acts() -> dict[str, tuple[Callable[..., str], tuple[str, ...]]]:
    """What the buttons do, and which fields each takes besides the broadcast."""
    return {
        "try": (_say(broadcast_try, _("已发给您自己，请在消息和所选渠道里查看。")), ()),
        "submit": (_say(broadcast_submit, _("已提交。")), ("version",)),
        "approve": (_say(broadcast_approve, _("已批准，按时间发送。")), ("version",)),
        "return": (_say(broadcast_return, _("已退回给起草人。")), ("version", "note")),
        "cancel": (_say(broadcast_cancel, _("已取消，没有发出任何消息。")), ()),
        "stop": (_say(broadcast_stop, _("已叫停，没发出的不再发送。")), ("note",)),
        "resend": (_say(broadcast_resend, _("已重新排队 %(n)d 条。")), ()),
    }


@require_POST
@staff_required
def broadcast_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Do one thing with a broadcast."""
    actor = _author(request)
    broadcast = broadcast_get(actor, str(public_id))
    if act not in _acts():
        raise NotFound
    do, fields = _acts()[act]
    given = {"version": _version(request), "note": request.POST.get("note", "")}
    words = do(actor=actor, broadcast_id=broadcast.pk, **{name: given[name] for name in fields})
    messages.success(request, words)
    return redirect("notices:broadcast", public_id)
