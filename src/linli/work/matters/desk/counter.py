"""窗口: the page of the service counter, from the number to what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound, Refusal
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import person_ids_for, person_names
from linli.foundation.ui.forms import DeskForm, short_text

from .. import selectors, services
from ..models import VisitPurpose
from ..permissions import can_serve_counter
from .keeping import page


class VisitForm(DeskForm):
    """A new number: what for, and no more about the person than they like to say."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("来意"),
        choices=VisitPurpose.choices,
        widget=forms.RadioSelect,
        initial=VisitPurpose.ADVICE,
    )
    topic = short_text(gettext_lazy("事由"), required=False)
    name = short_text(gettext_lazy("称呼"), required=False, limit=40)


def counter_actor(request: HttpRequest) -> Actor:
    """Return the actor, or refuse roles that serve no counter."""
    actor = actor_of(request)
    if not can_serve_counter(actor):
        raise NotAllowed(_("窗口由居委会、街镇工作人员接待。"))
    return actor


@desk_page
def counter_page(request: HttpRequest) -> HttpResponse:
    """Show today's counter, and give out the next number."""
    actor = counter_actor(request)
    form = VisitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            visit = services.visit_add(
                actor=actor, request_key=request.POST.get("request_key", ""), **form.cleaned_data
            )
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("已取号：%s号。") % visit.number)
            return redirect("matters:counter")
    ids = person_ids_for(function=actor.function, unit_id=actor.unit_id)
    names = person_names(ids)
    context: dict[str, Any] = {
        "form": form,
        "day": selectors.counter_today(actor),
        "colleagues": [(pk, names.get(pk, "")) for pk in ids],
        "me": actor.person_id,
    }
    return page(request, "counter", context, 422 if form.errors else 200)


ACTS = {
    "call": services.visit_call,
    "wait": services.visit_wait,
    "leave": services.visit_leave,
}


@require_POST
@desk_page
def visit_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Call, put back, hand over, finish, or note that somebody left; or go on to take a matter in."""
    actor = counter_actor(request)
    visit = selectors.visit_get(actor, str(public_id))
    try:
        if act in ACTS:
            ACTS[act](actor=actor, visit_id=visit.pk)
        elif act == "pass":
            to = request.POST.get("to", "")
            person_id = int(to) if to.isascii() and to.isdigit() else 0
            services.visit_pass(actor=actor, visit_id=visit.pk, to_person_id=person_id)
        elif act == "finish":
            services.visit_finish(actor=actor, visit_id=visit.pk, answer=request.POST.get("answer", ""))
        else:
            raise NotFound
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(
            request, _("%(number)s号：%(message)s") % {"number": visit.number, "message": refusal.message}
        )
    return redirect(reverse("matters:counter"))
