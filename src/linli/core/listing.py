"""How a list is written out as a file: a room declares it once, the exports room writes every format.

A room's ``listings.py`` calls ``listing_add``; the exports room loads those modules at start-up. Nothing
here reads or writes: what somebody sees of a list is decided by the room's own selector.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .actor import Actor
from .errors import NotFound, ProgrammingFault

Text = str | Promise
CHUNK = 500


class Kind(StrEnum):
    """What a column holds: text stays text in a spreadsheet, the others are counted and sorted."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"


class Reach(StrEnum):
    """Who may take the list away at all; what it then holds is the selector's decision."""

    DESK = "desk"
    OWN = "own"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, how it is read from a row, what it holds, its width in characters."""

    label: Text
    read: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int = 16


def _as_they_are(rows: list[Any]) -> Iterable[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list holds for one actor and one set of filters.

    ``rows`` is a scoped, ordered queryset, or a sequence where the list is computed. ``conditions`` are
    the filters in words, (label, value). ``dress`` turns one chunk of rows into what the columns read,
    so that names are looked up a chunk at a time.
    """

    rows: QuerySet[Any] | Sequence[Any]
    conditions: Sequence[tuple[Text, Text]] = ()
    dress: Callable[[list[Any]], Iterable[Any]] = field(default=_as_they_are)

    def count(self) -> int:
        """Return how many rows there are."""
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    def chunks(self, size: int = CHUNK) -> Iterator[list[Any]]:
        """Yield the dressed rows, ``size`` at a time, in the order of the list.

        Only the keys are sorted and held, however long the list; each chunk is read when its turn comes,
        under the same conditions, so that what has left the list meanwhile is left out.
        """
        if not isinstance(self.rows, QuerySet):
            for start in range(0, len(self.rows), size):
                yield list(self.dress(list(self.rows[start : start + size])))
            return
        keys = list(self.rows.values_list("pk", flat=True))
        unsorted = self.rows.order_by()
        for start in range(0, len(keys), size):
            part = keys[start : start + size]
            found = unsorted.in_bulk(part)
            yield list(self.dress([found[key] for key in part if key in found]))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be taken away as a file.

    ``choose`` gets the actor and the list page's query, and raises the page's own refusals. ``page`` is
    the url name of that page, where it stands by itself: views of such a list can be saved.
    """

    code: str
    title: Text
    columns: Sequence[Column]
    choose: Callable[[Actor, QueryDict], Chosen]
    reach: Reach = Reach.DESK
    page: str = ""


_listings: dict[str, Listing] = {}


def listing_add(*listings: Listing) -> None:
    """Make lists known, once, at start-up."""
    for listing in listings:
        if listing.code in _listings:
            raise ProgrammingFault(f"two lists are called {listing.code}")
        _listings[listing.code] = listing


def listing_get(code: str) -> Listing:
    """Return a list by its code, or raise ``NotFound``."""
    if code not in _listings:
        raise NotFound(_("没有这个列表。"), hint=_("请从列表页面上的“导出”进入。"))
    return _listings[code]


def listings() -> list[Listing]:
    """Return every list there is."""
    return list(_listings.values())


def form_conditions(form: forms.Form, leave_out: Iterable[str] = ()) -> list[tuple[Text, Text]]:
    """Return what a filter form narrows a list by, in words: (the field's label, the value's label)."""
    left, found = {*leave_out}, list[tuple[Text, Text]]()
    for name, asked in form.fields.items():
        value = form[name].value()
        if value in (None, "", [], False) or name in left or name in form.errors:
            continue
        words = _labels(asked).get(str(value), value) if isinstance(asked, forms.ChoiceField) else value
        found.append((asked.label or name, str(words)))
    return found


def _labels(asked: forms.ChoiceField) -> dict[str, Any]:
    """Return value → label of a choice, groups flattened."""
    found: dict[str, Any] = {}
    for value, label in cast(Iterable[tuple[Any, Any]], asked.choices):
        inner = label if isinstance(label, list | tuple) else [(value, label)]
        found.update({str(code): words for code, words in inner})
    return found
