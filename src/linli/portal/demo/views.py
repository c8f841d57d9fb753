"""Views that people of the demo saved of their lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.foundation.lists.services import view_save

from .life import Plot

# days before the end, who, which list, name, the page's query, shared with the unit
SAVED = (
    (20.0, "street.duty", "matters", "超期的", "stage=overdue&order=due", True),
    (19.0, "street.duty", "matters", "在办的环境卫生", "stage=handling&category=sanitation", False),
    (12.5, "street.duty", "units", "职能部门", "function=department", True),
    (9.0, "dunhua.head", "duties", "今天到期", "due=today", True),
    (8.0, "dunhua.head", "matters", "待核查的", "stage=handled", True),
    (4.0, "operator", "audit", "导出记录", "verb=export.make", False),
)


def views_saved(cast: Mapping[str, Actor], end: datetime) -> Plot:
    """Save each view on its day."""
    for days, who, listing, name, query, is_shared in SAVED:
        yield end - timedelta(days=days)
        view_save(actor=cast[who], listing=listing, name=name, query=query, is_shared=is_shared)
