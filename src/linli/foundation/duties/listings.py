"""待办 and the holiday calendar as files."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, Text, listing_add
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from .models import Duty, LadderRule
from .permissions import can_see_ladder
from .selectors import calendar_years, duty_chosen, duty_list, ladder_rules

DUE = {
    "overdue": _("已超时"),
    "today": _("今天到期"),
    "week": _("七天内"),
    "taken": _("下级上交"),
    "handed": _("已上交"),
}


def _duties(actor: Actor, query: QueryDict) -> Chosen:
    chosen = {name: query.get(name, "").strip() for name in ("due", "action", "area", "q")}
    rows = duty_chosen(
        actor, due=chosen["due"], action=chosen["action"], area=chosen["area"], words=chosen["q"]
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


def _ladder(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_ladder(actor):
        raise NotAllowed(_now("您的岗位不查看超时阶梯。"))
    return Chosen(ladder_rules(actor), (), _with_names)


def _with_names(rows: list[LadderRule]) -> list[tuple[LadderRule, str]]:
    names = division_names({rule.area_path for rule in rows})
    return [(rule, names.get(rule.area_path, "")) for rule in rows]


listing_add(
    Listing(
        "ladder",
        _("超时阶梯"),
        (
            Column(_("辖区"), lambda row: row[1], width=26),
            Column(_("适用于"), lambda row: row[0].get_kind_display(), width=20),
            Column(_("生效日期"), lambda row: row[0].valid_from, Kind.DATE, 12),
            Column(_("提醒（时限用去的百分比）"), lambda row: row[0].remind, Kind.NUMBER, 12),
            Column(_("变黄（时限用去的百分比）"), lambda row: row[0].amber, Kind.NUMBER, 12),
            Column(_("超时后多久上交"), lambda row: row[0].hand_up, Kind.NUMBER, 12),
            Column(_("街镇办理期限"), lambda row: row[0].street, Kind.NUMBER, 12),
            Column(_("区办理期限"), lambda row: row[0].district, Kind.NUMBER, 12),
            Column(_("市办理期限"), lambda row: row[0].city, Kind.NUMBER, 12),
            Column(_("督办期限"), lambda row: row[0].supervise, Kind.NUMBER, 12),
            Column(_("依据"), lambda row: row[0].reason, width=50),
        ),
        _ladder,
    ),
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
            Column(_("上交"), lambda row: row[0].held_words, width=8),
            Column(_("本级期限"), lambda row: row[0].stage_due_at, Kind.INSTANT, 17),
            Column(_("督办"), lambda row: _now("督办") if row[0].is_supervised else "", width=8),
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
