"""Policies and dated figures as files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from ..models import StandardValue
from ..models.policies import VersionState
from . import selectors
from .forms import MARKS
from .pages.policies import asked_of


def _policies(actor: Actor, query: QueryDict) -> Chosen:
    form, asked = asked_of(query)
    return Chosen(selectors.policy_table(actor, **asked), form_conditions(form, ("sort",)))


def _standards(actor: Actor, query: QueryDict) -> Chosen:
    return Chosen(selectors.standard_list(actor))


def _in_work(row: Any) -> str:
    if not row.work:
        return ""
    return gettext("被退回，要改") if row.refusal else str(VersionState(row.work).label)


def _figure(row: StandardValue) -> Any:
    return Decimal(row.amount) / 100 if row.is_money else row.amount


listing_add(
    Listing(
        "policies",
        _("惠民政策"),
        (
            Column(_("名称"), lambda row: row.name, width=30),
            Column(_("代号"), lambda row: row.code, width=20),
            Column(_("发给谁"), lambda row: row.get_unit_display(), width=10),
            Column(_("主管部门"), lambda row: row.authority, width=24),
            Column(_("在用的版本"), lambda row: row.number, Kind.NUMBER, 10),
            Column(_("从哪天起"), lambda row: row.from_on, Kind.DATE, 12),
            Column(_("到哪天止"), lambda row: row.to_on, Kind.DATE, 12),
            Column(_("文号"), lambda row: row.document or "", width=30),
            Column(_("正在改"), _in_work, width=24),
            Column(_("退回的理由"), lambda row: row.refusal or "", width=40),
        ),
        _policies,
        page="benefits:policies",
    ),
    Listing(
        "standards",
        _("政策标准"),
        (
            Column(_("名称"), lambda row: row.name, width=36),
            Column(_("代号"), lambda row: row.code, width=20),
            Column(_("从哪天起"), lambda row: row.from_on, Kind.DATE, 12),
            Column(_("数值"), _figure, Kind.NUMBER, 14),
            Column(_("是金额（元）"), lambda row: _("是") if row.is_money else _("否"), width=12),
            Column(_("依据"), lambda row: row.source, width=40),
            Column(_("核实"), lambda row: MARKS[row.mark], width=20),
            Column(_("状态"), lambda row: row.get_state_display(), width=14),
        ),
        _standards,
    ),
)
