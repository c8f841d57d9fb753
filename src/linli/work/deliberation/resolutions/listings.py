"""Resolutions and their tasks as files."""

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add
from linli.foundation.ui.templatetags.linli import yuan

from . import selectors
from .models import Task
from .pages import TABS, filters_of


def _resolutions(actor: Actor, query: QueryDict) -> Chosen:
    if not actor.is_staff:
        raise NotAllowed()
    form, filters = filters_of(query)
    conditions = [*form_conditions(form), (_("进展"), str(TABS[filters.stage]))]
    return Chosen(selectors.resolution_list(actor, filters), conditions)


def _tasks(actor: Actor, query: QueryDict) -> Chosen:
    if not actor.is_staff:
        raise NotAllowed()
    form, filters = filters_of(query)
    seen = selectors.resolution_list(actor, filters).order_by().values("pk")
    rows = Task.objects.filter(resolution__in=seen).select_related("resolution", "unit", "matter")
    return Chosen(rows.order_by("due_on", "id"), form_conditions(form))


def _late(row: Task) -> str:
    return _now("超期") if row.is_late(clock.today()) else ""


listing_add(
    Listing(
        "resolutions",
        _("决议"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("决议"), lambda row: row.title, width=36),
            Column(_("谁决定的"), lambda row: row.body, width=28),
            Column(_("决定日期"), lambda row: row.decided_on, Kind.DATE, 12),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("负责单位"), lambda row: row.unit.name, width=22),
            Column(_("公示到"), lambda row: row.public_until, Kind.DATE, 12),
            Column(_("备案"), lambda row: row.get_filing_display(), width=12),
            Column(_("备案号"), lambda row: row.filing_number, width=16),
            Column(_("任务"), lambda row: row.task_count, Kind.NUMBER, 8),
            Column(_("完成"), lambda row: row.done_count, Kind.NUMBER, 8),
            Column(_("预算（元）"), lambda row: yuan(row.fen), width=12),
            Column(_("已用（元）"), lambda row: yuan(row.spent), width=12),
        ),
        _resolutions,
        page="resolutions:list",
    ),
    Listing(
        "resolution-tasks",
        _("决议任务"),
        (
            Column(_("决议编号"), lambda row: row.resolution.number, width=14),
            Column(_("决议"), lambda row: row.resolution.title, width=36),
            Column(_("任务"), lambda row: row.text, width=40),
            Column(_("谁来办"), lambda row: row.unit.name, width=22),
            Column(_("完成日期"), lambda row: row.due_on, Kind.DATE, 12),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("期限"), _late, width=8),
            Column(_("预算（元）"), lambda row: yuan(row.fen), width=12),
            Column(_("已用（元）"), lambda row: yuan(row.spent), width=12),
            Column(_("钱从哪里出"), lambda row: row.fund, width=18),
            Column(_("事项"), lambda row: row.matter.number if row.matter else "", width=14),
        ),
        _tasks,
    ),
)
