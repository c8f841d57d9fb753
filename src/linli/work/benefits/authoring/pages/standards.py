"""The dated figures that policies look at: all of them with their history, a new one, its publication."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from ...models import StandardValue
from ...models.policies import VersionState
from .. import selectors
from ..forms import MARKS, StandardForm
from ..permissions import can_publish_standard, can_start_policy, can_write_standard
from ..services.standards import standard_propose, standard_publish, standard_withdraw
from .shared import page


@require_GET
@desk_page
def standards_page(request: HttpRequest) -> HttpResponse:
    """List the figures by name, each with its values, the newest first."""
    actor = actor_of(request)
    rows = selectors.standard_list(actor)
    context = {
        "groups": _groups(request, rows),
        "areas": selectors.area_names(rows),
        "marks": MARKS,
        "may_start": can_start_policy(actor),
        "count": len(rows),
    }
    return page(request, "standards", context)


def _groups(request: HttpRequest, rows: list[StandardValue]) -> list[dict[str, Any]]:
    actor, today = actor_of(request), clock.today()
    held = defaultdict[tuple[str, str], list[StandardValue]](list)
    for row in rows:
        held[row.code, row.area_path].append(row)
    groups = []
    for (_code, area), values in held.items():
        begun = (v for v in values if v.state == VersionState.PUBLISHED and v.from_on <= today)
        waiting = [
            (row, can_publish_standard(actor, row), can_write_standard(actor, row))
            for row in values
            if row.state != VersionState.PUBLISHED
        ]
        now = next(begun, None)
        groups.append(
            {"name": values[0].name, "area": area, "values": values, "now": now, "waiting": waiting}
        )
    return groups


@desk_page
def standard_new_page(request: HttpRequest) -> HttpResponse:
    """Put a figure forward."""
    actor = actor_of(request)
    if not can_start_policy(actor):
        raise NotAllowed(_("政策标准由区、市制定。"))
    known = selectors.standard_codes().get(request.GET.get("code", ""))
    initial = (
        {"code": known.code, "name": known.name, "is_money": "yes" if known.is_money else "no"}
        if known
        else {}
    )
    form = StandardForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            standard_propose(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已提交，请另一人核准。"))
            return redirect("benefits:standards")
    return page(request, "standard_new", {"form": form}, 422 if form.errors else 200)


@require_POST
@desk_page
def standard_publish_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish a figure that another person put forward."""
    actor = actor_of(request)
    row = selectors.standard_get(actor, public_id)
    standard_publish(actor=actor, standard_id=row.pk)
    messages.success(request, _("已核准。"))
    return redirect("benefits:standards")


@require_POST
@desk_page
def standard_withdraw_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a figure back that is not published."""
    actor = actor_of(request)
    row = selectors.standard_get(actor, public_id)
    standard_withdraw(actor=actor, standard_id=row.pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("已撤回，不再等核准。"))
    return redirect("benefits:standards")
