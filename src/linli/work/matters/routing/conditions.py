"""When a row of a decision table applies; pure: facts in, row numbers out.

``matches`` reads one condition as it is written. ``Matcher`` answers the same for a whole table at once: for
every value that some row names it keeps a bit pattern of the rows that accept it, so that a matter costs a
few ANDs instead of a reading of every row. That both say the same is tested with random tables.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from ..words import folded

DAY = 24 * 60
WORKDAY, DAY_OFF = "workday", "dayoff"
Span = tuple[int, int]
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as rows see it: minute of the day, day of the week (1 Monday to 7), whether people work."""

    minute: int
    weekday: int
    is_workday: bool

    @classmethod
    def of(cls, at: datetime, is_workday: bool) -> Moment:
        """Return the moment of a local (Beijing) instant."""
        return cls(at.hour * 60 + at.minute, at.isoweekday(), is_workday)

    @property
    def days(self) -> tuple[str, str]:
        """Return what this day is called in a row."""
        return str(self.weekday), WORKDAY if self.is_workday else DAY_OFF


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a matter: ``category`` and ``area`` are paths, ``words`` its text.

    ``places`` are the kinds of its place (inside a compound, of which housing type); ``answers`` maps a
    question of the category to what was answered: one answer, or several.
    """

    category: str
    area: str
    moment: Moment
    places: frozenset[str] = frozenset()
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    words: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row asks; an empty part accepts everything, a filled one any of its values.

    ``answers`` are (question, accepted answers): every question named must be answered so. A span of hours
    begins with its first minute and ends before its last; one that ends before it begins runs over midnight.
    ``words`` are folded.
    """

    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    hours: tuple[Span, ...] = ()
    days: tuple[str, ...] = ()
    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it asks nothing at all."""
        return self == Condition()


def is_under(path: str, above: str) -> bool:
    """Whether a category path is a node or lies below it."""
    return path == above or path.startswith(f"{above}/")


def is_within(minute: int, span: Span) -> bool:
    """Whether a minute of the day lies in a span of hours."""
    begin, end = span
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def matches(condition: Condition, facts: Facts) -> bool:
    """Whether a row applies, read as it is written."""
    return (
        (not condition.categories or any(is_under(facts.category, path) for path in condition.categories))
        and (not condition.areas or any(facts.area.startswith(path) for path in condition.areas))
        and (not condition.places or any(kind in facts.places for kind in condition.places))
        and (not condition.hours or any(is_within(facts.moment.minute, span) for span in condition.hours))
        and (not condition.days or any(day in condition.days for day in facts.moment.days))
        and all(_is_answered(facts, question, accepted) for question, accepted in condition.answers)
        and (not condition.words or any(word in folded(facts.words) for word in condition.words))
    )


def _is_answered(facts: Facts, question: str, accepted: Sequence[str]) -> bool:
    return any(answer in accepted for answer in facts.answers.get(question, ()))


def prefixes(path: str) -> Iterator[str]:
    """Yield a path's beginnings, each without the slash that follows it."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
    if path and not path.endswith("/"):
        yield path


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of all conditions: which rows accept everything, and which accept a value."""

    any_value: int
    by_value: Mapping[str, int]

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> _Part:
        free, named = 0, dict[str, int]()
        for number, values in enumerate(rows):
            if not values:
                free |= 1 << number
            for value in values:
                named[value] = named.get(value, 0) | 1 << number
        return cls(free, named)

    def accept(self, values: Iterable[str]) -> int:
        """Return the rows that accept one of the values."""
        rows = self.any_value
        for value in values:
            rows |= self.by_value.get(value, 0)
        return rows


@dataclass(frozen=True, slots=True)
class _Clockface:
    """Which rows accept each minute: the day cut where any span begins or ends."""

    cuts: tuple[int, ...]
    rows: tuple[int, ...]

    @classmethod
    def of(cls, spans: Sequence[Sequence[Span]]) -> _Clockface:
        cuts = tuple(sorted({0, *(cut % DAY for row in spans for span in row for cut in span)}))
        rows = []
        for cut in cuts:
            accepting = (
                1 << number
                for number, row in enumerate(spans)
                if not row or any(is_within(cut, span) for span in row)
            )
            rows.append(sum(accepting))
        return cls(cuts, tuple(rows))

    def accept(self, minute: int) -> int:
        """Return the rows that accept a minute."""
        return self.rows[bisect_right(self.cuts, minute) - 1]


class Matcher:
    """A whole table, asked at once."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        """Lay the conditions out as bit patterns: bit n is the row n (counted from 0)."""
        self._categories = _Part.of(c.categories for c in conditions)
        self._areas = _Part.of([path.rstrip("/") for path in c.areas] for c in conditions)
        self._places = _Part.of(c.places for c in conditions)
        self._days = _Part.of(c.days for c in conditions)
        self._hours = _Clockface.of([c.hours for c in conditions])
        asked = sorted({question for c in conditions for question, _ in c.answers})
        by_question = {name: [dict(c.answers).get(name, ()) for c in conditions] for name in asked}
        self._answers = {name: _Part.of(rows) for name, rows in by_question.items()}
        self._words = [c.words for c in conditions]

    def _rows(self, facts: Facts) -> int:
        """Return the rows that accept everything but perhaps the words."""
        rows = self._categories.accept(prefixes(facts.category))
        rows &= self._areas.accept(prefixes(facts.area))
        rows &= self._places.accept(facts.places)
        rows &= self._hours.accept(facts.moment.minute) & self._days.accept(facts.moment.days)
        for question, part in self._answers.items():
            rows &= part.accept(facts.answers.get(question, ()))
        return rows

    def hits(self, facts: Facts) -> Iterator[int]:
        """Yield the numbers (from 0) of the rows that apply, from the top."""
        rows, text = self._rows(facts), ""
        while rows:
            lowest = rows & -rows
            number = lowest.bit_length() - 1
            rows ^= lowest
            words = self._words[number]
            if words and not text:
                text = folded(facts.words) or " "
            if not words or any(word in text for word in words):
                yield number
