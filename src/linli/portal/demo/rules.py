"""The demo's decision tables: the street's for units and limits, the district's for classes, a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from linli.core import clock
from linli.core.actor import Actor
from linli.work.matters.models import Category
from linli.work.matters.routing.models import DecisionTable
from linli.work.matters.routing.selectors import version_in_work
from linli.work.matters.routing.services import (
    draft_start,
    row_move,
    row_save,
    table_open,
    version_confirm,
    version_publish,
)

from .life import Plot, Stage

Rows = Sequence[Mapping[str, str]]
# (category's code, further cells, who leads, why); the first that fits counts
ROUTES: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("building_going_on", {}, "unit.urban", "正在搭建的2小时内到场"),
    ("illegal_build", {}, "unit.urban", "城管条例"),
    ("safety", {"words": "电梯"}, "unit.market", "特种设备安全法"),
    ("safety", {}, "unit.fire", "消防法"),
    ("neighbour", {"hours": "22:00-06:00"}, "unit.police", "夜间扰民由派出所处置"),
    ("neighbour", {}, "unit.police", "噪声污染防治法第82条"),
    ("sanitation", {}, "unit.clean", "街道保洁分工"),
    ("facility", {}, "unit.road", "街道养护分工"),
    ("green", {}, "unit.green", "街道绿化分工"),
    ("welfare", {}, "unit.civil", "社会救助法"),
    ("property", {}, "unit.property", "物业管理规定"),
)
CLOCKS = (
    ("safety", {"words": "电梯困人、困人"}, "2小时", "困人先救人"),
    ("facility", {"words": "井盖"}, "24小时", "井盖缺损24小时"),
)
CLASSES = (
    ("building_going_on", "大事", "政府部门依法办理"),
    ("safety", "大事", "政府部门依法办理"),
    ("facility", "大事", "公共设施"),
    ("neighbour", "小事", "邻里之间先商量"),
    ("property", "小事", "社区共同的事"),
)


def rules_build(stage: Stage) -> None:
    """Publish the street's and the district's tables as they stood before the story begins."""
    paths = dict(Category.objects.filter(is_active=True).values_list("code", "path"))
    street, district = stage.cast["street.duty"], stage.cast["district.officer"]
    routes = [
        {"category": paths[code], **more, "lead": stage.units[unit].name, "note": note}
        for code, more, unit, note in ROUTES
    ]
    limits = [
        {"category": paths[code], **more, "limit": limit, "note": note} for code, more, limit, note in CLOCKS
    ]
    classes = [{"category": paths[code], "class": name, "note": note} for code, name, note in CLASSES]
    _published(street, "route", "延吉街道派单规则", routes)
    _published(street, "clock", "延吉街道限时规则", limits)
    table = _published(district, "class", "杨浦区三事分类规则", classes)
    version_confirm(actor=stage.cast["city.officer"], table_id=table.pk)


def _published(actor: Actor, subject: str, name: str, rows: Rows) -> DecisionTable:
    table = table_open(actor=actor, subject=subject, name=name)
    for row in rows:
        row_save(actor=actor, table_id=table.pk, lock=_lock(table), typed=row)
    version_publish(
        actor=actor, table_id=table.pk, lock=_lock(table), starts_on=clock.today(), remark="首次发布"
    )
    return table


def _lock(table: DecisionTable) -> int:
    version = version_in_work(table)
    return version.lock if version else 0


def rules_changed(stage: Stage, end: datetime) -> Plot:
    """A week ago the street published a second version; today a third is in work, not yet published."""
    yield end - timedelta(days=7)
    street = stage.cast["street.duty"]
    table = DecisionTable.objects.get(name="延吉街道派单规则")
    paths = dict(Category.objects.filter(is_active=True).values_list("code", "path"))
    draft_start(actor=street, table_id=table.pk)
    helper = {
        "category": paths["facility"],
        "words": "积水",
        "lead": stage.units["unit.road"].name,
        "helpers": stage.units["unit.clean"].name,
        "note": "汛期积水由环卫协助",
    }
    row_save(actor=street, table_id=table.pk, lock=_lock(table), typed=helper)
    number = len(ROUTES) + 1
    row_move(actor=street, table_id=table.pk, lock=_lock(table), number=number, to=8)  # before all of roads
    remark = "积水由环卫所协办"
    version_publish(
        actor=street, table_id=table.pk, lock=_lock(table), starts_on=clock.today(), remark=remark
    )
    yield end - timedelta(hours=3)
    draft_start(actor=street, table_id=table.pk)
    daytime = {
        "category": paths["neighbour"],
        "lead": stage.units["unit.property"].name,
        "note": "白天的噪声先由物业劝阻",
    }
    row_save(actor=street, table_id=table.pk, lock=_lock(table), typed=daytime, number=6)
