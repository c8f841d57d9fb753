"""The page of what is left out of the three rates: asked for, approved by another person, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.core.errors import Conflict, InvalidInput
from linli.foundation.accounts.permissions import staff_required
from linli.work.matters.rollup import services
from linli.work.matters.rollup.excluded import STANDS, exclusion_list, exclusion_rows
from linli.work.matters.rollup.reasons import exclusion_reasons

from .views import reader_of

PAGE = 30


class AskForm(forms.Form):
    """Which matter, for which reason, what speaks for it."""

    number = forms.CharField(label=gettext_lazy("事项编号"), max_length=20)
    reason = forms.ChoiceField(label=gettext_lazy("剔除情形"))
    note = forms.CharField(
        label=gettext_lazy("具体情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("请选择")), *exclusion_reasons().items()]


def _asked(request: HttpRequest, form: AskForm) -> bool:
    if not form.is_valid():
        return False
    try:
        services.exclusion_ask(
            actor=reader_of(request), request_key=request.POST.get("request_key", ""), **form.cleaned_data
        )
    except InvalidInput as refusal:
        for name, words in refusal.details.items():
            form.add_error(name, words)
        return False
    except Conflict as refusal:
        form.add_error("number", refusal.message)
        return False
    return True


@require_http_methods(["GET", "POST"])
@staff_required
def exclusions_page(request: HttpRequest) -> HttpResponse:
    """List what is left out and why, by whom asked and by whom approved; take a new request."""
    actor = reader_of(request)
    form = AskForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method == "POST" and _asked(request, form):
        messages.success(request, _("已提交，等待另一人审批。"))
        return redirect("dashboards:exclusions")
    stands = request.GET.get("stands", "")
    stands = stands if stands in STANDS else next(iter(STANDS))
    page = Paginator(exclusion_list(actor, stands), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": exclusion_rows(actor, page.object_list),
        "stands": [(code, words, code == stands) for code, words in STANDS.items()],
        "chosen": STANDS[stands],
    }
    return render(request, "dashboards/exclusions.html", context, status=422 if form.errors else 200)


@require_POST
@staff_required
def exclusion_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve or refuse one."""
    actor = reader_of(request)
    is_granted = request.POST.get("outcome") == "granted"
    decision = request.POST.get("decision", "")
    services.exclusion_decide(actor=actor, public_id=public_id, is_granted=is_granted, decision=decision)
    messages.success(request, _("已同意剔除。") if is_granted else _("没有同意剔除。"))
    return redirect("dashboards:exclusions")


@require_POST
@staff_required
def exclusion_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one back: the matter counts again."""
    services.exclusion_end(actor=reader_of(request), public_id=public_id)
    messages.success(request, _("已取消，这件事重新计入三率。"))
    return redirect("dashboards:exclusions")
