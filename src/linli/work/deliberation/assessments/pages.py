"""The pages of assessments: the list, entering, comparing, and what residents read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_name, division_names

from ..bodies.models import Body
from ..bodies.rules import is_warned
from ..bodies.selectors import bodies_in, body_get, members_on
from . import selectors
from .forms import COLUMNS, EnterForm, FilterForm, RejectForm
from .models import Assessment
from .permissions import can_confirm_assessment, can_enter_assessment, can_see_assessments
from .rules import ASSESSED
from .selectors import AssessmentFilters
from .services import WARN_DAYS, assessment_confirm, assessment_enter, assessment_reject

PER_PAGE = 25
SOONEST = 6
TONES = {"entered": "action", "published": "done", "rejected": "quiet"}


def _let_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_see_assessments(actor):
        raise NotAllowed(_("您的岗位看不到民主评议。"))
    return actor


def filters_of(query: QueryDict) -> tuple[FilterForm, AssessmentFilters]:
    """Return the list's filters as an address has them; what cannot be read narrows nothing."""
    form = FilterForm(query)
    form.is_valid()
    chosen = form.cleaned_data
    return form, AssessmentFilters(
        q=chosen.get("q", ""),
        state=chosen.get("state", ""),
        year=chosen.get("year"),
        sort=chosen.get("sort", ""),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """By when a committee must be assessed, how near that is, and whether the reader enters it."""

    body: Body
    last_on: date | None
    limit: date | None
    level: str
    enters: bool


def _due(actor: Actor) -> list[Due]:
    """Return the committees, those first that must be assessed soonest."""
    found, today = [], clock.today()
    for body, last_on in selectors.committees_for(actor):
        limit = selectors.assess_by(body, last_on)
        is_near = limit is not None and is_warned(limit, today, WARN_DAYS)
        level = "red" if limit and today > limit else "amber" if is_near else "green"
        found.append(Due(body, last_on, limit, level, can_enter_assessment(actor, body)))
    return sorted(found, key=lambda one: (one.limit or date.max, one.body.pk))


@require_GET
@desk_page
def list_page(request: HttpRequest) -> HttpResponse:
    """Show by when each committee must be assessed, and the assessments there were."""
    actor = _let_in(request)
    form, filters = filters_of(request.GET)
    page = Paginator(selectors.assessment_list(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    due = _due(actor)
    shown = due if request.GET.get("due") == "all" else due[:SOONEST]
    paths = {one.body.area_path for one in shown} | {row.area_path for row in page.object_list}
    names = division_names(paths, Level.STREET)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, TONES[row.state], names.get(row.area_path, "")) for row in page.object_list],
        "is_narrowed": bool(filters.q or filters.state or filters.year),
        "due": [(one, names.get(one.body.area_path, "")) for one in shown],
        "due_count": len(due),
        "is_cut": len(shown) < len(due),
    }
    return render(request, "assessments/list.html", context)


@require_http_methods(["GET", "POST"])
@desk_page
def new_page(request: HttpRequest) -> HttpResponse:
    """Enter the sums of an assessment of one committee."""
    actor = _let_in(request)
    body = body_get(actor, request.GET.get("body", ""))
    if body.kind not in ASSESSED or not can_enter_assessment(actor, body):
        raise NotAllowed(hint=_("评议票数由当地居委会或街镇登记。"))
    members = members_on(body, clock.today())
    form = EnterForm(request.POST if request.method == "POST" else None, members=members)
    status = 200
    if request.method == "POST":
        made, status = _enter(request, actor, body.pk, form)
        if made is not None:
            messages.success(request, _("已登记，请另一个人核对后公布。"))
            return HttpResponseRedirect(reverse("assessments:record", args=[made.public_id]))
    elif by := bodies_in(actor, body.area_path, [ASSESSED[body.kind][0]]):
        form.fields["composition"].initial = len(members_on(by[0], clock.today())) or None
    context = {"body": body, "form": form, "columns": [label for _code, label in COLUMNS]}
    return render(request, "assessments/new.html", context, status=status)


def _enter(
    request: HttpRequest, actor: Actor, body_id: int, form: EnterForm
) -> tuple[Assessment | None, int]:
    if not form.is_valid():
        return None, 422
    said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("held_on", "composition", "attendees")}
    try:
        key = request.POST.get("request_key", "")
        made = assessment_enter(actor=actor, body_id=body_id, marks=form.marks(), request_key=key, **said)
    except InvalidInput as refusal:
        form.take(refusal)
        return None, 422
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return None, 409
    return made, 302


def _context(assessment: Assessment) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "body": assessment.body,
        "tone": TONES[assessment.state],
        "lines": selectors.lines_of(assessment),
        "division": division_name(assessment.area_path, Level.STREET),
    }


@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one assessment: the sums, the comparison by the rule, what follows by law."""
    actor = _let_in(request)
    assessment = selectors.assessment_get(actor, public_id)
    return render(request, "assessments/record.html", _record(actor, assessment, RejectForm()))


def _record(actor: Actor, assessment: Assessment, form: RejectForm) -> dict[str, Any]:
    is_open = assessment.state == Assessment.State.ENTERED
    return {
        **_context(assessment),
        "confirms": is_open and can_confirm_assessment(actor, assessment),
        "waits": is_open and assessment.entered_by_id in actor.person_ids,
        "keeps": can_enter_assessment(actor, assessment.body),
        "form": form,
    }


@require_POST
@desk_page
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish the sums."""
    actor = _let_in(request)
    found = selectors.assessment_get(actor, public_id)
    assessment_confirm(actor=actor, assessment_id=found.pk)
    messages.success(request, _("评议结果已公布。"))
    return HttpResponseRedirect(reverse("assessments:record", args=[public_id]))


@require_POST
@desk_page
def reject(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the sums back."""
    actor = _let_in(request)
    found = selectors.assessment_get(actor, public_id)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return render(request, "assessments/record.html", _record(actor, found, form), status=422)
    assessment_reject(actor=actor, assessment_id=found.pk, reason=form.cleaned_data["reason"])
    messages.success(request, _("已退回，请重新登记。"))
    return HttpResponseRedirect(reverse("assessments:record", args=[public_id]))


@require_GET
def public_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show residents what came of an assessment （评议结果应当及时公布）."""
    return render(request, "assessments/public.html", _context(selectors.assessment_public(public_id)))
