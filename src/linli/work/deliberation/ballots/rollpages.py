"""The roll at the desk: its rows, one row with everything that can be done for it, objections to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.models import StoredFile
from linli.foundation.files.views import file_response
from linli.foundation.places.models import Part
from linli.foundation.ui.forms import DeskForm
from linli.registers.residents.owning.rules import area_read

from ..uploads import PhotosTaken, photos_take
from . import selectors
from .finding import person_found
from .forms import (
    AddForm,
    AreaForm,
    CounterObjectionForm,
    ElectorReasonForm,
    NothingForm,
    ProxyForm,
    RollFilterForm,
    RulingForm,
    TakeForm,
    VoterForm,
)
from .models import Ballot, Elector, ElectorPart, Objection, Sheet
from .pages import page, readers_only, to_record
from .permissions import can_run_ballot, can_see_roll, can_take_votes
from .rollsources import OWNERS, part_place, parts_chosen
from .selectors import state_now
from .services import casting, objecting, paper, proxies, rolls
from .words import ICONS
from .workflow import RUNNING, State

PER_PAGE = 50
TAKES = {"take", "issue", "voter", "proxy", "unproxy"}


def _ballot(request: HttpRequest, public_id: UUID) -> tuple[Actor, Ballot]:
    actor = actor_of(request)
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    if not can_see_roll(actor, ballot):
        raise NotAllowed(_("名册由组织表决的居委会、街镇和网格员查看。"))
    return actor, ballot


@require_GET
@desk_page
def roll_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the masked roll, narrowed by the address, with who is still to be visited."""
    actor, ballot = _ballot(request, public_id)
    form = RollFilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    rows = selectors.roll_rows_found(ballot, chosen.get("q", ""), chosen.get("which", ""))
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "ballot": ballot,
        "state": state_now(ballot),
        "form": form,
        "page": found,
        "shows_votes": can_take_votes(actor, ballot) and state_now(ballot) in RUNNING,
        "takes": can_take_votes(actor, ballot),
        "can_add": can_run_ballot(actor, ballot) and ballot.state == State.ANNOUNCED,
        "is_narrowed": bool(chosen.get("q") or chosen.get("which")),
    }
    return page(request, "roll", context)


# -- one row ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RowAct:
    """One thing that can be done for a row of the roll."""

    label: Any
    help: Any
    form: Callable[..., DeskForm]
    call: Callable[..., Any]
    done: Any
    icon: str
    has_photos: bool = False


def _take_form(typed: Any, actor: Actor, ballot: Ballot, elector: Elector) -> DeskForm:
    asked = selectors.questions_asked(ballot)
    vote = getattr(elector, "vote", None)
    return TakeForm(
        typed,
        asked=asked,
        actor=actor,
        ways=ballot.channels,
        initial={"seen": vote.changed if vote else casting.NONE_YET},
    )


def _take(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    said = form.cleaned_data
    casting.vote_take(
        actor=actor,
        ballot_id=ballot.public_id,
        elector_id=elector.public_id,
        choices=form.marks(),
        channel=said["channel"],
        witness=said["witness"],
        seen=casting.NONE_YET if said["seen"] is None else said["seen"],
        request_key=key,
    )


def _voter_form(typed: Any, actor: Actor, ballot: Ballot, elector: Elector) -> DeskForm:
    return VoterForm(typed, candidates=selectors.voter_candidates(actor, elector))


def _voter(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    said = form.cleaned_data
    rolls.elector_name_voter(
        actor=actor,
        ballot_id=ballot.public_id,
        elector_id=elector.public_id,
        resident_id=UUID(said["resident_id"]),
        reason=said["reason"],
    )


def _issue(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    paper.sheets_issue(actor=actor, ballot_id=ballot.public_id, elector_ids=[elector.public_id])


def _proxy(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    said = {name: form.cleaned_data[name] for name in ("how", "document")}
    proxies.proxy_give(
        actor=actor,
        ballot_id=ballot.public_id,
        elector_id=elector.public_id,
        holder_id=person_found(actor, form.cleaned_data["holder"], "holder"),
        scans=form.photos,
        request_key=key,
        **said,
    )


def _unproxy(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    given = selectors.proxies_given(ballot, [elector])
    if not given:
        raise Conflict(_("这一行没有委托，可能已经撤销。"))
    said = {"ballot_id": ballot.public_id, "proxy_id": given[0].public_id}
    proxies.proxy_end(actor=actor, **said, **form.cleaned_data)


def _plain(form: type[DeskForm]) -> Callable[..., DeskForm]:
    return lambda typed, actor, ballot, elector: form(typed)


def _strike(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    said = {"ballot_id": ballot.public_id, "elector_id": elector.public_id, **form.cleaned_data}
    rolls.elector_strike(actor=actor, **said)


def _confirm(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    said = {"ballot_id": ballot.public_id, "elector_id": elector.public_id, **form.cleaned_data}
    rolls.elector_confirm(actor=actor, **said)


def _correct(actor: Actor, ballot: Ballot, elector: Elector, form: Any, key: str) -> None:
    said = {**form.cleaned_data, "area": area_read(form.cleaned_data["area"])}
    rolls.elector_correct(actor=actor, ballot_id=ballot.public_id, elector_id=elector.public_id, **said)


# Everything that can be done for a row.
ROW_ACTS: dict[str, RowAct] = {
    "take": RowAct(
        gettext_lazy("登记投票"),
        gettext_lazy("上门或电话里说的选择，由您登记，另一位同事见证"),
        _take_form,
        _take,
        gettext_lazy("已登记这一票。"),
        ICONS["take"],
    ),
    "issue": RowAct(
        gettext_lazy("发一张票纸"),
        gettext_lazy("发出一张编号的票纸；无记名表决发了纸质票，网上的票就作废，不能再换"),
        _plain(NothingForm),
        _issue,
        gettext_lazy("已发出，请打印票纸。"),
        ICONS["issue"],
    ),
    "voter": RowAct(
        gettext_lazy("登记表决人"),
        gettext_lazy("共有人或一户推选的那一位，人数和面积不变"),
        _voter_form,
        _voter,
        gettext_lazy("表决人已登记。"),
        ICONS["voter"],
    ),
    "proxy": RowAct(
        gettext_lazy("登记委托"),
        gettext_lazy("本人不能来的，书面委托别人投这一票；委托人和受托人的名单会公布（姓名遮盖）"),
        _plain(ProxyForm),
        _proxy,
        gettext_lazy("委托已登记，有账号的受托人会收到通知。"),
        ICONS["proxy"],
        has_photos=True,
    ),
    "unproxy": RowAct(
        gettext_lazy("撤销委托"),
        gettext_lazy("受托人投票以前可以撤销，撤销后由本人投"),
        _plain(ElectorReasonForm),
        _unproxy,
        gettext_lazy("委托已撤销。"),
        ICONS["unproxy"],
    ),
    "correct": RowAct(
        gettext_lazy("更正面积"),
        gettext_lazy("异议成立时更正这套房屋的登记面积"),
        _plain(AreaForm),
        _correct,
        gettext_lazy("面积已更正。"),
        ICONS["correct"],
    ),
    "strike": RowAct(
        gettext_lazy("从名册划去"),
        gettext_lazy("不该在名册上的"),
        _plain(ElectorReasonForm),
        _strike,
        gettext_lazy("已划去。"),
        ICONS["strike"],
    ),
    "confirm": RowAct(
        gettext_lazy("补入名册"),
        gettext_lazy("核实后应当在名册上的"),
        _plain(ElectorReasonForm),
        _confirm,
        gettext_lazy("已补入。"),
        ICONS["confirm"],
    ),
}


def row_acts_for(actor: Actor, ballot: Ballot, elector: Elector) -> list[str]:
    """Return what this actor may do for a row now; first what is done most."""
    found: list[str] = []
    state = state_now(ballot)
    if can_take_votes(actor, ballot) and elector.is_standing:
        if state == State.OPEN and not ballot.is_secret and {"door", "phone"} & {*ballot.channels}:
            found.append("take")
        has_paper = bool({"paper", "box"} & {*ballot.channels})
        live = Sheet.objects.filter(elector=elector, state__in=selectors.LIVE_SHEETS).exists()
        if state in RUNNING and has_paper and not live:
            found.append("issue")
        given = bool(selectors.proxies_given(ballot, [elector]))
        if not given and state not in (State.CLOSED, State.COUNTED, State.SETTLED, State.CANCELLED):
            found.append("voter")
        if selectors.allows_proxies(ballot) and state in (State.ANNOUNCED, *RUNNING):
            found.append("unproxy" if given else "proxy")
    if can_run_ballot(actor, ballot) and ballot.state == State.ANNOUNCED:
        if elector.is_standing:
            found += ["correct", "strike"] if ballot.electorate in OWNERS else ["strike"]
        else:
            found.append("confirm")
    return found


@require_GET
@desk_page
def elector_page(request: HttpRequest, public_id: UUID, elector_id: UUID) -> HttpResponse:
    """Show one row of the roll: what counts, its sheet, whether it has voted, what can be done."""
    actor, ballot = _ballot(request, public_id)
    elector = selectors.elector_get(ballot, elector_id)
    runs_now = can_take_votes(actor, ballot)
    context = {
        "ballot": ballot,
        "elector": elector,
        "parts": ElectorPart.objects.filter(elector=elector).select_related("part__building", "part__stair"),
        "vote": getattr(elector, "vote", None) if runs_now and not ballot.is_secret else None,
        "sheets": Sheet.objects.filter(elector=elector).order_by("number") if runs_now else [],
        "proxies": elector.proxies.prefetch_related("scans") if runs_now else [],
        "acts": [(code, ROW_ACTS[code]) for code in row_acts_for(actor, ballot, elector)],
    }
    return page(request, "elector", context)


@desk_page
def elector_act_page(request: HttpRequest, public_id: UUID, elector_id: UUID, code: str) -> HttpResponse:
    """Show and take the form of one act for a row of the roll."""
    actor, ballot = _ballot(request, public_id)
    if code not in ROW_ACTS:
        raise NotFound
    elector, row = selectors.elector_get(ballot, elector_id), ROW_ACTS[code]
    back = reverse("ballots:elector", args=[ballot.public_id, elector.public_id])
    if not (can_take_votes(actor, ballot) if code in TAKES else can_run_ballot(actor, ballot)):
        raise NotAllowed
    form = row.form(request.POST if request.method == "POST" else None, actor, ballot, elector)
    status, taken = 200, PhotosTaken()
    if request.method == "POST":
        taken = _photos(request, row, form)
        status = _row_taken(request, actor, ballot, elector, row, form)
        if status == 302:
            messages.success(request, str(row.done))
            return HttpResponseRedirect(back)
    context = {"ballot": ballot, "elector": elector, "row": row, "form": form, "back": back, "code": code}
    return page(request, "elector_act", {**context, "kept_photos": taken.photos}, status)


def _photos(request: HttpRequest, row: RowAct, form: Any) -> PhotosTaken:
    """Keep the photos that come with a form before anything of it is judged."""
    taken = photos_take(request) if row.has_photos else PhotosTaken()
    form.photos = taken.photos
    for words in taken.problems:
        form.add_error(None, words)
    return taken


@require_GET
@desk_page
def proxy_scan(request: HttpRequest, public_id: UUID, scan_id: UUID, variant: str) -> HttpResponse:
    """Send a photo of the paper of a proxy to who takes votes there."""
    actor, ballot = _ballot(request, public_id)
    if not can_take_votes(actor, ballot):
        raise NotAllowed
    stored = StoredFile.objects.filter(pk__in=ballot.proxies.values("scans"), public_id=scan_id).first()
    if stored is None or variant not in ("clean", "thumb"):
        raise NotFound
    return cast(HttpResponse, file_response(request, stored, "thumb" if variant == "thumb" else "clean"))


def _row_taken(
    request: HttpRequest, actor: Actor, ballot: Ballot, elector: Elector, row: RowAct, form: DeskForm
) -> int:
    if not form.is_valid():
        return 422
    try:
        row.call(actor, ballot, elector, form, request.POST.get("request_key", ""))
    except InvalidInput as refusal:
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    return 302


@desk_page
def add_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add somebody whom the published roll lacks."""
    actor, ballot = _ballot(request, public_id)
    if not can_run_ballot(actor, ballot):
        raise NotAllowed
    form = AddForm(request.POST if request.method == "POST" else None, parts=_free_parts(ballot))
    status = 200
    if request.method == "POST":
        status = _added(actor, ballot, form)
        if status == 302:
            messages.success(request, _("已补入名册。"))
            return to_record(ballot, "roll")
    return page(request, "add", {"ballot": ballot, "form": form}, status)


def _free_parts(ballot: Ballot) -> list[tuple[str, str]]:
    if ballot.electorate not in OWNERS:
        return []
    rows = Part.objects.open().filter(parts_chosen(ballot), compound=ballot.compound_id)
    taken = ElectorPart.objects.filter(ballot=ballot).values("part")
    free = rows.exclude(pk__in=taken).select_related("building", "stair")[:500]
    return [(str(part.public_id), part_place(part)) for part in free]


def _added(actor: Actor, ballot: Ballot, form: AddForm) -> int:
    if not form.is_valid():
        return 422
    said = form.cleaned_data
    try:
        rolls.elector_add(
            actor=actor,
            ballot_id=ballot.public_id,
            reason=said["reason"],
            name=said["name"],
            part_id=UUID(said["part"]) if said.get("part") else None,
            area=area_read(said["area"]) if said.get("area") else 0,
        )
    except InvalidInput as refusal:
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    return 302


# -- objections ----------------------------------------------------------------------------------------
@desk_page
def counter_objection_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down an objection that somebody makes at the counter."""
    actor, ballot = _ballot(request, public_id)
    if not can_take_votes(actor, ballot):
        raise NotAllowed
    about = Objection.About.RESULT if ballot.state == State.COUNTED else Objection.About.ROLL
    form = CounterObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key = request.POST.get("request_key", "")
        objecting.objection_make(
            actor=actor, ballot_id=ballot.public_id, about=about, request_key=key, **form.cleaned_data
        )
        messages.success(request, _("异议已登记，请在期限内处理。"))
        return to_record(ballot)
    context = {"ballot": ballot, "form": form, "about": about.label}
    return page(request, "objection", context, 422 if form.errors else 200)


@desk_page
def ruling_page(request: HttpRequest, public_id: UUID, objection_id: UUID) -> HttpResponse:
    """Show an objection and take the ruling on it."""
    actor, ballot = _ballot(request, public_id)
    if not can_run_ballot(actor, ballot):
        raise NotAllowed
    objection = Objection.objects.filter(ballot=ballot, public_id=objection_id).first()
    if objection is None:
        raise NotFound(_("没有找到这件异议。"))
    form = RulingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        objecting.objection_rule(
            actor=actor,
            ballot_id=ballot.public_id,
            objection_id=objection.public_id,
            **form.cleaned_data,
        )
        messages.success(request, _("已处理；用账号提出的，提出人已收到通知。"))
        return to_record(ballot)
    context = {"ballot": ballot, "objection": objection, "form": form}
    return page(request, "ruling", context, 422 if form.errors else 200)
