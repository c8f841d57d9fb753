"""Resolutions as JSON: reading, and writing progress; the same services as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema

from linli.core.cursor import slice_of
from linli.core.errors import NotAllowed
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, QueryInput, Redacted, request_key_of

from . import selectors, services
from .models import Resolution, Task
from .selectors import ResolutionFilters

router = Router(tags=[_("决议")])


class ResolutionTaskOut(Schema):
    """One task: who does what by when, with which money."""

    public_id: UUID
    order: int
    text: str
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    due_on: date
    state: str = Field(description=_("open 在办，done 已完成，dropped 已取消。"))
    fen: int | None = Field(description=_("预算，单位为分。"))
    fund: str
    spent: int = Field(description=_("已用，单位为分。"))
    matter: UUID | None = Field(None, alias="matter.public_id")
    photos: list[UUID] = Field(description=_("进展照片"))
    public_photos: list[UUID] = Field(description=_("公开的照片"))

    @staticmethod
    def resolve_photos(task: Task) -> list[UUID]:
        """Return the photos of the task's progress."""
        return [file.public_id for row in task.progress.all() for file in row.photos.all() if file.is_photo]

    @staticmethod
    def resolve_public_photos(task: Task) -> list[UUID]:
        """Return what residents see."""
        return [copy.public_id for copy in task.public_photos.all()]


class ResolutionOut(Schema):
    """A resolution as whoever may see it reads it."""

    public_id: UUID
    number: str
    version: int
    state: str = Field(description=_("draft 待公布，published 执行中，done 已办结，withdrawn 已撤销。"))
    title: str
    text: str
    body: str
    decided_on: date
    unit: UUID = Field(alias="unit.public_id")
    unit_name: str = Field(alias="unit.name")
    place_code: str
    published_at: datetime | None
    public_until: date | None
    filing: str = Field(description=_("none、asked、returned、received。"))
    filing_number: str
    tasks: list[ResolutionTaskOut]

    @staticmethod
    def resolve_tasks(resolution: Resolution) -> list[Task]:
        """Return the tasks in their order."""
        return selectors.tasks_of(resolution)


class ResolutionsOut(Schema):
    """Some resolutions, and the cursor of those that follow."""

    items: list[ResolutionOut]
    next_cursor: str


class ResolutionsListed(QueryInput):
    """How the list is narrowed."""

    stage: Literal["draft", "running", "filing", "ended", "all"] = "all"
    q: str = Field("", max_length=60, description=_("编号、决议、组织或任务"))
    late: bool = Field(False, description=_("只看有任务超期的。"))
    limit: Limit = 50
    cursor: Cursor = ""


class ResolutionPhotosIn(Input):
    """Which photos of a task's progress residents see; none takes down what is shown."""

    photos: list[UUID] = Field([], description=_("公开哪些照片；录音和视频不公开。"))
    redactions: dict[str, Redacted] = Field({}, description=_("每张照片要遮挡的地方，以照片的标识为键。"))
    are_photos_checked: bool = Field(False, description=_("有人逐张看过，认不出任何人。"))


class ProgressIn(Input):
    """What was done on a task, and what it cost."""

    note: str = Field(max_length=500)
    public_note: str = Field("", max_length=300, description=_("给居民看的话。"))
    fen: int = Field(0, ge=0, description=_("这次用了多少钱，单位为分。"))
    is_end: bool = Field(False, description=_("这项任务已经完成。"))


@router.get("", response=ResolutionsOut, auth=let_in(), summary=_("决议列表"), operation_id="resolution_list")
def resolutions(request: HttpRequest, asked: Query[ResolutionsListed]) -> dict[str, Any]:
    """List the resolutions that the caller may see, the latest first."""
    actor = actor_of(request)
    if not actor.is_staff:
        raise NotAllowed()
    found = slice_of(
        selectors.resolution_list(actor, ResolutionFilters(asked.stage, asked.q, asked.late)),
        by=("-decided_on", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "resolutions", **asked.dict(exclude={"limit", "cursor"})},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.get(
    "/{uuid:public_id}",
    response=ResolutionOut,
    auth=let_in(),
    summary=_("一份决议"),
    operation_id="resolution",
)
def resolution(request: HttpRequest, public_id: UUID) -> Resolution:
    """Return one resolution."""
    return selectors.resolution_get(actor_of(request), public_id)


@router.post(
    "/{uuid:public_id}/tasks/{uuid:task_id}/progress",
    response=ResolutionOut,
    auth=let_in(),
    summary=_("写任务进展"),
    operation_id="resolution_progress",
)
def progress(request: HttpRequest, public_id: UUID, task_id: UUID, body: ProgressIn) -> Resolution:
    """Write what was done on a task."""
    actor = actor_of(request)
    found = selectors.resolution_get(actor, public_id)
    task = selectors.task_of(found, task_id)
    services.task_progress(
        actor=actor,
        resolution_id=found.pk,
        task_id=task.pk,
        request_key=request_key_of(request),
        **body.dict(),
    )
    return selectors.resolution_get(actor, public_id)


@router.post(
    "/{uuid:public_id}/tasks/{uuid:task_id}/public-photos",
    response=ResolutionOut,
    auth=let_in(),
    summary=_("公开照片"),
    operation_id="resolution_photos_publish",
)
def public_photos(
    request: HttpRequest, public_id: UUID, task_id: UUID, body: ResolutionPhotosIn
) -> Resolution:
    """Choose which photos of a task residents see, with what is blurred on each."""
    actor = actor_of(request)
    found = selectors.resolution_get(actor, public_id)
    task = selectors.task_of(found, task_id)
    services.task_photos_publish(
        actor=actor,
        resolution_id=found.pk,
        task_id=task.pk,
        photos=[selectors.photo_of(found, photo) for photo in body.photos],
        redactions={key: asked.dict() for key, asked in body.redactions.items()},
        are_photos_checked=body.are_photos_checked,
        request_key=request_key_of(request),
    )
    return selectors.resolution_get(actor, public_id)
