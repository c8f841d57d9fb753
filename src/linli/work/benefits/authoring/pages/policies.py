"""The list of policies, one policy with its versions, beginning one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.lists.opening import opens_as_left

from ...models import Policy, PolicyVersion
from ...models.leads import RELEASING
from ...models.policies import VersionState
from .. import selectors
from ..forms import FilterForm, RefuseForm, StartForm
from ..permissions import (
    can_confirm_end,
    can_match_policy,
    can_publish_version,
    can_see_drafts,
    can_see_policies,
    can_start_policy,
    can_write_policy,
)
from ..services.versions import policy_start, version_draft, version_publish, version_refuse, version_withdraw
from ..shown import shown_version
from .shared import number_of, page

PER_PAGE = 25


def asked_of(query: Any) -> tuple[FilterForm, dict[str, str]]:
    """Return the filter form of an address, and what ``policy_table`` takes from it."""
    form = FilterForm(query)
    said = form.cleaned_data if form.is_valid() else {}
    asked = {"words": said.get("q", ""), "state": said.get("state", ""), "unit": said.get("unit", "")}
    return form, {**asked, "sort": said.get("sort") or "name"}


def _may_come_in(request: HttpRequest) -> None:
    if not can_see_policies(actor_of(request)):
        raise NotAllowed(_("您的岗位不查看惠民政策。"), hint=_("请由居委会、街镇、区或市的工作人员查看。"))


@require_GET
@desk_page
@opens_as_left("policies")
def policies_page(request: HttpRequest) -> HttpResponse:
    """List policies."""
    actor = actor_of(request)
    _may_come_in(request)
    form, asked = asked_of(request.GET)
    rows = selectors.policy_table(actor, **asked)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": form,
        "page": shown,
        "areas": selectors.area_names(shown.object_list),
        "is_filtered": any(asked[name] for name in ("words", "state", "unit")),
        "may_start": can_start_policy(actor),
        "today": clock.today(),
    }
    return page(request, "policies", context)


@desk_page
def start_page(request: HttpRequest) -> HttpResponse:
    """Begin a policy."""
    actor = actor_of(request)
    if not can_start_policy(actor):
        raise NotAllowed(_("惠民政策由区、市制定。"), hint=_("请联系区或市的工作人员。"))
    published = Policy.objects.public().order_by("name")
    form = StartForm(
        request.POST if request.method == "POST" else None,
        published=published.values_list("code", "name"),
        initial=published.filter(code=request.GET.get("like", "")).values("unit", like=F("code")).first(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = policy_start(actor=actor, **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已建立。请写清楚谁符合、发多少。"))
            return redirect("benefits:draft", made.public_id)
    return page(request, "start", {"form": form}, 422 if form.errors else 200)


@require_GET
@desk_page
def policy_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one version of a policy (the one in force unless another is asked for), and all there are."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    asked = request.GET.get("version")
    today = clock.today()
    version = selectors.version_get(actor, policy, number_of(asked)) if asked else None
    version = version or selectors.version_on(policy, today) or selectors.version_next(policy, today)
    version = version or selectors.version_latest(policy)
    work = selectors.version_in_work(policy) if can_see_drafts(actor, policy.area_path) else None
    context = {
        "policy": policy,
        "version": version,
        "standing": _standing(policy, version),
        "shown": shown_version(version) if version else None,
        "versions": selectors.version_list(actor, policy),
        "work": work,
        "may_write": can_write_policy(actor, policy),
        "may_start": can_start_policy(actor),
        "may_release": actor.function in RELEASING,
        "may_publish": _may_publish(request, work),
        "may_match": can_match_policy(actor, policy) and selectors.version_on(policy, today) is not None,
        "area": selectors.area_names([policy]).get(policy.area_path, ""),
        **_ending(request, policy, version),
    }
    return page(request, "policy", context)


def _ending(request: HttpRequest, policy: Policy, version: PolicyVersion | None) -> dict[str, bool]:
    """Return what the page says of a policy's end, and what the reader may do about it."""
    actor, is_published = actor_of(request), version is not None and version.state == VersionState.PUBLISHED
    return {
        "is_over": policy.ended_on is not None and policy.ended_on <= clock.today(),
        "may_read_end": can_see_drafts(actor, policy.area_path),
        "may_confirm_end": policy.ending_on is not None
        and policy.ended_on is None
        and can_confirm_end(actor, policy),
        "may_end": is_published and policy.ending_on is None and can_write_policy(actor, policy),
    }


def _standing(policy: Policy, version: PolicyVersion | None) -> str:
    """Return whether a version counts today, is still to come, or has been followed by another."""
    if version is None or version.from_on is None:
        return ""
    if version.state == VersionState.PUBLISHED and version.from_on > clock.today():
        return "next"
    now = selectors.version_on(policy, clock.today())
    return "now" if now is not None and now.pk == version.pk else "past"


def _may_publish(request: HttpRequest, work: PolicyVersion | None) -> bool:
    return (
        work is not None
        and work.state == VersionState.WAITING
        and can_publish_version(actor_of(request), work)
    )


@require_POST
@desk_page
def draft_start_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin a new version, or go on with the one that is there."""
    actor = actor_of(request)
    version_draft(actor=actor, policy_id=selectors.policy_get(actor, public_id).pk)
    return redirect("benefits:draft", public_id)


@require_POST
@desk_page
def publish_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish what another person proposed."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    done = version_publish(actor=actor, policy_id=policy.pk, digest=request.POST.get("digest", ""))
    messages.success(request, _("第%d版已发布，以后不再改动。") % done.number)
    return redirect("benefits:policy", public_id)


@desk_page
def refuse_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send what another person proposed back, with the reason."""
    actor = actor_of(request)
    policy = selectors.policy_get(actor, public_id)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version_refuse(actor=actor, policy_id=policy.pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("已退回修改。"))
        return redirect("benefits:policy", public_id)
    return page(request, "refuse", {"policy": policy, "form": form}, 422 if form.errors else 200)


@require_POST
@desk_page
def withdraw_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back what waits for a second person."""
    actor = actor_of(request)
    version_withdraw(actor=actor, policy_id=selectors.policy_get(actor, public_id).pk)
    messages.success(request, _("已撤回，可以接着改。"))
    return redirect("benefits:draft", public_id)
