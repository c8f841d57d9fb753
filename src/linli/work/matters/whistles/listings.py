"""Whistles as files: the list, and how units came."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .figures import figures_for, period_of
from .pages import TABS, filters_of


def _whistles(actor: Actor, query: QueryDict) -> Chosen:
    if not actor.is_staff:
        raise NotAllowed()
    form, filters = filters_of(query)
    conditions = [*form_conditions(form), (_("进展"), str(TABS[filters.stage]))]
    return Chosen(selectors.whistle_list(actor, filters), conditions)


def _units(actor: Actor, query: QueryDict) -> Chosen:
    _form, from_on, to_on = period_of(query)
    found = figures_for(actor, from_on, to_on)
    return Chosen(found.units, [(_("吹哨日期"), f"{from_on} — {to_on}")])


listing_add(
    Listing(
        "whistles",
        _("吹哨"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("事由"), lambda row: row.title, width=40),
            Column(_("哪种哨"), lambda row: row.get_cause_display(), width=20),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("吹哨单位"), lambda row: row.unit.name, width=22),
            Column(_("集合地点"), lambda row: row.place, width=28),
            Column(_("集合时间"), lambda row: row.gather_at, Kind.INSTANT, 17),
            Column(_("请了几个单位"), lambda row: row.called, Kind.NUMBER, 12),
            Column(_("来了几个"), lambda row: row.came, Kind.NUMBER, 10),
            Column(_("有迟到或没到"), lambda row: _("有") if row.is_late else _("没有"), width=12),
            Column(_("办结时间"), lambda row: row.finished_at, Kind.INSTANT, 17),
        ),
        _whistles,
        page="whistles:list",
    ),
    Listing(
        "whistle-units",
        _("单位报到情况"),
        (
            Column(_("单位"), lambda row: row.name, width=26),
            Column(_("被请次数"), lambda row: row.called, Kind.NUMBER, 10),
            Column(_("还没到时限"), lambda row: row.waiting, Kind.NUMBER, 10),
            Column(_("报到"), lambda row: row.came, Kind.NUMBER, 8),
            Column(_("按时"), lambda row: row.on_time, Kind.NUMBER, 8),
            Column(_("没有到场"), lambda row: row.absent, Kind.NUMBER, 10),
            Column(_("牵头"), lambda row: row.led, Kind.NUMBER, 8),
            Column(_("已评价"), lambda row: row.rated, Kind.NUMBER, 8),
            Column(_("到场满意或基本满意"), lambda row: row.coming_good, Kind.NUMBER, 14),
            Column(_("办理满意或基本满意"), lambda row: row.work_good, Kind.NUMBER, 14),
            Column(_("认为不该吹"), lambda row: row.improper, Kind.NUMBER, 10),
        ),
        _units,
    ),
)
