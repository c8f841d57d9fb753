"""Sheets and boxes at the desk: by code, by number, keyed in twice, counted twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.codes import code_plain, code_shown
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.keeping import desk_page
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.ui.forms import DeskForm

from . import selectors, tallies
from .forms import BoxCountForm, BoxForm, CodeForm, MarksForm, RemarkForm, ReturnForm, SealForm
from .models import Ballot, Box, Elector, Sheet
from .pages import page, readers_only, to_record
from .permissions import can_run_ballot, can_take_votes
from .selectors import state_now
from .services import boxes, paper
from .workflow import RUNNING

PER_PAGE = 50


def _ballot(request: HttpRequest, public_id: UUID) -> tuple[Actor, Ballot]:
    actor = actor_of(request)
    readers_only(actor)
    ballot = selectors.ballot_get(actor, public_id)
    if not can_take_votes(actor, ballot):
        raise NotAllowed(_("票纸由组织表决的居委会、街镇和网格员经手。"))
    return actor, ballot


def _done(form: DeskForm, act: Callable[[], Any]) -> int:
    """Carry an act out and return the page's status: 302 where it is done."""
    try:
        act()
    except InvalidInput as refusal:
        form.take(refusal)
        return 422
    except Conflict as refusal:
        form.add_error(None, f"{refusal.message}{refusal.hint}")
        return 409
    return 302


@desk_page
def sheets_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the sheets with their sum, and find one by its code."""
    actor, ballot = _ballot(request, public_id)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = code_plain(form.cleaned_data["code"])
        if Sheet.objects.filter(ballot=ballot, code=code).exists():
            return HttpResponseRedirect(reverse("ballots:sheet", args=[ballot.public_id, code]))
        form.add_error("code", _("没有这个票码，请照票纸（或票根）上的八位再输一遍。"))
    rows = Sheet.objects.filter(ballot=ballot).select_related("elector").order_by("number")
    which = request.GET.get("state", "")
    shown = rows.filter(state=which) if which in Sheet.State.values else rows
    found = tallies.reconciliation(ballot)
    context = {
        "ballot": ballot,
        "form": form,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "sum": found,
        "unkeyed": rows.filter(state="returned", is_keyed=False).count() if not ballot.is_secret else 0,
        "which": which,
        "states": Sheet.State.choices,
        "can_issue": state_now(ballot) in RUNNING,
        "runs": can_run_ballot(actor, ballot),
        "without": _without_sheet(ballot).count() if state_now(ballot) in RUNNING else 0,
    }
    return page(request, "sheets", context, 422 if form.errors else 200)


def _without_sheet(ballot: Ballot) -> Any:
    held = Sheet.objects.filter(ballot=ballot, state__in=selectors.LIVE_SHEETS).values("elector")
    open_ones = selectors.roll_rows_found(ballot, which="open")
    return open_ones.filter(pk__in=Elector.objects.filter(ballot=ballot)).exclude(pk__in=held)


@desk_page
def sheets_issue_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand a sheet to everybody who has none and has not voted; then they are printed."""
    actor, ballot = _ballot(request, public_id)
    if request.method == "POST":
        keys = list(_without_sheet(ballot).values_list("public_id", flat=True)[: paper.MOST_SHEETS])
        made = paper.sheets_issue(actor=actor, ballot_id=ballot.public_id, elector_ids=keys)
        messages.success(request, _("已发出%d张票纸，请打印。") % len(made))
    return to_record(ballot, "sheets")


@desk_page
def sheets_miss_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say of all sheets that are still out why they did not come back."""
    actor, ballot = _ballot(request, public_id)
    if not can_run_ballot(actor, ballot):
        raise NotAllowed
    form = RemarkForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            status = _done(form, lambda: paper.sheets_miss(actor=actor, ballot_id=ballot.public_id, **said))
        if status == 302:
            messages.success(request, _("已登记为未收回。"))
            return to_record(ballot, "sheets")
    out = tallies.reconciliation(ballot).outstanding
    return page(request, "sheets_miss", {"ballot": ballot, "form": form, "out": out}, status)


@desk_page
def sheet_page(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """Show one sheet and what comes next: taken back, keyed in, spoiled."""
    actor, ballot = _ballot(request, public_id)
    plain = code_plain(code)
    rows = Sheet.objects.filter(ballot=ballot, code=plain)
    sheet = rows.select_related("elector").first()
    if sheet is None:
        raise NotFound(_("没有这个票码。"), hint=_("请照票纸（或票根）上的八位再输一遍。"))
    act = request.POST.get("act", "") if request.method == "POST" else ""
    forms = _sheet_forms(request, ballot, act)
    status = 200
    if act in forms:
        form, status = forms[act], 422
        if form.is_valid():
            status = _done(form, lambda: _sheet_act(actor, ballot, sheet, act, form))
        if status == 302:
            return _after(request, ballot, sheet, act)
    mine = sheet.keyings.filter(person_id__in=actor.person_ids).exists()
    context = {
        "ballot": ballot,
        "sheet": sheet,
        "code": code_shown(sheet.code),
        "forms": forms,
        "keyings": sheet.keyings.count(),
        "mine": mine,
        "state": state_now(ballot),
        "boxes": Box.objects.filter(ballot=ballot, sealed_at__isnull=True),
        "act": act,
    }
    return page(request, "sheet", context, status)


def _sheet_forms(request: HttpRequest, ballot: Ballot, act: str) -> dict[str, Any]:
    def typed(name: str) -> Any:
        return request.POST if act == name else None

    asked = selectors.questions_asked(ballot)
    return {
        "return": ReturnForm(typed("return"), ballot=ballot),
        "key": MarksForm(typed("key"), asked=asked, is_paper=True),
        "spoil": RemarkForm(typed("spoil")),
    }


def _sheet_act(actor: Actor, ballot: Ballot, sheet: Sheet, act: str, form: Any) -> None:
    said = {"actor": actor, "ballot_id": ballot.public_id, "code": sheet.code}
    if act == "return":
        paper.sheet_return(**said, box=form.cleaned_data.get("box"))
    elif act == "key":
        paper.sheet_key(**said, marks=form.marks())
    else:
        paper.sheet_spoil(**said, **form.cleaned_data)


def _after(request: HttpRequest, ballot: Ballot, sheet: Sheet, act: str) -> HttpResponseRedirect:
    sheet.refresh_from_db()
    if act == "key" and not sheet.is_keyed and not sheet.keyings.exists():
        messages.warning(request, _("两遍录入不一致，已清空。请两个人对着票纸重新各录一遍。"))
        return HttpResponseRedirect(reverse("ballots:sheet", args=[ballot.public_id, sheet.code]))
    words = {
        "return": _("第%d号票纸已收回。"),
        "spoil": _("第%d号票纸已作废。"),
        "key": _("第%d号票纸已录完两遍，已计入。")
        if sheet.is_keyed
        else _("第%d号票纸录完第一遍，请另一位同事录第二遍。"),
    }
    messages.success(request, words[act] % sheet.number)
    return to_record(ballot, "sheets")


# -- boxes ------------------------------------------------------------------------------------------------
@desk_page
def boxes_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the boxes of a secret ballot, and set a new one up."""
    actor, ballot = _ballot(request, public_id)
    form = BoxForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            status = _done(form, lambda: boxes.box_make(actor=actor, ballot_id=ballot.public_id, **said))
        if status == 302:
            messages.success(request, _("票箱已登记。"))
            return to_record(ballot, "boxes")
    rows = [
        (row, row.sheets.filter(state="returned").count(), row.readings.count())
        for row in Box.objects.filter(ballot=ballot)
    ]
    context = {
        "ballot": ballot,
        "form": form,
        "rows": rows,
        "state": state_now(ballot),
        "runs": can_run_ballot(actor, ballot),
        "running": state_now(ballot) in RUNNING,
    }
    return page(request, "boxes", context, status)


@desk_page
def box_page(request: HttpRequest, public_id: UUID, box_id: UUID) -> HttpResponse:
    """Seal a box while the ballot runs; count it after the close."""
    actor, ballot = _ballot(request, public_id)
    box = get_object_or_404(Box.objects.filter(ballot=ballot), public_id=box_id)
    typed = request.POST if request.method == "POST" else None
    form: Any
    if state_now(ballot) in RUNNING:
        form = SealForm(typed, actor=actor)
    else:
        form = BoxCountForm(typed, asked=selectors.questions_asked(ballot))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = _done(form, lambda: _box_act(actor, ballot, box, form))
        if status == 302:
            _box_said(request, box)
            return to_record(ballot, "boxes")
    stubs = box.sheets.filter(state="returned").count()
    is_count = isinstance(form, BoxCountForm)
    context = {"ballot": ballot, "box": box, "form": form, "stubs": stubs, "is_count": is_count}
    return page(request, "box", context, status)


def _box_act(actor: Actor, ballot: Ballot, box: Box, form: Any) -> None:
    said = {"actor": actor, "ballot_id": ballot.public_id, "box_id": box.public_id}
    if isinstance(form, SealForm):
        boxes.box_seal(**said, witness=form.cleaned_data["witness"])
    else:
        boxes.box_count(
            **said, counts=form.counts(), difference_reason=form.cleaned_data["difference_reason"]
        )


def _box_said(request: HttpRequest, box: Box) -> None:
    box.refresh_from_db()
    if box.counted_at is not None:
        messages.success(request, _("这个票箱已点完两遍，数目一致。"))
    elif box.sealed_at is not None and not box.readings.exists() and box.difference_reason:
        messages.warning(request, _("两遍清点不一致，已清空。请两个人重新各点一遍。"))
    else:
        messages.success(request, _("已记下。"))
