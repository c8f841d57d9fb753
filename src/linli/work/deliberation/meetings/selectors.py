"""Every read of meetings that is more than a lookup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.clock import local_date, local_midnight
from linli.core.codes import is_code
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import path_prefixes, person_names

from . import lawful
from .models import (
    DECIDED,
    AgendaItem,
    Attendance,
    Invitee,
    Meeting,
    MeetingEvent,
    Minutes,
    Outcome,
    Proxy,
    SpeakerTurn,
)
from .permissions import can_help_meeting, can_run_meeting
from .rules import Quorum
from .words import QUIET
from .workflow import HELD, WORKFLOW, State

STAGES = ("preparing", "coming", "held", "ended", "all")
STAGE_STATES = {
    "preparing": (State.DRAFT,),
    "coming": (State.CALLED, State.OPEN),
    "held": (State.CLOSED, State.MINUTED),
    "ended": (State.FILED, State.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class MeetingFilters:
    """What a list of meetings is narrowed by; days are those of the meeting, both included."""

    stage: str = "all"
    kind: str = ""
    q: str = ""
    from_on: date | None = None
    to_on: date | None = None
    is_lapsed: bool = False


def meeting_list(actor: Actor, filters: MeetingFilters | None = None) -> QuerySet[Meeting]:
    """Return the meetings that an actor may see, the latest first, with how much is on the agenda."""
    asked = filters or MeetingFilters()
    rows = Meeting.objects.visible_to(actor).select_related("unit")
    if asked.stage in STAGE_STATES:
        rows = rows.filter(state__in=STAGE_STATES[asked.stage])
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.is_lapsed:
        rows = rows.filter(is_quorate=False)
    if asked.from_on:
        rows = rows.filter(starts_at__gte=local_midnight(asked.from_on))
    if asked.to_on:
        rows = rows.filter(starts_at__lt=local_midnight(asked.to_on + timedelta(days=1)))
    if words := asked.q.strip():
        item = AgendaItem.objects.filter(meeting=OuterRef("pk"), title__icontains=words)
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(number__startswith=words)
            | Q(body__icontains=words)
            | Q(place__icontains=words)
            | Exists(item)
        )
    return rows.annotate(
        item_count=Count("items", distinct=True),
        passed_count=Count("items", filter=Q(items__outcome__in=DECIDED), distinct=True),
    ).order_by("-starts_at", "-id")


def stage_counts(actor: Actor) -> dict[str, int]:
    """Return how many meetings stand in each tab (one query)."""
    rows = Meeting.objects.visible_to(actor).order_by().values_list("state").annotate(n=Count("pk"))
    by_state = dict(rows)
    counts = {stage: sum(by_state.get(str(s), 0) for s in states) for stage, states in STAGE_STATES.items()}
    return {**counts, "all": sum(by_state.values())}


def meeting_get(actor: Actor, public_id: UUID) -> Meeting:
    """Return a meeting that the actor may see, or raise ``NotFound``."""
    rows = Meeting.objects.visible_to(actor).select_related("unit", "previous", "chair", "recorder", "organ")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次会议。"))
    return found


def meetings_to_fill(actor: Actor, area_path: str) -> QuerySet[Meeting]:
    """Return the meetings in preparation that the actor runs and that a place belongs to."""
    rows = Meeting.objects.visible_to(actor).filter(state=State.DRAFT, area_path__in=path_prefixes(area_path))
    if actor.function != "street":
        rows = rows.filter(unit_id=actor.unit_id or 0)
    return rows.order_by("starts_at")


# -- who is there -----------------------------------------------------------------------
def present_count(meeting: Meeting) -> int:
    """Return how many members are there, themselves or through somebody who is there (two queries)."""
    if meeting.closed_at is not None:
        return meeting.present or 0
    inside = Attendance.objects.filter(
        invitee__meeting=meeting, invitee__is_member=True, left_at__isnull=True
    ).values("invitee_id")
    own = inside.count()
    return own + Proxy.objects.filter(giver__meeting=meeting, holder_id__in=inside).count()


def quorum_of(meeting: Meeting) -> Quorum:
    """Return whether enough members are there at this moment, by the rule of the meeting."""
    return lawful.quorum(meeting, present_count(meeting))


@dataclass(slots=True)
class PersonRow:
    """One person of the list as the page shows them: told, there, through whom, for whom."""

    invitee: Invitee
    came: Attendance | None = None
    was_there: bool = False
    through: Invitee | None = None
    acts_for: list[Invitee] = field(default_factory=list)

    @property
    def is_there(self) -> bool:
        """Whether they are there now."""
        return self.came is not None and self.came.left_at is None


def people_of(meeting: Meeting) -> list[PersonRow]:
    """Return the list with who came and who acts for whom (three queries), in its own order."""
    people = meeting.invitees.select_related("unit")
    rows = {one.pk: PersonRow(one) for one in people}
    for attendance in Attendance.objects.filter(invitee__meeting=meeting).order_by("came_at", "id"):
        row = rows[attendance.invitee_id]
        row.came, row.was_there = attendance, True
    for proxy in Proxy.objects.filter(giver__meeting=meeting):
        rows[proxy.giver_id].through = rows[proxy.holder_id].invitee
        rows[proxy.holder_id].acts_for.append(rows[proxy.giver_id].invitee)
    return list(rows.values())


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """Return the agenda with its speakers (two queries)."""
    turns = Prefetch("turns", queryset=SpeakerTurn.objects.select_related("invitee"))
    return list(meeting.items.select_related("matter", "unit").prefetch_related(turns))


def speaking_now(meeting: Meeting) -> SpeakerTurn | None:
    """Return whose turn it is to speak at this moment, or ``None``."""
    if meeting.state != State.OPEN:
        return None
    rows = SpeakerTurn.objects.filter(
        item__meeting=meeting, began_at__isnull=False, ended_at__isnull=True
    ).select_related("invitee", "item")
    return rows.first()


# -- what may be done ---------------------------------------------------------------------
RUNNING = (
    *("call", "open", "close", "adjourn", "write", "file", "call_again"),
    *("add_item", "invite", "invite_guest", "mark", "edit", "sign", "object", "cancel"),
)
HELPING = ("tell", "attend", "leave", "proxy")


def acts_for(actor: Actor, meeting: Meeting) -> list[str]:
    """Return what the actor may do now; the page and the interface offer exactly this."""
    offered = [move for move in HELPING if WORKFLOW.allows(meeting.state, move)]
    if not can_help_meeting(actor, meeting):
        return []
    if can_run_meeting(actor, meeting):
        offered += [move for move in RUNNING if WORKFLOW.allows(meeting.state, move)]
    return [move for move in offered if _fits(meeting, move)]


def _fits(meeting: Meeting, move: str) -> bool:
    if move == "call_again":
        is_new = not Meeting.objects.filter(previous=meeting).exists()
        return is_new and meeting.items.filter(outcome=Outcome.POSTPONED).exists()
    if move == "mark":
        return lawful.is_election(meeting) and meeting.invitees.exists()
    if move == "adjourn":
        return bool(meeting.rule_key) and clock.now() >= meeting.starts_at
    if move in ("attend", "leave", "proxy", "open"):
        return local_date(meeting.starts_at) <= clock.today() or meeting.state == State.OPEN
    return True


# -- the story, the minutes ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of a meeting's story, with who wrote it."""

    event: MeetingEvent
    who: str


def story_of(meeting: Meeting) -> list[StoryLine]:
    """Return the story from its beginning, without what happens dozens of times (two queries)."""
    events = list(meeting.events.exclude(verb__in=QUIET).select_related("unit"))
    names = person_names([event.person_id for event in events])
    return [
        StoryLine(
            event,
            " ".join(
                part
                for part in (event.unit.name if event.unit else "", names.get(event.person_id or 0, ""))
                if part
            ),
        )
        for event in events
    ]


def minutes_of(meeting: Meeting) -> Minutes | None:
    """Return the version of the minutes that holds, or ``None``."""
    return meeting.minutes.prefetch_related("signatures__invitee", "points").order_by("-edition").first()


def content_of(meeting: Meeting) -> dict[str, Any]:
    """Return what a meeting came to, as plain values: numbers, items, decisions; the minutes keep it."""
    found = quorum_of(meeting)
    members = Count("pk", filter=Q(is_member=True), distinct=True)
    there = Q(attendances__isnull=False)
    counts = meeting.invitees.aggregate(
        members=members,
        came=Count("pk", filter=there & Q(is_member=True), distinct=True),
        guests=Count("pk", filter=there & Q(is_member=False), distinct=True),
    )
    return {
        "composition": meeting.composition,
        "members": counts["members"],
        "came": counts["came"],
        "guests": counts["guests"],
        "present": found.present,
        "needed": found.needed,
        "rule": found.words,
        "article": found.article,
        "is_quorate": bool(meeting.is_quorate),
        "late_reason": meeting.late_reason,
        "items": [_item_content(item) for item in meeting.items.order_by("order")],
    }


def _item_content(item: AgendaItem) -> dict[str, Any]:
    names = ("order", "title", "outcome", "decision", "yes", "no", "abstain", "present", "steps")
    return {name: getattr(item, name) for name in names}


# -- what residents see --------------------------------------------------------------------
def _public_here(area_path: str) -> QuerySet[Meeting]:
    """Public meetings of a place, of what it belongs to, and of what lies in it."""
    near = Q(area_path__in=path_prefixes(area_path)) | in_areas("area_path", (area_path,))
    return Meeting.objects.public().filter(near).select_related("unit")


def public_coming(area_path: str) -> QuerySet[Meeting]:
    """Return the meetings around a place that are called and not over, the next first."""
    rows = _public_here(area_path).filter(state__in=(State.CALLED, State.OPEN))
    return rows.prefetch_related("items").order_by("starts_at", "id")


def public_held(area_path: str) -> QuerySet[Meeting]:
    """Return the meetings around a place that are over, with what they decided, the latest first."""
    rows = _public_here(area_path).filter(state__in=HELD)
    return rows.prefetch_related("items").order_by("-starts_at", "-id")


def public_get(actor: Actor, public_id: UUID) -> Meeting:
    """Return a meeting that anybody may read, or that the actor was asked to; else ``NotFound``."""
    rows = Meeting.objects.select_related("unit").exclude(state=State.DRAFT)
    asked = Invitee.objects.filter(meeting=OuterRef("pk"), person_id=actor.person_id or 0)
    found = rows.filter(Q(is_public=True) | Exists(asked)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这次会议。"))
    return found


def meeting_by_code(public_id: UUID, *, site_code: str = "", code: str = "") -> Meeting:
    """Return the meeting that a code at its door, or of an invitation to it, leads to; else ``NotFound``."""
    meeting = Meeting.objects.select_related("unit").exclude(state=State.DRAFT).filter(public_id=public_id)
    found = meeting.first()
    is_right = found is not None and (
        is_code(site_code, found.code) if site_code else found.invitees.filter(code=code).exists()
    )
    if found is None or not is_right:
        raise NotFound(_("没有找到这次会议。"), hint=_("请重新扫码，或把码念给工作人员。"))
    return found


def number_by_code(meeting: Meeting, code: str) -> int | None:
    """Return the number on the list of whoever has the invitation with this code, or ``None``."""
    return meeting.invitees.filter(code=code).values_list("number", flat=True).first() if code else None


def own_part(actor: Actor, meeting: Meeting) -> PersonRow | None:
    """Return the actor's own line of a meeting's list, where they are on it by their account."""
    if actor.person_id is None:
        return None
    rows: Iterable[PersonRow] = people_of(meeting)
    return next((row for row in rows if row.invitee.person_id == actor.person_id), None)


def meetings_of_matter(actor: Actor, matter_id: int) -> list[AgendaItem]:
    """Return the items that one matter became, of meetings that the actor may see, the latest first."""
    seen = Meeting.objects.visible_to(actor)
    rows = AgendaItem.objects.filter(matter_id=matter_id, meeting__in=seen).select_related("meeting")
    return list(rows.order_by("-meeting__starts_at"))
