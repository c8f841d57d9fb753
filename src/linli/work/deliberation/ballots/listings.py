"""Ballots as files: the list, and the masked roll with what is still to be done."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .models import Elector
from .pages import TABS, filters_of, readers_only, state_label
from .permissions import READING, can_see_roll
from .wording import area_words


def _ballots(actor: Actor, query: QueryDict) -> Chosen:
    readers_only(actor)
    form, filters = filters_of(query)
    conditions = [*form_conditions(form), (_("进展"), str(TABS[filters.stage]))]
    return Chosen(selectors.ballot_list(actor, filters), conditions)


def _roll(actor: Actor, query: QueryDict) -> Chosen:
    if actor.function not in READING:
        raise NotAllowed
    if "ballot" not in query:  # asked for without its page: there is no roll of all ballots
        return Chosen(Elector.objects.none())
    try:
        ballot = selectors.ballot_get(actor, UUID(query.get("ballot", "")))
    except ValueError as error:
        raise NotFound from error
    if not can_see_roll(actor, ballot):
        raise NotAllowed
    return Chosen(selectors.roll_rows_found(ballot), [(_("表决"), ballot.title)])


listing_add(
    Listing(
        "ballots",
        _("表决"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("题目"), lambda row: row.title, width=40),
            Column(_("种类"), lambda row: row.get_kind_display(), width=12),
            Column(_("状态"), state_label, width=12),
            Column(_("方式"), lambda row: row.get_way_display(), width=10),
            Column(_("组织单位"), lambda row: row.unit.name if row.unit else "", width=22),
            Column(_("名册人数"), lambda row: row.standing, Kind.NUMBER, 10),
            Column(_("开始时间"), lambda row: row.opens_at, Kind.INSTANT, 17),
            Column(_("截止时间"), lambda row: row.closes_at, Kind.INSTANT, 17),
        ),
        _ballots,
        page="ballots:list",
    ),
    Listing(
        "ballot-roll",
        _("表决名册"),
        (
            Column(_("名册号"), lambda row: row.number, Kind.NUMBER, 8),
            Column(_("房屋"), lambda row: row.place, width=30),
            Column(_("公示名"), lambda row: row.label, width=20),
            Column(_("人数"), lambda row: row.heads, Kind.NUMBER, 8),
            Column(_("面积（平方米）"), lambda row: area_words(row.area), width=14),
            Column(_("状态"), lambda row: row.get_state_display(), width=10),
            Column(_("受托人"), lambda row: row.proxy_label or "", width=20),
            Column(_("备注"), lambda row: row.remark, width=30),
        ),
        _roll,
    ),
)
