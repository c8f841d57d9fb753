"""The pages of whistles: the list, a new one, one whistle for who called and for who is called."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.actor import Actor
from linli.core.codes import code_plain, code_shown
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page, kept, whose
from linli.foundation.accounts.permissions import actor_of, staff_required
from linli.foundation.files.views import file_response
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import Place, division_name, is_map_schematic

from ..papers import Line, Paper
from ..resident.photos import PhotosTaken, photos_take
from ..wording import instant_words
from . import selectors
from .forms import NewWhistleForm, RateForm, WhistleFilterForm
from .models import Call, Cause, Way, Whistle
from .permissions import can_run_whistle, can_see_figures, can_whistle
from .rules import cause_source
from .selectors import WhistleFilters
from .services import call_rate, whistle_blow
from .table import ACTS, ActRow
from .words import ICONS, VERBS
from .workflow import State

PER_PAGE = 25
TABS = {
    "running": gettext_lazy("进行中"),
    "rating": gettext_lazy("待评价"),
    "ended": gettext_lazy("已结束"),
    "all": gettext_lazy("全部"),
}
TONES = {State.CALLED: "action", State.FINISHED: "neutral", State.CLOSED: "done", State.CANCELLED: "quiet"}


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(
        request, f"whistles/{template}.html", {"whose": whose(request), **context}, status=status
    )
    if template in ("record", "act"):  # the code of the spot stands on it
        response["Cache-Control"] = "no-store"
    return response


# -- the list -------------------------------------------------------------------
def filters_of(query: QueryDict) -> tuple[WhistleFilterForm, WhistleFilters]:
    """Return the list's filters as an address has them; what cannot be read narrows nothing."""
    form = WhistleFilterForm(query)
    form.is_valid()
    chosen = form.cleaned_data
    stage = query.get("stage", "all")
    return form, WhistleFilters(
        stage=stage if stage in TABS else "all",
        cause=chosen.get("cause", ""),
        q=chosen.get("q", ""),
        is_late=chosen.get("late") == "yes",
    )


@require_GET
@desk_page
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the whistles that this actor may see, narrowed by the address."""
    actor = actor_of(request)
    form, filters = filters_of(request.GET)
    counts = selectors.stage_counts(actor)
    found = Paginator(selectors.whistle_list(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [(row, TONES[State(row.state)]) for row in found.object_list],
        "tabs": [(code, words, counts[code], code == filters.stage) for code, words in TABS.items()],
        "stage": filters.stage,
        "can_whistle": can_whistle(actor),
        "can_figures": can_see_figures(actor),
        "is_narrowed": bool(filters.cause or filters.q or filters.is_late),
    }
    return _page(request, "list", context)


# -- a new one, without a matter ---------------------------------------------------
@desk_page
def new_page(request: HttpRequest) -> HttpResponse:
    """Call units without a matter: joint enforcement or an emergency."""
    actor = actor_of(request)
    if not can_whistle(actor):
        raise NotAllowed(_("您的岗位不能吹哨。"), hint=_("吹哨由居委会或街镇发起；被请的单位在这里报到。"))
    before = kept(request) if request.method == "GET" else None
    form = NewWhistleForm(
        request.POST if request.method == "POST" else None, actor=actor, initial=before and before.dict()
    )
    blown = _blow(request, actor, form) if request.method == "POST" and form.is_valid() else None
    if blown is not None:
        messages.success(request, _("已吹哨，被请的单位已收到通知。"))
        return HttpResponseRedirect(reverse("whistles:record", args=[blown.public_id]))
    context = {
        "form": form,
        "is_schematic": is_map_schematic(),
        "parent": _district(actor),
        "restored": before is not None,
    }
    return _page(request, "new", context, 422 if form.errors else 200)


def _district(actor: Actor) -> str:
    codes = actor.areas[0].strip("/").split("/") if actor.areas else []
    return codes[2] if len(codes) > 2 else ""


def _blow(request: HttpRequest, actor: Actor, form: NewWhistleForm) -> Whistle | None:
    said = dict(form.cleaned_data)
    where = Place(said.pop("where"), "chosen")
    try:
        return whistle_blow(actor=actor, where=where, request_key=request.POST.get("request_key", ""), **said)
    except InvalidInput as refusal:
        form.take(refusal)
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
    return None


# -- one whistle ------------------------------------------------------------------
def here_address(whistle: Whistle) -> str:
    """Return the address that the code on the spot leads to."""
    path = reverse("whistles:here", args=[whistle.public_id, whistle.code])
    return f"{settings.BASE_URL.rstrip('/')}{path}"


@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one whistle: to who called the code and who has come, to who is called what to do."""
    actor = actor_of(request)
    whistle = selectors.whistle_get(actor, public_id)
    calls, now = selectors.calls_of(whistle), clock.now()
    offered = selectors.acts_for(actor, whistle, calls)
    runs = can_run_whistle(actor, whistle)
    rows = [(code, ACTS[code]) for code in offered if code in ACTS]
    context = {
        "whistle": whistle,
        "tone": TONES[State(whistle.state)],
        "calls": [(call, call.is_late(now), _level(call)) for call in calls],
        "came": sum(call.is_present for call in calls),
        "own": (own := selectors.own_call(actor, calls)),
        "own_is_late": own is not None and own.is_late(now),
        "main": next(((code, row) for code, row in rows if row.is_main), None),
        "others": [(code, row) for code, row in rows if not row.is_main],
        "rates": "rate" in offered,
        "lines": [
            (line, _(VERBS[line.event.verb]), ICONS[line.event.verb], _facts(line.event.facts))
            for line in selectors.record_lines(whistle)
        ],
        "runs": runs,
        "code": code_shown(whistle.code) if runs else "",
        "picture": _picture(whistle) if runs and whistle.state == State.CALLED else "",
        "source": cause_source(whistle.cause),
        "division": division_name(whistle.area_path, Level.STREET),
        "is_schematic": is_map_schematic(),
        "map_url": f"{reverse('places:map_divisions')}?parent={_codes(whistle)[2]}"
        if len(_codes(whistle)) > 3
        else "",
    }
    return _page(request, "record", context)


def _codes(whistle: Whistle) -> list[str]:
    return whistle.area_path.split("/")


def _picture(whistle: Whistle) -> str:
    return segno.make(here_address(whistle), error="m").svg_data_uri(scale=6, border=2, dark="#000")


def _level(call: Call) -> str:
    now = clock.now()
    if call.is_present or call.state != Call.State.CALLED:
        return "done"
    if now > call.due_at:
        return "red"
    left, whole = call.due_at - now, call.due_at - call.whistle.called_at
    return "amber" if left < whole / 4 else "green"


def _facts(facts: dict[str, Any]) -> str:
    """Return what is known about a line beside its note."""
    units = facts.get("unit")
    parts = ["、".join(units) if isinstance(units, list) else units or ""]
    if facts.get("way") in Way.values:
        parts.append(str(Way(facts["way"]).label))
    if facts.get("metres") is not None:
        parts.append(_("离集合地点%d米") % facts["metres"])
    if facts.get("late"):
        parts.append(_("迟到"))
    if "is_solved" in facts:
        parts.append(_("当场解决") if facts["is_solved"] else _("还没有解决，继续办"))
    if "was_proper" in facts:
        parts.append(_("认为该吹") if facts["was_proper"] else _("认为不该吹"))
    return "；".join(part for part in parts if part)


@desk_page
def act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one whistle."""
    if code not in ACTS:
        raise NotFound
    actor, row = actor_of(request), ACTS[code]
    whistle = selectors.whistle_get(actor, public_id)
    if request.method == "POST":
        return _take(request, actor, whistle, code)
    if code not in selectors.acts_for(actor, whistle, selectors.calls_of(whistle)):
        raise Conflict(
            _("这一步现在不能办理：吹哨的状态是「%(state)s」，或这一步不归您的单位办理。")
            % {"state": whistle.get_state_display()},
            hint=_("请回到吹哨页面，查看最新进展。"),
        )
    before = kept(request)
    form = row.build(None, whistle, before.dict() if before else None)
    return _act_form(request, whistle, code, form, PhotosTaken())


def _act_form(
    request: HttpRequest,
    whistle: Whistle,
    code: str,
    form: Any,
    taken: PhotosTaken,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "whistle": whistle,
        "code": code,
        "row": ACTS[code],
        "form": form,
        "kept_photos": taken.photos,
        "where": reverse("whistles:act", args=[whistle.public_id, code]),
        **more,
    }
    return _page(request, "act", context, status)


def _take(request: HttpRequest, actor: Actor, whistle: Whistle, code: str) -> HttpResponse:
    row: ActRow = ACTS[code]
    form = row.build(request.POST, whistle)
    taken = photos_take(request) if row.has_photos else PhotosTaken()
    for words in taken.problems:
        form.add_error(None, words)
    if not form.is_valid():
        return _act_form(request, whistle, code, form, taken, 422)
    key = request.POST.get("request_key", "")
    try:
        row.call(actor=actor, whistle=whistle, form=form, photos=taken.photos, key=key)
    except InvalidInput as refusal:
        form.take(refusal)
        return _act_form(request, whistle, code, form, taken, 422)
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return _act_form(request, whistle, code, form, taken, 409)
    messages.success(request, str(row.done))
    return HttpResponseRedirect(reverse("whistles:record", args=[whistle.public_id]))


@require_GET
@desk_page
def here_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Open what the code on the spot leads to: one press checks in; whoever has, sees the whistle."""
    actor = actor_of(request)
    whistle = selectors.whistle_get(actor, public_id)
    if "check_in" not in selectors.acts_for(actor, whistle, selectors.calls_of(whistle)):
        return HttpResponseRedirect(reverse("whistles:record", args=[whistle.public_id]))
    form = ACTS["check_in"].build(None, whistle, {"way": Way.CODE, "code": code_plain(code)})
    return _act_form(request, whistle, "check_in", form, PhotosTaken(), scanned=code_plain(code))


@desk_page
def rate_page(request: HttpRequest, public_id: UUID, call_id: UUID) -> HttpResponse:
    """Rate how one unit came and how it worked."""
    actor = actor_of(request)
    whistle = selectors.whistle_get(actor, public_id)
    if not can_run_whistle(actor, whistle):
        raise NotAllowed(_("评价由吹哨的单位来做。"))
    call = get_object_or_404(whistle.calls.select_related("unit"), public_id=call_id)
    form = RateForm(request.POST if request.method == "POST" else None, call=call)
    status = 200
    if request.method == "POST":
        status = _rated(request, actor, whistle, call, form)
        if status == 302:
            return HttpResponseRedirect(reverse("whistles:record", args=[whistle.public_id]))
    return _page(request, "rate", {"whistle": whistle, "call": call, "form": form}, status)


def _rated(request: HttpRequest, actor: Actor, whistle: Whistle, call: Call, form: RateForm) -> int:
    if not form.is_valid():
        return 422
    key = request.POST.get("request_key", "")
    try:
        call_rate(actor=actor, whistle_id=whistle.pk, call_id=call.pk, request_key=key, **form.cleaned_data)
    except InvalidInput as refusal:
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    messages.success(request, _("已评价，%(name)s可以回应一次。") % {"name": call.unit.name})
    return 302


# -- on paper, photos ---------------------------------------------------------------
@require_GET
@desk_page
def sheet_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the call sheet on A4: who is called where and when, with the code of the spot."""
    actor = actor_of(request)
    whistle = selectors.whistle_get(actor, public_id)
    if not can_run_whistle(actor, whistle):
        raise NotAllowed(_("呼叫单由吹哨的单位打印。"), hint=_("您可以在吹哨页面报到。"))
    context = {
        "paper": call_sheet(whistle, selectors.calls_of(whistle)),
        "back": reverse("whistles:record", args=[whistle.public_id]),
        "printed_by": actor.name,
        "now_at": clock.now(),
    }
    response = render(request, "matters/paper.html", context)
    response["Cache-Control"] = "no-store"
    return response


def call_sheet(whistle: Whistle, calls: list[Call]) -> Paper:
    """Return the printed call sheet; its picture is the code by which units check in."""
    lines = [
        Line(_("编号"), whistle.number),
        Line(_("哪种哨"), str(Cause(whistle.cause).label), cause_source(whistle.cause)),
        Line(_("事由"), whistle.title),
        Line(_("请来做什么"), whistle.reason),
        Line(_("集合时间"), instant_words(whistle.gather_at)),
        Line(_("集合地点"), whistle.place),
        *([Line(_("线上会议"), whistle.online)] if whistle.online else []),
        Line(_("现场码"), code_shown(whistle.code)),
    ]
    for call in calls:
        name = f"{call.unit.name}（{_('牵头')}）" if call.is_lead else call.unit.name
        said = f"{_('报到时限')} {instant_words(call.due_at)}　{_('签名')}　　　　　　{_('时间')}"
        lines.append(Line(name, said))
    return Paper(
        _("吹哨呼叫单"),
        whistle.unit.name,
        lines,
        here_address(whistle),
        (_("吹哨人"), _("牵头单位"), _("日期")),
        remarks=(
            _("到场后用手机扫右上角的二维码，登录本单位账号，按“报到”。没有手机的先签名，由吹哨人补记。"),
        ),
        blank=_("现场记录"),
    )


@staff_required
def photo(request: HttpRequest, public_id: UUID, photo_id: UUID, variant: str) -> HttpResponse:
    """Send a photo of the joint record to those who may see the whistle."""
    if variant not in ("clean", "thumb"):
        raise NotFound
    whistle = selectors.whistle_get(actor_of(request), public_id)
    stored = selectors.photo_of(whistle, photo_id)
    return cast(HttpResponse, file_response(request, stored, "thumb" if variant == "thumb" else "clean"))
