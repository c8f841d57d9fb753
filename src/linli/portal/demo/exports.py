"""Lists that people of the demo took away in the last days, so that the record of exports shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.exports.services import export_make
from linli.foundation.exports.tasks import export_run

from .life import Plot

# hours before the end, who, which list, format, the page's query, what for
TAKEN = (
    (98.0, "street.duty", "matters", "xlsx", "stage=all", "街道月度分析会"),
    (50.5, "unit.urban", "matters", "csv", "stage=handling", ""),
    (49.0, "district.officer", "figures-by-area", "xlsx", "period=30d", ""),
    (26.0, "dunhua.head", "duties", "xlsx", "", ""),
    (6.5, "street.duty", "matters", "xlsx", "stage=overdue", "督办超期事项"),
    (3.0, "operator", "audit", "csv", "", "季度安全检查"),
    (2.0, "dunhua.head", "posters", "csv", "", ""),
)


def lists_taken(cast: Mapping[str, Actor], end: datetime) -> Plot:
    """Take each list at its hour; one that happens to be empty then is not taken."""
    for hours, who, listing, format, query, purpose in TAKEN:
        yield end - timedelta(hours=hours)
        try:
            export = export_make(
                actor=cast[who], listing=listing, format=format, query=query, purpose=purpose
            )
        except NotFound:
            continue
        export_run(export, cast[who])
