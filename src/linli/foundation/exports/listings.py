"""The record of exports is a list like any other."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.listing import Chosen, Column, Kind, Listing, form_conditions, listing_add
from linli.foundation.accounts.selectors import person_names

from .forms import ExportSearch
from .models import Export
from .selectors import export_list


def _choose(actor: Actor, query: QueryDict) -> Chosen:
    form = ExportSearch(query)
    rows = export_list(actor, **form.cleaned_data) if form.is_valid() else Export.objects.none()
    return Chosen(rows, form_conditions(form), _named)


def _named(rows: list[Export]) -> list[dict[str, Any]]:
    names = person_names(export.person_id for export in rows)
    return [{"export": row, "who": names.get(row.person_id or 0, row.actor_name)} for row in rows]


listing_add(
    Listing(
        "exports",
        _("导出记录"),
        (
            Column(_("列表"), lambda row: row["export"].title, width=20),
            Column(_("导出时间"), lambda row: row["export"].made_at, Kind.INSTANT, 18),
            Column(_("导出人"), lambda row: row["who"], width=12),
            Column(_("身份"), lambda row: row["export"].actor_name, width=12),
            Column(_("单位"), lambda row: row["export"].unit, width=24),
            Column(_("条件"), lambda row: row["export"].conditions, width=40),
            Column(_("行数"), lambda row: row["export"].row_count, Kind.NUMBER, 10),
            Column(_("格式"), lambda row: row["export"].format, width=8),
            Column(_("用途"), lambda row: row["export"].purpose, width=30),
        ),
        _choose,
    )
)
