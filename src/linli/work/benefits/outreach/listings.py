"""Visits, waves, progress and lists without application as files: as on the page, whoever takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add

from . import batches, selectors
from .forms import BatchFilterForm, VisitFilterForm, WaveFilterForm
from .funnel import FunnelRow, funnel, funnel_area


def _visits(actor: Actor, query: QueryDict) -> Chosen:
    selectors.leads_refused(actor)
    form = VisitFilterForm(query, actor=actor)
    tab = query.get("tab", "open")
    rows = selectors.outreach_list(actor, tab=tab if tab in selectors.TABS else "open", **form.asked())
    return Chosen(rows, form_conditions(form, ("sort",)), selectors.visit_rows(actor))


def _waves(actor: Actor, query: QueryDict) -> Chosen:
    form = WaveFilterForm(query, rows=selectors.waves_seen(actor))
    rows = selectors.waves_seen(actor, **form.asked())
    return Chosen(rows, form_conditions(form), selectors.wave_rows(actor))


def _batches(actor: Actor, query: QueryDict) -> Chosen:
    form = BatchFilterForm(query, rows=batches.batches_seen(actor))
    rows = batches.batches_seen(actor, **form.asked())
    return Chosen(rows, form_conditions(form), batches.batches_shown(actor))


def _progress(actor: Actor, query: QueryDict) -> Chosen:
    division = funnel_area(actor, query.get("area", ""))
    found = funnel(actor, division)
    rows = [(_("政策"), row) for row in found.policies] + [(_("区域"), row) for row in found.areas]
    return Chosen(rows, [(_("区域"), division.name)])


def _number(name: str) -> Callable[[tuple[Any, FunnelRow]], int | str]:
    return lambda row: getattr(row[1], name).cell


listing_add(
    Listing(
        "benefit-waves",
        _("政策批次"),
        (
            Column(_("政策"), lambda row: row.wave.policy.name, width=30),
            Column(_("区域"), lambda row: row.area, width=20),
            Column(_("状态"), lambda row: row.wave.get_state_display(), width=10),
            Column(_("每人每周几户"), lambda row: row.wave.per_worker_week, Kind.NUMBER, 12),
            Column(_("派到哪天为止"), lambda row: row.wave.until_on, Kind.DATE, 14),
            Column(_("已派出"), lambda row: row.numbers.given.cell, Kind.NUMBER, 10),
            Column(_("还在等"), lambda row: row.numbers.waiting.cell, Kind.NUMBER, 10),
            Column(_("放出"), lambda row: row.wave.released_at, Kind.INSTANT, 18),
            Column(_("结束"), lambda row: row.wave.ended_at, Kind.INSTANT, 18),
        ),
        _waves,
    ),
    Listing(
        "benefit-progress",
        _("政策找人进度"),
        (
            Column(_("按"), lambda row: str(row[0]), width=8),
            Column(_("名称"), lambda row: row[1].name, width=30),
            Column(_("找到"), _number("found"), Kind.NUMBER, 10),
            Column(_("从未联系"), _number("never"), Kind.NUMBER, 10),
            Column(_("已告知"), _number("told"), Kind.NUMBER, 10),
            Column(_("已申请"), _number("applied"), Kind.NUMBER, 10),
            Column(_("已享受"), _number("granted"), Kind.NUMBER, 10),
        ),
        _progress,
    ),
    Listing(
        "benefit-batches",
        _("免申即享名单"),
        (
            Column(_("政策"), lambda row: row.batch.policy.name, width=30),
            Column(_("区域"), lambda row: row.area, width=20),
            Column(_("状态"), lambda row: row.batch.get_state_display(), width=14),
            Column(_("人数"), lambda row: row.people.cell, Kind.NUMBER, 10),
            Column(_("提交"), lambda row: row.batch.proposed_at, Kind.INSTANT, 18),
            Column(_("核准"), lambda row: row.batch.decided_at, Kind.INSTANT, 18),
            Column(_("说明"), lambda row: row.batch.reason, width=30),
        ),
        _batches,
    ),
    Listing(
        "benefit-visits",
        _("政策上门"),
        (
            Column(_("住址"), lambda row: row.address, width=30),
            Column(_("户主"), lambda row: row.head, width=10),
            Column(_("可能符合的待遇"), lambda row: row.policies, width=40),
            Column(_("谁去"), lambda row: row.worker, width=12),
            Column(_("期限"), lambda row: row.visit.due_at, Kind.INSTANT, 18),
            Column(_("首次联系"), lambda row: row.visit.first_contact_at, Kind.INSTANT, 18),
            Column(_("状态"), lambda row: row.visit.get_state_display(), width=10),
        ),
        _visits,
        page="benefits:visits",
    ),
)
