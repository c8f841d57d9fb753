"""设置 → 影响评估: made from the platform's own dictionary, judged, concluded, printed, taken as DOCX."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.exports.papers import DOCX

from .document import document_of
from .permissions import can_assess, can_judge
from .selectors import OPINIONS, assessment_get, assessment_list, opinions_of, paper_of, questions
from .services import LONGEST, assessment_conclude, assessment_make, assessment_write


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_assess(actor):
        raise NotAllowed(_("影响评估由街镇以上的单位管理员和运维办理。"))
    return actor


@require_http_methods(["GET", "POST"])
@staff_required
def assessments(request: HttpRequest) -> HttpResponse:
    """List the assessments, and make a new one."""
    actor = _actor(request)
    if request.method == "POST":
        return redirect("residents:assessment", public_id=assessment_make(actor=actor).public_id)
    return render(request, "residents/desk/assessments.html", {"rows": assessment_list()})


@require_http_methods(["GET", "POST"])
@staff_required
def assessment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one with what changed since the last, take the opinions, conclude."""
    actor, problem = _actor(request), ""
    said = {name: request.POST.get(name, "") for name in OPINIONS}
    is_concluding = request.POST.get("act") == "conclude"
    if request.method == "POST":
        try:
            if is_concluding:
                assessment_conclude(actor=actor, assessment_id=public_id)
            else:
                assessment_write(actor=actor, assessment_id=public_id, **said)
        except (InvalidInput, Conflict) as refusal:
            problem = f"{refusal.message}{refusal.hint}"
        else:
            messages.success(request, _("已定稿。") if is_concluding else _("已保存。"))
            return redirect("residents:assessment", public_id=public_id)
    found = assessment_get(public_id)
    kept = opinions_of(found)
    context = {
        "one": found,
        "paper": paper_of(found),
        "questions": [(name, words, said[name] or kept[name]) for name, words in questions().items()],
        "longest": LONGEST,
        "can_judge": can_judge(actor, found),
        "problem": problem,
    }
    return render(request, "residents/desk/assessment.html", context, status=422 if problem else 200)


@require_GET
@staff_required
def assessment_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one for A4, to be printed or kept as PDF."""
    _actor(request)
    found = assessment_get(public_id)
    context = {"one": found, "paper": paper_of(found)}
    return render(request, "residents/desk/assessment_print.html", context)


@require_GET
@staff_required
def assessment_docx(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand one out as a document to be marked by a lawyer."""
    _actor(request)
    found = assessment_get(public_id)
    response = HttpResponse(document_of(paper_of(found)), content_type=DOCX)
    name = f"linli-assessment-{found.made_at:%Y%m%d}-v{found.version}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
