"""The lists of the registry as files: masked as on the page, whoever takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import selectors
from .facts.dictionary import Of, keys_of
from .facts.views import MARKS, TYPES
from .forms import CountFilterForm, EstablishmentFilterForm, HouseholdFilterForm, PeopleFilterForm
from .owning import selectors as owning
from .receipts.selectors import receipt_counts
from .views.counts import counts_refused
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


def _counts(actor: Actor, query: QueryDict, part: Callable[[selectors.Counts], Sequence[Any]]) -> Chosen:
    """Return one table of the page of figures: as there, rounded, small numbers hidden."""
    counts_refused(actor)
    form = CountFilterForm(query)
    division = selectors.count_area(actor, query.get("area", ""))
    shown = selectors.resident_counts(actor, division, form.filters())
    return Chosen(part(shown), [(_("区域"), division.name), *form_conditions(form)])


PAIR = (
    Column(_("名称"), lambda row: row[0], width=24),
    Column(_("户数"), lambda row: row[1], width=10),
)


def _receipts(actor: Actor, query: QueryDict) -> Chosen:
    counts_refused(actor)
    division = selectors.count_area(actor, query.get("area", ""))
    return Chosen(receipt_counts(actor, division), [(_("区域"), division.name)])


def _owners(actor: Actor, query: QueryDict) -> Chosen:
    rows_refused(actor)
    code = query.get("compound", "")
    compound = owning.roll_compound(actor, code) if code else None
    conditions = [(_("小区"), compound.name)] if compound else []
    return Chosen(owning.titles_listed(actor, compound), conditions, owning.roll_rows)


def _facts(actor: Actor, query: QueryDict) -> Chosen:
    return Chosen([*keys_of(Of.PERSON), *keys_of(Of.HOUSEHOLD)])


listing_add(
    Listing(
        "registry-ages",
        _("居民的年龄和性别"),
        (
            Column(_("年龄"), lambda row: row.words, width=12),
            Column(_("男"), lambda row: row.male, width=10),
            Column(_("女"), lambda row: row.female, width=10),
            Column(_("性别未登记"), lambda row: row.unknown, width=12),
            Column(_("合计"), lambda row: row.total, width=10),
        ),
        lambda actor, query: _counts(actor, query, lambda counts: counts.bands),
    ),
    Listing(
        "registry-receipts",
        _("正在享受的待遇"),
        (
            Column(_("待遇"), lambda row: row.policy, width=30),
            Column(_("人"), lambda row: row.people, width=10),
            Column(_("户"), lambda row: row.households, width=10),
        ),
        _receipts,
    ),
    Listing(
        "registry-sizes",
        _("户的大小"),
        PAIR,
        lambda actor, query: _counts(actor, query, lambda counts: counts.sizes),
    ),
    Listing(
        "registry-tenures",
        _("居住方式"),
        PAIR,
        lambda actor, query: _counts(actor, query, lambda counts: counts.tenures),
    ),
    Listing(
        "registry-areas",
        _("各区域的居民"),
        (
            Column(_("区域"), lambda row: row[0].name, width=24),
            Column(_("居民"), lambda row: row[1], width=12),
        ),
        lambda actor, query: _counts(actor, query, lambda counts: counts.areas),
    ),
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
    Listing(
        "owners-roll",
        _("产权清册"),
        (
            Column(_("小区"), lambda row: row.part.building.compound.name, width=24),
            Column(_("房屋"), lambda row: row.part, width=34),
            Column(_("类型"), lambda row: row.part.get_kind_display(), width=10),
            Column(_("性质"), lambda row: row.title.get_kind_display(), width=12),
            Column(_("产权人"), lambda row: row.owners, width=30),
            Column(_("表决人"), lambda row: row.voter, width=12),
            Column(_("登记面积（m²）"), lambda row: row.title.registered_area / 100, Kind.NUMBER, 14),
            Column(_("取得日期"), lambda row: row.title.from_on, Kind.DATE, 12),
            Column(_("计入表决"), lambda row: _("计入") if row.is_counted else _("不计入"), width=10),
        ),
        _owners,
    ),
    Listing(
        "fact-dictionary",
        _("事实字典"),
        (
            Column(_("项目"), lambda row: row.label, width=24),
            Column(_("关于"), lambda row: _("个人") if row.of is Of.PERSON else _("一户"), width=8),
            Column(_("内容"), lambda row: "、".join(row.choices.values()) or TYPES[row.type], width=40),
            Column(_("敏感"), lambda row: _("是") if row.is_sensitive else _("否"), width=8),
            Column(_("用途"), lambda row: row.purpose, width=40),
            Column(_("依据"), lambda row: "；".join(law.name for law in row.laws), width=60),
            Column(_("有效期（月）"), lambda row: row.validity or None, Kind.NUMBER, 12),
            Column(_("核实"), lambda row: MARKS[row.mark][0], width=10),
        ),
        _facts,
    ),
)
