"""How much a draft pays, and what people are told of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from linli.core.errors import NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from ...language.columns import columns
from ...models import Policy, PolicyVersion
from .. import selectors
from ..amounts import amount_shown
from ..checked import draft_of
from ..filling import AboutForm, AmountForm, about_typed, amount_typed
from ..permissions import can_write_policy
from ..services.conditions import draft_fill
from ..shown import names_known
from .draft import draft_context
from .shared import page, work_of


def _to_write(request: HttpRequest, public_id: UUID) -> PolicyVersion:
    version = work_of(request, public_id)
    if request.method == "POST" and not can_write_policy(actor_of(request), version.policy):
        raise NotAllowed(_("这项政策由制定它的区或市的工作人员修改。"))
    return version


def _fill(
    request: HttpRequest, version: PolicyVersion, said: dict[str, Any], lock: int, to: str
) -> HttpResponse:
    draft_fill(actor=actor_of(request), policy_id=version.policy_id, lock=lock, said=said)
    messages.success(request, _("已保存。"))
    return redirect(f"benefits:{to}", version.policy.public_id)


@desk_page
def amount_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How much, and for how long."""
    version = _to_write(request, public_id)
    draft = draft_of(version)
    form = AmountForm(
        request.POST if request.method == "POST" else None,
        initial={"lock": version.lock, **amount_typed(draft)},
        standards=[(code, row.name) for code, row in selectors.standard_codes().items() if row.is_money],
        of_household=version.policy.unit == Policy.Unit.HOUSEHOLD,
    )
    if request.method == "POST" and form.is_valid():
        return _fill(request, version, form.said(), form.cleaned_data["lock"], "amount")
    shown = amount_shown(draft, names_known())
    context = {**draft_context(request, version), "form": form, "amount": shown}
    return page(request, "amount", context, 422 if form.errors else 200)


@desk_page
def about_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What people are told, what may not be had together, when a visit is worth it."""
    version = _to_write(request, public_id)
    draft = draft_of(version)
    form = AboutForm(
        request.POST if request.method == "POST" else None,
        initial={"lock": version.lock, **about_typed(draft)},
        policies=list(
            Policy.objects.exclude(pk=version.policy_id).order_by("name").values_list("code", "name")
        ),
        facts=[(name, line.label) for name, line in columns().items() if line.is_fact],
    )
    if request.method == "POST" and form.is_valid():
        return _fill(request, version, form.said(draft), form.cleaned_data["lock"], "about")
    return page(
        request, "about", {**draft_context(request, version), "form": form}, 422 if form.errors else 200
    )
