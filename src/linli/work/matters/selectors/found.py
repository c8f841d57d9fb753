"""A list of matters that stays quick among a million: which rows to read, decided by what was measured.

Words are answered in one of three ways, all with the result of ``matter_list``
(docs/decisions/0003-lists-of-a-million.md):

- *few here*: the place holds few matters; each one's document is looked at.
- *few hits*: the index, asked for words, category, months and open or ended at once, names few records.
- *many of both*: rows are walked in the order of the list and each one's document is looked at until the
  page is full, which is soon, because so many hold the words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from linli.core import clock
from linli.core.actor import Actor
from linli.foundation.search.selectors import search_ids, search_probe

from ..document import ENDED_FACET, OPEN, category_facet, months
from ..models import Matter
from ..workflow import ENDED
from .lists import ORDERS, ROOM, MatterFilters, matters_narrowed, words_of

FEW = 20_000  # reading so many rows by key takes about 60 ms
MOST_COUNTED = 10_000
MOST_MONTHS = 60
STREET_DEPTH = 4  # codes in the path of a street


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are; with ``is_more`` at least so many."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.is_more else str(self.number)


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
        return {name: self._count(condition) for name, condition in conditions.items()}

    def _counted(self, number: int) -> Counted:
        return Counted(min(number, self.most_counted), number > self.most_counted)

    @property
    def asks_words(self) -> bool:
        """Whether words are looked for."""
        return bool(words_of(self.wanted))

    @cached_property
    def few(self) -> list[int] | None:
        """The keys of all rows, or of those that the index names, where they are few."""
        if not self.asks_words:
            return None
        if self._is_few_here:
            rows = self._narrowed().filter(self._probe)
            return list(rows.values_list("pk", flat=True))
        return self._hits if len(self._hits) <= self.most_few else None

    @cached_property
    def _is_few_here(self) -> bool:
        areas = (self.wanted.area,) if self.wanted.area else self.actor.areas
        if not self.actor.is_governing or any(area.count("/") < STREET_DEPTH for area in areas):
            return False
        return self._narrowed()[: self.most_few + 1].count() <= self.most_few

    @cached_property
    def _hits(self) -> list[int]:
        words, facets = words_of(self.wanted), facets_asked(self.wanted)
        return search_ids(room=ROOM, query=words, facets=facets, most=self.most_few + 1)

    @property
    def _probe(self) -> Q:
        return Q(search_probe(room=ROOM, query=words_of(self.wanted)))

    def _narrowed(self, path: str = "area_path") -> QuerySet[Matter]:
        return matters_narrowed(self.actor, self.wanted, path=path).order_by()

    def _among(self, keys: Iterable[int]) -> QuerySet[Matter]:
        return self._narrowed("area_path__walked").filter(pk__among=list(keys))

    def _rows(self, condition: Q) -> QuerySet[Matter]:
        if self.few is not None:
            return self._among(self.few).filter(condition)
        rows = self._narrowed("area_path" if self._is_few_here else "area_path__walked").filter(condition)
        return rows.filter(self._probe) if self.asks_words else rows

    def _count(self, condition: Q) -> Counted:
        rows = self._narrowed().filter(condition)
        if self.asks_words:
            some = self._among(self._hits).filter(condition)[: self.most_counted + 1].count()
            if some > self.most_counted:
                return self._counted(some)
            rows = rows.filter(self._probe)
        return self._counted(rows[: self.most_counted + 1].count())


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
        facets.append(category_facet(wanted.category))
    last = wanted.to_on or clock.today()
    if wanted.from_on and 0 <= (last - wanted.from_on).days < MOST_MONTHS * 30:
        facets.append(tuple(months(wanted.from_on, last)))
    return facets
