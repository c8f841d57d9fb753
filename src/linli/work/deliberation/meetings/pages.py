"""The pages of meetings at the desk: the list, a new one, one meeting, its acts, its list of people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.core import clock
from linli.core.actor import Actor
from linli.core.codes import code_shown
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.core.sight import seen_among
from linli.foundation.accounts.keeping import desk_page, kept, whose
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_name
from linli.foundation.ui.forms import DeskForm

from . import lawful, prints, selectors, services
from .forms import AnswerForm, DecideForm, MeetingFilterForm, NewMeetingForm, SpeakerForm
from .models import AgendaItem, Kind, Meeting, Objection, Outcome
from .permissions import can_call_meetings, can_help_meeting, can_run_meeting
from .rules import Quorum
from .selectors import MeetingFilters
from .table import ACTS, ActRow, rows_offered
from .words import ICONS, VERBS
from .workflow import State

PER_PAGE = 25
TABS = {
    "preparing": gettext_lazy("筹备中"),
    "coming": gettext_lazy("待开和开会中"),
    "held": gettext_lazy("待纪要和签字"),
    "ended": gettext_lazy("已归档和取消"),
    "all": gettext_lazy("全部"),
}
TONES = {
    State.DRAFT: "neutral",
    State.CALLED: "action",
    State.OPEN: "action",
    State.CLOSED: "neutral",
    State.MINUTED: "neutral",
    State.FILED: "done",
    State.CANCELLED: "quiet",
}
OUTCOME_TONES: dict[str, str] = {
    Outcome.PASSED: "done",
    Outcome.AGREED: "done",
    Outcome.HEARD: "done",
    Outcome.FAILED: "quiet",
    Outcome.NOT_AGREED: "quiet",
    Outcome.POSTPONED: "neutral",
}


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(
        request, f"meetings/{template}.html", {"whose": whose(request), **context}, status=status
    )
    if template not in ("list", "new"):  # names and codes stand on it
        response["Cache-Control"] = "no-store"
    return response


def to_meeting(meeting: Meeting, name: str = "record") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"meetings:{name}", args=[meeting.public_id]))


# -- the list -----------------------------------------------------------------------
def filters_of(query: QueryDict) -> tuple[MeetingFilterForm, MeetingFilters]:
    """Return the list's filters as an address has them; what cannot be read narrows nothing."""
    form = MeetingFilterForm(query)
    form.is_valid()
    chosen = form.cleaned_data
    stage = query.get("stage", "all")
    return form, MeetingFilters(
        stage=stage if stage in TABS else "all",
        kind=chosen.get("kind", ""),
        q=chosen.get("q", ""),
        from_on=chosen.get("from_on"),
        to_on=chosen.get("to_on"),
        is_lapsed=chosen.get("lapsed") == "yes",
    )


@require_GET
@desk_page
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the meetings that this actor may see, narrowed by the address."""
    actor = actor_of(request)
    form, filters = filters_of(request.GET)
    counts = selectors.stage_counts(actor)
    found = Paginator(selectors.meeting_list(actor, filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "rows": [(row, TONES[State(row.state)]) for row in found.object_list],
        "tabs": [(code, words, counts[code], code == filters.stage) for code, words in TABS.items()],
        "stage": filters.stage,
        "can_call": can_call_meetings(actor),
        "is_narrowed": bool(
            filters.kind or filters.q or filters.from_on or filters.to_on or filters.is_lapsed
        ),
    }
    return page(request, "list", context)


@desk_page
def new_page(request: HttpRequest) -> HttpResponse:
    """Begin to prepare a meeting."""
    actor = actor_of(request)
    if not can_call_meetings(actor):
        raise NotAllowed(_("您的岗位不能召集会议。"), hint=_("会议由居委会或街镇召集。"))
    before = kept(request)
    typed = request.POST if request.method == "POST" else None
    asked = {name: request.GET[name] for name in ("kind", "organ", "rule_key") if name in request.GET}
    shown = before.dict() if before else {"kind": Kind.REPRESENTATIVES, **asked}
    form = NewMeetingForm(typed, actor=actor, initial=shown)
    made = _drafted(request, actor, form) if typed is not None and form.is_valid() else None
    if made is not None:
        messages.success(request, _("会议已建好。接下来增加议题和名单，再发会议通知。"))
        return to_meeting(made)
    return page(request, "new", {"form": form, "restored": before is not None}, 422 if form.errors else 200)


def _drafted(request: HttpRequest, actor: Actor, form: NewMeetingForm) -> Meeting | None:
    key = request.POST.get("request_key", "")
    try:
        return services.meeting_draft(actor=actor, request_key=key, **form.said())
    except InvalidInput as refusal:
        form.take(refusal)
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
    return None


# -- one meeting ----------------------------------------------------------------------
@require_GET
@desk_page
def record_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one meeting: where it stands, its agenda, who is there, what comes next."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    rows = rows_offered(selectors.acts_for(actor, meeting))
    offered = [(code, row) for code, row in rows if code != "members" or meeting.organ_id]
    helps = can_help_meeting(actor, meeting)
    people = selectors.people_of(meeting) if helps else []
    items = selectors.items_of(meeting)
    is_settled = all(item.outcome for item in items)
    main = next(((c, row) for c, row in offered if row.is_main and (is_settled or c != "close")), None)
    following = Meeting.objects.filter(previous=meeting).first()
    context = {
        "meeting": meeting,
        "tone": TONES[State(meeting.state)],
        "main": main,
        "others": [(code, row) for code, row in offered if main is None or code != main[0]],
        "items": [(item, OUTCOME_TONES.get(item.outcome, "")) for item in items],
        "runs": can_run_meeting(actor, meeting),
        "helps": helps,
        "counts": counts_of(people),
        "rule": lawful.rule_for(meeting),
        "notice": lawful.notice_of(meeting, clock.today()),
        "story": [
            (line, _(VERBS[line.event.verb]), ICONS[line.event.verb], _facts(line.event.facts))
            for line in selectors.story_of(meeting)
        ],
        "minutes": selectors.minutes_of(meeting) if helps else None,
        "objections": list(meeting.objections.select_related("invitee")) if helps else [],
        "following": following,
        "seen": seen_among(
            actor, [meeting.organ, meeting.previous, following, *(item.matter for item in items)]
        ),
        "papers": prints.papers_offered(actor, meeting),
        "division": division_name(meeting.area_path, Level.STREET),
        **live(meeting),
    }
    return page(request, "record", context)


def counts_of(people: list[selectors.PersonRow]) -> dict[str, int]:
    members = [row for row in people if row.invitee.is_member]
    return {
        "members": len(members),
        "guests": len(people) - len(members),
        "told": sum(1 for row in people if row.invitee.told_at),
        "all": len(people),
    }


def live(meeting: Meeting) -> dict[str, Any]:
    """Return what the live part shows: who is there against how many must be."""
    found: Quorum = selectors.quorum_of(meeting)
    return {
        "quorum": found,
        "is_live": meeting.state in (State.CALLED, State.OPEN),
        "speaking": selectors.speaking_now(meeting),
    }


@require_GET
@desk_page
def live_part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer with the live part of the page alone; the page asks for it again and again."""
    meeting = selectors.meeting_get(actor_of(request), public_id)
    return page(request, "live", {"meeting": meeting, **live(meeting)})


@require_GET
@desk_page
def screen_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the code of the door and the quorum in large type, for the screen in the room."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    if not can_help_meeting(actor, meeting):
        raise NotAllowed(_("到会码由召集单位展示。"))
    address = prints.absolute("meetings:here", meeting.public_id, meeting.code)
    context = {
        "meeting": meeting,
        "code": code_shown(meeting.code),
        "picture": segno.make(address, error="m").svg_data_uri(scale=8, border=2, dark="#000"),
        "items": selectors.items_of(meeting),
        **live(meeting),
    }
    return page(request, "screen", context)


def _facts(facts: dict[str, Any]) -> str:
    """Return what is known about a line of the story beside its note."""
    parts = []
    if facts.get("people"):
        parts.append(_("%d人") % facts["people"])
    if units := facts.get("unit"):
        parts.append("、".join(units))
    if "present" in facts:
        parts.append(_("到会%d") % facts["present"])
    if facts.get("outcome") in Outcome.values:
        parts.append(str(Outcome(facts["outcome"]).label))
    if facts.get("yes") is not None and "outcome" in facts:
        hands = {name: facts.get(name) or 0 for name in ("yes", "no", "abstain")}
        parts.append(_("赞成%(yes)d、反对%(no)d、弃权%(abstain)d") % hands)
    if facts.get("edition"):
        parts.append(_("第%d版") % facts["edition"])
    return "，".join(parts)


# -- one act by its form ------------------------------------------------------------------
@desk_page
def act_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act on one meeting."""
    if code not in ACTS:
        raise NotFound
    actor, row = actor_of(request), ACTS[code]
    meeting = selectors.meeting_get(actor, public_id)
    if request.method == "POST":
        return _take(request, actor, meeting, code)
    if row.move not in selectors.acts_for(actor, meeting):
        raise Conflict(
            _("这一步现在不能办理：会议的状态是「%(state)s」，或这一步不归您的单位办理。")
            % {"state": meeting.get_state_display()},
            hint=_("请回到会议页面，查看最新进展。"),
        )
    before = kept(request)
    form = row.build(None, meeting, actor, before.dict() if before else None)
    return _act_form(request, meeting, code, form)


def _act_form(
    request: HttpRequest, meeting: Meeting, code: str, form: DeskForm, status: int = 200
) -> HttpResponse:
    context = {
        "meeting": meeting,
        "code": code,
        "row": ACTS[code],
        "form": form,
        "notice": lawful.notice_of(meeting, clock.today()) if code in ("call", "call_again") else None,
        "quorum": selectors.quorum_of(meeting) if code in ("open", "adjourn") else None,
    }
    return page(request, "act", context, status)


def _take(request: HttpRequest, actor: Actor, meeting: Meeting, code: str) -> HttpResponse:
    row: ActRow = ACTS[code]
    form = row.build(request.POST, meeting, actor)
    if not form.is_valid():
        return _act_form(request, meeting, code, form, 422)
    key = request.POST.get("request_key", "")
    try:
        made = row.call(actor=actor, meeting=meeting, form=form, key=key)
    except InvalidInput as refusal:
        form.take(refusal)
        return _act_form(request, meeting, code, form, 422)
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return _act_form(request, meeting, code, form, 409)
    messages.success(request, str(row.done))
    return to_meeting(made if code == "call_again" else meeting)


# -- an item ------------------------------------------------------------------------------
def _item(meeting: Meeting, item_id: UUID) -> AgendaItem:
    return get_object_or_404(meeting.items.select_related("matter", "unit"), public_id=item_id)


@desk_page
def item_page(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Settle an item of the agenda, and arrange who speaks on it."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    if not can_run_meeting(actor, meeting):
        raise NotAllowed(_("这次会议由召集单位或街镇办理。"))
    item = _item(meeting, item_id)
    form = DecideForm(request.POST if request.method == "POST" else None, item=item)
    status = 200
    if request.method == "POST":
        status = _decided(request, actor, meeting, item, form)
        if status == 302:
            return to_meeting(meeting)
    context = {
        "meeting": meeting,
        "item": item,
        "form": form,
        "speaker": SpeakerForm(item=item),
        "turns": list(item.turns.select_related("invitee")),
        "quorum": selectors.quorum_of(meeting),
        "tone": OUTCOME_TONES.get(item.outcome, ""),
    }
    return page(request, "item", context, status)


def _decided(request: HttpRequest, actor: Actor, meeting: Meeting, item: AgendaItem, form: DecideForm) -> int:
    said: dict[str, Any] = {"outcome": Outcome.POSTPONED} if "postpone" in request.POST else {}
    if not said and not form.is_valid():
        return 422
    said = said or dict(form.cleaned_data)
    key = request.POST.get("request_key", "")
    try:
        services.item_decide(actor=actor, meeting_id=meeting.pk, item_id=item.pk, request_key=key, **said)
    except InvalidInput as refusal:
        form.is_valid()
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.is_valid()
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    messages.success(request, _("议题的结果已记下。"))
    return 302


@require_POST
@desk_page
def speaker_act(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Put somebody into the order of speaking, or give the word to the next."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    item = _item(meeting, item_id)
    key = request.POST.get("request_key", "")
    back = HttpResponseRedirect(reverse("meetings:item", args=[public_id, item_id]))
    if "next" in request.POST:
        services.speaker_next(actor=actor, meeting_id=meeting.pk, item_id=item.pk, request_key=key)
        return back
    form = SpeakerForm(request.POST, item=item)
    if not form.is_valid():
        messages.error(request, "；".join(str(words) for found in form.errors.values() for words in found))
        return back
    services.speaker_add(
        actor=actor,
        meeting_id=meeting.pk,
        item_id=item.pk,
        invitee_id=form.cleaned_data["invitee"].pk,
        minutes=form.cleaned_data["minutes"],
        request_key=key,
    )
    return back


@require_POST
@desk_page
def item_drop(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Take an item off the agenda before people are told."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    services.item_drop(actor=actor, meeting_id=meeting.pk, item_id=_item(meeting, item_id).pk)
    messages.success(request, _("议题已撤下。"))
    return to_meeting(meeting)


# -- an answer to an objection ----------------------------------------------------------------
@desk_page
def answer_page(request: HttpRequest, public_id: UUID, objection_id: UUID) -> HttpResponse:
    """Answer what somebody objected to."""
    actor = actor_of(request)
    meeting = selectors.meeting_get(actor, public_id)
    if not can_run_meeting(actor, meeting):
        raise NotAllowed(_("异议由召集单位或街镇答复。"))
    objection: Objection = get_object_or_404(meeting.objections, public_id=objection_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            services.objection_answer(
                actor=actor,
                meeting_id=meeting.pk,
                objection_id=objection.pk,
                request_key=request.POST.get("request_key", ""),
                **form.cleaned_data,
            )
            messages.success(request, _("已答复。"))
            return to_meeting(meeting)
    return page(request, "answer", {"meeting": meeting, "objection": objection, "form": form}, status)
