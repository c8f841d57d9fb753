"""The visits of an area as a file: masked as on the page, whoever takes them."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .forms import VisitFilterForm


def _visits(actor: Actor, query: QueryDict) -> Chosen:
    selectors.leads_refused(actor)
    form = VisitFilterForm(query, actor=actor)
    tab = query.get("tab", "open")
    rows = selectors.outreach_list(actor, tab=tab if tab in selectors.TABS else "open", **form.asked())
    return Chosen(rows, form_conditions(form, ("sort",)), selectors.visit_rows(actor))


listing_add(
    Listing(
        "benefit-visits",
        _("政策上门"),
        (
            Column(_("住址"), lambda row: row.address, width=30),
            Column(_("户主"), lambda row: row.head, width=10),
            Column(_("可能符合的待遇"), lambda row: row.policies, width=40),
            Column(_("谁去"), lambda row: row.worker, width=12),
            Column(_("期限"), lambda row: row.visit.due_at, Kind.INSTANT, 18),
            Column(_("首次联系"), lambda row: row.visit.first_contact_at, Kind.INSTANT, 18),
            Column(_("状态"), lambda row: row.visit.get_state_display(), width=10),
        ),
        _visits,
        page="benefits:visits",
    ),
)
