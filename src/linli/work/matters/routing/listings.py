"""The rows of a table as a file, in the words in which they are typed, so that the file can be read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.listing import Chosen, Column, Kind, Listing, listing_add

from . import selectors
from .cells import EVERY
from .models import DecisionVersion

WIDTHS = {"category": 30, "area": 20, "words": 28, "lead": 24, "helpers": 28, "note": 36}


def _rows(actor: Actor, query: QueryDict) -> Chosen:
    """Return the rows of one version that a page shows, or of every version in force."""
    tables = selectors.table_list(actor)
    if not query.get("table"):
        return Chosen([row for table in tables for row in _of(selectors.version_now(table))])
    try:
        table = selectors.table_get(actor, UUID(query.get("table")))
        version = selectors.version_get(table, int(query.get("version", "0")))
    except ValueError as error:
        raise NotFound from error
    return Chosen(_of(version), [(_("规则表"), table.name), (_("版本"), str(version.number))])


def _of(version: DecisionVersion | None) -> list[Any]:
    rows = selectors.rows_shown(version) if version else []
    return [(version, row.number, {code: words for code, words, _raw in row.cells}) for row in rows]


def _cell(code: str) -> Callable[[Any], str]:
    return lambda row: row[2].get(code, "")


listing_add(
    Listing(
        "routing-rows",
        _("派单规则"),
        (
            Column(_("规则表"), lambda row: row[0].table.name, width=22),
            Column(_("版本"), lambda row: row[0].number, Kind.NUMBER, 6),
            Column(_("行"), lambda row: row[1], Kind.NUMBER, 6),
            *(
                Column(column.label, _cell(column.code), width=WIDTHS.get(column.code, 16))
                for column in EVERY
            ),
        ),
        _rows,
    )
)
