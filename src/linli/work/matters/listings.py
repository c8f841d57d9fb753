"""The lists of this room as files: the columns of the pages, nothing about who reported."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .desk import selectors as desk_selectors
from .desk.lists import filter_form, filters_of, tab_of

# What the columns read; the words of the report, which are ciphertext, stay where they are.
SHOWN = (
    *("number", "source_number", "title", "state", "affair_class", "area_path", "address", "channel"),
    *("reported_at", "due_at", "closed_at", "category__name"),
)


def _matters(actor: Actor, query: QueryDict) -> Chosen:
    form, tab = filter_form(actor, query), tab_of(query)
    rows = selectors.matter_list(actor, filters=filters_of(actor, form))
    conditions = [*form_conditions(form, ("stage",)), (_("进展"), str(desk_selectors.TABS[tab][0]))]
    rows = rows.filter(desk_selectors.tab_condition(tab)).select_related(None).select_related("category")
    return Chosen(rows.only(*SHOWN), conditions, desk_selectors.list_rows)


listing_add(
    Listing(
        "matters",
        _("事项"),
        (
            Column(_("编号"), lambda row: row.matter.number, width=14),
            Column(_("来件编号"), lambda row: row.matter.source_number, width=14),
            Column(_("标题"), lambda row: row.matter.title, width=40),
            Column(_("状态"), lambda row: row.matter.get_state_display(), width=10),
            Column(_("类别"), lambda row: row.matter.category, width=14),
            Column(_("三事分类"), lambda row: row.matter.get_affair_class_display(), width=10),
            Column(_("区划"), lambda row: row.place, width=24),
            Column(_("地址"), lambda row: row.matter.address, width=28),
            Column(_("办理单位"), lambda row: row.unit, width=22),
            Column(_("来源"), lambda row: row.matter.get_channel_display(), width=10),
            Column(_("上报时间"), lambda row: row.matter.reported_at, Kind.INSTANT, 17),
            Column(_("当前时限"), lambda row: row.matter.due_at, Kind.INSTANT, 17),
            Column(_("办结时间"), lambda row: row.matter.closed_at, Kind.INSTANT, 17),
        ),
        _matters,
    ),
)
