"""The counter of a unit today: who waits, who is served by whom, what was done, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.foundation.accounts.selectors import person_names

from ..models import CounterVisit, VisitState


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One visitor, who serves them, and for how many minutes they have waited or did wait."""

    visit: CounterVisit
    worker: str
    waited: int


@dataclass(frozen=True, slots=True)
class CounterDay:
    """Today's counter: rows by state in the order of their numbers, and the day's figures."""

    waiting: list[CounterRow]
    serving: list[CounterRow]
    ended: list[CounterRow]
    average_wait: int | None
    by_worker: list[tuple[str, int]]

    @property
    def count(self) -> int:
        """How many came today."""
        return len(self.waiting) + len(self.serving) + len(self.ended)


def counter_today(actor: Actor) -> CounterDay:
    """Return today's visitors of the actor's counter."""
    visits = list(CounterVisit.objects.visible_to(actor).filter(on=clock.today()).select_related("matter"))
    names = person_names([visit.served_by_id for visit in visits])
    rows = [CounterRow(v, names.get(v.served_by_id or 0, ""), _waited(v)) for v in visits]
    served = [row.waited for row in rows if row.visit.called_at is not None]
    counts: dict[str, int] = {}
    for row in rows:
        if row.visit.state == VisitState.DONE:
            counts[row.worker] = counts.get(row.worker, 0) + 1
    return CounterDay(
        [row for row in rows if row.visit.state == VisitState.WAITING],
        [row for row in rows if row.visit.state == VisitState.SERVING],
        [row for row in rows if row.visit.state in (VisitState.DONE, VisitState.LEFT)],
        round(sum(served) / len(served)) if served else None,
        sorted(counts.items(), key=lambda pair: -pair[1]),
    )


def _waited(visit: CounterVisit) -> int:
    until = visit.called_at or visit.ended_at or clock.now()
    return int((until - visit.came_at) / timedelta(minutes=1))


def visit_get(actor: Actor, public_id: str) -> CounterVisit:
    """Return a visit of the actor's counter by the id that pages carry; raises ``NotFound``."""
    try:
        return CounterVisit.objects.visible_to(actor).get(public_id=public_id)
    except (CounterVisit.DoesNotExist, ValidationError) as error:
        raise NotFound(_("没有找到这位来访者。")) from error
