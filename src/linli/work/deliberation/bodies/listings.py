"""Bodies and their members as files."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from . import selectors
from .pages import TABS, filters_of
from .permissions import can_see_bodies


def _bodies(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_bodies(actor):
        raise NotAllowed
    form, filters = filters_of(query)
    conditions = [*form_conditions(form), (_("范围"), str(TABS[filters.stage]))]
    return Chosen(selectors.body_list(actor, filters), conditions, _placed)


def _placed(rows: list[Any]) -> Iterable[Any]:
    names = division_names({row.area_path for row in rows}, Level.STREET)
    for row in rows:
        row.division = names.get(row.area_path, "")
    return rows


def _members(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_bodies(actor):
        raise NotAllowed
    asked = str(query.get("body", ""))
    if not asked:
        return Chosen([])
    body = selectors.body_get(actor, asked)
    return Chosen(selectors.members_on(body, clock.today()), [(_("组织"), body.name)])


listing_add(
    Listing(
        "bodies",
        _("议事组织"),
        (
            Column(_("名称"), lambda row: row.name, width=30),
            Column(_("种类"), lambda row: row.kind_name, width=18),
            Column(_("地点"), lambda row: row.division, width=26),
            Column(_("小区"), lambda row: row.compound.name if row.compound else "", width=18),
            Column(_("管理单位"), lambda row: row.unit.name, width=22),
            Column(_("成员人数"), lambda row: row.members_now, Kind.NUMBER, 10),
            Column(_("本届届满"), lambda row: row.term_ends, Kind.DATE, 12),
            Column(_("上次开会"), lambda row: row.met_last, Kind.DATE, 12),
            Column(_("最迟开会"), lambda row: row.meet_by, Kind.DATE, 12),
            Column(_("成立日期"), lambda row: row.founded_on, Kind.DATE, 12),
            Column(_("撤销日期"), lambda row: row.dissolved_on, Kind.DATE, 12),
        ),
        _bodies,
        page="bodies:list",
    ),
    Listing(
        "body-members",
        _("组织成员"),
        (
            Column(_("姓名"), lambda row: row.full_name, width=14),
            Column(_("职务"), lambda row: row.post_name, width=16),
            Column(_("代表哪里"), lambda row: row.speaks_for, width=24),
            Column(_("任职日期"), lambda row: row.from_on, Kind.DATE, 12),
        ),
        _members,
    ),
)
