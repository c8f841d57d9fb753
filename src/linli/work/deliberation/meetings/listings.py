"""Meetings and their decisions as files."""

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .models import AgendaItem
from .pages import TABS, filters_of


def _meetings(actor: Actor, query: QueryDict) -> Chosen:
    if not actor.is_staff:
        raise NotAllowed()
    form, filters = filters_of(query)
    conditions = [*form_conditions(form), (_("进展"), str(TABS[filters.stage]))]
    return Chosen(selectors.meeting_list(actor, filters), conditions)


def _decisions(actor: Actor, query: QueryDict) -> Chosen:
    if not actor.is_staff:
        raise NotAllowed()
    form, filters = filters_of(query)
    meetings = selectors.meeting_list(actor, filters)
    rows = AgendaItem.objects.filter(meeting__in=meetings.order_by().values("pk")).exclude(outcome="")
    rows = rows.select_related("meeting", "matter", "unit").order_by("-decided_at", "-id")
    return Chosen(rows, form_conditions(form))


def _quorate(row: object) -> str:
    held = getattr(row, "is_quorate", None)
    return "" if held is None else _now("达到") if held else _now("不足")


listing_add(
    Listing(
        "meetings",
        _("会议"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("会议"), lambda row: row.title, width=40),
            Column(_("类型"), lambda row: row.get_kind_display(), width=12),
            Column(_("会议组织"), lambda row: row.body, width=28),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("召集单位"), lambda row: row.unit.name, width=22),
            Column(_("开会时间"), lambda row: row.starts_at, Kind.INSTANT, 17),
            Column(_("地点"), lambda row: row.place, width=28),
            Column(_("通知时间"), lambda row: row.called_at, Kind.INSTANT, 17),
            Column(_("晚通知的理由"), lambda row: row.late_reason, width=28),
            Column(_("组成人员"), lambda row: row.composition or None, Kind.NUMBER, 10),
            Column(_("到会"), lambda row: row.present, Kind.NUMBER, 8),
            Column(_("法定人数"), _quorate, width=10),
            Column(_("议题"), lambda row: row.item_count, Kind.NUMBER, 8),
            Column(_("通过"), lambda row: row.passed_count, Kind.NUMBER, 8),
        ),
        _meetings,
        page="deliberation:list",
    ),
    Listing(
        "meeting-decisions",
        _("会议决定"),
        (
            Column(_("会议编号"), lambda row: row.meeting.number, width=14),
            Column(_("会议"), lambda row: row.meeting.title, width=36),
            Column(_("议题"), lambda row: row.title, width=40),
            Column(_("结果"), lambda row: row.get_outcome_display(), width=12),
            Column(_("决定"), lambda row: row.decision, width=50),
            Column(_("到会"), lambda row: row.present, Kind.NUMBER, 8),
            Column(_("赞成"), lambda row: row.yes, Kind.NUMBER, 8),
            Column(_("反对"), lambda row: row.no, Kind.NUMBER, 8),
            Column(_("弃权"), lambda row: row.abstain, Kind.NUMBER, 8),
            Column(_("事项"), lambda row: row.matter.number if row.matter else "", width=14),
            Column(_("办理单位"), lambda row: row.unit.name if row.unit else "", width=22),
            Column(_("时间"), lambda row: row.decided_at, Kind.INSTANT, 17),
        ),
        _decisions,
    ),
)
