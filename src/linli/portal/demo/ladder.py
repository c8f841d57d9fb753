"""What is not done in time climbs the ladder in the demo too; its street sets figures for what is urgent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.core.clock import today
from linli.foundation.duties.services import ladder_set
from linli.foundation.duties.tasks import mark_overdue

from .life import Plot

DAYS, EVERY = 30, timedelta(hours=6)
URGENT = {
    "remind": 40,
    "amber": 70,
    "hand_up": 20,
    "street": 40,
    "district": 90,
    "city": 180,
    "supervise": 30,
}


def ladder_climbed(cast: Mapping[str, Actor], end: datetime) -> Plot:
    """Set the street's ladder on the first day, then let duties climb through the month."""
    at = end - timedelta(days=DAYS)
    yield at
    street = cast["street.duty"]
    ladder_set(
        actor=street,
        area_path=street.areas[0],
        kind="hour",
        valid_from=today() + timedelta(days=1),
        reason="延吉新村街道突发事项处置规定（演示）",
        **URGENT,
    )
    while at < end:
        yield (at := at + EVERY)
        mark_overdue()
