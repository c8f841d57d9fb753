"""The lists of the registry as files: masked as on the page, whoever takes them."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .forms import EstablishmentFilterForm, HouseholdFilterForm, PeopleFilterForm
from .views.guards import rows_refused


def _people(actor: Actor, query: QueryDict) -> Chosen:
    rows_refused(actor)
    form = PeopleFilterForm(query, actor=actor)
    rows = selectors.people_list(actor, form.filters())
    return Chosen(rows, form_conditions(form), selectors.people_rows)


def _households(actor: Actor, query: QueryDict) -> Chosen:
    rows_refused(actor)
    form = HouseholdFilterForm(query, actor=actor)
    rows = selectors.household_list(actor, form.filters())
    return Chosen(rows, form_conditions(form), selectors.household_rows)


def _establishments(actor: Actor, query: QueryDict) -> Chosen:
    rows_refused(actor)
    form = EstablishmentFilterForm(query, actor=actor)
    rows = selectors.establishment_list(actor, **form.filters())
    return Chosen(rows, form_conditions(form), selectors.establishment_rows)


listing_add(
    Listing(
        "registry-people",
        _("居民"),
        (
            Column(_("姓名"), lambda row: row.name, width=10),
            Column(_("性别"), lambda row: row.resident.get_sex_display(), width=8),
            Column(_("年龄"), lambda row: row.age, Kind.NUMBER, 8),
            Column(_("住址"), lambda row: row.home, width=34),
            Column(
                _("与户主关系"),
                lambda row: row.membership.get_relation_display() if row.membership else "",
                width=12,
            ),
            Column(
                _("居住情况"),
                lambda row: row.membership.get_presence_display() if row.membership else "",
                width=12,
            ),
            Column(_("居住方式"), lambda row: row.tenure, width=10),
            Column(_("状态"), lambda row: row.resident.get_state_display(), width=10),
        ),
        _people,
        page="residents:people",
    ),
    Listing(
        "registry-households",
        _("户"),
        (
            Column(_("户主"), lambda row: row.head, width=10),
            Column(_("住址"), lambda row: row.home.part if row.home else "", width=34),
            Column(_("实际居住人数"), lambda row: row.living, Kind.NUMBER, 12),
            Column(_("户在人不在人数"), lambda row: row.registered, Kind.NUMBER, 14),
            Column(_("居住方式"), lambda row: row.home.get_tenure_display() if row.home else "", width=10),
            Column(_("入住日期"), lambda row: row.home.from_on if row.home else None, Kind.DATE, 12),
            Column(_("户别"), lambda row: row.household.get_kind_display(), width=10),
        ),
        _households,
        page="residents:households",
    ),
    Listing(
        "registry-establishments",
        _("实有单位"),
        (
            Column(_("名称"), lambda row: row.firm.name, width=34),
            Column(_("统一社会信用代码"), lambda row: row.firm.credit_code, width=20),
            Column(_("类别"), lambda row: row.firm.kind, width=14),
            Column(_("地址"), lambda row: "、".join(map(str, row.parts)), width=34),
            Column(_("负责人"), lambda row: row.contact, width=10),
            Column(_("联系电话"), lambda row: row.phone, width=14),
        ),
        _establishments,
        page="residents:establishments",
    ),
)
