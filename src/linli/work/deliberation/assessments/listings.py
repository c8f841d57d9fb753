"""Assessments as a file."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add
from linli.foundation.places.models import Level
from linli.foundation.places.selectors import division_names

from . import selectors
from .pages import filters_of
from .permissions import can_see_assessments


def _assessments(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_assessments(actor):
        raise NotAllowed
    form, filters = filters_of(query)
    return Chosen(selectors.assessment_list(actor, filters), form_conditions(form), _placed)


def _placed(rows: list[Any]) -> Iterable[Any]:
    names = division_names({row.area_path for row in rows}, Level.STREET)
    for row in rows:
        row.division = names.get(row.area_path, "")
    return rows


listing_add(
    Listing(
        "assessments",
        _("民主评议"),
        (
            Column(_("委员会"), lambda row: row.body.name, width=30),
            Column(_("地点"), lambda row: row.division, width=26),
            Column(_("评议日期"), lambda row: row.held_on, Kind.DATE, 12),
            Column(_("应到人数"), lambda row: row.composition, Kind.NUMBER, 10),
            Column(_("到会人数"), lambda row: row.attendees, Kind.NUMBER, 10),
            Column(_("会议有效"), lambda row: _("有效") if row.is_valid else _("人数不够，无效"), width=16),
            Column(_("评议了几人"), lambda row: row.assessed, Kind.NUMBER, 10),
            Column(_("不称职几人"), lambda row: row.incompetent, Kind.NUMBER, 10),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("公布时间"), lambda row: row.confirmed_at, Kind.INSTANT, 18),
        ),
        _assessments,
        page="assessments:list",
    )
)
