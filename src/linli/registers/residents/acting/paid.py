"""Benefits on the household card: written down by hand, corrected, taken away where they were wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotFound
from linli.core.words import gettext_lazy as words_lazy
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..importing.paid import fen_of
from ..models import Household, Receipt, Resident
from ..receipts.rules import MAX_AUTHORITY, MAX_POLICY, Paid
from ..receipts.selectors import receipts_of_many
from ..receipts.services import receipt_add, receipt_correct, receipt_drop
from ..views.guards import record_page
from .forms import REASON_LENGTH, ActForm, day, text


class MoneyField(forms.CharField):
    """An amount in yuan as typed; its value is fen, ``None`` for nothing."""

    def clean(self, value: Any) -> Any:
        """Return fen; the refusal stands beside the field."""
        typed = super().clean(value).strip()
        try:
            return fen_of(typed) if typed else None
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from refusal


def _money() -> MoneyField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return MoneyField(label=gettext_lazy("金额（元）"), required=False, max_length=20, widget=widget)


class ReceiptForm(ActForm):
    """What is got, since when, until when, how much and from whom."""

    policy = text(gettext_lazy("待遇"), required=True, limit=MAX_POLICY)
    from_on = day(gettext_lazy("从哪天起"), required=True)
    to_on = day(gettext_lazy("到哪天为止"), help_text=gettext_lazy("还在享受的不填"))
    amount = _money()
    authority = text(gettext_lazy("发放单位"), limit=MAX_AUTHORITY)


def _paid(subject: Household | Resident, said: dict[str, Any]) -> Paid:
    return Paid(subject.pk, said["policy"], said["from_on"], said["to_on"], said["amount"], said["authority"])


def person_receipt(*, actor: Actor, resident_id: str, reason: str = "", **said: Any) -> Receipt:
    """Write down a benefit of a person, as the form says it."""
    person = selectors.resident_get(actor, UUID(resident_id))
    receipt: Receipt = receipt_add(actor=actor, subject=person, paid=_paid(person, said), reason=reason)
    return receipt


def household_receipt(
    *, actor: Actor, household_id: str, version: int = 0, reason: str = "", **said: Any
) -> Receipt:
    """Write down a benefit of a household, as the form says it; its version guards nothing here."""
    home = selectors.household_get(actor, household_id)
    receipt: Receipt = receipt_add(actor=actor, subject=home, paid=_paid(home, said), reason=reason)
    return receipt


class ReceiptCorrectForm(forms.Form):
    """What is left empty stays as it is."""

    amount = _money()
    to_on = day(gettext_lazy("到哪天为止"))
    authority = text(gettext_lazy("发放单位"), limit=MAX_AUTHORITY)
    reason = text(gettext_lazy("原因"), required=True, limit=REASON_LENGTH)


class ReceiptDropForm(forms.Form):
    """Why it should never have been written down."""

    reason = text(gettext_lazy("原因"), required=True, limit=REASON_LENGTH)


@dataclass(frozen=True, slots=True)
class ReceiptAct:
    """What is done with a known benefit."""

    title: str
    text: str
    form: type[forms.Form]
    service: Callable[..., Any]


RECEIPT_ACTS = {
    "correct": ReceiptAct(
        words_lazy("更正待遇"),
        words_lazy("金额、结束日期、发放单位登记错了，或已经停发；不填的保持原样"),
        ReceiptCorrectForm,
        receipt_correct,
    ),
    "drop": ReceiptAct(
        words_lazy("登记错了，删除"),
        words_lazy("没有享受过这项待遇；删除后30天内可以在变更记录里撤销"),
        ReceiptDropForm,
        receipt_drop,
    ),
}


@require_http_methods(["GET", "POST"])
@record_page
def receipt_act(request: HttpRequest, public_id: UUID, receipt: UUID, code: str) -> HttpResponse:
    """Correct or take away one benefit of a household or of one of its people."""
    if code not in RECEIPT_ACTS:
        raise NotFound
    actor, act = actor_of(request), RECEIPT_ACTS[code]
    card = selectors.household_card(actor, public_id)
    subjects: list[Household | Resident] = [card.household, *(member.resident for member in card.members)]
    found = receipts_of_many(actor, subjects)
    shown = next((row for rows in found.values() for row in rows if row.public_id == receipt), None)
    if shown is None:
        raise NotFound(_("没有找到这项待遇。"))
    back = reverse("residents:household", args=[public_id])
    form = act.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act.service(actor=actor, receipt_id=receipt, **form.cleaned_data)
        except InvalidInput as refusal:
            form_refuse(form, refusal)
        else:
            messages.success(request, _("已登记：%(act)s。") % {"act": act.title})
            return redirect(back)
    about = _("%(day)s起的一项待遇") % {"day": shown.from_on.isoformat()}
    context = {"act": act, "form": form, "about": about, "back": back, "version": 0}
    return render(request, "residents/act.html", context, status=422 if form.errors else 200)
