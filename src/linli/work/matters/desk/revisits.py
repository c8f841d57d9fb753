"""回访: whom to call, one call with its answers, and what all answers come to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.selectors import division_name
from linli.foundation.ui.forms import DeskForm, chosen_of, day

from .. import selectors
from ..models import Matter, RevisitCall, Way
from ..permissions import can_read_figures, can_revisit_matter
from ..resident.forms import RateForm
from ..satisfaction.selectors import (
    Answers,
    answer_figures,
    calls_dressed,
    can_keep_revisits,
    reason_choices,
    revisit_matters,
    revisits_found,
)
from ..satisfaction.services import revisit_record
from ..services import reporter_reveal
from .keeping import page

Outcome = RevisitCall.Outcome
USUAL_DAYS = 30
PER_PAGE = 25
PURPOSE = "回访：问办得怎么样"  # stands in the record of looks as it is


class RevisitForm(RateForm):
    """What came of a call; the three answers only where somebody answered."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("打通了吗"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    way = forms.ChoiceField(
        label=gettext_lazy("怎么问的"),
        choices=[(Way.PHONE, Way.PHONE.label), (Way.IN_PERSON, Way.IN_PERSON.label)],
        initial=Way.PHONE,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ("outcome", "way")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("was_contacted", "was_solved", "was_satisfied"):
            self.fields[name].required = False

    def said(self) -> dict[str, Any]:
        """Return what the service takes; an answer that was not given stays open."""
        given = self.cleaned_data
        answers = {
            name: {"yes": True, "no": False}.get(given[name])
            for name in ("was_contacted", "was_solved", "was_satisfied")
        }
        more = {name: given[name] for name in ("outcome", "reasons", "comment", "wants_reopen")}
        return {**answers, **more, "way": given["way"] or Way.PHONE}


class PeriodForm(DeskForm):
    """Between which days the matters closed."""

    from_on = day(gettext_lazy("办结日期从"), required=False)
    to_on = day(gettext_lazy("到"), required=False)


class CallsForm(forms.Form):
    """How the list of calls is narrowed and sorted."""

    q = forms.CharField(label=gettext_lazy("编号、标题或类别"), required=False, max_length=60)
    sort = forms.ChoiceField(
        label=gettext_lazy("排序"),
        required=False,
        choices=[
            ("", gettext_lazy("等得久的在前")),
            ("newest", gettext_lazy("最近办结的在前")),
            ("tries", gettext_lazy("打过电话的在前")),
        ],
    )


def calls_asked(actor: Actor, query: QueryDict) -> tuple[CallsForm, QuerySet[Matter]]:
    """Return the list's filters as an address has them, and the matters that it then shows."""
    if not can_keep_revisits(actor):
        raise NotAllowed(_("您的岗位不做回访。"), hint=_("回访由居委会、街镇没有经手的人来做。"))
    form = CallsForm(query)
    return form, revisits_found(actor, **chosen_of(form))


@require_GET
@desk_page
def revisits_page(request: HttpRequest) -> HttpResponse:
    """List whose reporters this worker may call now; names and numbers come with the call."""
    form, rows = calls_asked(actor_of(request), request.GET)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    is_narrowed = bool(form.cleaned_data.get("q"))
    context = {"form": form, "page": found, "rows": calls_dressed(found), "is_narrowed": is_narrowed}
    return page(request, "revisits", context)


@desk_page
def revisit_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one call: first the matter, by a press name and number (recorded), then what was said."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    if not can_revisit_matter(actor, matter):
        raise NotAllowed(_("您的岗位不能回访这件事。"))
    contact, form = None, RevisitForm(reasons=reason_choices(matter), prefix="")
    if request.method == "POST" and "reveal" in request.POST:
        contact = reporter_reveal(actor=actor, matter_id=matter.pk, purpose=PURPOSE)
    elif request.method == "POST":
        form = RevisitForm(request.POST, reasons=reason_choices(matter))
        if form.is_valid() and _record(request, actor, matter, form):
            return redirect("matters:revisits")
    context = {
        "matter": matter,
        "form": form,
        "contact": contact,
        "calls": list(matter.revisit_calls.filter(round=matter.round)),
        "is_waiting": revisit_matters(actor).filter(pk=matter.pk).exists(),
        "done": matter.assignments.filter(round=matter.round, part="lead").select_related("unit").last(),
        "place": division_name(matter.area_path),
    }
    response = page(request, "revisit", context, 422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _record(request: HttpRequest, actor: Actor, matter: Matter, form: RevisitForm) -> bool:
    key = request.POST.get("request_key", "")
    try:
        revisit_record(actor=actor, matter_id=matter.pk, request_key=key, **form.said())
    except InvalidInput as refusal:
        form.take(refusal)
        return False
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return False
    messages.success(request, _("回访已记下。"))
    return True


def period_of(query: QueryDict) -> tuple[PeriodForm, date, date]:
    """Return the period that was asked for, at first the last thirty days."""
    form = PeriodForm(query)
    form.is_valid()
    to_on = form.cleaned_data.get("to_on") or clock.today()
    from_on = form.cleaned_data.get("from_on") or to_on - timedelta(days=USUAL_DAYS - 1)
    shown = PeriodForm(initial={"from_on": min(from_on, to_on), "to_on": to_on})
    return shown, min(from_on, to_on), to_on


@require_GET
@desk_page
def answers_page(request: HttpRequest) -> HttpResponse:
    """Show the three answers by category, each with what it is of, and why not where not."""
    actor = actor_of(request)
    if not can_read_figures(actor):
        raise NotAllowed(_("您的岗位不查看满意度。"))
    form, from_on, to_on = period_of(request.GET)
    found: Answers = answer_figures(actor, "", from_on, to_on)
    return page(request, "answers", {"form": form, "found": found, "rows": found.by_category})
