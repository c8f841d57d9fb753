"""One act on one meeting: lock, check, change, tell, open and close duties, record. Written once, here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed, NotFound, StaleVersion
from linli.core.service import require_service
from linli.core.timelimits import Limit, LimitUnit
from linli.foundation.duties.services import duty_open
from linli.foundation.notices.services import notice_queue

from ...stories import StoryAct
from ..models import Invitee, Meeting, MeetingEvent
from ..words import ACTIONS
from ..workflow import WORKFLOW

ROOM = "meetings"
May = Callable[[Actor, Meeting], bool]


@dataclass(slots=True)
class Act(StoryAct):
    """One act on a meeting that is locked (or new); ``finish`` writes everything that was said about it."""

    room: ClassVar = ROOM
    told_of: ClassVar = "meeting"
    line: ClassVar = MeetingEvent
    actor: Actor
    meeting: Meeting
    at: datetime
    is_new: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> Meeting:
        """The meeting."""
        return self.meeting

    @property
    def url(self) -> str:
        """The page of the meeting at the desk."""
        return reverse("meetings:record", args=[self.meeting.public_id])

    def drop_row(self, row: Model) -> None:
        """Take a row away that belongs to the act."""
        self.touched.add(type(row))
        row.delete()

    def duty(self, action: str, *, days: int = 0, due_at: datetime | None = None) -> None:
        """Put something on the list of the unit that calls, for working days or until an instant."""
        meeting = self.meeting
        limit = Limit(days, LimitUnit.WORKING_DAY, source="会议办理（建议值）") if days else None
        duty_open(
            room=ROOM,
            subject_id=str(meeting.public_id),
            subject_number=meeting.number,
            title=meeting.title,
            url=self.url,
            action=action,
            action_label=ACTIONS[action],
            area_path=meeting.area_path,
            limit=limit,
            due_at=due_at,
            start=self.at,
            unit_id=meeting.unit_id,
            function=meeting.unit.function,
        )

    def done(self, action: str | None = None) -> None:
        """Take duties off the lists: one action's, or all of the meeting's."""
        self.duties_done(self.meeting, action)

    def tell(self, people: Iterable[Invitee], kind: str, title: str, body: str = "") -> None:
        """Tell those who have an account here: what, when and where, never who else."""
        staff: list[int] = []
        residents: list[int] = []
        for one in people:
            if one.person_id and one.person_id != self.actor.person_id:
                (staff if one.unit_id else residents).append(one.person_id)
        public = reverse("meetings:public_detail", args=[self.meeting.public_id])
        for told, url in ((staff, self.url), (residents, public)):
            if told:
                notice_queue(
                    person_ids=told,
                    kind=f"meeting.{kind}",
                    title=f"{title}：{self.meeting.title}"[:120],
                    body=body,
                    url=url,
                    purpose="lawful" if self.meeting.rule_key else "transaction",
                )

    def finish(self, verb: str, *, note: str = "") -> Meeting:
        """Write the meeting and its line of the story, and record the act."""
        self.write(verb, note)
        return self.meeting


@require_service
def act_begin(*, actor: Actor, meeting_id: int, move: str, may: May, version: int | None = None) -> Act:
    """Lock the meeting and check, in this order: seen, allowed, not changed meanwhile, possible now."""
    seen = Meeting.objects.visible_to(actor).select_related("unit")
    meeting = seen.select_for_update(of=("self",)).filter(pk=meeting_id).first()
    if meeting is None:
        raise NotFound(_("没有找到这次会议。"))
    if not may(actor, meeting):
        raise NotAllowed(_("这次会议由召集单位或街镇办理。"))
    if version is not None and version != meeting.version:
        raise StaleVersion(_("在您打开页面之后，这次会议的安排有了变化。"))
    act = Act(actor, meeting, clock.now())
    act.set(state=WORKFLOW.require(meeting.state, move))
    return act


@require_service
def invitee_of(*, meeting: Meeting, invitee_id: int | None) -> Invitee:
    """Return somebody who was asked to the meeting, or raise ``NotFound``."""
    found = meeting.invitees.filter(pk=invitee_id or 0).first()
    if found is None:
        raise NotFound(_("名单里没有这个人。"), hint=_("请回到会议页面核对名单。"))
    return found
