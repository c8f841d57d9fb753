"""New persons of a file, thousands at once: built as plain values, written table by table."""

from collections.abc import Sequence

from linli.core.errors import Busy
from linli.core.rows import keys_reserve, numbers_insert, rows_insert
from linli.core.service import require_service
from linli.foundation.imports.targets import Row

from ...importing import building
from ...importing.people import NOW, Reading
from ...models import Fact, Guardian, Household, Membership, Occupancy, Resident, SearchToken


@require_service
def residents_make(*, read: Reading, rows: Sequence[Row]) -> list[int]:
    """Register the persons of rows that were checked; returns their ids in the rows' order."""
    batch = building.batch_begun(read, rows, keys_reserve)
    households_locked(households={kin.pk for kin in batch.kin.values() if not kin.is_new})
    numbers_insert(SearchToken, ("token", "resident"), building.batch_filled(batch, rows))
    _heads_leave(batch.heads_left)
    rows_insert(Resident, building.RESIDENT, batch.residents)
    rows_insert(Household, building.HOUSEHOLD, batch.households)
    rows_insert(Membership, building.MEMBERSHIP, batch.memberships)
    rows_insert(Occupancy, building.OCCUPANCY, batch.occupancies)
    rows_insert(Fact, building.FACT, batch.facts)
    rows_insert(Guardian, building.GUARDIAN, batch.guardians)
    return batch.keys


@require_service
def households_locked(*, households: set[int]) -> None:
    """Lock known households that people join; ``Busy`` where one has ended since the rows were read."""
    rows = Household.objects.select_for_update().filter(pk__among=sorted(households), ended_on__isnull=True)
    if households and len(rows.order_by("pk").values_list("pk")) < len(households):
        raise Busy


def _heads_leave(households: Sequence[int]) -> None:
    """The head of a known household becomes another relative of the one who takes the place."""
    if households:
        heads = Membership.objects.filter(household__in=households, relation=Membership.Relation.HEAD, **NOW)
        heads.update(relation=Membership.Relation.OTHER_KIN)
