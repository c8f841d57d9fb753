"""Stopping a policy at the desk: asked for with a day and a reason, confirmed by another person."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..forms import EndForm, RefuseEndForm
from ..permissions import can_write_policy
from ..services.ending import policy_end_ask, policy_end_confirm, policy_end_refuse, policy_end_withdraw
from .shared import page


@desk_page
def end_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask that a policy ends on a day."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    if not can_write_policy(actor, policy):
        raise NotAllowed(_("这项政策由制定它的区或市的工作人员修改。"))
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            policy_end_ask(actor=actor, policy_id=policy.pk, **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已提出停办，请另一人核准。"))
            return redirect("benefits:policy", public_id)
    return page(request, "end", {"policy": policy, "form": form}, 422 if form.errors else 200)


@require_POST
@desk_page
def end_confirm_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm the end on the day that was read."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        on = date.min
    policy_end_confirm(actor=actor, policy_id=policy.pk, on=on)
    messages.success(request, _("已核准停办。到那一天，还没有联系的线索和批次自动结束。"))
    return redirect("benefits:policy", public_id)


@desk_page
def end_refuse_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do not agree to an end, and say why."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    form = RefuseEndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        policy_end_refuse(actor=actor, policy_id=policy.pk, **form.cleaned_data)
        messages.success(request, _("已答复提出的人，政策照常办理。"))
        return redirect("benefits:policy", public_id)
    return page(request, "end_refuse", {"policy": policy, "form": form}, 422 if form.errors else 200)


@require_POST
@desk_page
def end_withdraw_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an end back before its day."""
    actor = actor_of(request)
    policy_end_withdraw(actor=actor, policy_id=selectors.policy_get(actor, public_id).pk)
    messages.success(request, _("已撤回停办，政策照常办理。"))
    return redirect("benefits:policy", public_id)
