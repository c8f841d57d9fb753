"""Every read of resolutions that is more than a lookup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.fields import in_areas
from linli.foundation.accounts.selectors import path_prefixes, person_names
from linli.foundation.files import storage
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.proposals import Proposal, proposals

from ..ballots.models import Ballot
from ..meetings.models import DECIDED, AgendaItem, Meeting
from .models import Filing, Progress, Resolution, ResolutionEvent, Task
from .permissions import can_file_resolution, can_run_resolution, can_work_task
from .rules import Money, money_of
from .workflow import WORKFLOW, State

STAGES = ("draft", "running", "filing", "ended", "all")
MOST_BALLOTS = 50
SHOWN_PUBLIC = (State.PUBLISHED, State.DONE)


@dataclass(frozen=True, slots=True)
class ResolutionFilters:
    """What a list of resolutions is narrowed by; ``is_late``: a task's day has passed."""

    stage: str = "all"
    q: str = ""
    is_late: bool = False


def _staged(rows: QuerySet[Resolution], stage: str) -> QuerySet[Resolution]:
    conditions = {
        "draft": Q(state=State.DRAFT),
        "running": Q(state=State.PUBLISHED),
        "filing": Q(state=State.PUBLISHED, filing__in=(Filing.ASKED, Filing.RETURNED)),
        "ended": Q(state__in=(State.DONE, State.WITHDRAWN)),
    }
    return rows.filter(conditions[stage]) if stage in conditions else rows


def resolution_list(actor: Actor, filters: ResolutionFilters | None = None) -> QuerySet[Resolution]:
    """Return the resolutions that an actor may see, the latest first, with tasks and money."""
    asked = filters or ResolutionFilters()
    rows = _staged(Resolution.objects.visible_to(actor).select_related("unit"), asked.stage)
    late = Exists(
        Task.objects.filter(resolution=OuterRef("pk"), state=Task.State.OPEN, due_on__lt=clock.today())
    )
    if asked.is_late:
        rows = rows.filter(late)
    if words := asked.q.strip():
        task = Task.objects.filter(resolution=OuterRef("pk"), text__icontains=words)
        rows = rows.filter(
            Q(title__icontains=words) | Q(number__startswith=words) | Q(body__icontains=words) | Exists(task)
        )
    return rows.annotate(
        has_late=late,
        task_count=Count("tasks", filter=~Q(tasks__state=Task.State.DROPPED)),
        done_count=Count("tasks", filter=Q(tasks__state=Task.State.DONE)),
        fen=Coalesce(Sum("tasks__fen", filter=~Q(tasks__state=Task.State.DROPPED)), 0),
        spent=Coalesce(Sum("tasks__spent"), 0),
    ).order_by("-decided_on", "-id")


def stage_counts(actor: Actor) -> dict[str, int]:
    """Return how many resolutions stand in each tab."""
    seen = Resolution.objects.visible_to(actor)
    return {stage: _staged(seen, stage).count() for stage in STAGES}


def resolution_get(actor: Actor, public_id: UUID) -> Resolution:
    """Return a resolution that the actor may see, or raise ``NotFound``."""
    rows = Resolution.objects.visible_to(actor).select_related("unit", "item__meeting", "ballot")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份决议。"))
    return found


def task_of(resolution: Resolution, public_id: UUID) -> Task:
    """Return a task of a resolution, or raise ``NotFound``."""
    found = resolution.tasks.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def tasks_of(resolution: Resolution) -> list[Task]:
    """Return the tasks with their progress and photos, in their order (four queries)."""
    progress = Prefetch("progress", queryset=Progress.objects.select_related("unit"))
    rows = list(
        resolution.tasks.select_related("unit", "matter").prefetch_related(
            progress, "progress__photos", "public_photos"
        )
    )
    for row in rows:
        row.resolution = resolution
    return rows


def money(tasks: list[Task]) -> Money:
    """Return what the tasks may cost and have cost."""
    return money_of((task.fen, task.spent, task.state == Task.State.DROPPED) for task in tasks)


RUNNING = ("publish", "add_task", "finish", "ask_filing", "withdraw")


def acts_for(actor: Actor, resolution: Resolution) -> list[str]:
    """Return what the actor may do with the resolution as a whole; tasks have their own buttons."""
    offered = []
    if can_run_resolution(actor, resolution):
        offered = [move for move in RUNNING if WORKFLOW.allows(resolution.state, move)]
    if can_file_resolution(actor, resolution) and resolution.filing == Filing.ASKED:
        offered += [move for move in ("receive", "return") if WORKFLOW.allows(resolution.state, move)]
    if resolution.filing in (Filing.ASKED, Filing.RECEIVED) and "ask_filing" in offered:
        offered.remove("ask_filing")
    if "finish" in offered and not _may_finish(resolution):
        offered.remove("finish")
    return offered


def _may_finish(resolution: Resolution) -> bool:
    is_over = resolution.public_until is not None and clock.today() > resolution.public_until
    return is_over and not resolution.tasks.filter(state=Task.State.OPEN).exists()


def photos_of(task: Task) -> list[StoredFile]:
    """Return the photos of a task's progress, the earliest first."""
    links: Any = Progress.photos.through._default_manager
    own = links.filter(progress__task_id=task.pk).values("storedfile_id")
    return list(
        StoredFile.objects.filter(pk__in=own, state="ready", kind=StoredFile.Kind.PHOTO).order_by("pk")
    )


def photo_proposals(actor: Actor, resolution: Resolution, photo_id: UUID) -> list[Proposal]:
    """Return where a photo probably shows faces or plates, for those who may publish it."""
    photo = photo_of(resolution, photo_id)
    if not photo.is_photo or not can_run_resolution(actor, resolution):
        raise NotFound
    return proposals(storage.read(photo.clean_path))


def public_photo_of(resolution: Resolution, photo_id: UUID) -> PublicCopy:
    """Return a photo that residents see of a published resolution, or raise ``NotFound``."""
    links: Any = Task.public_photos.through._default_manager
    shown = links.filter(task__resolution_id=resolution.pk).values("publiccopy_id")
    found = PublicCopy.objects.filter(public_id=photo_id, pk__in=shown).first()
    if found is None:
        raise NotFound
    return found


def _may_show_photos(actor: Actor, task: Task) -> bool:
    is_told = WORKFLOW.allows(task.resolution.state, "show_photos") and task.state != Task.State.DROPPED
    return is_told and can_run_resolution(actor, task.resolution) and bool(photos_of(task))


def task_acts(actor: Actor, task: Task) -> list[str]:
    """Return what the actor may do with one task."""
    shows = ["show_photos"] if _may_show_photos(actor, task) else []
    if task.state != Task.State.OPEN:
        return shows
    offered = []
    if task.resolution.state == State.PUBLISHED and can_work_task(actor, task):
        offered.append("progress")
    if can_run_resolution(actor, task.resolution):
        if task.resolution.state == State.PUBLISHED:
            offered += ["extend"] if task.matter_id is not None else ["extend", "matter"]
        offered.append("drop")
    return [*offered, *shows]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of a resolution's story, with who wrote it."""

    event: ResolutionEvent
    who: str


def story_of(resolution: Resolution) -> list[StoryLine]:
    """Return the story from its beginning (two queries)."""
    events = list(resolution.events.select_related("unit"))
    names = person_names([event.person_id for event in events])
    lines = []
    for event in events:
        parts = (event.unit.name if event.unit else "", names.get(event.person_id or 0, ""))
        lines.append(StoryLine(event, " ".join(part for part in parts if part)))
    return lines


def photo_of(resolution: Resolution, photo_id: UUID) -> StoredFile:
    """Return a photo of a resolution's progress, or raise ``NotFound``."""
    links: Any = Progress.photos.through._default_manager
    own = links.filter(progress__task__resolution_id=resolution.pk).values("storedfile_id")
    found = StoredFile.objects.filter(public_id=photo_id, state="ready", pk__in=own).first()
    if found is None:
        raise NotFound
    return found


def items_open(actor: Actor) -> QuerySet[AgendaItem]:
    """Return what meetings of the actor's areas decided that is no resolution yet, the latest first."""
    here = Meeting.objects.visible_to(actor).filter(in_areas("area_path", actor.areas))
    seen = here.filter(closed_at__isnull=False)
    rows = AgendaItem.objects.filter(meeting__in=seen, outcome__in=DECIDED, resolution__isnull=True)
    return rows.select_related("meeting").order_by("-decided_at", "-id")


def ballots_open(actor: Actor) -> list[Ballot]:
    """Return the settled ballots that passed and have not become a resolution, the latest first."""
    rows = Ballot.objects.visible_to(actor).filter(state="settled", resolution__isnull=True)
    return [row for row in rows.order_by("-settled_at", "-id")[:MOST_BALLOTS] if ballot_passed(row)]


def ballot_passed(ballot: Ballot) -> bool:
    """Whether something passed at a ballot."""
    return any(one.get("is_passed") for one in ballot.tally.get("questions", {}).values())


def public_list(area_path: str) -> QuerySet[Resolution]:
    """Return the published resolutions around a place, the latest first."""
    near = Q(area_path__in=path_prefixes(area_path)) | in_areas("area_path", (area_path,))
    rows = Resolution.objects.filter(near, state__in=SHOWN_PUBLIC).select_related("unit")
    return rows.prefetch_related("tasks").order_by("-published_at", "-id")


def public_get(public_id: UUID) -> Resolution:
    """Return a published resolution, or raise ``NotFound``."""
    rows = Resolution.objects.filter(state__in=SHOWN_PUBLIC).select_related("unit", "item__meeting")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("没有找到这份决议。"))
    return found
