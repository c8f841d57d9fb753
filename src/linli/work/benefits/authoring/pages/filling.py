"""How much a draft pays, and what people are told of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from ...language.columns import columns
from ...language.policy import Pays
from ...models import Policy, PolicyVersion
from .. import selectors
from ..amount_forms import FORMS, WAYS, AmountForm
from ..amounts import amount_shown
from ..checked import draft_of
from ..filling import AboutForm, about_typed
from ..permissions import can_write_policy
from ..services.conditions import draft_fill
from ..shown import names_known
from ..ways import Way, typed_of
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
    """How much, and for how long: in the form of the way that stands there, or of another one."""
    version = _to_write(request, public_id)
    draft, found = draft_of(version), typed_of(draft_of(version))
    way = _way_asked(request.GET.get("how", "")) or (found[0] if found else None)
    form = _amount_form(request, version, way, found, draft) if way else None
    if request.method == "POST" and form is not None and form.is_valid():
        return _fill(request, version, form.said(), form.cleaned_data["lock"], "amount")
    context = {
        **draft_context(request, version),
        "form": form,
        "way": way.value if way else "",
        "way_title": WAYS[way][0] if way else "",
        "ways": [(one.value, *words) for one, words in WAYS.items() if one is not way],
        "amount": amount_shown(draft, names_known()),
        "is_text": found is None,
    }
    return page(request, "amount", context, 422 if form is not None and form.errors else 200)


def _way_asked(name: str) -> Way | None:
    if not name:
        return None
    if name not in set(Way):
        raise NotFound(_("没有这种算法。"))
    return Way(name)


def _amount_form(
    request: HttpRequest,
    version: PolicyVersion,
    way: Way,
    found: tuple[Way, dict[str, Any]] | None,
    draft: dict[str, Any],
) -> AmountForm:
    typed = found[1] if found and found[0] is way else {}
    pays = {} if draft.get("pays") == Pays.STATUS else {"pays": draft.get("pays", Pays.MONTH.value)}
    standards = selectors.standard_codes().items()
    return FORMS[way](
        request.POST if request.method == "POST" else None,
        initial={"lock": version.lock, **pays, **typed},
        standards=[(code, row.name) for code, row in standards if row.is_money],
        policies=_other_policies(version.policy),
        of_household=version.policy.unit == Policy.Unit.HOUSEHOLD,
    )


def _other_policies(policy: Policy) -> list[tuple[str, str]]:
    return list(Policy.objects.exclude(pk=policy.pk).order_by("name").values_list("code", "name"))


@desk_page
def about_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What people are told, what may not be had together, when a visit is worth it."""
    version = _to_write(request, public_id)
    draft = draft_of(version)
    form = AboutForm(
        request.POST if request.method == "POST" else None,
        initial={"lock": version.lock, **about_typed(draft)},
        policies=_other_policies(version.policy),
        facts=[(name, line.label) for name, line in columns().items() if line.is_fact],
    )
    if request.method == "POST" and form.is_valid():
        return _fill(request, version, form.said(draft), form.cleaned_data["lock"], "about")
    return page(
        request, "about", {**draft_context(request, version), "form": form}, 422 if form.errors else 200
    )
