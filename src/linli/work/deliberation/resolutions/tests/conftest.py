"""A meeting of committee A that decided, and resolutions of it in every stage."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from linli.core import clock as time
from linli.foundation.duties.models import Duty
from linli.work.deliberation.meetings import services as meetings
from linli.work.deliberation.meetings.models import AgendaItem, Meeting
from linli.work.deliberation.meetings.tests.conftest import Hall, hall
from linli.work.deliberation.resolutions import services as do
from linli.work.deliberation.resolutions.models import Resolution, Task

__all__ = ["hall"]


@dataclass
class Desk:
    """Resolutions of committee A and what is done with them."""

    hall: Hall

    def who(self, name: str) -> Any:
        return self.hall.who(name)

    def passed(self) -> AgendaItem:
        """Return an item that a meeting passed and that is over."""
        return self.hall.closed().items.get()

    def make(self, item: AgendaItem | None = None, by: str = "worker", **more: Any) -> Resolution:
        chosen = item or self.passed()
        return do.resolution_from_item(actor=self.who(by), item_id=chosen.pk, **more)

    def due(self, days: int = 20) -> date:
        return time.today() + timedelta(days=days)

    def task(self, resolution: Resolution, by: str = "worker", **more: Any) -> Task:
        said = {
            "text": "建充电棚",
            "unit": self.hall.cast.units["wuye"],
            "due_on": self.due(),
            "fen": 3_200_000,
            "fund": "公共收益",
            **more,
        }
        return do.task_add(actor=self.who(by), resolution_id=resolution.pk, **said)

    def act(self, name: str, resolution: Resolution, by: str = "worker", **more: Any) -> Any:
        service = getattr(do, name)
        return service(actor=self.who(by), resolution_id=resolution.pk, **more)

    def published(self, **more: Any) -> Resolution:
        """Return a published resolution with one task of the property company."""
        resolution = self.make()
        self.task(resolution, **more)
        return Resolution.objects.get(pk=self.act("resolution_publish", resolution).pk)

    def done(self) -> Resolution:
        """Return a published resolution whose task is done."""
        resolution = self.published()
        self.progress(resolution, is_end=True)
        return Resolution.objects.get(pk=resolution.pk)

    def progress(self, resolution: Resolution, by: str = "property", **more: Any) -> Any:
        task = resolution.tasks.get()
        said = {"note": "已开工", **more}
        return self.act("task_progress", resolution, by, task_id=task.pk, **said)


def duties(subject: Resolution | Task) -> set[tuple[str, str]]:
    rows = Duty.objects.filter(room="resolutions", subject_id=str(subject.public_id), state="open")
    return set(rows.values_list("action", "unit__name"))


def failed_item(hall: Hall) -> AgendaItem:
    """Return an item that a meeting voted down."""
    meeting = hall.opened()
    hall.decide(meeting, yes=1, no=5, abstain=0)
    meetings.meeting_close(actor=hall.who("worker"), meeting_id=meeting.pk)
    return Meeting.objects.get(pk=meeting.pk).items.get()


@pytest.fixture
def desk(hall: Hall) -> Desk:
    """Return who makes resolutions."""
    return Desk(hall)
