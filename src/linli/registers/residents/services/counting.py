"""Counting large districts ahead, so that whoever looks does not wait for hundreds of thousands of rows."""

from linli.core.actor import Actor, Function
from linli.core.errors import NotAllowed
from linli.core.service import record, service

from ..models import Household, KeptCount, Resident
from ..selectors.figures import CountFilters, figures_count


@service
def counts_keep(*, actor: Actor, area_path: str, wanted: CountFilters) -> KeptCount:
    """Count a whole district by one choice of filters and keep the numbers."""
    if actor.function != Function.SYSTEM:
        raise NotAllowed()
    found = figures_count(Resident.objects.all(), Household.objects.all(), area_path, wanted)
    kept, _is_new = KeptCount.objects.update_or_create(
        area_path=area_path,
        presence=wanted.presence,
        tenure=wanted.tenure,
        defaults={"counted_at": found.counted_at, "figures": found.plain()},
    )
    record("registry.count", kept, touched=[KeptCount])
    return kept
