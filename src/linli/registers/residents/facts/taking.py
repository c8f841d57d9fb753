"""Many facts at once, as a file brings them: a step of an import's batch, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.crypto import key_ring
from linli.core.service import require_service

from ..models import Fact
from .dictionary import Of, fact_key
from .rules import overlaps
from .subjects import CONTEXT, column_of
from .values import canonical_period, period_begins

CHUNK = 500
Place = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Brought:
    """One fact that a file brings about a subject; ``value`` is canonical (``values.canonical``)."""

    subject_id: int
    key: str
    value: str = ""
    state: str = Fact.State.KNOWN
    period: str = ""
    from_on: date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Bringing:
    """Whose facts come, from where, as of which day; ``data_keys`` is subject id → wrapped data key."""

    of: Of
    data_keys: Mapping[int, str]
    source: str
    collected_on: date
    person_id: int | None = None


@dataclass(slots=True)
class Taken:
    """What became of the rows, by their place in the batch; ``made`` and ``ended`` take it back."""

    made: dict[int, int] = field(default_factory=dict)
    ended: dict[int, int] = field(default_factory=dict)
    confirmed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    conflicting: list[int] = field(default_factory=list)


@require_service
def facts_take(*, bringing: Bringing, rows: Sequence[Brought]) -> Taken:
    """Write down what a file brings; the same again changes nothing, a newer file confirms.

    A value that differs ends the one before on the day on which it begins; one that begins earlier than that,
    or shares a day with the past, is in conflict and left to people. The caller records
    (``touched=[Fact]``), and has decided whose word counts.
    """
    batch = _Batch(bringing, rows)
    for index, row in enumerate(rows):
        batch.take(index, row)
    return batch.write()


@require_service
def facts_untake(*, made: Iterable[int], ended: Iterable[int]) -> None:
    """Take a batch back: what it made goes, what it ended stands again."""
    Fact.objects.filter(pk__in=list(made)).delete()
    Fact.objects.filter(pk__in=list(ended)).update(to_on=None)


class _Batch:
    """One batch against what is known: which rows are new, which end, which only confirm."""

    def __init__(self, bringing: Bringing, rows: Sequence[Brought]) -> None:
        self.bringing, self.at = bringing, clock.now()
        self.column = column_of(bringing.of)
        self.keys: dict[int, Any] = {}
        self.lines = {key: fact_key(key, bringing.of) for key in {row.key for row in rows}}
        self.known: dict[Place, list[Fact]] = {}
        ids = list({row.subject_id for row in rows})
        known = Fact.objects.filter(**{f"{self.column}__in": ids}, key__in=list(self.lines))
        for fact in known.order_by("pk"):
            self.known.setdefault((getattr(fact, f"{self.column}_id"), fact.key, fact.period), []).append(
                fact
            )
        self.fresh: list[tuple[int, Fact]] = []
        self.ended: list[Fact] = []
        self.confirmed: list[Fact] = []
        self.taken = Taken()

    def take(self, index: int, row: Brought) -> None:
        """Decide what becomes of one row."""
        line = self.lines[row.key]
        period = canonical_period(line, row.period)
        known = self.known.setdefault((row.subject_id, row.key, period), [])
        standing = next((fact for fact in known if fact.to_on is None), None)
        if standing is not None and standing.state == row.state and self._value(standing) == row.value:
            self._again(index, standing)
            return
        begins = row.from_on or period_begins(line, period) or self.bringing.collected_on
        fact = self._fact(row, period, begins)
        past = [other for other in known if other is not standing]
        if any(overlaps(other, fact) for other in past) or not _follows(standing, begins):
            self.taken.conflicting.append(index)
            return
        if standing is not None:
            standing.to_on = begins
            if standing.pk is not None:
                self.ended.append(standing)
                self.taken.ended[index] = standing.pk
        known.append(fact)
        self.fresh.append((index, fact))

    def _again(self, index: int, standing: Fact) -> None:
        if standing.pk is None or standing.collected_on >= self.bringing.collected_on:
            self.taken.unchanged.append(index)
            return
        standing.collected_on = self.bringing.collected_on
        self.confirmed.append(standing)
        self.taken.confirmed.append(index)

    def _key(self, subject_id: int) -> Any:
        if subject_id not in self.keys:
            self.keys[subject_id] = key_ring().key_open(self.bringing.data_keys[subject_id])
        return self.keys[subject_id]

    def _value(self, fact: Fact) -> str:
        if not fact.value_sealed:
            return fact.value
        text: str = self._key(getattr(fact, f"{self.column}_id")).open(fact.value_sealed, CONTEXT)
        return text

    def _fact(self, row: Brought, period: str, begins: date) -> Fact:
        is_sensitive = self.lines[row.key].is_sensitive
        return Fact(
            **{f"{self.column}_id": row.subject_id},
            key=row.key,
            period=period,
            state=row.state,
            value="" if is_sensitive else row.value,
            value_sealed=self._key(row.subject_id).seal(row.value, CONTEXT) if is_sensitive else "",
            from_on=begins,
            source=self.bringing.source,
            recorded_at=self.at,
            collected_by_id=self.bringing.person_id,
            collected_on=self.bringing.collected_on,
            document=row.document[:120],
        )

    def write(self) -> Taken:
        """Write everything; what ends goes first, for only one row of a place is open at a time."""
        Fact.objects.bulk_update(self.ended, ["to_on"], batch_size=CHUNK)
        Fact.objects.bulk_update(self.confirmed, ["collected_on"], batch_size=CHUNK)
        Fact.objects.bulk_create([fact for _index, fact in self.fresh], batch_size=CHUNK)
        self.taken.made = {index: fact.pk for index, fact in self.fresh}
        return self.taken


def _follows(standing: Fact | None, begins: date) -> bool:
    """Whether something that begins on a day may take the place of what stands."""
    return standing is None or standing.from_on is None or standing.from_on <= begins
