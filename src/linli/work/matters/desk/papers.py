"""The papers about a matter that the desk prints: 受理单, 派单, 回执; with the reporter only by a reveal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.keeping import desk_page, whose
from linli.foundation.accounts.permissions import actor_of

from .. import selectors
from ..models import Assignment, Matter
from ..papers import Paper, acceptance_paper, order_paper, reply_paper
from ..permissions import can_reveal_reporter
from ..services import reporter_reveal
from ..workflow import ENDED
from .forms import RevealForm


def orders_of(actor: Actor, assignments: Iterable[Assignment]) -> list[Assignment]:
    """Return the assignments whose order an actor may print: all in their area, a unit only its own."""
    standing = [row for row in assignments if row.ended_at is None]
    return standing if actor.is_governing else [row for row in standing if row.unit_id == actor.unit_id]


def papers_offered(actor: Actor, matter: Matter, assignments: Iterable[Assignment]) -> list[dict[str, Any]]:
    """Return what can be printed now, for the record page's menu."""
    offered = [("slip", _("打印受理单"), _("A4 一页，交给反映人。"), [matter.public_id])]
    for row in orders_of(actor, assignments):
        words = _("打印派单：%s") % row.unit
        offered.append(("order", words, _("A4 一页，交给承办单位。"), [matter.public_id, row.public_id]))
    if matter.state in ENDED:
        offered.append(("reply", _("打印办理结果回执"), _("A4，交给反映人。"), [matter.public_id]))
    return [
        {"label": label, "help": words, "url": reverse(f"matters:{name}", args=arguments)}
        for name, label, words, arguments in offered
    ]


def _sheet(request: HttpRequest, actor: Actor, matter: Matter, paper: Paper) -> HttpResponse:
    """Draw a paper; whoever may know the reporter adds them by a purpose, which is recorded."""
    may_reveal = can_reveal_reporter(actor, matter) and bool(
        matter.reporter_id or matter.reporter_phone or matter.reporter_name
    )
    form = RevealForm(request.POST if request.method == "POST" else None) if may_reveal else None
    contact = None
    if form is not None and form.is_valid():
        contact = reporter_reveal(actor=actor, matter_id=matter.pk, purpose=_("打印：%s") % form.words())
    context = {
        "paper": paper,
        "back": reverse("matters:record", args=[matter.public_id]),
        "form": form,
        "contact": contact,
        "printed_by": actor.name,
        "now_at": clock.now(),
    }
    status = 422 if form is not None and form.errors else 200
    response = render(request, "matters/paper.html", {"whose": whose(request), **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@desk_page
def slip_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the slip that is handed over (受理单)."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    return _sheet(request, actor, matter, acceptance_paper(matter))


@desk_page
def order_page(request: HttpRequest, public_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Show the order that goes to a unit (派单)."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    rows = matter.assignments.select_related("unit")
    chosen = next((row for row in orders_of(actor, rows) if row.public_id == assignment_id), None)
    if chosen is None:
        raise NotFound(_("没有找到这张派单。"), hint=_("它可能已改派；请返回事项查看现在由谁办理。"))
    return _sheet(request, actor, matter, order_paper(matter, chosen))


@desk_page
def reply_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the reply about the result (回执)."""
    actor = actor_of(request)
    matter = selectors.matter_get(actor, public_id)
    return _sheet(request, actor, matter, reply_paper(matter, actor))
