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
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import area_choices
from linli.foundation.places.selectors import division_names

from ...models import Policy, Wave
from ..forms import WaveForm
from ..funnel import funnel, funnel_area
from ..permissions import RELEASING, can_change_wave, can_see_funnel
from ..selectors import wave_numbers
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
    rows = Wave.objects.visible_to(actor).select_related("policy", "released_by")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    waves = list(page.object_list)
    names, numbers = division_names({wave.area_path for wave in waves}), wave_numbers(actor, waves)
    context = {
        "page": page,
        "rows": [
            (wave, names.get(wave.area_path, ""), numbers[wave.pk], can_change_wave(actor, wave))
            for wave in waves
        ],
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
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            wave_release(
                actor=actor,
                policy_id=said["policy"],
                area_path=said["area"],
                per_worker_week=said["per_worker_week"],
                includes_unknown=said["includes_unknown"],
                request_key=request.POST.get("request_key", ""),
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已放出。几分钟内找齐人，再按每人每周的户数派出。"))
            return redirect("benefits:waves")
    context = {"form": form, "has_policies": bool(policies)}
    return render(request, "benefits/outreach/wave_new.html", context, status=422 if form.errors else 200)


ACTS: dict[str, Callable[..., Wave]] = {"pause": wave_pause, "resume": wave_resume, "end": wave_end}


@require_POST
@staff_required
def act(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Pause a wave, let it go on, end it, or hand out more or fewer a week."""
    actor, text = actor_of(request), request.POST.get("version", "")
    said = {"actor": actor, "wave_id": public_id, "version": int(text) if text.isdecimal() else 0}
    if code == "change":
        number = request.POST.get("per_worker_week", "")
        wave_change(**said, per_worker_week=int(number) if number.isdecimal() else 0)
    elif code in ACTS:
        ACTS[code](**said)
    else:
        raise NotFound
    messages.success(request, _("已办理。"))
    return redirect("benefits:waves")


@require_GET
@staff_required
def funnel_page(request: HttpRequest) -> HttpResponse:
    """Show how far outreach has come in an area, by policy and by the areas below; numbers alone."""
    actor = actor_of(request)
    division = funnel_area(actor, request.GET.get("area", ""))
    return render(request, "benefits/outreach/funnel.html", {"funnel": funnel(actor, division)})
