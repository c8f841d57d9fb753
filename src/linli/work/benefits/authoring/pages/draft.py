"""A draft: its conditions with what the checker says beside each, its text, its cases, handing it on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.errors import Conflict, InvalidInput, NotFound, StaleVersion
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of

from ...language.source import place_of
from ...models import PolicyVersion
from ...models.policies import VersionState
from .. import selectors
from ..checked import FAULT, Finding, Looked, draft_of, looked_through
from ..differences import differences
from ..edits import ROOT, NoSuchPlace, node_at, path_of
from ..forms import CasesForm, ProposeForm, TextForm
from ..permissions import can_publish_version, can_write_policy
from ..saying import tree_shown
from ..services.versions import version_discard, version_propose, version_save, version_undo
from ..shown import names_known
from .shared import number_of, page, work_of

MOST_FINDINGS = 40


def draft_context(
    request: HttpRequest, version: PolicyVersion, looked: Looked | None = None
) -> dict[str, Any]:
    """Return what the frame of every page of a draft shows."""
    actor, looked = actor_of(request), looked or looked_through(version)
    may_change = can_write_policy(actor, version.policy) and version.state == VersionState.DRAFT
    wrong = [case for case in looked.cases if not case.is_right]
    return {
        "policy": version.policy,
        "version": version,
        "looked": looked,
        "faults": looked.faults[:MOST_FINDINGS],
        "more_faults": max(len(looked.faults) - MOST_FINDINGS, 0),
        "hints": [finding for finding in looked.findings if finding.kind != FAULT],
        "wrong_cases": wrong,
        "may_change": may_change,
        "may_withdraw": can_write_policy(actor, version.policy) and version.state == VersionState.WAITING,
        "may_publish": version.state == VersionState.WAITING and can_publish_version(actor, version),
        "is_ready": may_change and not looked.faults and not wrong and bool(looked.cases),
    }


def by_place(findings: Any) -> Mapping[str, list[Finding]]:
    """Return findings by the place at which they are shown."""
    found = defaultdict[str, list[Finding]](list)
    for finding in findings:
        found[finding.place].append(finding)
    return found


@require_GET
@desk_page
def draft_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the conditions of a draft, from the top or from a group down."""
    version = work_of(request, public_id)
    looked, draft = looked_through(version), draft_of(version)
    at = _place_asked(request, draft)
    skip = number_of(request.GET.get("from", "0"))
    tree = tree_shown(draft, names_known(), by_place(looked.findings), at, skip) if "when" in draft else None
    before = selectors.version_latest(version.policy)
    context = {
        "tree": tree,
        "at": place_of(at),
        "before": before,
        "changed": differences(before.text, version.text) if before else [],
    }
    return page(request, "draft", {**draft_context(request, version, looked), **context})


def _place_asked(request: HttpRequest, draft: dict[str, Any]) -> Any:
    try:
        path = path_of(request.GET.get("at", "when"))
        if path != ROOT:
            node_at(draft, path)
    except NoSuchPlace as error:
        raise NotFound(_("草稿里没有这一组条件。"), hint=_("别人可能改过草稿，请看最新的。")) from error
    return path


@desk_page
def text_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show and change the rule as text."""
    return _written_page(request, public_id, "text")


@desk_page
def cases_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show and change the cases; each with how it comes out."""
    return _written_page(request, public_id, "cases")


def _written_page(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    version = work_of(request, public_id)
    kind: Any = TextForm if name == "text" else CasesForm
    initial = {"lock": version.lock, name: getattr(version, name)}
    form = kind(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return _written(request, version, name, form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        except StaleVersion:  # what was typed stays, and goes over the draft as it is now
            typed = request.POST.copy()
            typed["lock"] = str(version.lock)
            form, status = kind(typed), 409
    context = {**draft_context(request, version), "form": form, "is_stale": status == 409}
    return page(request, name, context, 422 if form.is_bound and form.errors and status == 200 else status)


def _written(request: HttpRequest, version: PolicyVersion, name: str, said: dict[str, Any]) -> HttpResponse:
    texts = {"text": version.text, "cases": version.cases, name: said[name]}
    saved = version_save(actor=actor_of(request), policy_id=version.policy_id, lock=said["lock"], **texts)
    faults = sum(finding["kind"] == "fault" for finding in saved.findings)
    if faults:
        messages.warning(request, _("已保存，有%d处要改，见“检查”。") % faults)
    else:
        messages.success(request, _("已保存。"))
    return redirect(f"benefits:{name}", version.policy.public_id)


@desk_page
def propose_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand a draft to a second person."""
    version = work_of(request, public_id)
    said = draft_of(version)
    kept = {name: getattr(version, name) for name in ("to_on", "remark", "lock")}
    kept |= {"from_on": version.from_on} if version.from_on else {}
    initial = {**kept, "document": version.document or said.get("document", "")}
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            version_propose(actor=actor_of(request), policy_id=version.policy_id, **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        except Conflict as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
        else:
            messages.success(request, _("已提交，请另一人核准后发布。"))
            return redirect("benefits:policy", public_id)
    context = {
        **draft_context(request, version),
        "form": form,
        "before": selectors.version_latest(version.policy),
    }
    return page(request, "propose", context, 422 if form.errors else 200)


@require_POST
@desk_page
def undo_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the last edit back."""
    version = work_of(request, public_id)
    lock = number_of(request.POST.get("lock"))
    version_undo(actor=actor_of(request), policy_id=version.policy_id, lock=lock)
    messages.success(request, _("已撤销上一步。"))
    return redirect("benefits:draft", public_id)


@require_POST
@desk_page
def discard_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw the draft away."""
    version = work_of(request, public_id)
    lock = number_of(request.POST.get("lock"))
    policy = version_discard(actor=actor_of(request), policy_id=version.policy_id, lock=lock)
    messages.success(request, _("草稿已丢弃。"))
    if selectors.policy_list(actor_of(request)).filter(public_id=policy.public_id).exists():
        return redirect("benefits:policy", public_id)
    return redirect("benefits:policies")
