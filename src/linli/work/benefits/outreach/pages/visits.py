"""The worker's list, and a household's page: who, what, why, what to ask, what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.accounts.selectors import person_names
from linli.foundation.duties.models import Duty
from linli.foundation.duties.rules import duty_colour
from linli.foundation.lists.opening import opens_as_left
from linli.registers.residents.finding.services import PURPOSES
from linli.registers.residents.selectors import cards_of
from linli.registers.residents.views.guards import record_page

from ...models import Lead, Outreach
from .. import selectors
from ..forms import VisitFilterForm
from ..permissions import can_assign_outreach, can_work_outreach
from ..selectors import is_phone_agreed, leads_refused, workers_for
from ..services.closing import ROOM
from ..services.learning import CORRECT, Opened, visit_reveal
from ..shown import visit_shown

PAGE = 30


@require_GET
@record_page
@opens_as_left("benefit-visits")
def list_page(request: HttpRequest) -> HttpResponse:
    """List the visits of the actor's areas by tab, narrowed and sorted."""
    actor = actor_of(request)
    leads_refused(actor)
    form = VisitFilterForm(request.GET, actor=actor)
    tab = request.GET.get("tab", "open")
    tab = tab if tab in selectors.TABS else "open"
    rows = selectors.outreach_list(actor, tab=tab, **form.asked())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "tab": tab,
        "numbers": selectors.outreach_numbers(actor),
        "page": page,
        "rows": selectors.visit_rows(actor)(list(page.object_list)),
        "is_narrowed": any(request.GET.get(name) for name in ("q", "policy", "area", "mine")),
    }
    return render(request, "benefits/outreach/list.html", context)


@require_http_methods(["GET", "POST"])
@record_page
def visit_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one visit; sent with a purpose, names, telephones and what the purpose allows stand open."""
    actor = actor_of(request)
    visit = selectors.outreach_get(actor, public_id)
    opened, purpose = Opened({}, frozenset()), ""
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        opened = visit_reveal(actor=actor, outreach_id=public_id, purpose=purpose)
    context = visit_context(actor, visit, opened)
    return render(
        request,
        "benefits/outreach/visit.html",
        {**context, "purpose": PURPOSES.get(purpose, ""), "purposes": PURPOSES.items()},
    )


def visit_context(actor: Actor, visit: Outreach, opened: Opened) -> dict[str, Any]:
    """Return what the page of a visit shows."""
    [home] = cards_of(actor, [visit.household])
    leads = selectors.leads_of(visit)
    duties = Duty.objects.filter(
        room=ROOM,
        action=CORRECT,
        subject_id__in=[str(lead.public_id) for lead in leads],
        state__in=("open", "paused"),
    )
    shown = visit_shown(actor, home, leads, opened.facts, set(duties.values_list("subject_id", flat=True)))
    workers = workers_for(visit) if can_assign_outreach(actor, visit) else set()
    names = person_names([visit.worker_id, *workers])
    people = [(card, opened.people.get(card.resident.public_id, {})) for card in home.members]
    return {
        "visit": visit,
        "home": home,
        "people": people,
        "shown": shown,
        "colour": duty_colour(clock.now(), visit.due_at, None),
        "waiting": sum(one.lead.state == Lead.State.OPEN for one in shown.leads),
        "worker": names.get(visit.worker_id or 0, ""),
        "colleagues": sorted((pk, names[pk]) for pk in workers - {visit.worker_id} if pk in names),
        "may_work": can_work_outreach(actor, visit),
        "may_phone": is_phone_agreed(visit),
        "is_over": visit.state == Outreach.State.DONE,
    }
