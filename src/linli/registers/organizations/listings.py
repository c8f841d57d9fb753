"""The list of units as a file."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add
from linli.foundation.accounts.permissions import can_look_up_units

from .forms import UnitFilterForm
from .selectors import unit_table


def _units(actor: Actor, query: QueryDict) -> Chosen:
    if not can_look_up_units(actor):
        raise NotAllowed
    form = UnitFilterForm(query)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = unit_table(
        actor,
        words=chosen.get("q", ""),
        function=chosen.get("function", ""),
        closed=chosen.get("state") == "closed",
    )
    return Chosen(rows.select_related("parent"), form_conditions(form))


listing_add(
    Listing(
        "units",
        _("单位"),
        (
            Column(_("名称"), lambda row: row.name, width=30),
            Column(_("职能"), lambda row: row.get_function_display(), width=12),
            Column(_("类别"), lambda row: row.kind, width=12),
            Column(_("上级单位"), lambda row: row.parent, width=30),
            Column(_("负责区域"), lambda row: "、".join(area.name for area in row.areas.all()), width=40),
            Column(_("在岗人数"), lambda row: row.staff, Kind.NUMBER, 10),
            Column(_("值班电话"), lambda row: row.phone, width=16),
            Column(_("地址"), lambda row: row.address, width=30),
            Column(_("启用日期"), lambda row: row.opened_on, Kind.DATE, 12),
            Column(_("停用日期"), lambda row: row.closed_on, Kind.DATE, 12),
        ),
        _units,
        page="organizations:unit_list",
    )
)
