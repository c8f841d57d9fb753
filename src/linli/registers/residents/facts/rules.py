"""What a row of facts says on a day: known, none, asked and not known, too old, or nothing. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from .dictionary import FactKey


class Answer(StrEnum):
    """What is known on a day; ``EXPIRED`` is a value that is too old to be taken as it is."""

    KNOWN = "known"
    NONE = "none"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    MISSING = "missing"  # never asked: no row


@dataclass(frozen=True, slots=True)
class FactValue:
    """What is known of one key (and period) on a day; ``value`` is canonical, and kept where it expired."""

    answer: Answer
    value: str = ""
    period: str = ""
    source: str = ""
    collected_on: date | None = None
    good_until: date | None = None
    fact_id: int | None = None

    @property
    def is_settled(self) -> bool:
        """Whether a rule may take it: a value or a known absence, not too old."""
        return self.answer in (Answer.KNOWN, Answer.NONE)

    def age_days(self, on: date) -> int | None:
        """Return how many days ago it was collected."""
        return (on - self.collected_on).days if self.collected_on else None


MISSING = FactValue(Answer.MISSING)


class Span(Protocol):
    """From–to, half-open; ``None`` is unknown since when, or still."""

    from_on: date | None
    to_on: date | None


def holds(row: Span, on: date) -> bool:
    """Whether a half-open span holds on a day."""
    return (row.from_on is None or row.from_on <= on) and (row.to_on is None or on < row.to_on)


def overlaps(first: Span, second: Span) -> bool:
    """Whether two half-open spans share a day; an empty one shares none."""
    if is_void(first) or is_void(second):
        return False
    starts_in_time = first.from_on is None or second.to_on is None or first.from_on < second.to_on
    ends_late = second.from_on is None or first.to_on is None or second.from_on < first.to_on
    return starts_in_time and ends_late


def is_void(row: Span) -> bool:
    """Whether a row never held (it was corrected, or replaced on the day it began)."""
    return row.from_on is not None and row.from_on == row.to_on


def months_later(day: date, months: int) -> date:
    """Return the day so many months later; a day that the month lacks becomes its last."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def good_until(line: FactKey, collected_on: date) -> date | None:
    """Return the last day on which a value is taken as it is, ``None`` where it does not age."""
    return months_later(collected_on, line.validity) if line.validity else None


def reading(
    line: FactKey,
    *,
    state: str,
    value: str,
    period: str,
    source: str,
    collected_on: date,
    on: date,
    fact_id: int | None = None,
) -> FactValue:
    """Return what a row that holds on ``on`` says on that day."""
    until = good_until(line, collected_on)
    answer = Answer(state)
    if until is not None and on > until and answer in (Answer.KNOWN, Answer.NONE):
        answer = Answer.EXPIRED
    return FactValue(answer, value, period, source, collected_on, until, fact_id)


def latest(values: Iterable[FactValue]) -> FactValue:
    """Return the value of the latest period, the most settled first; ``MISSING`` where there is none."""
    ordered: Sequence[FactValue] = sorted(values, key=lambda found: (found.period, str(found.collected_on)))
    return ordered[-1] if ordered else MISSING
