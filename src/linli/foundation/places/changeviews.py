"""Pages of division changes, under 设置: the list, one change, and the three steps to a new one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound

from .changeforms import FORMS, ChangeForm, kinds_for
from .history import change_list
from .models import ChangeKind, DivisionChange
from .permissions import can_confirm_division_change, can_handle_division_change, can_plan_division_change
from .preview import Preview, change_preview
from .selectors import division_by_code, division_names
from .services import (
    division_change_apply,
    division_change_cancel,
    division_change_confirm,
    division_change_plan,
)
from .views import fault, keeper
from .workflow import CHANGE, ChangeState

PAGE = 30


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """List the acts that changed divisions, newest first."""
    actor = keeper(request)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    page = Paginator(change_list(actor, state, words), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(change, *_sides(change)) for change in page],
        "state": state,
        "words": words,
        "states": ChangeState.choices,
        "may_plan": can_plan_division_change(actor),
    }
    return render(request, "places/changes.html", context)


def _sides(change: DivisionChange) -> tuple[list[Any], list[Any]]:
    parts = list(change.parts.all())
    return [p for p in parts if p.side == "before"], [p for p in parts if p.side == "after"]


def _change(actor: Actor, public_id: UUID) -> DivisionChange:
    found = DivisionChange.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这项区划变更。"))
    return found


@require_GET
def change_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one act: what stood before and after, who decided, how far its records have come."""
    actor = keeper(request)
    change = _change(actor, public_id)
    before, after = _sides(change)
    allowed = {move.code for move in CHANGE.from_state(change.state)}
    handles = can_handle_division_change(actor, change)
    context = {
        "change": change,
        "before": before,
        "after": after,
        "scope": division_names([change.scope], from_level=1)[change.scope],
        "may_confirm": "confirm" in allowed and can_confirm_division_change(actor, change),
        "may_cancel": "cancel" in allowed and handles,
        "may_apply": "apply" in allowed and handles and change.effective_on <= clock.today(),
        "waits": "confirm" in allowed and change.is_two_persons,
        "percent": 100 * change.records_moved // max(change.records_total, 1),
    }
    return render(request, "places/change.html", context)


def _planner(request: HttpRequest) -> Actor:
    actor = keeper(request)
    if not can_plan_division_change(actor):
        raise NotAllowed(hint=_("区划变更由街镇、区、市的管理员和平台运维办理。"))
    return actor


@require_http_methods(["GET", "POST"])
def change_new(request: HttpRequest) -> HttpResponse:
    """Choose what is done to a division, fill it in, look at what will change, then decide."""
    actor = _planner(request)
    asked = request.POST if request.method == "POST" else request.GET
    division = division_by_code(asked.get("code_of", ""))
    kinds = kinds_for(division)
    kind = next((code for code, _label, _words in kinds if code == asked.get("kind")), "")
    if not kind:
        return render(request, "places/change_kinds.html", {"division": division, "kinds": kinds})
    form = FORMS[ChangeKind(kind)](request.POST if request.method == "POST" else None, division=division)
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        return _decide(request, actor, form)
    return _form_page(request, form)


def _form_page(request: HttpRequest, form: ChangeForm, preview: Preview | None = None) -> HttpResponse:
    context = {
        "form": form,
        "division": form.division,
        "kind": form.kind,
        "preview": preview,
        "answers": _answers(request),
        "is_two_persons": form.division.level <= 3 and form.kind != ChangeKind.SET_UP,
    }
    template = "places/change_preview.html" if preview else "places/change_form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _answers(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was filled in, to be sent once more from the page that shows what will change."""
    own = {"csrfmiddlewaretoken", "request_key", "decide", "change"}
    return [
        (name, str(value)) for name, values in request.POST.lists() if name not in own for value in values
    ]


def _decide(request: HttpRequest, actor: Actor, form: ChangeForm) -> HttpResponse:
    day = form.cleaned_data["effective_on"]
    try:
        plan = form.plan()
        if "decide" not in request.POST:
            return _form_page(request, form, change_preview(plan, day))
        change = division_change_plan(
            actor=actor,
            plan=plan,
            document=form.cleaned_data["document"],
            effective_on=day,
            request_key=request.POST.get("request_key", ""),
        )
        if change.state == ChangeState.CONFIRMED and day <= clock.today():
            change = division_change_apply(actor=actor, change_id=change.public_id)
    except InvalidInput as refusal:
        fault(form, refusal)
        return _form_page(request, form)
    messages.success(request, _("已登记，%s。") % change.get_state_display())
    return redirect("places:change", public_id=change.public_id)


@require_POST
def change_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Confirm, cancel or carry out a change."""
    actor = keeper(request)
    _change(actor, public_id)
    if act == "confirm":
        change = division_change_confirm(actor=actor, change_id=public_id)
        if change.effective_on <= clock.today():
            change = division_change_apply(actor=actor, change_id=public_id)
    elif act == "cancel":
        change = division_change_cancel(actor=actor, change_id=public_id)
    else:
        change = division_change_apply(actor=actor, change_id=public_id)
    messages.success(request, _("%s。") % change.get_state_display())
    return redirect("places:change", public_id=public_id)
