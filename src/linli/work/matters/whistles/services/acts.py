"""One act on one whistle: lock, check, change, tell, open and close duties, record. Written once, here.

Where the whistle belongs to a matter, the act is a step of the matter's story too; the matter is locked
first, then the whistle, so that two acts never wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound, StaleVersion
from linli.core.rowact import RowAct
from linli.core.service import record, require_service
from linli.core.timelimits import Limit, LimitUnit
from linli.core.words import in_house_language
from linli.foundation.accounts.models import Unit
from linli.foundation.accounts.selectors import person_ids_for
from linli.foundation.duties.services import duty_close, duty_open
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES
from linli.foundation.notices.services import notice_queue

from ...models import Assignment, Matter
from ...refusals import invalid
from ...rules import OPEN_ASSIGNMENT
from ...services.steps import Step, step_begin
from ...wording import instant_words
from ..models import Call, Cause, Whistle, WhistleEvent
from ..permissions import can_work_call
from ..rules import clock_refusal
from ..words import ACTIONS
from ..workflow import WORKFLOW

ROOM = "whistles"
May = Callable[[Actor, Whistle], bool]


def _photos_checked(photos: Sequence[StoredFile]) -> list[StoredFile]:
    if len(photos) > MAX_FILES:
        raise invalid(photos=_("照片、录音、视频一共最多%d个。") % MAX_FILES)
    for photo in photos:
        if photo.state == StoredFile.State.REFUSED:
            raise invalid(photos=f"{photo.name}：{photo.refusal or _('不是可用的照片。')}")
    return list(photos)


@dataclass(slots=True)
class Act(RowAct):
    """One act on a whistle that is locked (or new); ``finish`` writes everything that was said about it."""

    actor: Actor
    whistle: Whistle
    at: datetime
    step: Step | None = None
    is_new: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> Whistle:
        """The whistle."""
        return self.whistle

    @property
    def url(self) -> str:
        """The page of the whistle."""
        return reverse("whistles:record", args=[self.whistle.public_id])

    # -- duties, notices ------------------------------------------------------
    def duty(
        self, action: str, unit: Unit, *, days: int = 0, start: datetime | None = None, **more: Any
    ) -> None:
        """Put something on a unit's list, for so many working days or until an instant (``due_at``)."""
        whistle = self.whistle
        limit = Limit(days, LimitUnit.WORKING_DAY, source="吹哨报到（建议值）") if days else None
        duty_open(
            room=ROOM,
            subject_id=str(whistle.public_id),
            subject_number=whistle.number,
            title=whistle.title,
            url=self.url,
            action=action,
            action_label=ACTIONS[action],
            area_path=whistle.area_path,
            limit=limit,
            start=start or self.at,
            unit_id=unit.pk,
            function=unit.function,
            **more,
        )

    def done(self, action: str | None = None, unit_id: int | None = None) -> None:
        """Take duties off the lists: one action's, one unit's, or all of the whistle's."""
        duty_close(
            room=ROOM,
            subject_id=str(self.whistle.public_id),
            action=action,
            unit_id=unit_id,
            by=self.actor.person_id,
        )

    def tell(self, units: Iterable[Unit], kind: str, title: str, body: str = "") -> None:
        """Tell everybody who works for some units: number and hour, no person, no address."""
        for unit in units:
            persons = person_ids_for(function=unit.function, unit_id=unit.pk)
            told = [person for person in persons if person != self.actor.person_id]
            if told:
                notice_queue(
                    person_ids=told,
                    kind=f"whistle.{kind}",
                    title=f"{title}({self.whistle.number})",
                    body=body,
                    url=self.url,
                    purpose="emergency" if self.whistle.cause == Cause.EMERGENCY else "transaction",
                )

    def assignment_settle(self, call: Call, state: str, *, result: str = "", reason: str = "") -> None:
        """Let the unit's part in the matter follow its call, while that part still runs."""
        part = call.assignment
        if part is None or part.ended_at is not None or part.state not in OPEN_ASSIGNMENT:
            return
        fields = ["state"]
        part.state = state
        if state == Assignment.State.SIGNED:
            part.signed_at, part.signed_by_id = self.at, self.actor.person_id
            fields += ["signed_at", "signed_by"]
        elif state == Assignment.State.HANDLED:
            part.result, part.handled_at, part.handled_by_id = result, self.at, self.actor.person_id
            fields += ["result", "handled_at", "handled_by"]
        else:
            part.waived_reason, part.ended_at = reason[:300], self.at
            fields += ["waived_reason", "ended_at"]
        self.save_row(part, *fields)

    def assignment_end(self, call: Call) -> None:
        """End the unit's part in the matter with the whistle; it may still read, and be handed it."""
        part = call.assignment
        if part is not None and part.ended_at is None:
            part.ended_at = self.at
            self.save_row(part, "ended_at")

    # -- the end --------------------------------------------------------------
    def finish(
        self, verb: str, *, note: str = "", photos: Sequence[StoredFile] = (), matter_verb: str = ""
    ) -> Whistle:
        """Write the whistle, its line of the record and the matter's step, and record the act."""
        kept = _photos_checked(photos)
        with in_house_language():
            if not self.is_new:
                self.set(version=self.whistle.version + 1)
                self.whistle.save(update_fields=list(self.changes))
            self._event(verb, note, kept)
        record(f"whistle.{verb}", self.whistle, None if self.is_new else self.changes, touched=self.touched)
        if self.step is not None and matter_verb:
            self.step.facts.update(self.facts, link=self.url)
            self.step.finish(matter_verb, note=note)
        return self.whistle

    def _event(self, verb: str, note: str, photos: list[StoredFile]) -> None:
        event = WhistleEvent(
            whistle=self.whistle,
            verb=verb,
            at=self.at,
            person_id=self.actor.person_id,
            unit_id=self.actor.unit_id,
            note=note,
            facts={name: value for name, value in self.facts.items() if value not in ("", [], None)},
        )
        self.save_row(event)
        if photos:
            event.photos.add(*photos)
            self.touched.add(WhistleEvent.photos.through)


@require_service
def instant_after(*, whistle: Whistle | None = None, matter: Matter | None = None) -> datetime:
    """Return the instant of an act, never before the record's last line; a clock put far back is refused."""
    rows: Any = whistle.events if whistle else matter.events if matter else WhistleEvent.objects.none()
    last: datetime | None = rows.aggregate(last=Max("at"))["last"]
    now = clock.now()
    if refusal := clock_refusal(last, now, instant_words(last)):
        raise Conflict(refusal, hint=_("请联系管理员校准服务器时间，校准后再试一次。"))
    return max(now, last) if last and whistle else now


@require_service
def matter_step(*, actor: Actor, matter_id: int, move: str, version: int | None = None) -> Step:
    """Lock a whistle's matter; who may act on the whistle may add to the matter's story."""
    return step_begin(
        actor=actor,
        matter_id=matter_id,
        move=move,
        may=lambda who, matter: True,
        version=version,
        is_versioned=version is not None,
        scope=Matter.objects.filter(pk=matter_id),
    )


MATTER_MOVES = {
    "check_in": "attend",
    "answer": "answer_whistle",
    "finish": "finish_whistle",
    "cancel": "cancel_whistle",
}


@require_service
def act_begin(*, actor: Actor, whistle_id: int, move: str, may: May, version: int | None = None) -> Act:
    """Lock the whistle and check, in this order: seen, allowed, not changed meanwhile, possible now."""
    matter_id = (
        Whistle.objects.visible_to(actor).filter(pk=whistle_id).values_list("matter_id", flat=True).first()
    )
    step = None
    if matter_id is not None and move in MATTER_MOVES:
        step = matter_step(actor=actor, matter_id=matter_id, move=MATTER_MOVES[move])
    seen = Whistle.objects.visible_to(actor).select_related("unit", "matter")
    whistle = seen.select_for_update(of=("self",)).filter(pk=whistle_id).first()
    if whistle is None:
        raise NotFound(_("没有找到这次吹哨。"))
    if not may(actor, whistle):
        raise NotAllowed()
    if version is not None and version != whistle.version:
        raise StaleVersion(_("在您打开页面之后，这次吹哨有了变化。"))
    act = Act(actor, whistle, instant_after(whistle=whistle), step)
    act.set(state=WORKFLOW.require(whistle.state, move))
    return act


@require_service
def call_begin(*, actor: Actor, whistle_id: int, move: str) -> tuple[Act, Call]:
    """Begin what a called unit does about its own call."""
    calls = Call.objects.filter(whistle_id=whistle_id, unit_id=actor.unit_id or 0)
    if Whistle.objects.visible_to(actor).filter(pk=whistle_id).exists() and not calls.exists():
        raise NotAllowed(_("这次吹哨没有请您的单位。"))
    act = act_begin(
        actor=actor, whistle_id=whistle_id, move=move, may=lambda who, _w: can_work_call(who, calls[0])
    )
    call = calls.select_related("unit", "assignment").get()
    if call.state == Call.State.DROPPED:
        raise Conflict(_("对您单位的吹哨已取消。"))
    call.whistle = act.whistle
    return act, call
