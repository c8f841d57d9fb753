"""Who goes to which household: fairly, and no more than a week holds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody may still take on this week, and how much they have open already.

    ``is_bound``: they go to the households of their own grids alone.
    """

    room: int
    is_open: int
    is_bound: bool = False


def week_begins(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def dealt(
    homes: Sequence[int], loads: Mapping[int, Load], near: Mapping[int, Collection[int]] | None = None
) -> dict[int, int]:
    """Return household → worker, in the order of ``homes``, until nobody has room left for it.

    ``near`` says who answers for a household's own grid: they come before those who work in the whole area.
    Among these the next household goes to whoever has most room, then to whoever has least open, then by
    number: what two workers get differs by one at most where they began alike.
    """
    room = {worker: load.room for worker, load in loads.items() if load.room > 0}
    is_open = {worker: load.is_open for worker, load in loads.items()}
    anywhere = [worker for worker, load in loads.items() if not load.is_bound]
    found = dict[int, int]()
    for home in homes:
        if not room:
            break
        there = [worker for worker in (near or {}).get(home, ()) if worker in room]
        able = there or [worker for worker in anywhere if worker in room]
        if not able:
            continue
        worker = min(able, key=lambda one: (-room[one], is_open[one], one))
        found[home] = worker
        room[worker] -= 1
        is_open[worker] += 1
        if not room[worker]:
            del room[worker]
    return found
