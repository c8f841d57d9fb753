"""The resident's pages: tie one's account to the register, by a code from the letter box or by asking."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.errors import InvalidInput, TooMany
from linli.core.words import gettext_lazy
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, actor_required
from linli.foundation.notices.selectors import subscription_of

from ..own.selectors import requests_own
from ..own.views import own_people
from .choosing import Dwelling, dwelling_asked
from .forms import ClaimForm, DoorCodeForm
from .rules import is_child
from .selectors import link_own, link_refused_last, part_named
from .services import CodeAnswer, CodeTry, door_code_enter, link_ask, link_end

WRONG = {
    CodeAnswer.WRONG: gettext_lazy("入户码不对。请照着纸上的再填一次；填错5次要等一小时。"),
    CodeAnswer.USED: gettext_lazy("这个入户码已经用过。每个码只能用一次，请向居委会再要一个。"),
    CodeAnswer.EXPIRED: gettext_lazy("这个入户码已过期或作废。请向居委会再要一个，或请工作人员核对。"),
}


def _page(request: HttpRequest, name: str, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    face = "ui/desk.html" if actor_of(request).is_staff else "ui/portal.html"
    return render(request, f"residents/own/{name}.html", {"face": face, **context}, status=status)


@never_cache
@require_GET
@actor_required
def registry(request: HttpRequest) -> HttpResponse:
    """Say how one's account stands to the register, and lead on."""
    actor = actor_of(request)
    link = link_own(actor)
    people = own_people(actor) if link and link.resident_id else []
    context = {
        "link": link,
        "people": people,
        "refused": None if link else link_refused_last(actor),
        "wards": len(people) - 1 if people else 0,
        "is_gone": bool(link and link.resident_id and not people),
        "is_child": bool(link and link.resident and is_child(link.resident.birth_month, clock.today())),
        "requests": requests_own(actor) if people else [],
    }
    return _page(request, "registry", context)


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def door(request: HttpRequest, part_id: UUID | None = None) -> HttpResponse:
    """Take the code from the letter box; from the QR the dwelling is known."""
    part = part_named(part_id) if part_id else None
    form, status = DoorCodeForm(request.POST or None), 200
    if request.method == "POST":
        if (response := _entered(request, form, part_id)) is not None:
            return response
        status = 422
    return _page(request, "door", {"form": form, "part": part}, status)


def _entered(request: HttpRequest, form: DoorCodeForm, part_id: UUID | None) -> HttpResponse | None:
    """Return where a right code leads; otherwise the form says what is wrong."""
    if not form.is_valid():
        return None
    try:
        tried = door_code_enter(actor=actor_of(request), part_id=part_id, **form.cleaned_data)
    except InvalidInput as refusal:
        form_refuse(form, refusal)
        return None
    except TooMany as refusal:
        form.add_error("code", f"{refusal.message}{refusal.hint}")
        return None
    if tried.link is None:
        form.add_error("code", str(WRONG[tried.answer]))
        return None
    _welcome(request, tried)
    return redirect("residents:registry")


def _welcome(request: HttpRequest, tried: CodeTry) -> None:
    if tried.link and tried.link.resident_id:
        messages.success(request, _("已关联到您本人的登记，可以查看和更正了。"))
    elif tried.link and tried.link.claim:
        messages.success(request, _("已确认您住在这里。姓名等还要工作人员核对，核对后会通知您。"))
    else:
        messages.success(request, _("已确认您住在这里。"))


@never_cache
@require_http_methods(["GET", "POST"])
@actor_required
def ask(request: HttpRequest) -> HttpResponse:
    """Choose one's dwelling and say who one is; a worker compares."""
    actor = actor_of(request)
    link = link_own(actor)
    near = subscription_of(actor)
    asked = dwelling_asked(request.GET, near.area_path if near else "")
    chosen = Dwelling(part=link.part) if link and link.part else asked
    form, status = ClaimForm(request.POST or None), 200
    if request.method == "POST" and chosen.part is not None:
        status = 422
        if form.is_valid():
            try:
                key = request.POST.get("request_key", "")
                part_id = chosen.part.public_id
                link_ask(actor=actor, part_id=part_id, request_key=key, **form.cleaned_data)
            except InvalidInput as refusal:
                form_refuse(form, refusal)
            else:
                messages.success(request, _("已提交，工作人员3个工作日内核对，结果会通知您。"))
                return redirect("residents:registry")
    return _page(request, "ask", {"form": form, "chosen": chosen, "is_fixed": link is not None}, status)


@require_POST
@actor_required
def end(request: HttpRequest) -> HttpResponse:
    """Withdraw one's request, or untie the account."""
    link_end(actor=actor_of(request))
    messages.success(request, _("已解除。您的账号不再能看到居民登记。"))
    return redirect("residents:registry")
