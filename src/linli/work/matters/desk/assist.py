"""智能建议: what the machine has learnt, how often people agree, and how sure it must be in a street."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import DeskForm

from .. import selectors
from ..assist.selectors import acceptance_list, model_current, model_list, outside_counts, threshold_of
from ..assist.services import threshold_set
from ..models import AffairClass, AssistModel, SuggestionTarget
from ..models.assist import LEAST_PERCENT, MOST_PERCENT
from ..permissions import can_see_assist, can_set_assist_threshold
from .keeping import page


class ThresholdForm(DeskForm):
    """How sure the machine must be to speak."""

    percent = forms.IntegerField(
        label=gettext_lazy("门槛（%）"),
        min_value=LEAST_PERCENT,
        max_value=MOST_PERCENT,
        help_text=gettext_lazy("机器的把握低于这个数就不推荐，请人工判断。"),
        error_messages={"invalid": gettext_lazy("请填写整数，例如60。")},
    )


@desk_page
def assist_page(request: HttpRequest) -> HttpResponse:
    """Show trainings with their figures and how often people agree; a street sets its threshold."""
    actor = actor_of(request)
    if not can_see_assist(actor):
        raise NotAllowed(_("您的岗位不查看智能建议的情况。"), hint=_("请由居委会、街镇或运维人员查看。"))
    area = actor.areas[0] if actor.areas else ""
    form = ThresholdForm(
        request.POST if request.method == "POST" else None, initial={"percent": threshold_of(area)}
    )
    if request.method == "POST" and (done := _set(request, actor, form)):
        return done
    return page(request, "assist", _shown(actor, area, form), 422 if form.errors else 200)


def _set(request: HttpRequest, actor: Actor, form: ThresholdForm) -> HttpResponse | None:
    if not can_set_assist_threshold(actor):
        raise NotAllowed(_("门槛由街镇管理员设置。"))
    if not form.is_valid():
        return None
    try:
        threshold_set(actor=actor, percent=form.cleaned_data["percent"])
    except InvalidInput as refusal:
        form.take(refusal)
        return None
    messages.success(request, _("门槛已保存，马上生效。"))
    return redirect("matters:assist")


def _shown(actor: Actor, area: str, form: ThresholdForm) -> dict[str, Any]:
    current = model_current(area)
    return {
        "form": form,
        "may_set": can_set_assist_threshold(actor),
        "percent": threshold_of(area),
        "current": current,
        "targets": _targets(current) if current else [],
        "acceptance": [
            {"name": SuggestionTarget(row.target).label, "row": row} for row in acceptance_list(actor)
        ],
        "outside": outside_counts(),
        "trainings": model_list(actor),
    }


def _targets(model: AssistModel) -> list[dict[str, Any]]:
    names = {category.code: category.name for category in selectors.category_list()}
    names |= {str(value): str(label) for value, label in AffairClass.choices}
    names |= {"urgent": _("紧急"), "usual": _("一般")}
    return [
        {
            "name": SuggestionTarget(target).label,
            "rows": found["rows"],
            "f1": _percent(found["macro_f1"]),
            "sure": _percent(found["macro_f1_sure"]),
            "off": _percent(found["calibration_error"]),
            "labels": [
                {
                    "name": names.get(row["label"], row["label"]),
                    "rows": row["rows"],
                    "precision": _percent(row["precision"]),
                    "recall": _percent(row["recall"]),
                }
                for row in found["labels"]
            ],
        }
        for target, found in model.figures.items()
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
