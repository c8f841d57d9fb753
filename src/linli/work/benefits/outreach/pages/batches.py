"""免申即享 at the desk: lists, one list with who is on it, and what the second person decides."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.actor import Function
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.accounts.selectors import area_choices
from linli.foundation.places.selectors import division_names

from ...models import Batch
from ..batches import (
    batch_get,
    batch_leads,
    batch_rows,
    batches_seen,
    batches_shown,
    people_shown,
    policies_without_application,
)
from ..forms import BatchFilterForm, BatchForm
from ..paying import SHAPES, payees_file
from ..permissions import can_decide_batch, can_pay_batch, can_see_leads
from ..services import batch_approve, batch_pay, batch_propose, batch_refuse, batch_strike

PAGE = 50


@require_GET
@staff_required
def list_page(request: HttpRequest) -> HttpResponse:
    """List the lists of the actor's areas: how many, how much, who submitted, who approved."""
    actor = actor_of(request)
    form = BatchFilterForm(request.GET, rows=batches_seen(actor))
    asked = form.asked()
    page = Paginator(batches_seen(actor, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": form,
        "is_filtered": any(asked.values()),
        "page": page,
        "rows": batches_shown(actor)(list(page.object_list)),
        "sees_people": can_see_leads(actor),
        "may_propose": actor.function == Function.STREET,
    }
    return render(request, "benefits/outreach/batches.html", context)


@require_http_methods(["GET", "POST"])
@staff_required
def new_page(request: HttpRequest) -> HttpResponse:
    """Put a list together."""
    actor = actor_of(request)
    if actor.function != Function.STREET:
        raise NotAllowed(_("名单由街镇提交。"))
    policies = policies_without_application(actor)
    said = request.POST if request.method == "POST" else None
    form = BatchForm(said, policies=policies, areas=area_choices(actor.areas, 2))
    if request.method == "POST" and form.is_valid():
        try:
            batch = batch_propose(
                actor=actor,
                policy_id=form.cleaned_data["policy"],
                area_path=form.cleaned_data["area"],
                request_key=request.POST.get("request_key", ""),
            )
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已提交%d人的名单，请另一人核准。") % batch.people)
            return redirect("benefits:batch", batch.public_id)
    context = {"form": form, "has_policies": bool(policies)}
    return render(request, "benefits/outreach/batch_new.html", context, status=422 if form.errors else 200)


@require_GET
@staff_required
def batch_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one list; who is on it only to those who go to people."""
    actor = actor_of(request)
    batch = batch_get(actor, public_id)
    page = Paginator(batch_leads(actor, batch), PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "area": division_names({batch.area_path}).get(batch.area_path, ""),
        "people": people_shown(actor, batch),
        "page": page,
        "rows": batch_rows(actor, list(page.object_list)),
        "sees_people": can_see_leads(actor),
        "may_pay": batch.state == Batch.State.APPROVED and can_pay_batch(actor, batch),
        "may_decide": batch.state == Batch.State.PROPOSED and can_decide_batch(actor, batch),
    }
    return render(request, "benefits/outreach/batch.html", context)


@require_POST
@staff_required
def approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve a list as it was seen."""
    text = request.POST.get("people", "")
    people = int(text) if text.isdecimal() else -1
    batch = batch_approve(actor=actor_of(request), batch_id=public_id, people=people)
    messages.success(request, _("已核准，%d人不用申请。") % batch.people)
    return redirect("benefits:batch", public_id)


@require_POST
@staff_required
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a list back with a reason."""
    batch_refuse(actor=actor_of(request), batch_id=public_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("已记为不核准，名单上的人照常派人上门。"))
    return redirect("benefits:batch", public_id)


@require_POST
@staff_required
def strike(request: HttpRequest, public_id: UUID, lead_id: UUID) -> HttpResponse:
    """Take somebody off a list."""
    batch_strike(actor=actor_of(request), batch_id=public_id, lead_id=lead_id)
    messages.success(request, _("已划去，照常派人上门。"))
    return redirect("benefits:batch", public_id)


@require_POST
@staff_required
def pay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand an approved list to the office that pays, as a file."""
    actor, shape, reason = actor_of(request), request.POST.get("format", ""), request.POST.get("reason", "")
    if shape not in SHAPES:
        raise InvalidInput(_("请选择 XLSX 或 CSV 格式。"))
    payees = batch_pay(actor=actor, batch_id=public_id, reason=reason)
    batch = batch_get(actor, public_id)
    content = payees_file(shape, batch, payees, actor, reason.strip())
    answer = HttpResponse(content, content_type=SHAPES[shape][1])
    name = quote(f"{_('发放名单')}-{batch.policy.name}.{shape}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    return answer
