"""Keeping persons findable: tokens follow every change of a name, a number, a telephone, or the county."""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import F
from django.db.models.functions import Substr

from linli.core.actor import Actor
from linli.core.crypto import key_ring
from linli.core.rows import rows_insert
from linli.core.service import record, require_service, service

from ..models import Resident, SearchToken
from ..sealing import sealed_get
from ..tokens import COUNTY_AT, COUNTY_LENGTH, county_of, tokens_of

FOUND = (Resident.State.HERE, Resident.State.AWAY, Resident.State.DEAD)
BATCH = 500


@require_service
def tokens_write(*, residents: Sequence[Resident], fresh: bool = False) -> int:
    """Make persons findable by what they hold now, in the county they are in; returns how many tokens.

    To be called after their rows were written, whenever a name, number, telephone, state or county changed.
    Sets ``county_code`` (on the objects too). ``fresh`` says that none of them had tokens: for bulk.
    """
    if not fresh:
        tokens_delete(residents=residents)
    _counties_settle(residents)
    digest = key_ring().digester(key_ring().token_keys()[-1])
    count = 0

    def rows() -> Iterator[tuple[int, int]]:
        nonlocal count
        for resident in residents:
            if resident.state in FOUND and resident.data_key:
                name, number, phone = (sealed_get(resident, part) for part in ("name", "number", "phone"))
                found = tokens_of(resident.county_code, name, number, phone, digest=digest)
                count += len(found)
                yield from ((token, resident.pk) for token in found)

    rows_insert(SearchToken, ("token", "resident"), rows())
    return count


def _counties_settle(residents: Iterable[Resident]) -> None:
    strays = [resident for resident in residents if resident.county_code != county_of(resident.area_path)]
    counties: dict[str, list[int]] = {}
    for resident in strays:
        counties.setdefault(county_of(resident.area_path), []).append(resident.pk)
    for county, keys in counties.items():
        Resident.objects.filter(pk__in=keys).update(county_code=county)
    if strays:  # one record for all: under which county a person is found follows where they are
        before, after = strays[0].county_code, county_of(strays[0].area_path)
        record("resident.tokens", strays[0], {"county_code": (before, after)})
    for resident in strays:
        resident.county_code = county_of(resident.area_path)


@require_service
def tokens_delete(*, residents: Iterable[Resident]) -> int:
    """Take persons out of the search; returns how many tokens went."""
    return SearchToken.objects.filter(resident_id__in=[resident.pk for resident in residents]).delete()[0]


@service
def tokens_follow(*, actor: Actor, most: int = BATCH) -> int:
    """Give persons whom a change of divisions carried into another county the tokens of that county.

    Returns how many it were: fewer than ``most`` when none are left.
    """
    county = Substr("area_path", COUNTY_AT + 1, COUNTY_LENGTH)
    strays = Resident.objects.annotate(county=county).exclude(county_code=F("county")).exclude(area_path="")
    residents = list(strays.filter(state__in=FOUND).order_by("pk")[:most])
    if residents:
        tokens_write(residents=residents)
    return len(residents)
