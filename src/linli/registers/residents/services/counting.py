"""Counting large districts ahead, so that whoever looks does not wait for hundreds of thousands of rows."""

from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.service import record, service

from ..models import Household, KeptCount, Resident
from ..selectors.figures import figures_count, filters_all


@service
def counts_keep(*, actor: Actor, area_path: str) -> int:
    """Count a whole district by every choice of filters and keep the numbers; returns how many choices."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    rows = []
    for wanted in filters_all():
        found = figures_count(Resident.objects.all(), Household.objects.all(), area_path, wanted)
        rows.append(
            KeptCount(
                area_path=area_path,
                presence=wanted.presence,
                tenure=wanted.tenure,
                counted_at=found.counted_at,
                figures=found.plain(),
            )
        )
    KeptCount.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area_path", "presence", "tenure"],
        update_fields=["counted_at", "figures"],
    )
    record("registry.count", rows[0], touched=[KeptCount])
    return len(rows)
