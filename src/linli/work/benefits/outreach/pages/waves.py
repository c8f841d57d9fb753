"""Waves at the desk, and how far outreach has come in an area."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import area_choices

from ...models import Policy, Wave
from ...models.leads import RELEASING
from ..forms import WaveChangeForm, WaveFilterForm, WaveForm
from ..funnel import funnel, funnel_area
from ..outlook import OutlookShown
from ..permissions import can_change_wave, can_see_funnel, can_see_leads
from ..releasing import wave_change_foreseen, wave_foreseen
from ..selectors import wave_get, wave_rows, waves_seen
from ..services import wave_change, wave_end, wave_pause, wave_release, wave_resume

PAGE = 30


def _let_in(actor: Actor) -> None:
    if not can_see_funnel(actor):
        raise NotAllowed(_("批次由居委会、街镇、区和市查看。"))


@require_GET
@staff_required
def list_page(request: HttpRequest) -> HttpResponse:
    """List the waves over the actor's areas with how many were found, handed out, and still wait."""
    actor = actor_of(request)
    _let_in(actor)
    form = WaveFilterForm(request.GET, rows=waves_seen(actor))
    asked = form.asked()
    page = Paginator(waves_seen(actor, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": form,
        "is_filtered": any(asked.values()),
        "page": page,
        "rows": wave_rows(actor)(list(page.object_list)),
        "may_release": actor.function in RELEASING,
    }
    return render(request, "benefits/outreach/waves.html", context)


@require_http_methods(["GET", "POST"])
@staff_required
def new_page(request: HttpRequest) -> HttpResponse:
    """Release a wave."""
    actor = actor_of(request)
    if actor.function not in RELEASING:
        raise NotAllowed(_("批次由街镇、区和市放出。"))
    policies = list(Policy.objects.visible_to(actor).public())
    form = WaveForm(
        request.POST if request.method == "POST" else None,
        policies=policies,
        areas=area_choices(actor.areas, 2),
        initial={"policy": request.GET.get("policy")},
    )
    if request.method == "POST" and form.is_valid() and request.POST.get("seen") != "back":
        try:
            return _released(request, form)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        except Conflict as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
    context = {"form": form, "has_policies": bool(policies)}
    return render(request, "benefits/outreach/wave_new.html", context, status=422 if form.errors else 200)


def _released(request: HttpRequest, form: WaveForm) -> HttpResponse:
    """Show what the wave would mean; once that was seen, release it."""
    actor = actor_of(request)
    seen = request.POST.get("seen", "")
    if seen not in ("somebody", "nobody"):
        context = {"form": form, "outlook": wave_foreseen(actor, **form.said()), "named": form.named()}
        return render(request, "benefits/outreach/wave_seen.html", context)
    key = request.POST.get("request_key", "")
    wave_release(actor=actor, **form.said(), even_if_nobody=seen == "nobody", request_key=key)
    messages.success(request, _("已放出。几分钟内找齐人，再按每人每周的户数派出。"))
    return redirect("benefits:waves")


@require_http_methods(["GET", "POST"])
@staff_required
def change_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change where a wave hands out, how many a week, up to which day."""
    actor = actor_of(request)
    wave = wave_get(actor, public_id)
    if not can_change_wave(actor, wave):
        raise NotAllowed(_("这个批次由上级放出，不能在这里更改。"))
    areas = area_choices(actor.areas, 2)
    said = {name: getattr(wave, name) for name in ("per_worker_week", "until_on", "includes_unknown")}
    sent = request.POST if request.method == "POST" else None
    form = WaveChangeForm(sent, areas=areas, initial={**said, "area": wave.area_path})
    if request.method == "POST" and form.is_valid() and request.POST.get("seen") != "back":
        try:
            return _changed(request, wave, form)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
    context = {"form": form, "wave": wave}
    return render(request, "benefits/outreach/wave_change.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, wave: Wave, form: WaveChangeForm) -> HttpResponse:
    """Show what the change would mean where it goes elsewhere or to more people; then change."""
    actor, said = actor_of(request), form.said()
    seen = request.POST.get("seen") or wave_change_foreseen(actor, wave, **said)
    if isinstance(seen, OutlookShown):
        named = {"policy": wave.policy.name, "area": form.area_name()}
        context = {"form": form, "outlook": seen, "named": named, "wave": wave, "version": _version(request)}
        return render(request, "benefits/outreach/wave_seen.html", context)
    wave_change(actor=actor, wave_id=wave.public_id, version=_version(request), **said)
    messages.success(request, _("已更改，从下一次派出起生效。"))
    return redirect("benefits:waves")


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


ACTS: dict[str, Callable[..., Wave]] = {"pause": wave_pause, "resume": wave_resume, "end": wave_end}


@require_POST
@staff_required
def act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Pause a wave, let it go on, end it."""
    if code not in ACTS:
        raise NotFound
    ACTS[code](actor=actor_of(request), wave_id=public_id, version=_version(request))
    messages.success(request, _("已办理。"))
    return redirect("benefits:waves")


@require_GET
@staff_required
def funnel_page(request: HttpRequest) -> HttpResponse:
    """Show how far outreach has come in an area, by policy and by the areas below; numbers alone."""
    actor = actor_of(request)
    division = funnel_area(actor, request.GET.get("area", ""))
    context = {"funnel": funnel(actor, division), "may_go": can_see_leads(actor)}
    return render(request, "benefits/outreach/funnel.html", context)
