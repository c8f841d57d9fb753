"""The page of what a city lays down for its three rates: weights from a day on, reasons for leaving out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.core import clock
from linli.core.errors import Conflict, InvalidInput
from linli.foundation.accounts.permissions import staff_required
from linli.work.matters.rollup import services
from linli.work.matters.rollup.permissions import can_set_rates
from linli.work.matters.rollup.reasons import reasons_all
from linli.work.matters.rollup.weighing import rules_standing, weights_on

from .views import reader_of

SHOWN = 50


class WeightsForm(forms.Form):
    """Three weights, the day from which they hold, the document they stand in."""

    from_on = forms.DateField(
        label=gettext_lazy("从哪天起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    contacted = forms.IntegerField(label=gettext_lazy("联系率权重"), min_value=0, max_value=100)
    solved = forms.IntegerField(label=gettext_lazy("解决率权重"), min_value=0, max_value=100)
    satisfied = forms.IntegerField(label=gettext_lazy("满意率权重"), min_value=0, max_value=100)
    source = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("文件名称和文号")
    )


class ReasonForm(forms.Form):
    """A reason of one's own and the document that allows it."""

    name = forms.CharField(label=gettext_lazy("剔除情形"), max_length=60)
    source = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("文件名称和文号")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "reason_%s"  # beside the weights, which have a source too


def _done(form: forms.Form, act: Any, **said: Any) -> bool:
    """Let a service do it; what it refuses stands beside the field."""
    if not form.is_valid():
        return False
    try:
        act(**said, **form.cleaned_data)
    except InvalidInput as refusal:
        for name, words in refusal.details.items():
            form.add_error(name, words)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
    return not form.errors


def _shown(request: HttpRequest, weighing: WeightsForm, reason: ReasonForm) -> HttpResponse:
    today = clock.today()
    context = {
        "now": weights_on(today),
        "rules": rules_standing()[:SHOWN],
        "today": today,
        "reasons": reasons_all(),
        "may_set": can_set_rates(reader_of(request)),
        "form": weighing,
        "reason_form": reason,
    }
    status = 422 if weighing.errors or reason.errors else 200
    return render(request, "dashboards/rates_rules.html", context, status=status)


def _blank() -> WeightsForm:
    now = weights_on(clock.today())
    return WeightsForm(
        initial={
            "from_on": clock.today() + timedelta(days=1),
            "contacted": now.contacted,
            "solved": now.solved,
            "satisfied": now.satisfied,
        }
    )


@require_http_methods(["GET", "POST"])
@staff_required
def rates_rules(request: HttpRequest) -> HttpResponse:
    """Show weights and reasons with where they come from; take new weights."""
    actor = reader_of(request)
    if request.method != "POST":
        return _shown(request, _blank(), ReasonForm())
    form = WeightsForm(request.POST)
    key = request.POST.get("request_key", "")
    if not _done(form, services.rates_rule_set, actor=actor, request_key=key):
        return _shown(request, form, ReasonForm())
    messages.success(request, _("已保存，到那天起的三率按新的权重计算；以前的不变。"))
    return redirect("dashboards:rates_rules")


@require_POST
@staff_required
def rule_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take weights back whose day has not come."""
    services.rates_rule_withdraw(actor=reader_of(request), public_id=public_id)
    messages.success(request, _("已撤回。"))
    return redirect("dashboards:rates_rules")


@require_POST
@staff_required
def reason_add(request: HttpRequest) -> HttpResponse:
    """Take a reason of one's own."""
    actor, form = reader_of(request), ReasonForm(request.POST)
    if not _done(form, services.exclusion_reason_add, actor=actor):
        return _shown(request, _blank(), form)
    messages.success(request, _("已增加，申请剔除时可以选用。"))
    return redirect("dashboards:rates_rules")


@require_POST
@staff_required
def reason_use(request: HttpRequest, code: str) -> HttpResponse:
    """Use a reason again, or no longer."""
    is_used = request.POST.get("is_used") == "yes"
    services.exclusion_reason_use(actor=reader_of(request), code=code, is_used=is_used)
    messages.success(request, _("已恢复使用。") if is_used else _("已停用；以前的剔除不受影响。"))
    return redirect("dashboards:rates_rules")
