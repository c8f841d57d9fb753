"""The pages of resolutions at the desk: the list, one from a decision, its acts, its tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.sight import seen_among
from linli.foundation.accounts.keeping import desk_page, kept, whose
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.forms import PublicPhotosForm
from linli.foundation.files.views import file_response, proposals_response
from linli.foundation.ui.forms import DeskForm
from linli.foundation.ui.templatetags.linli import day, yuan

from ..ballots.models import Ballot
from ..ballots.permissions import can_see_ballots
from ..meetings.models import AgendaItem, Meeting
from ..uploads import PhotosTaken, photos_take
from . import selectors, services
from .forms import MakeForm, ResolutionFilterForm
from .models import Resolution, Task
from .permissions import can_make_resolutions
from .selectors import ResolutionFilters
from .table import ACTS, TASK_ACTS, ActRow
from .words import ICONS, VERBS
from .workflow import State

PER_PAGE = 25
TABS = {
    "draft": gettext_lazy("待公布"),
    "running": gettext_lazy("执行中"),
    "filing": gettext_lazy("备案中"),
    "ended": gettext_lazy("已结束"),
    "all": gettext_lazy("全部"),
}
TONES = {State.DRAFT: "neutral", State.PUBLISHED: "action", State.DONE: "done", State.WITHDRAWN: "quiet"}
MOST_OPEN = 8


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    said = {"whose": whose(request), **context}
    return render(request, f"resolutions/{template}.html", said, status=status)


def _to(resolution: Resolution) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("resolutions:record", args=[resolution.public_id]))


def filters_of(query: QueryDict) -> tuple[ResolutionFilterForm, ResolutionFilters]:
    """Return the list's filters as an address has them; what cannot be read narrows nothing."""
    form = ResolutionFilterForm(query)
    form.is_valid()
    chosen = form.cleaned_data
    stage = query.get("stage", "all")
    return form, ResolutionFilters(
        stage=stage if stage in TABS else "all",
        q=chosen.get("q", ""),
        is_late=chosen.get("late") == "yes",
    )


@require_GET
@desk_page
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the resolutions that this actor may see, and what was decided that is none yet."""
    actor = actor_of(request)
    form, filters = filters_of(request.GET)
    counts = selectors.stage_counts(actor)
    found = Paginator(selectors.resolution_list(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    makes = any(can_make_resolutions(actor, area) for area in actor.areas)
    context = {
        "form": form,
        "page": found,
        "rows": [(row, TONES[State(row.state)]) for row in found.object_list],
        "tabs": [(code, words, counts[code], code == filters.stage) for code, words in TABS.items()],
        "stage": filters.stage,
        "open_items": list(selectors.items_open(actor)[:MOST_OPEN]) if makes else [],
        "open_ballots": selectors.ballots_open(actor)[:MOST_OPEN] if makes else [],
        "is_narrowed": bool(filters.q or filters.is_late),
    }
    return _page(request, "list", context)


@desk_page
def make_page(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Make a resolution of what a meeting decided."""
    actor = actor_of(request)
    items = AgendaItem.objects.filter(meeting__in=Meeting.objects.visible_to(actor)).select_related("meeting")
    item = get_object_or_404(items, public_id=item_id)
    _may_make(actor, item.meeting.area_path)
    make = partial(services.resolution_from_item, actor=actor, item_id=item.pk)
    return _make(request, make, {"title": item.title, "text": item.decision}, {"item": item})


@desk_page
def ballot_page(request: HttpRequest, ballot_id: UUID) -> HttpResponse:
    """Make a resolution of what a ballot decided."""
    actor = actor_of(request)
    ballot = get_object_or_404(Ballot.objects.visible_to(actor), public_id=ballot_id)
    _may_make(actor, ballot.area_path)
    make = partial(services.resolution_from_ballot, actor=actor, ballot_id=ballot.public_id)
    return _make(request, make, {"title": ballot.title, "text": ballot.text}, {"ballot": ballot})


def _may_make(actor: Actor, area_path: str) -> None:
    if not can_make_resolutions(actor, area_path):
        raise NotAllowed(_("决议由召集会议、组织表决的居委会或街镇形成。"))


def _make(
    request: HttpRequest, make: Callable[..., Resolution], shown: dict[str, str], context: dict[str, Any]
) -> HttpResponse:
    """Show the form of a new resolution, or take it."""
    form = MakeForm(request.POST if request.method == "POST" else None, initial=shown)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = make(request_key=request.POST.get("request_key", ""), **form.cleaned_data)
        except InvalidInput as refusal:
            form.take(refusal)
            status = 422
        except Conflict as refusal:
            form.add_error(None, f"{refusal.message}{refusal.hint}")
            status = 409
        else:
            messages.success(request, _("决议已形成。请增加任务，再公布。"))
            return _to(made)
    return _page(request, "make", {"form": form, **context}, status)


@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one resolution: what was decided, who does what by when, with which money, what came of it."""
    actor = actor_of(request)
    resolution = selectors.resolution_get(actor, public_id)
    tasks = selectors.tasks_of(resolution)
    offered = [(code, ACTS[code]) for code in ACTS if code in selectors.acts_for(actor, resolution)]
    main = next(((code, row) for code, row in offered if row.is_main), None)
    today = clock.today()
    meeting = resolution.item.meeting if resolution.item else None
    seen = seen_among(actor, [meeting, resolution.ballot, *(task.matter for task in tasks)])
    context = {
        "resolution": resolution,
        "tone": TONES[State(resolution.state)],
        "main": main,
        "others": [(code, row) for code, row in offered if main is None or code != main[0]],
        "tasks": [
            (task, task.is_late(today), [(c, TASK_ACTS[c]) for c in selectors.task_acts(actor, task)])
            for task in tasks
        ],
        "money": selectors.money(tasks),
        "may_add": "add_task" in dict(offered),
        "seen": seen,
        "reads_ballot": can_see_ballots(actor) and resolution.ballot in seen,
        "story": [
            (line, _(VERBS[line.event.verb]), ICONS[line.event.verb], _facts(line.event.facts))
            for line in selectors.story_of(resolution)
        ],
    }
    return _page(request, "record", context)


def _facts(facts: dict[str, Any]) -> str:
    parts = [facts["unit"]] if facts.get("unit") else []
    if facts.get("fen"):
        parts.append(_("%s元") % yuan(facts["fen"]))
    if facts.get("before"):
        parts.append(_("原来%s") % _day(facts["before"]))
    if facts.get("due_on"):
        parts.append(_("完成日期%s") % _day(facts["due_on"]))
    if facts.get("until"):
        parts.append(_("公示到%s") % _day(facts["until"]))
    if "photos" in facts:
        parts.append(_("居民看得到%d张照片") % facts["photos"])
    if facts.get("matter"):
        parts.append(_("事项%s") % facts["matter"])
    return "，".join(parts)


def _day(written: str) -> str:
    return day(date.fromisoformat(written))


# -- acts --------------------------------------------------------------------------------
@desk_page
def act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one resolution."""
    if code not in ACTS:
        raise NotFound
    actor = actor_of(request)
    resolution = selectors.resolution_get(actor, public_id)
    if request.method == "GET" and code not in selectors.acts_for(actor, resolution):
        raise _not_now(resolution)
    return _acted(request, actor, resolution, ACTS[code], {})


@desk_page
def task_page(request: HttpRequest, public_id: UUID, task_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one task."""
    if code not in TASK_ACTS:
        raise NotFound
    actor = actor_of(request)
    resolution = selectors.resolution_get(actor, public_id)
    task: Task = get_object_or_404(resolution.tasks.select_related("unit"), public_id=task_id)
    task.resolution = resolution
    if request.method == "GET" and code not in selectors.task_acts(actor, task):
        raise _not_now(resolution)
    return _acted(request, actor, resolution, TASK_ACTS[code], {"task_id": task.pk}, task)


def _not_now(resolution: Resolution) -> Conflict:
    return Conflict(
        _("这一步现在不能办理：决议的状态是「%s」，或这一步不归您的单位办理。")
        % resolution.get_state_display(),
        hint=_("请回到决议页面，查看最新进展。"),
    )


def _acted(
    request: HttpRequest,
    actor: Actor,
    resolution: Resolution,
    row: ActRow,
    more: dict[str, Any],
    task: Task | None = None,
) -> HttpResponse:
    """Show a form, or take it and call its service; a refusal stands where it belongs."""
    context: dict[str, Any] = {"resolution": resolution, "row": row, "task": task}
    if request.method != "POST":
        before = kept(request)
        form = row.build(None, resolution, before.dict() if before else None, task)
        return _page(request, "act", {**context, "form": form})
    form = row.build(request.POST, resolution, task=task)
    taken = photos_take(request) if row.has_photos else PhotosTaken()
    for words in taken.problems:
        form.add_error(None, words)
    status = _called(request, actor, resolution, row, form, taken, more) if form.is_valid() else 422
    if status == 302:
        messages.success(request, str(row.done))
        return _to(resolution)
    return _page(request, "act", {**context, "form": form, "kept_photos": taken.photos}, status)


def _called(
    request: HttpRequest,
    actor: Actor,
    resolution: Resolution,
    row: ActRow,
    form: DeskForm,
    taken: PhotosTaken,
    more: dict[str, Any],
) -> int:
    typed = form.photo_arguments() if isinstance(form, PublicPhotosForm) else form.cleaned_data
    said = {**typed, **more}
    if row.has_photos:
        said["photos"], said["fen"] = taken.photos, said["fen"] or 0
    if row.service is not services.task_drop:
        said["request_key"] = request.POST.get("request_key", "")
    try:
        row.service(actor=actor, resolution_id=resolution.pk, **said)
    except InvalidInput as refusal:
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    return 302


@require_GET
@desk_page
def photo(request: HttpRequest, public_id: UUID, photo_id: UUID, variant: str) -> HttpResponse:
    """Send a photo of a resolution's progress to those who may see the resolution."""
    if variant not in ("clean", "thumb"):
        raise NotFound
    resolution = selectors.resolution_get(actor_of(request), public_id)
    stored = selectors.photo_of(resolution, photo_id)
    return cast(HttpResponse, file_response(request, stored, "thumb" if variant == "thumb" else "clean"))


@require_GET
@desk_page
def photo_proposals(request: HttpRequest, public_id: UUID, photo_id: UUID) -> JsonResponse:
    """Answer where a photo probably shows faces and number plates; somebody decides about each."""
    actor = actor_of(request)
    resolution = selectors.resolution_get(actor, public_id)
    found = selectors.photo_proposals(actor, resolution, photo_id)
    return proposals_response(found)
