"""What residents see of meetings: what is coming up, what was decided; signing oneself in and signing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.codes import code_plain, code_shown
from linli.core.errors import Conflict, InvalidInput, NotSignedIn
from linli.foundation.accounts.permissions import actor_of

from ..bodies.around import area_chosen
from . import lawful, selectors, services
from .forms import SignInForm
from .models import Meeting
from .pages import OUTCOME_TONES
from .permissions import can_help_meeting
from .workflow import HELD, State

PER_PAGE = 20


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"meetings/{template}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Show what is coming up around the reader's neighbourhood, and what was decided."""
    area = area_chosen(request)
    past = Paginator(selectors.public_held(area) if area else Meeting.objects.none(), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "has_place": bool(area),
        "coming": list(selectors.public_coming(area)) if area else [],
        "page": past,
        "past": past.object_list,
    }
    return render(request, "meetings/public_list.html", context)


@require_GET
def public_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one meeting: when, where, what about, and what was decided with the sum step by step."""
    actor = actor_of(request)
    meeting = selectors.public_get(actor, public_id)
    own = selectors.own_part(actor, meeting)
    minutes = selectors.minutes_of(meeting) if own is not None and own.was_there else None
    context = {
        "meeting": meeting,
        "items": [(item, OUTCOME_TONES.get(item.outcome, "")) for item in selectors.items_of(meeting)],
        "is_over": meeting.state in HELD,
        "rule": lawful.rule_for(meeting),
        "quorum": selectors.quorum_of(meeting) if meeting.state in HELD else None,
        "own": own,
        "own_code": code_shown(own.invitee.code) if own else "",
        "following": Meeting.objects.public().filter(previous=meeting).first(),
        "minutes": minutes,
        "may_sign": minutes is not None
        and own is not None
        and meeting.state == State.MINUTED
        and not any(one.invitee_id == own.invitee.pk for one in minutes.signatures.all()),
    }
    return _page(request, "public_detail", context)


# -- signing oneself in ------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
def here_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Open what the code at the door leads to: one presses, or types the code of one's invitation."""
    return _sign_in(request, public_id, {"site_code": code_plain(code)})


@require_http_methods(["GET", "POST"])
def card_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Open what the code of an invitation leads to: who helps signs in its owner, others type the door's."""
    return _sign_in(request, public_id, {"code": code_plain(code)})


def _sign_in(request: HttpRequest, public_id: UUID, known: dict[str, str]) -> HttpResponse:
    actor = actor_of(request)
    meeting = selectors.meeting_by_code(public_id, **known)
    helps = can_help_meeting(actor, meeting) and "code" in known
    form = SignInForm(request.POST if request.method == "POST" else None, initial=known)
    if helps:
        form.fields["site_code"].required = False
    done, status = False, 200
    if request.method == "POST" and "claim" in request.POST:
        return _claim(request, actor, meeting, known.get("code", ""))
    if request.method == "POST":
        done, status = _entered(request, actor, meeting, form, helps)
    context = {
        "meeting": meeting,
        "form": form,
        "known": known,
        "helps": helps,
        "done": done,
        "own": selectors.own_part(actor, meeting),
        "may_claim": "code" in known and actor.is_signed_in and not actor.is_staff,
        "sign_in_url": f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}",
        "number": selectors.number_by_code(meeting, known.get("code", "")),
    }
    return _page(request, "sign_in", context, status)


def _claim(request: HttpRequest, actor: Actor, meeting: Meeting, code: str) -> HttpResponse:
    if not actor.is_signed_in:
        raise NotSignedIn
    services.invitation_claim(actor=actor, meeting=meeting, code=code)
    messages.success(request, _("这份请柬已归到您的账号。"))
    return HttpResponseRedirect(reverse("meetings:public_detail", args=[meeting.public_id]))


def _entered(
    request: HttpRequest, actor: Actor, meeting: Meeting, form: SignInForm, helps: bool
) -> tuple[bool, int]:
    if not form.is_valid():
        return False, 422
    said = form.cleaned_data
    try:
        if helps:
            services.attendance_by_code(actor=actor, meeting_id=meeting.pk, code=said["code"])
        else:
            services.attendance_self(
                actor=actor, meeting=meeting, site_code=said["site_code"], code=said["code"]
            )
    except InvalidInput as refusal:
        form.take(refusal)
        return False, 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return False, 409
    return True, 200


@require_POST
def sign_minutes(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sign the minutes that one has read, as somebody who was there."""
    actor = actor_of(request)
    if not actor.is_signed_in:
        raise NotSignedIn
    meeting = selectors.public_get(actor, public_id)
    services.minutes_sign_self(actor=actor, meeting=meeting, digest=request.POST.get("digest", ""))
    messages.success(request, _("您已签字。"))
    return HttpResponseRedirect(reverse("meetings:public_detail", args=[public_id]))
