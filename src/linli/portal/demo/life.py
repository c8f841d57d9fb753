"""The life of the demo street: plots that act through the services, played in the order of time.

A *plot* is a generator that yields the instant of its next step and then takes that step as the person
whose turn it is. The stage plays the earliest step of all plots first with the clock set to it, so that
records, numbers and seals come about as they would have in real life; what lies after the end does not
happen, which is how every state comes to be found at the end.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from linli.core.actor import Actor
from linli.core.clock import BEIJING, clock_set
from linli.core.timelimits import Calendar

Plot = Iterator[datetime]
Scene = Generator[datetime, None, datetime]


def at_hour(day: datetime, hour: int, minute: int = 0) -> datetime:
    """Return a time of day in Beijing on the day of an instant: meetings and ballots keep decent hours."""
    return datetime.combine(day.astimezone(BEIJING).date(), time(hour, minute), BEIJING)


def begun_before(at: datetime, least: timedelta) -> datetime:
    """Return when a meeting that runs at an instant began: ``least`` before it and from 9 to 19 o'clock.

    At night it is the meeting of the evening before, which went on.
    """
    began = (at - least).astimezone(BEIJING).replace(minute=0, second=0, microsecond=0)
    if began.hour < 9:
        return at_hour(began - timedelta(days=1), 19)
    return at_hour(began, min(began.hour, 19))


def play(plots: Iterable[Plot], end: datetime) -> int:
    """Play all plots up to ``end`` in the order of time; return how many steps were taken."""
    queue: list[tuple[datetime, int, Plot]] = []
    for number, plot in enumerate(plots):
        queue.append((next(plot), number, plot))
    heapq.heapify(queue)
    steps = 0
    while queue and queue[0][0] <= end:
        at, number, plot = heapq.heappop(queue)
        clock_set(at)
        following = next(plot, None)
        steps += 1
        if following is not None:
            heapq.heappush(queue, (max(following, at), number, plot))
    return steps


@dataclass
class Hours:
    """When people act: offices in working hours, residents from seven to ten."""

    calendar: Calendar
    rng: random.Random

    def office(self, after: datetime, least: float, most: float) -> datetime:
        """Return an instant in office hours, ``least`` to ``most`` hours of work after ``after``."""
        left = timedelta(hours=self.rng.uniform(least, most))
        at = after
        while True:
            opens, closes = self._office_day(at.date())
            at = max(at, opens)
            if self.calendar.is_workday(at.date()) and at + left <= closes:
                return at + left
            if self.calendar.is_workday(at.date()) and at < closes:
                left -= closes - at
            at = opens + timedelta(days=1)

    def home(self, after: datetime, least: float, most: float) -> datetime:
        """Return an instant in the waking hours of residents, so many hours after ``after``."""
        at = after + timedelta(hours=self.rng.uniform(least, most))
        if 7 <= at.hour < 22:
            return at
        morning = at.replace(hour=7, minute=0) + timedelta(minutes=self.rng.randrange(180))
        return morning if at.hour < 7 else morning + timedelta(days=1)

    def back(self, end: datetime, days: float) -> datetime:
        """Return an instant so many working days before ``end``; the fraction is of a plain day."""
        whole, at = int(days), end - timedelta(days=days % 1)
        while whole:
            at -= timedelta(days=1)
            whole -= self.calendar.is_workday(at.date())
        return at

    @staticmethod
    def _office_day(day: date) -> tuple[datetime, datetime]:
        return datetime.combine(day, time(8, 40), BEIJING), datetime.combine(day, time(17, 20), BEIJING)


@dataclass
class Place:
    """Where a story happens: a compound with its committee's people."""

    compound: Any
    buildings: list[Any]
    committee: str


@dataclass
class Stage:
    """Everything that a plot needs: who is there, what is said, when people act, what chance decides."""

    cast: dict[str, Actor]
    units: dict[str, Any]
    places: list[Place]
    texts: dict[str, Any]
    categories: dict[str, Any]
    hours: Hours
    rng: random.Random
    photos: dict[str, list[bytes]] = field(default_factory=dict)

    def pick(self, key: str) -> Any:
        """Return one of the texts under ``key``."""
        return self.rng.choice(self.texts[key])
