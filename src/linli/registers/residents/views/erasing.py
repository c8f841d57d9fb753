"""Erasing somebody for good: what goes, what the law keeps, a reason, and a word typed by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.core.errors import InvalidInput
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..permissions import can_erase_resident
from ..services.erasing import resident_erase
from .guards import record_page

WORD = "删除"
REASONS = [
    ("", gettext_lazy("请选择")),
    ("本人申请删除", gettext_lazy("本人申请删除")),
    ("保存期限已到", gettext_lazy("保存期限已到")),
    ("other", gettext_lazy("其他，写在下面")),
]


class EraseForm(forms.Form):
    """Why, and the word that is not pressed by mistake."""

    why = forms.ChoiceField(
        label=gettext_lazy("依据"),
        choices=REASONS,
        error_messages={"required": gettext_lazy("请选择依据。")},
    )
    reason = forms.CharField(label=gettext_lazy("说明"), max_length=120, required=False)
    word = forms.CharField(
        label=gettext_lazy("确认"),
        max_length=10,
        help_text=gettext_lazy("请输入“删除”两个字。删除后不能恢复，也不能撤销。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请输入“删除”两个字。")},
    )

    def clean_word(self) -> str:
        """Refuse anything but the word."""
        typed: str = self.cleaned_data["word"].strip()
        if typed != WORD:
            raise forms.ValidationError(_("请输入“删除”两个字。"))
        return typed

    def said(self) -> str:
        """Return the reason as it is kept."""
        chosen, more = self.cleaned_data["why"], self.cleaned_data["reason"].strip()
        words = [] if chosen == "other" else [chosen]
        return "：".join([*words, more] if more else words)


@require_http_methods(["GET", "POST"])
@record_page
def person_erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what would be destroyed and what is kept; sent with the word typed, it is done."""
    actor = actor_of(request)
    person = selectors.resident_get(actor, public_id)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            resident_erase(actor=actor, resident_id=public_id, reason=form.said())
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已删除：密钥已销毁，个人资料不能再打开。"))
            return redirect("residents:person_history", public_id)
    context: dict[str, Any] = {
        "person": person,
        "row": selectors.people_rows([person])[0],
        "weighed": selectors.erasing_weighed(person),
        "may_erase": can_erase_resident(actor, person.area_path),
        "form": form,
    }
    return render(request, "residents/erase.html", context, status=422 if form.errors else 200)
