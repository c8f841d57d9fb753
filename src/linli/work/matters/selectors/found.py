"""A list of matters that stays quick among a million: which rows to read, decided by what was measured.

With the result of ``matter_list`` in each case (docs/decisions/0006-lists-of-a-million.md):

- *few hits*: the index, asked for words, place, category, months and open or ended at once, names at most
  ``FEW`` records; these are read by key, counted, sorted.
- *many hits*: rows are walked in the order of the list and each one's document is looked at until the page
  is full, which is soon, because so many hold the words.
- *no words*: rows are walked in the order of the list, or read by place or date where that leaves few.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery

from linli.core import clock
from linli.core.actor import Actor, system
from linli.foundation.search.rules import area_facet
from linli.foundation.search.selectors import search_ids, search_probe

from ..catalog.selectors import under
from ..document import ENDED_FACET, OPEN, category_facet, months
from ..models import Matter
from ..workflow import ENDED
from .lists import ORDERS, ROOM, MatterFilters, matters_narrowed, words_of

FEW = 20_000  # reading so many rows by key takes about 60 ms
MOST_COUNTED = 10_000
MOST_MONTHS = 60
MOST_CODES = 40
DISTRICT_DEPTH, COMMITTEE_DEPTH = 3, 5  # codes in a path
EVERYTHING = system("lists")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are; with ``is_more`` at least so many."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.is_more else str(self.number)


class _Number(Subquery):
    """How many rows a queryset has, as one value of a larger question."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


@dataclass
class MatterList:
    """One actor's list under one set of filters, to be counted and paged.

    ``rows`` is in the list's order. ``few`` are the keys of everything in it where that is known.
    """

    actor: Actor
    wanted: MatterFilters
    most_few: int = FEW
    most_counted: int = MOST_COUNTED

    def page(self, condition: Q, start: int, size: int) -> list[int]:
        """Return the keys of one page of those that meet a condition."""
        rows = self._rows(condition).order_by(*ORDERS.get(self.wanted.order, ORDERS["due"]))
        return list(rows.values_list("pk", flat=True)[start : start + size])

    def counts(self, conditions: Mapping[str, Q]) -> dict[str, Counted]:
        """Return how many meet each condition, up to ``most_counted``."""
        if self.few is not None or self._is_few_here:
            named = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
            found = self._rows(Q()).aggregate(**named)
            return {name: self._counted(number) for name, number in found.items()}
        return self._counts_up_to(conditions)

    def _counts_up_to(self, conditions: Mapping[str, Q]) -> dict[str, Counted]:
        """Count those that the index named; what they leave below the most, by the rows themselves."""
        counted: dict[str, Counted] = {}
        if self.asks_words:
            some = self._number({name: self._among(self._hits).filter(c) for name, c in conditions.items()})
            counted = {name: self._counted(n) for name, n in some.items() if n > self.most_counted}
        rows = {name: self._countable(c) for name, c in conditions.items() if name not in counted}
        return counted | {name: self._counted(number) for name, number in self._number(rows).items()}

    def _number(self, rows: Mapping[str, QuerySet[Matter]]) -> dict[str, int]:
        """Return how many rows each queryset has, one more than ``most_counted`` at most (one query)."""
        most = self.most_counted + 1
        numbers = [_Number(each.values("pk")[:most]) for each in rows.values()]
        row = Matter.objects.order_by().values_list(*numbers).first() if numbers else None
        return dict(zip(rows, row or [0] * len(numbers), strict=True))

    def _counted(self, number: int) -> Counted:
        return Counted(min(number, self.most_counted), number > self.most_counted)

    @property
    def asks_words(self) -> bool:
        """Whether words are looked for."""
        return bool(words_of(self.wanted))

    @cached_property
    def few(self) -> list[int] | None:
        """The keys of what the index names, where they are few."""
        return self._hits if self.asks_words and len(self._hits) <= self.most_few else None

    @cached_property
    def _hits(self) -> list[int]:
        words, facets = words_of(self.wanted), [*facets_asked(self.wanted), *self._areas_asked()]
        return search_ids(room=ROOM, query=words, facets=facets, most=self.most_few + 1)

    @property
    def _areas(self) -> tuple[str, ...]:
        """The places that narrow the list; an executing unit's list is narrowed by what was sent to it."""
        if self.wanted.area:
            return (self.wanted.area,)
        return self.actor.areas if self.actor.is_governing else ("",)

    def _areas_asked(self) -> list[tuple[str, ...]]:
        if any(area.count("/") < DISTRICT_DEPTH for area in self._areas):
            return []  # everything lies there: it would be read for nothing
        return [tuple(map(area_facet, self._areas))]

    @property
    def _is_few_here(self) -> bool:
        """Whether the place is a committee or less, which holds some thousand matters at most."""
        return all(area.count("/") >= COMMITTEE_DEPTH for area in self._areas)

    @cached_property
    def _is_few_then(self) -> bool:
        """Whether few matters were reported in the days that are asked for."""
        if self.wanted.from_on is None:
            return False
        days = MatterFilters(from_on=self.wanted.from_on, to_on=self.wanted.to_on)
        rows = matters_narrowed(EVERYTHING, days)
        return rows.order_by()[: self.most_few + 1].count() <= self.most_few

    def _probed(self, rows: QuerySet[Matter]) -> QuerySet[Matter]:
        return (
            rows.filter(Q(search_probe(room=ROOM, query=words_of(self.wanted)))) if self.asks_words else rows
        )

    def _narrowed(self, *, by_area: bool = False, by_date: bool = False) -> QuerySet[Matter]:
        return matters_narrowed(self.actor, self.wanted, by_area=by_area, by_date=by_date).order_by()

    def _among(self, keys: Iterable[int]) -> QuerySet[Matter]:
        return self._narrowed().filter(pk__among=list(keys))

    def _rows(self, condition: Q) -> QuerySet[Matter]:
        if self.few is not None:
            return self._among(self.few).filter(condition)
        if self._is_few_here:
            return self._probed(self._narrowed(by_area=True).filter(condition))
        in_order_of_date = "reported" in self.wanted.order
        rows = self._narrowed(by_date=in_order_of_date or self._is_few_then)
        return self._probed(rows.filter(condition))

    def _countable(self, condition: Q) -> QuerySet[Matter]:
        # What names states is counted in the index that begins with them, the rest by place or date.
        rows = self._narrowed(by_area=not condition, by_date=not condition or self._is_few_then)
        return self._probed(rows.filter(condition))


def facets_asked(wanted: MatterFilters) -> list[str | tuple[str, ...]]:
    """Return what the index can narrow words by: open or ended, category, months."""
    facets: list[str | tuple[str, ...]] = []
    if wanted.stage in ("open", "overdue", "mine"):
        facets.append(OPEN)
    if wanted.stage == "closed":
        facets.append(ENDED_FACET)
    if wanted.state:
        facets.append(ENDED_FACET if wanted.state in ENDED else OPEN)
    if wanted.category:
        codes = set(under(wanted.category).values())
        if len(codes) <= MOST_CODES:  # a group of many kinds narrows little, and asks for as many tokens
            facets.append(tuple(category_facet(code) for code in sorted(codes)))
    last = wanted.to_on or clock.today()
    if wanted.from_on and 0 <= (last - wanted.from_on).days < MOST_MONTHS * 30:
        facets.append(tuple(months(wanted.from_on, last)))
    return facets
