"""The pages of bodies: the list, a new one, one body with its members, its acts, its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.sight import seen_among
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.lists.opening import opens_as_left
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_name, division_names

from ..law.measures import share_words
from . import selectors
from .forms import ActForm, BodyFilterForm, NewBodyForm
from .kinds import BodyKind, kinds
from .models import Body, Member
from .permissions import can_keep_bodies, can_keep_body, can_see_bodies
from .selectors import BodyFilters
from .services import body_found, body_unmet
from .table import MEMBER_ACTS, ActRow, acts_of
from .words import ICONS, VERBS

PER_PAGE = 25
TABS = {
    "standing": gettext_lazy("现有"),
    "due": gettext_lazy("快到期"),
    "overdue": gettext_lazy("已过期"),
    "dissolved": gettext_lazy("已撤销"),
    "all": gettext_lazy("全部"),
}
LEVELS = {
    "community": gettext_lazy("居民区"),
    "compound": gettext_lazy("小区和楼组"),
    "village": gettext_lazy("村"),
    "street": gettext_lazy("街道"),
}
MARKS = {"✔": "", "○": gettext_lazy("待复核"), "✘": gettext_lazy("建议值")}


def _let_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not can_see_bodies(actor):
        raise NotAllowed(_("您的岗位看不到议事组织。"))
    return actor


# -- the list ---------------------------------------------------------------------------
def filters_of(query: QueryDict) -> tuple[BodyFilterForm, BodyFilters]:
    """Return the list's filters as an address has them; what cannot be read narrows nothing."""
    form = BodyFilterForm(query)
    form.is_valid()
    chosen, stage = form.cleaned_data, query.get("stage", "standing")
    stage = stage if stage in TABS else "standing"
    return form, BodyFilters(stage, chosen.get("kind", ""), chosen.get("q", ""))


@require_GET
@desk_page
@opens_as_left("bodies")
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the bodies that this actor may see, narrowed by the address."""
    actor = _let_in(request)
    form, filters = filters_of(request.GET)
    counts = selectors.stage_counts(actor)
    page = Paginator(selectors.body_list(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    names = division_names({row.area_path for row in page.object_list}, Level.STREET)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, names.get(row.area_path, ""), selectors.levels_of(row)) for row in page.object_list],
        "tabs": [(code, words, counts[code], code == filters.stage) for code, words in TABS.items()],
        "stage": filters.stage,
        "can_keep": can_keep_bodies(actor),
        "is_narrowed": bool(filters.kind or filters.q),
    }
    return render(request, "bodies/list.html", context)


# -- a new one ---------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@desk_page
def new_page(request: HttpRequest) -> HttpResponse:
    """Enter a body: first its kind, then what that kind needs."""
    actor = actor_of(request)
    if not can_keep_bodies(actor):
        raise NotAllowed(_("您的岗位不能登记组织。"), hint=_("组织由居委会或街镇登记。"))
    kind = kinds().get(request.GET.get("kind", ""))
    if kind is None:
        return render(request, "bodies/kinds.html", {"groups": _groups(actor)})
    form = NewBodyForm(request.POST if request.method == "POST" else None, actor=actor, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            key = request.POST.get("request_key", "")
            body = body_found(actor=actor, request_key=key, **form.said())
        except InvalidInput as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("组织已登记。"))
            return HttpResponseRedirect(_address(body))
    status = 422 if form.errors else 200
    return render(request, "bodies/new.html", {"form": form, "kind": kind, "law": _law(kind)}, status=status)


def _groups(actor: Actor) -> list[tuple[Any, list[BodyKind]]]:
    is_street = any(len(area.strip("/").split("/")) <= Level.STREET for area in actor.areas)
    levels = [level for level in LEVELS if level != "street" or is_street]
    return [(LEVELS[level], [kind for kind in kinds().values() if kind.level == level]) for level in levels]


def _address(body: Body) -> str:
    return reverse("bodies:record", args=[body.public_id])


def _law(kind: BodyKind) -> dict[str, Any]:
    """Return what the law asks of such a body, as its pages say it."""
    rule = kind.rule_on(clock.today())
    return {
        "rule": rule,
        "turnout": [share_words(part.share) for part in rule.turnout] if rule else [],
        "callers": [(caller.who, share_words(caller.share), caller.article) for caller in rule.callers]
        if rule
        else [],
        "every": _every(kind),
        "mark": MARKS[kind.mark],
    }


def _every(kind: BodyKind) -> str:
    interval = kind.interval_on(clock.today())
    if interval is None:
        return ""
    known = {1: _("每月"), 2: _("每两个月"), 3: _("每季度"), 6: _("每半年"), 12: _("每年")}
    every = known.get(interval.months, _("每%d个月") % interval.months)
    return _("%(every)s至少一次（%(law)s）") % {"every": every, "law": interval.article}


# -- one body ------------------------------------------------------------------------------
@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one body: its members now, its lawful dates, what the law asks of it."""
    actor = _let_in(request)
    body = selectors.body_get(actor, public_id)
    members = selectors.members_on(body, clock.today())
    keeps = can_keep_body(actor, body) and body.dissolved_on is None
    acts = list(acts_of(body).items()) if keeps else []
    children = list(body.children.standing())
    context = {
        "body": body,
        "kind": body.what,
        "members": members,
        "speaks": any(member.speaks_for for member in members),
        "faults": selectors.body_faults(body, members) if body.dissolved_on is None else [],
        "dates": selectors.body_dates(body),
        "law": _law(body.what),
        "sittings": list(body.sittings.all()[:8]),
        "children": children,
        "seen": seen_among(actor, [body.parent, *children]),
        "division": division_name(body.area_path, Level.STREET),
        "keeps": keeps,
        "main": acts[0] if acts else None,
        "others": acts[1:],
    }
    return render(request, "bodies/record.html", context)


@require_GET
@desk_page
def history_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a body's terms, who belonged to it before, when it met, and what was done to its register."""
    body = selectors.body_get(_let_in(request), public_id)
    context = {
        "body": body,
        "terms": list(body.terms.all()),
        "former": selectors.members_former(body),
        "sittings": list(body.sittings.all()[:100]),
        "lines": [
            (line, _(VERBS[line.event.verb]), ICONS[line.event.verb])
            for line in selectors.history_lines(body)
        ],
    }
    return render(request, "bodies/history.html", context)


# -- acting ----------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@desk_page
def act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one body."""
    actor = _let_in(request)
    body = selectors.body_get(actor, public_id)
    row = acts_of(body).get(code)
    if row is None:
        raise NotFound
    return _act(request, actor, body, row, reverse("bodies:act", args=[public_id, code]))


@require_http_methods(["GET", "POST"])
@desk_page
def member_page(request: HttpRequest, public_id: UUID, member: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one member."""
    actor = _let_in(request)
    body = selectors.body_get(actor, public_id)
    row = MEMBER_ACTS.get(code)
    if row is None:
        raise NotFound
    rows = body.members.select_related("resident", "person", "body")
    found = get_object_or_404(rows, public_id=member)
    where = reverse("bodies:member", args=[public_id, member, code])
    return _act(request, actor, body, row, where, found)


def _act(
    request: HttpRequest, actor: Actor, body: Body, row: ActRow, where: str, member: Member | None = None
) -> HttpResponse:
    if not can_keep_body(actor, body):
        raise NotAllowed(hint=_("组织由当地居委会或街镇登记。"))
    form = row.form(request.POST if request.method == "POST" else None, body=body, member=member)
    status = 200
    if request.method == "POST":
        status = _take(actor, body, row, form, request.POST, member)
    elif body.dissolved_on is not None or (member is not None and member.to_on is not None):
        raise Conflict(_("这一步现在不能办理：组织已经撤销，或成员已经离任。"))
    if status == 302:
        messages.success(request, str(row.done))
        return HttpResponseRedirect(_address(body))
    context = {"body": body, "row": row, "form": form, "where": where, "member": member}
    return render(request, "bodies/act.html", context, status=status)


def _take(
    actor: Actor, body: Body, row: ActRow, form: ActForm, sent: QueryDict, member: Member | None
) -> int:
    """Call the service with what was sent; returns the status of the answer."""
    if not form.is_valid():
        return 422
    said = form.said()
    if row.has_version:
        version = sent.get("version", "")
        said["version"] = int(version) if version.isdecimal() else None
    if member is not None:
        said["member_id"] = member.pk
    try:
        row.service(actor=actor, body_id=body.pk, **said)
    except InvalidInput as refusal:
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    return 302


@require_POST
@desk_page
def unmet(request: HttpRequest, public_id: UUID, sitting: UUID) -> HttpResponse:
    """Take back a meeting that was entered by mistake."""
    actor = _let_in(request)
    body = selectors.body_get(actor, public_id)
    found = get_object_or_404(body.sittings, public_id=sitting)
    body_unmet(actor=actor, body_id=body.pk, sitting_id=found.pk)
    messages.success(request, _("已取消这次开会登记。"))
    return HttpResponseRedirect(_address(body))
