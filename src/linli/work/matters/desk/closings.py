"""批量办结: what was proposed, looked through by another person, closed one by one, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import person_names
from linli.foundation.ui.forms import DeskForm, long_text

from .. import selectors, services
from ..models import ClosingBatch, ClosingItem
from ..permissions import can_review_closing, can_set_closing_rule, can_undo_closing
from ..selectors.batches import undo_until
from .keeping import page

PER_PAGE = 20
STRUCK, WHY = "struck", "why-"


class RuleForm(DeskForm):
    """How many together, and how many a day."""

    at_once = forms.IntegerField(label=gettext_lazy("一次最多几件"), min_value=1, max_value=100)
    a_day = forms.IntegerField(label=gettext_lazy("一个单位一天最多几件"), min_value=1, max_value=500)


class ReviewForm(DeskForm):
    """What another person found; what is struck out stands beside each matter."""

    is_agreed = forms.TypedChoiceField(
        label=gettext_lazy("复核结论"),
        choices=[
            ("yes", gettext_lazy("同意办结（划掉的除外）")),
            ("no", gettext_lazy("不同意，一件也不办结")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    decision = long_text(gettext_lazy("复核意见"), help_text=gettext_lazy("怎么复核的、看到了什么"))


class UndoForm(DeskForm):
    """Why a closing is taken back."""

    reason = long_text(gettext_lazy("为什么撤销"), help_text=gettext_lazy("每位反映人都会看到这段话"))


def _governing(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.is_governing:
        raise NotAllowed(_("您的岗位不查看批量办结。"))
    return actor


@desk_page
def closings_page(request: HttpRequest) -> HttpResponse:
    """List proposals; a street's administrator sets how many."""
    actor = _governing(request)
    limits = selectors.closing_limits(actor.areas[0] if actor.areas else "")
    first = {"at_once": limits.at_once, "a_day": limits.a_day}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and _rule_set(actor, form):
        messages.success(request, _("已保存，从下一批起生效。"))
        return redirect("matters:closings")
    rows = Paginator(selectors.closing_list(actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": rows, "form": form, "limits": limits, "may_set": can_set_closing_rule(actor)}
    return page(request, "closings", context, 422 if form.errors else 200)


def _rule_set(actor: Actor, form: RuleForm) -> bool:
    if not can_set_closing_rule(actor):
        raise NotAllowed(_("批量办结的件数由街镇管理员设置。"))
    return form.is_valid() and _done(
        form, lambda: services.closing_rule_set(actor=actor, **form.cleaned_data)
    )


def _done(form: DeskForm, call: Callable[[], Any]) -> bool:
    """Call a service; what it refuses about input stands in the form."""
    try:
        call()
    except InvalidInput as refusal:
        form.take(refusal)
        return False
    return True


@desk_page
def closing_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one proposal; another person looks through it, strikes some out, agrees or not."""
    actor = _governing(request)
    batch = selectors.closing_get(actor, public_id)
    act = request.POST.get("act", "") if request.method == "POST" else None
    review = ReviewForm(request.POST if act == "review" else None)
    undo = UndoForm(request.POST if act == "undo" else None)
    if act == "withdraw":
        services.closing_withdraw(actor=actor, batch_id=batch.pk)
        messages.success(request, _("已撤回，这些事仍是待核查。"))
        return redirect("matters:closing", public_id=public_id)
    if act == "review" and review.is_valid() and _reviewed(request, actor, batch, review):
        return redirect("matters:closing", public_id=public_id)
    if act == "undo" and undo.is_valid() and _undone(request, actor, batch, undo):
        return redirect("matters:closing", public_id=public_id)
    context = {**_shown(request, actor, batch), "review": review, "undo": undo}
    return page(request, "closing", context, 422 if review.errors or undo.errors else 200)


def _shown(request: HttpRequest, actor: Actor, batch: ClosingBatch) -> Mapping[str, Any]:
    is_waiting, until = batch.state == ClosingBatch.State.WAITING, undo_until(batch)
    names = person_names([batch.proposed_by_id, batch.decided_by_id, batch.undone_by_id])
    may_undo = until is not None and clock.now() <= until and can_undo_closing(actor, batch)
    return {
        "batch": batch,
        "items": [_item(request, item) for item in selectors.closing_items(actor, batch)],
        "proposed": names.get(batch.proposed_by_id, ""),
        "decided": names.get(batch.decided_by_id or 0, ""),
        "undone": names.get(batch.undone_by_id or 0, ""),
        "may_review": is_waiting and can_review_closing(actor, batch),
        "may_withdraw": is_waiting and batch.proposed_by_id in actor.person_ids,
        "may_undo": may_undo,
        "until": until,
    }


def _item(request: HttpRequest, item: ClosingItem) -> dict[str, Any]:
    """Return what one row shows: the matter, who handled it with what result, what was typed about it."""
    parts = [row for row in item.matter.assignments.all() if row.result]
    return {
        "item": item,
        "results": [(row.unit.name, row.result) for row in parts],
        "is_struck": str(item.pk) in request.POST.getlist(STRUCK),
        "why": request.POST.get(f"{WHY}{item.pk}", ""),
    }


def _reviewed(request: HttpRequest, actor: Actor, batch: ClosingBatch, form: ReviewForm) -> bool:
    keys = [key for key in request.POST.getlist(STRUCK) if key.isascii() and key.isdigit()]
    struck = {int(key): request.POST.get(f"{WHY}{key}", "") for key in keys}
    if not _done(
        form,
        lambda: services.closing_review(
            actor=actor,
            batch_id=batch.pk,
            struck=struck,
            request_key=request.POST.get("request_key", ""),
            **form.cleaned_data,
        ),
    ):
        return False
    agreed = form.cleaned_data["is_agreed"]
    words = _("已逐件办结并告知反映人，没有办成的写明了原因。") if agreed else _("没有同意，一件也没有办结。")
    messages.success(request, words)
    return True


def _undone(request: HttpRequest, actor: Actor, batch: ClosingBatch, form: UndoForm) -> bool:
    try:
        services.closing_undo(actor=actor, batch_id=batch.pk, **form.cleaned_data)
    except (InvalidInput, Conflict) as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return False
    messages.success(request, _("已撤销，这些事回到待核查，反映人已得到告知。"))
    return True
