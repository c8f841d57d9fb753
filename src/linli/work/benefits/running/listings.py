"""Runs as a file: when, of what, how far."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, listing_add
from linli.foundation.places.selectors import division_names
from linli.registers.residents.rounding import rounded

from ..models import Run, RunCount
from . import selectors


def _runs(actor: Actor, query: QueryDict) -> Chosen:
    def dress(found: list[Run]) -> list[tuple[Run, str]]:
        titles = selectors.run_titles(found)
        return [(run, titles[run.pk]) for run in found]

    return Chosen(selectors.run_list(actor), dress=dress)


def _counts(actor: Actor, query: QueryDict) -> Chosen:
    selectors.runs_refused(actor)
    asked = query.get("run", "")
    if not asked:
        return Chosen([])
    run = selectors.run_get(actor, str(asked))
    rows = selectors.run_counts(actor, run)
    names = division_names({row.area_path for row in rows if row.area_path})

    def dress(found: list[RunCount]) -> list[tuple[RunCount, str]]:
        return [(row, names.get(row.area_path, "")) for row in found]

    return Chosen(rows, [(_("按哪天算"), run.as_of.isoformat())], dress)


listing_add(
    Listing(
        "benefit-runs",
        _("政策匹配"),
        (
            Column(_("按哪天算"), lambda row: row[0].as_of, Kind.DATE, 12),
            Column(_("算什么"), lambda row: row[1], width=30),
            Column(_("状态"), lambda row: row[0].state_words, width=12),
            Column(_("发起"), lambda row: row[0].asked_at, Kind.INSTANT, 18),
            Column(_("完成"), lambda row: row[0].finished_at, Kind.INSTANT, 18),
        ),
        _runs,
    ),
    Listing(
        "benefit-run-counts",
        _("政策匹配人数"),
        (
            Column(_("政策"), lambda row: row[0].version.policy.name, width=30),
            Column(_("区域"), lambda row: row[1], width=20),
            Column(_("符合"), lambda row: rounded(row[0].eligible).cell, Kind.NUMBER, 10),
            Column(_("待核"), lambda row: rounded(row[0].unknown).cell, Kind.NUMBER, 10),
            Column(_("不符合"), lambda row: rounded(row[0].refused).cell, Kind.NUMBER, 10),
            Column(_("新线索"), lambda row: rounded(row[0].new).cell, Kind.NUMBER, 10),
            Column(_("底数"), lambda row: _("是") if row[0].is_baseline else _("否"), width=8),
        ),
        _counts,
    ),
)
