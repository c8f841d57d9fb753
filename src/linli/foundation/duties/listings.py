"""待办 and the holiday calendar as files."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, Text, listing_add
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from .models import Duty
from .selectors import calendar_years, duty_filter, duty_list

DUE = {"overdue": _("已超时"), "today": _("今天到期"), "week": _("七天内")}


def _duties(actor: Actor, query: QueryDict) -> Chosen:
    chosen = {name: query.get(name, "").strip() for name in ("due", "action", "area", "q")}
    rows = duty_filter(
        duty_list(actor), due=chosen["due"], action=chosen["action"], area=chosen["area"], words=chosen["q"]
    )
    conditions: list[tuple[Text, Text]] = []
    if chosen["q"]:
        conditions.append((_("编号或事由"), chosen["q"]))
    if chosen["due"] in DUE:
        conditions.append((_("时限"), DUE[chosen["due"]]))
    if chosen["action"]:
        labels = dict(duty_list(actor).order_by().values_list("action", "action_label").distinct())
        conditions.append((_("要办的事"), labels.get(chosen["action"], chosen["action"])))
    if chosen["area"]:
        names = division_names([chosen["area"]], Level.STREET)
        conditions.append((_("地点"), names[chosen["area"]] or chosen["area"]))
    return Chosen(rows, conditions, _with_places)


def _with_places(rows: list[Duty]) -> list[tuple[Duty, str]]:
    names = division_names({duty.area_path for duty in rows}, Level.STREET)
    return [(duty, names.get(duty.area_path, "")) for duty in rows]


def _calendar(actor: Actor, query: QueryDict) -> Chosen:
    rows: list[tuple[Any, Any]] = [(year, day) for year in calendar_years() for day in year.days]
    return Chosen(rows)


listing_add(
    Listing(
        "duties",
        _("待办"),
        (
            Column(_("编号"), lambda row: row[0].subject_number, width=14),
            Column(_("事由"), lambda row: row[0].title, width=40),
            Column(_("要办的事"), lambda row: row[0].action_label, width=14),
            Column(_("地点"), lambda row: row[1], width=26),
            Column(_("时限"), lambda row: row[0].due_at, Kind.INSTANT, 17),
            Column(_("暂定"), lambda row: _now("暂定") if row[0].is_provisional else "", width=8),
            Column(_("依据"), lambda row: row[0].source, width=40),
            Column(_("开始时间"), lambda row: row[0].opened_at, Kind.INSTANT, 17),
        ),
        _duties,
        page="duties:todo",
    ),
    Listing(
        "calendar",
        _("节假日"),
        (
            Column(_("年份"), lambda row: row[0].year, Kind.NUMBER, 8),
            Column(_("日期"), lambda row: row[1].on, Kind.DATE, 12),
            Column(_("安排"), lambda row: _now("上班") if row[1].is_workday else _now("休息"), width=8),
            Column(_("名称"), lambda row: row[1].name, width=14),
            Column(_("依据"), lambda row: row[0].source, width=50),
        ),
        _calendar,
    ),
)
