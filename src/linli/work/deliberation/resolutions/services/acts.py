"""One act on one resolution: lock, check, change, tell, open and close duties, record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import BEIJING
from linli.core.errors import NotAllowed, NotFound
from linli.core.service import require_service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.duties.services import duty_open
from linli.foundation.notices.services import notice_queue

from ...stories import StoryAct
from ..models import Resolution, ResolutionEvent, Task
from ..words import ACTIONS
from ..workflow import WORKFLOW

ROOM = "resolutions"
May = Callable[[Actor, Resolution], bool]


@dataclass(slots=True)
class Act(StoryAct):
    """One act on a resolution that is locked (or new); ``finish`` writes all that was said about it."""

    room: ClassVar = ROOM
    told_of: ClassVar = "resolution"
    line: ClassVar = ResolutionEvent
    actor: Actor
    resolution: Resolution
    at: datetime
    is_new: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> Resolution:
        """The resolution."""
        return self.resolution

    @property
    def url(self) -> str:
        """The page of the resolution at the desk."""
        return reverse("resolutions:record", args=[self.resolution.public_id])

    def duty(self, action: str, unit: Unit, *, days: int = 0, task: Task | None = None) -> None:
        """Put something on a unit's list: so many working days, or a task until the end of its day."""
        resolution = self.resolution
        limit = Limit(days, LimitUnit.WORKING_DAY, source="决议办理（建议值）") if days else None
        duty_open(
            room=ROOM,
            subject_id=str(task.public_id if task else resolution.public_id),
            subject_number=resolution.number,
            title=f"{resolution.title}：{task.text}" if task else resolution.title,
            url=self.url,
            action=action,
            action_label=ACTIONS[action],
            area_path=resolution.area_path,
            limit=limit,
            due_at=end_of(due_on=task.due_on) if task else None,
            start=self.at,
            unit_id=unit.pk,
            function=unit.function,
        )

    def done(self, action: str | None = None, task: Task | None = None) -> None:
        """Take duties off the lists: of a task, or of the resolution itself."""
        self.duties_done(task or self.resolution, action)

    def tell(self, unit: Unit, kind: str, title: str, body: str = "") -> None:
        """Tell everybody who works for a unit."""
        persons = person_ids_for(function=unit.function, unit_id=unit.pk)
        told = [person for person in persons if person != self.actor.person_id]
        if told:
            number = self.resolution.number
            notice_queue(
                person_ids=told,
                kind=f"resolution.{kind}",
                title=f"{title}({number})",
                body=body,
                url=self.url,
            )

    def finish(self, verb: str, *, note: str = "") -> Resolution:
        """Write the resolution and its line of the story, and record the act."""
        self.write(verb, note)
        return self.resolution


@require_service
def end_of(*, due_on: date) -> datetime:
    """Return the last minute of a day in Beijing."""
    return datetime.combine(due_on, time(23, 59), BEIJING)


@require_service
def act_begin(*, actor: Actor, resolution_id: int, move: str, may: May) -> Act:
    """Lock the resolution and check, in this order: seen, allowed, possible now."""
    seen = Resolution.objects.visible_to(actor).select_related("unit")
    found = seen.select_for_update(of=("self",)).filter(pk=resolution_id).first()
    if found is None:
        raise NotFound(_("没有找到这份决议。"))
    if not may(actor, found):
        raise NotAllowed(_("这份决议由负责单位或街镇办理。"))
    act = Act(actor, found, clock.now())
    act.set(state=WORKFLOW.require(found.state, move))
    return act
