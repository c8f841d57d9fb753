"""Which unit gives a service to whom: the rule's, where the person agreed to it; else the committee."""

from __future__ import annotations

from collections.abc import Sequence

from linli.core.actor import Function
from linli.foundation.accounts.selectors import unit_list

from ..models import Consent, Resident
from .rules import CareGroup


class Givers:
    """Units for a batch of people, looked up once for each place."""

    def __init__(self, resident_ids: Sequence[int]) -> None:
        standing = Consent.objects.filter(resident__in=resident_ids, withdrawn_at__isnull=True)
        self._agreed = set(standing.values_list("resident_id", "purpose"))
        self._units: dict[tuple[str, str, str], int | None] = {}

    def of(self, group: CareGroup, resident: Resident) -> int | None:
        """Return the unit, ``None`` where the place has none."""
        if group.function != Function.COMMITTEE and (resident.pk, group.consent) in self._agreed:
            given = self._unit(group.function, group.kind, resident.area_path)
            if given is not None:
                return given
        return self._unit(Function.COMMITTEE, "", resident.area_path)

    def _unit(self, function: str, kind: str, area_path: str) -> int | None:
        key = (function, kind, area_path)
        if key not in self._units:
            units = unit_list(function, covering=area_path).order_by("pk")
            found = (units.filter(kind=kind) if kind else units).values_list("pk", flat=True).first()
            self._units[key] = found
        return self._units[key]
