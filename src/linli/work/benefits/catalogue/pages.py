"""``/benefits/``: the policies for everybody, without signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock

from ..authoring.selectors import version_latest, version_next, version_on
from ..authoring.shown import names_known, shown_version
from ..models import Policy
from . import selectors


class SearchForm(forms.Form):
    """By what policies are looked for."""

    q = forms.CharField(label=gettext_lazy("找政策"), required=False, max_length=60)
    unit = forms.ChoiceField(
        label=gettext_lazy("给谁的"),
        required=False,
        choices=[("", gettext_lazy("全部")), *Policy.Unit.choices],
    )


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a public page of this room."""
    return TemplateResponse(request, f"benefits/public/{template}.html", context, status=status)


@require_GET
def list_page(request: HttpRequest) -> HttpResponse:
    """List what is in force today."""
    form = SearchForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    words, unit = said.get("q", ""), said.get("unit", "")
    lines = selectors.public_list(words=words, unit=unit)
    return page(request, "list", {"form": form, "lines": lines, "is_filtered": bool(words or unit)})


@require_GET
def policy_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a policy in plain words: who, how much, how to get it, what changed when."""
    policy = selectors.public_get(code)
    today = clock.today()
    now, coming = version_on(policy, today), version_next(policy, today)
    version = now or coming or version_latest(policy)
    names = names_known()
    context = {
        "policy": policy,
        "area": selectors.districts_of([policy]).get(policy.pk, ""),
        "version": version,
        "now": now,
        "coming": coming,
        "shown": shown_version(version, names) if version else None,
        "history": selectors.history_of(policy, names, now),
    }
    return page(request, "policy", context)
