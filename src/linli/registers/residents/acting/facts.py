"""Adding a fact at the door: two taps, the value last."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..facts.dictionary import FactKey, Of, Per, Type, fact_key, keys_of
from ..facts.selectors import facts_asked
from ..facts.services import fact_none, fact_set, fact_unknown
from ..models import Household, Resident
from ..views.guards import record_page
from .forms import day
from .views import member_of

KNOWN, NONE, UNKNOWN = "known", "none", "unknown"
YES_NO = [("yes", gettext_lazy("是")), ("no", gettext_lazy("否"))]


class FactForm(forms.Form):
    """One fact by the dictionary: a value of its type, 没有, or 不清楚."""

    how = forms.ChoiceField(
        label=gettext_lazy("情况"),
        choices=[
            (KNOWN, gettext_lazy("有，填写如下")),
            (NONE, gettext_lazy("没有")),
            (UNKNOWN, gettext_lazy("问过，不清楚")),
        ],
        initial=KNOWN,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, line: FactKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        self.fields["value"] = self._value()
        self.since()
        self.fields["document"] = forms.CharField(label=_("依据"), required=False, max_length=120)

    def since(self) -> None:
        """Ask for its period, or from which day it holds where it has none."""
        line = self.line
        if line.per is Per.MONTH_SOURCE:
            month = clock.today().strftime("%Y-%m")
            self.fields["month"] = forms.CharField(label=_("月份"), max_length=7, initial=month)
            self.fields["source"] = forms.ChoiceField(label=_("来源"), choices=list(line.sources.items()))
        elif line.per is Per.YEAR:
            year = clock.today().year - 1
            self.fields["year"] = forms.IntegerField(
                label=_("年份"), min_value=1990, max_value=2100, initial=year
            )
        else:
            self.fields["from_on"] = day(_("从哪天起"), help_text=_("不填就是今天"))

    def _value(self) -> forms.Field:
        line = self.line
        label = (
            f"{line.label}（{_('元') if line.type is Type.MONEY else line.unit}）"
            if line.unit or line.type is Type.MONEY
            else line.label
        )
        if line.type in (Type.CHOICE, Type.YES_NO):
            choices = list(line.choices.items()) if line.type is Type.CHOICE else YES_NO
            return forms.ChoiceField(
                label=label, choices=choices, required=False, widget=forms.RadioSelect, help_text=line.hint
            )
        kind = {Type.DATE: "date", Type.MONTH: "month"}.get(line.type, "text")
        widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off"})
        return forms.CharField(
            label=label, required=False, max_length=200, widget=widget, help_text=line.hint
        )

    @property
    def period(self) -> str:
        """The period as the dictionary writes it."""
        said = self.cleaned_data
        if self.line.per is Per.MONTH_SOURCE:
            return f"{said['month']}/{said['source']}"
        return str(said["year"]) if self.line.per is Per.YEAR else ""


def fact_subject(actor: Actor, public_id: UUID, person: UUID | None) -> tuple[Household | Resident, str, str]:
    """Return of whom, how they are called on the page, and where the way back leads."""
    card = selectors.household_card(actor, public_id)
    back = reverse("residents:household", args=[public_id])
    if person is None:
        return card.household, str(card.part or _("这一户")), back
    member = member_of(card, person)
    return member.resident, member.name, f"{back}#p-{person}"


@require_GET
@record_page
def fact_keys(request: HttpRequest, public_id: UUID, person: UUID | None = None) -> HttpResponse:
    """Offer what may be written down: first what is not known yet."""
    actor = actor_of(request)
    subject, name, back = fact_subject(actor, public_id, person)
    asked = facts_asked(actor, subject)
    every = keys_of(Of.PERSON if isinstance(subject, Resident) else Of.HOUSEHOLD)
    known = [line for line in every if line not in asked]
    context = {"name": name, "back": back, "groups": [(_("还不知道的"), asked), (_("已经知道的"), known)]}
    return render(request, "residents/fact_keys.html", context)


@require_http_methods(["GET", "POST"])
@record_page
def fact_add(request: HttpRequest, public_id: UUID, key: str, person: UUID | None = None) -> HttpResponse:
    """Write one fact down."""
    actor = actor_of(request)
    subject, name, back = fact_subject(actor, public_id, person)
    line = fact_key(key, Of.PERSON if isinstance(subject, Resident) else Of.HOUSEHOLD)
    form = FactForm(request.POST if request.method == "POST" else None, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            _write(actor, subject, form)
        except InvalidInput as refusal:
            form_refuse(form, fact_refusal(form, refusal))
        else:
            messages.success(request, _("已登记：%(fact)s。") % {"fact": line.label})
            return redirect(back)
    context = {"line": line, "form": form, "name": name, "back": back}
    return render(request, "residents/fact.html", context, status=422 if form.errors else 200)


def _write(actor: Actor, subject: Household | Resident, form: FactForm) -> None:
    said = form.cleaned_data
    given = {"actor": actor, "subject": subject, "key": form.line.key, "period": form.period}
    held = {"from_on": said.get("from_on"), "document": said["document"]}
    if said["how"] == KNOWN:
        fact_set(**given, **held, value=said["value"])
    elif said["how"] == NONE:
        fact_none(**given, **held)
    else:
        fact_unknown(**given)


def fact_refusal(form: forms.Form, refusal: InvalidInput) -> InvalidInput:
    """Put a service's messages beside the fields; what has no field of its own is about the value."""
    details = {name if name in form.fields else "value": words for name, words in refusal.details.items()}
    return InvalidInput(refusal.message, hint=refusal.hint, details=details)
