"""What stands against making leads of those whom a run found, read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from linli.core.fields import in_areas
from linli.registers.residents.holding import holds_on
from linli.registers.residents.models import Household, Membership, Receipt, Resident
from linli.registers.residents.own.selectors import objecting

from ..models import Lead, Policy
from .found import Before, Found, Known


def known_of(policy: Policy, found: Sequence[Found], on: date, area: str) -> Known:
    """Return what stands against leads of one batch, in the same number of queries whatever its size."""
    homes = sorted({one.household_id for one in found})
    people = sorted({one.resident_id for one in found if one.resident_id})
    about = Q(resident__in=people) | Q(household__in=homes, resident__isnull=True)
    places = Household.objects.filter(pk__among=homes, ended_on__isnull=True)
    places = places.filter(in_areas("area_path", (area,)))
    here = Resident.objects.filter(pk__among=people, state=Resident.State.HERE)
    got = Receipt.objects.filter(holds_on(on), Q(resident__in=people) | Q(household__in=homes))
    before = defaultdict[tuple[int | None, int], list[Before]](list)
    earlier = Lead.objects.filter(about, policy=policy).order_by()
    for resident, household, by, state in earlier.values_list(
        "resident_id", "household_id", "policy_version_id", "state"
    ):
        before[resident, 0 if resident else household].append(Before(by, state))
    standing = got.filter(policy=policy.name).values_list("resident_id", "household_id")
    return Known(
        places=dict(places.values_list("pk", "area_path")),
        here=set(here.values_list("pk", flat=True)),
        objecting=objecting(people),
        objecting_homes=_homes_objecting([one.household_id for one in found if one.resident_id is None]),
        receiving={(resident, 0 if resident else household) for resident, household in standing},
        before=before,
    )


def _homes_objecting(homes: Iterable[int]) -> set[int]:
    """Return the households of which a member objects; their answer would be the machine's too."""
    rows = Membership.objects.filter(household__in=sorted(set(homes)), to_on__isnull=True)
    members = dict[int, list[int]]()
    for household, resident in rows.values_list("household_id", "resident_id"):
        members.setdefault(resident, []).append(household)
    return {household for resident in objecting(members) for household in members[resident]}
