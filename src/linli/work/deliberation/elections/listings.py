"""Elections and recalls as files."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .desk import filters_of, recall_filters_of
from .permissions import can_see_elections


def _elections(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_elections(actor):
        raise NotAllowed()
    form, chosen = filters_of(query)
    return Chosen(selectors.election_list(actor, **chosen), form_conditions(form))


def _recalls(actor: Actor, query: QueryDict) -> Chosen:
    if not can_see_elections(actor):
        raise NotAllowed()
    form, chosen = recall_filters_of(query)
    return Chosen(selectors.recall_list(actor, **chosen), form_conditions(form))


listing_add(
    Listing(
        "recalls",
        _("罢免提议"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("职务"), lambda row: row.office, width=24),
            Column(_("状态"), lambda row: row.get_state_display(), width=14),
            Column(_("组织单位"), lambda row: row.unit.name, width=22),
            Column(_("附议"), lambda row: row.found, Kind.NUMBER, 8),
            Column(_("需要附议"), lambda row: row.needed, Kind.NUMBER, 8),
            Column(_("登记时间"), lambda row: row.created_at, Kind.INSTANT, 18),
        ),
        _recalls,
        page="elections:recalls",
    )
)
listing_add(
    Listing(
        "elections",
        _("选举"),
        (
            Column(_("编号"), lambda row: row.number, width=14),
            Column(_("名称"), lambda row: row.title, width=36),
            Column(_("状态"), lambda row: row.get_state_display(), width=14),
            Column(_("组织单位"), lambda row: row.unit.name, width=22),
            Column(_("提名截止"), lambda row: row.nominations_until, Kind.DATE, 12),
            Column(_("候选人"), lambda row: row.standing, Kind.NUMBER, 8),
            Column(_("移交日期"), lambda row: row.handed_on, Kind.DATE, 12),
        ),
        _elections,
        page="elections:list",
    )
)
