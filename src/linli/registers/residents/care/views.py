"""关爱: whom the actor's unit looks after; proposals confirmed in one press; the list to go round with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from linli.core.actor import GOVERNING, Actor, Function
from linli.core.errors import NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of

from ..models import CareEntry
from ..permissions import can_see_counts
from ..views.guards import record_page, rows_page
from .gaps import care_gaps, care_to_ask, gap_rows
from .permissions import can_see_care
from .rules import care_group, care_rules
from .selectors import TABS, care_counts, care_list, care_numbers, care_rows
from .services import care_confirm, care_end, care_print, care_refuse, care_renew

PAGE = 30
BY_NUMBERS = GOVERNING - {Function.COMMITTEE}  # a committee has the list itself
TAB_WORDS = {
    "proposed": gettext_lazy("待确认"),
    "confirmed": gettext_lazy("服务中"),
    "expiring": gettext_lazy("快到期"),
    "refused": gettext_lazy("不纳入"),
    "ended": gettext_lazy("已结束"),
}
EMPTY = {
    "proposed": gettext_lazy("每天夜里按规则重新提出；新登记的事实第二天就会看到。"),
    "confirmed": gettext_lazy("在“待确认”里确认后，名单出现在这里。"),
    "expiring": gettext_lazy("到期前30天出现在这里，可以延续或让它到期结束。"),
    "refused": gettext_lazy("写明原因不纳入的在这里；情况变化后会重新提出。"),
    "ended": gettext_lazy("到期、迁出或结束的在这里。"),
}


def _let_in(actor: Actor) -> None:
    if not (can_see_care(actor) or can_see_counts(actor)):
        raise NotAllowed(_("关爱名单由提供服务的单位查看。"))


@require_GET
@record_page
def care_page(request: HttpRequest) -> HttpResponse:
    """List the entries of the actor's unit by state and group; those who govern see numbers."""
    actor = actor_of(request)
    _let_in(actor)
    state = request.GET.get("state", "proposed")
    state = state if state in TABS else "proposed"
    group = request.GET.get("group", "")
    group = group if care_group(group) else ""
    rows = care_list(actor, state=state, group=group).select_related("resident", "unit")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    numbers = care_numbers(actor, group)
    context = {
        "tabs": [(tab, TAB_WORDS[tab], numbers[tab]) for tab in TABS],
        "state": state,
        "group": group,
        "groups": care_rules().groups,
        "page": page,
        "rows": care_rows(actor, list(page.object_list)),
        "empty": EMPTY[state],
        "printable": bool(group) and numbers["confirmed"] > 0,
        "is_giving": can_see_care(actor),
        "gaps": care_gaps(actor) if can_see_counts(actor) else [],
        "counts": care_counts(actor) if actor.function in BY_NUMBERS else [],
    }
    return render(request, "residents/care/list.html", context)


def _confirm(actor: Actor, entry: CareEntry, reason: str) -> str:
    care_confirm(actor=actor, entry_id=entry.pk)
    return _("已确认，服务开始。")


def _refuse(actor: Actor, entry: CareEntry, reason: str) -> str:
    care_refuse(actor=actor, entry_id=entry.pk, reason=reason)
    return _("已记下不纳入的原因；情况变化前不再提出。")


def _renew(actor: Actor, entry: CareEntry, reason: str) -> str:
    care_renew(actor=actor, entry_id=entry.pk)
    return _("已延续，有效期从今天重新计算。")


def _end(actor: Actor, entry: CareEntry, reason: str) -> str:
    care_end(actor=actor, entry_id=entry.pk, reason=reason)
    return _("服务已结束。")


ACTS: dict[str, Callable[[Actor, CareEntry, str], str]] = {
    "confirm": _confirm,
    "refuse": _refuse,
    "renew": _renew,
    "end": _end,
}


@require_POST
@record_page
def care_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Confirm, refuse, renew or end one entry, and go back to where one was on the list."""
    actor = actor_of(request)
    _let_in(actor)
    entry = CareEntry.objects.visible_to(actor).filter(public_id=public_id).first()
    if entry is None or act not in ACTS:
        raise NotFound(_("没有找到这条记录。"))
    messages.success(request, ACTS[act](actor, entry, request.POST.get("reason", "")))
    back = request.POST.get("back", "")
    is_here = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_here else reverse("residents:care"))


@require_POST
@record_page
def care_round(request: HttpRequest) -> HttpResponse:
    """Print the list of one service with names and addresses: a recorded look, for going there."""
    actor = actor_of(request)
    _let_in(actor)
    group = care_group(request.POST.get("group", ""))
    if group is None:
        raise NotFound(_("没有这一类关爱服务。"))
    entries = care_print(actor=actor, group=group.group)
    context: dict[str, Any] = {
        "group": group,
        "rows": care_rows(actor, entries, is_open=True),
        "back": f"{reverse('residents:care')}?{urlencode({'state': 'confirmed', 'group': group.group})}",
    }
    return render(request, "residents/care/round.html", context)


@require_GET
@rows_page
def care_ask(request: HttpRequest, group: str) -> HttpResponse:
    """List whom a rule cannot judge and what to ask them at the next visit."""
    actor, rule = actor_of(request), care_group(group)
    if rule is None:
        raise NotFound(_("没有这一类关爱服务。"))
    asked = care_to_ask(actor, rule)
    is_whole = "all" in request.GET  # for the printer
    page = Paginator(asked, len(asked) or 1 if is_whole else PAGE).get_page(request.GET.get("page"))
    context = {"group": rule, "page": page, "rows": gap_rows(list(page.object_list)), "is_whole": is_whole}
    return render(request, "residents/care/ask.html", context)
