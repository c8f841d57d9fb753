"""What is done with a fact that is known: it still holds, it was wrong, it holds no longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from linli.core import clock
from linli.core.errors import InvalidInput, NotFound
from linli.core.words import gettext_lazy as words_lazy
from linli.foundation.accounts.forms import form_refuse
from linli.foundation.accounts.permissions import actor_of

from ..facts.dictionary import FactKey
from ..facts.selectors import fact_get
from ..facts.services import fact_confirm, fact_correct, fact_end
from ..views.guards import record_page
from .facts import FactForm, fact_refusal, fact_subject
from .forms import AT_THE_DOOR, REASON_LENGTH, day, text


class StillForm(forms.Form):
    """Nothing is asked: it is as it was."""

    def __init__(self, *args: Any, line: FactKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def arguments(self) -> dict[str, Any]:
        """Return what the service takes beyond the fact."""
        return dict(self.cleaned_data)


class EndForm(StillForm):
    """The first day on which it no longer holds."""

    on = day(gettext_lazy("从哪天起不再成立"), required=True)
    reason = text(gettext_lazy("原因"), limit=REASON_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class CorrectForm(FactForm):
    """What it should have said all the time, and why it did not."""

    def since(self) -> None:
        """Its period and its days stay."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = text(_("原因"), required=True, limit=REASON_LENGTH)
        self.fields["reason"].initial = AT_THE_DOOR

    def arguments(self) -> dict[str, Any]:
        """Return what the service takes beyond the fact."""
        said = self.cleaned_data
        kept = {name: said[name] for name in ("value", "document", "reason")}
        return {"state": said["how"], **kept}


@dataclass(frozen=True, slots=True)
class FactAct:
    """What is done: called so, with a sentence, its form and its service."""

    title: str
    text: str
    form: type[StillForm] | type[CorrectForm]
    service: Callable[..., Any]


FACT_ACTS = {
    "confirm": FactAct(
        words_lazy("仍然如此"), words_lazy("问过了，没有变化；从今天起重新算有效期"), StillForm, fact_confirm
    ),
    "correct": FactAct(
        words_lazy("更正"), words_lazy("一开始就登记错了；原来的登记留在历史里"), CorrectForm, fact_correct
    ),
    "end": FactAct(words_lazy("不再成立"), words_lazy("以前是这样，现在不是了"), EndForm, fact_end),
}


@require_http_methods(["GET", "POST"])
@record_page
def fact_act(
    request: HttpRequest, public_id: UUID, fact: int, code: str, person: UUID | None = None
) -> HttpResponse:
    """Do something with one known fact; sent, 仍然如此 needs nothing more."""
    if code not in FACT_ACTS:
        raise NotFound
    actor, act = actor_of(request), FACT_ACTS[code]
    subject, name, back = fact_subject(actor, public_id, person)
    shown = fact_get(actor, subject, fact)
    form = act.form(request.POST if request.method == "POST" else None, line=shown.line)
    if request.method == "POST" and form.is_valid():
        try:
            act.service(actor=actor, subject=subject, fact_id=fact, **form.arguments())
        except InvalidInput as refusal:
            form_refuse(form, fact_refusal(form, refusal))
        else:
            done = {"fact": shown.line.label, "act": act.title}
            messages.success(request, _("%(fact)s：%(act)s，已登记。") % done)
            return redirect(back)
    context = {"act": act, "fact": shown, "form": form, "name": name, "back": back}
    return render(request, "residents/fact_act.html", context, status=422 if form.errors else 200)
