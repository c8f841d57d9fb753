"""Looking for registrations that may be one person: what changed since the last look, by keyed tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from linli.core import clock
from linli.core.actor import Actor, Function
from linli.core.crypto import key_ring
from linli.core.errors import NotAllowed
from linli.core.service import changes_of, record, service

from ..models import Alike, AlikeMark, Distinct, Resident, SearchToken
from ..sealing import sealed_get
from ..tokens import name_plain, street_of, token_of

BATCH = 500
SETTLED = timedelta(minutes=5)  # what is younger may not be written to the end yet
PRESENT = (Resident.State.HERE, Resident.State.AWAY)
Pair = tuple[Resident, Resident]


@service
def alikes_find(*, actor: Actor, most: int = BATCH) -> int:
    """Look for others in the street who may be one of the next registrations that changed.

    Same name, day of birth and sex, or same name and telephone; two different numbers mean two persons, and
    pairs that somebody said are two stay away. Opens the names of those who changed and of who has the same
    one. Returns how many were looked through: fewer than ``most`` when none are left.
    """
    if actor.function != Function.SYSTEM:
        raise NotAllowed
    mark, _is_new = AlikeMark.objects.select_for_update().get_or_create(
        pk=1, defaults={"changed_at": datetime.min.replace(year=1970, tzinfo=clock.now().tzinfo)}
    )
    rows = _changed_since(mark, most)
    if not rows:
        record("resident.alike", mark)
        return 0
    Alike.objects.filter(Q(first__in=rows) | Q(second__in=rows)).delete()
    found = {(one.pk, two.pk): likeness for (one, two), likeness in _likenesses(rows)}
    _keep(found)
    record("resident.alike", mark, changes_of(mark, changed_at=rows[-1].updated_at, resident_id=rows[-1].pk))
    return len(rows)


def _changed_since(mark: AlikeMark, most: int) -> list[Resident]:
    later = Q(updated_at__gt=mark.changed_at) | Q(updated_at=mark.changed_at, pk__gt=mark.resident_id)
    rows = Resident.objects.filter(later, updated_at__gte=mark.changed_at)
    return list(rows.filter(updated_at__lt=clock.now() - SETTLED).order_by("updated_at", "pk")[:most])


def _keep(found: dict[tuple[int, int], tuple[bool, bool]]) -> None:
    said_two = set(
        Distinct.objects.filter(first__in={one for one, _two in found}).values_list("first", "second")
    )
    now = clock.now()
    Alike.objects.bulk_create(
        Alike(first_id=one, second_id=two, has_birth=has_birth, has_phone=has_phone, found_at=now)
        for (one, two), (has_birth, has_phone) in found.items()
        if (one, two) not in said_two
    )


def _likenesses(rows: Sequence[Resident]) -> Iterator[tuple[Pair, tuple[bool, bool]]]:
    """Yield pairs (the lower id first): whether birth and sex are the same, whether the telephone is."""
    for pair in _same_names(rows):
        one, two = sorted(pair, key=lambda row: row.pk)
        has_birth = bool(one.sex) and one.sex == two.sex and _is_same(one, two, "birth")
        has_phone = _is_same(one, two, "phone")
        if has_birth or has_phone:
            yield (one, two), (has_birth, has_phone)


def _is_same(one: Resident, two: Resident, part: str) -> bool:
    value = sealed_get(one, part)
    return bool(value) and value == sealed_get(two, part)


def _same_names(rows: Iterable[Resident]) -> Iterator[Pair]:
    """Yield pairs of one name in one street of whom at most one has a number, each pair once."""
    named = _by_token(row for row in rows if row.state in PRESENT and row.data_key)
    tokens = SearchToken.objects.filter(token__in=list(named), resident__state__in=PRESENT)
    numbered = {token for token, holders in named.items() if all(map(_is_numbered, holders))}
    fits = ~Q(token__in=list(numbered)) | Q(resident__number_index__isnull=True)
    found = list(tokens.filter(fits).values_list("token", "resident_id", "resident__area_path"))
    wanted = {
        pk
        for token, pk, path in found
        if any(holder.pk != pk and street_of(holder.area_path) == street_of(path) for holder in named[token])
    }
    others = Resident.objects.in_bulk(wanted)
    seen: set[tuple[int, int]] = set()
    for token, pk, _path in found:
        for holder in named[token]:
            key = (min(pk, holder.pk), max(pk, holder.pk))
            if pk in others and key not in seen and _may_be_one(holder, others[pk]):
                seen.add(key)
                yield holder, others[pk]


def _is_numbered(row: Resident) -> bool:
    return row.number_index is not None


def _may_be_one(one: Resident, two: Resident) -> bool:
    are_numbered = _is_numbered(one) and _is_numbered(two)
    return one.pk != two.pk and not are_numbered and street_of(one.area_path) == street_of(two.area_path)


def _by_token(rows: Iterable[Resident]) -> dict[int, list[Resident]]:
    """Return full name, as a token under each search key in use → who is called so."""
    ring = key_ring()
    digests = [ring.digester(name) for name in ring.token_keys()]
    named: dict[int, list[Resident]] = defaultdict(list)
    for row in rows:
        if name := name_plain(sealed_get(row, "name")):
            for digest in digests:
                named[token_of(digest, row.county_code, f"name\0{name}")].append(row)
    return named
