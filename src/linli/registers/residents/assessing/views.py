"""设置 → 影响评估: made from the platform's own dictionary, judged, concluded, printed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of, staff_required

from ..models import Assessment
from .content import differences
from .permissions import can_assess
from .services import assessment_conclude, assessment_make, assessment_write


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_assess(actor):
        raise NotAllowed(_("影响评估由街镇以上的单位管理员和运维办理。"))
    return actor


def _get(public_id: UUID) -> Assessment:
    found = Assessment.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份评估。"))
    return found


@require_http_methods(["GET", "POST"])
@staff_required
def assessments(request: HttpRequest) -> HttpResponse:
    """List the assessments, and make a new one."""
    actor = _actor(request)
    if request.method == "POST":
        return redirect("residents:assessment", public_id=assessment_make(actor=actor).public_id)
    return render(request, "residents/desk/assessments.html", {"rows": Assessment.objects.all()[:100]})


@require_http_methods(["GET", "POST"])
@staff_required
def assessment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one with what changed since the last, take the opinion, conclude."""
    actor, problem = _actor(request), ""
    if request.method == "POST":
        try:
            if request.POST.get("act") == "conclude":
                assessment_conclude(actor=actor, assessment_id=public_id)
            else:
                opinion = request.POST.get("opinion", "")
                assessment_write(actor=actor, assessment_id=public_id, opinion=opinion)
        except (InvalidInput, Conflict) as refusal:
            problem = f"{refusal.message}{refusal.hint}"
        else:
            messages.success(request, _("已保存。"))
            return redirect("residents:assessment", public_id=public_id)
    found = _get(public_id)
    earlier = Assessment.objects.filter(concluded_at__isnull=False, pk__lt=found.pk)
    last = earlier.order_by("-pk").first()
    context = {
        "one": found,
        "last": last,
        "changed": differences(last.content, found.content) if last else [],
        "problem": problem,
    }
    return render(request, "residents/desk/assessment.html", context, status=422 if problem else 200)


@require_GET
@staff_required
def assessment_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one for A4."""
    _actor(request)
    return render(request, "residents/desk/assessment_print.html", {"one": _get(public_id)})
