"""Taking lists away as a machine: the same service, limits and record as the pages."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as _
from ninja import Field, Query, Router, Schema, Status

from linli.core.actor import Actor, Scope
from linli.core.cursor import slice_of
from linli.core.listing import Reach, listings
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.bearer import let_in
from linli.foundation.clients.shapes import Cursor, Input, Limit, QueryInput, request_key_of

from .models import Export
from .selectors import export_get, export_list
from .services import export_fetch, export_make, export_queue
from .tasks import export_run
from .views import TYPES, file_response

router = Router(tags=[_("导出")])
READING = (Scope.MATTERS_READ,)
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILES = {"responses": {200: {"content": {kind.partition(";")[0]: BINARY for kind in TYPES.values()}}}}


class ListOut(Schema):
    """A list that can be taken away."""

    code: str = Field(examples=["matters"])
    title: str
    is_open: bool = Field(description=_("是否公开数据。"))


class ExportOut(Schema):
    """One export: what was taken, and whether its file is there."""

    id: UUID = Field(alias="public_id")
    listing: str = Field(examples=["matters"])
    format: str = Field(examples=["csv"])
    conditions: str = Field(description=_("筛选条件的文字。"))
    purpose: str
    row_count: int
    made_at: datetime
    state: str = Field(alias="file.state", description=_("queued、running、ready、failed 或 removed。"))
    done: int = Field(alias="file.done", description=_("已写好的行数。"))
    error: str = Field(alias="file.error")
    expires_at: datetime | None = Field(alias="file.expires_at")


class ExportPageOut(Schema):
    """Some exports, and where the next ones begin."""

    items: list[ExportOut]
    next_cursor: str = Field(description=_("还有下一页时，把它作为 cursor 再请求；空表示到头了。"))


class Wanted(Input):
    """Which list, narrowed by what, in which format, what for."""

    listing: str = Field(max_length=40, description=_("列表代码，见 /exports/lists。"), examples=["matters"])
    format: Literal["csv", "xlsx"] = Field("csv", description=_("csv 或 xlsx。"))
    query: str = Field(
        "",
        max_length=2000,
        description=_("列表页面地址里问号后面的部分。"),
        examples=["stage=overdue&category=facility"],
    )
    purpose: str = Field("", max_length=120, description=_("用途；行数多时必填。"))


class Followed(QueryInput):
    """Which exports."""

    listing: str = Field("", max_length=40, description=_("只看这个列表。"))
    limit: Limit = 50
    cursor: Cursor = ""


@router.get(
    "/lists",
    response=list[ListOut],
    auth=let_in(*READING),
    operation_id="export_lists",
    summary=_("可以导出的列表"),
    description=_("列表的代码和名称；能导出哪些行，与页面上看得到的一样。"),
)
def exports_lists(request: HttpRequest) -> list[dict[str, Any]]:
    """Name the lists that can be taken away."""
    return [
        {"code": row.code, "title": str(row.title), "is_open": row.reach == Reach.OPEN} for row in listings()
    ]


@router.get(
    "",
    response=ExportPageOut,
    auth=let_in(*READING),
    operation_id="export_list",
    summary=_("导出记录"),
    description=_("自己导出过的列表，最新的在前；监督、运维和管理员还能看到范围内别人的。"),
)
def exports(request: HttpRequest, asked: Query[Followed]) -> dict[str, Any]:
    """List the exports that the caller may see."""
    found = slice_of(
        export_list(actor_of(request), listing=asked.listing),
        by=("-made_at", "-id"),
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"list": "exports", "listing": asked.listing},
    )
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.post(
    "",
    response={201: ExportOut},
    auth=let_in(*READING),
    operation_id="export_make",
    summary=_("导出一个列表"),
    description=_("和页面一样计入导出记录和每天的次数。state 为 ready 时文件已生成，否则稍后再查。"),
)
def exports_make(request: HttpRequest, body: Wanted) -> Status[Export]:
    """Take a list away; a short one is ready at once, a long one is written by the worker."""
    actor = actor_of(request)
    export = export_make(actor=actor, request_key=request_key_of(request), **body.dict())
    if export.file.is_waiting:
        _write(actor, export)
    return Status(201, export_get(actor, export.public_id))


def _write(actor: Actor, export: Export) -> None:
    if export.is_inline:
        export_run(export, actor)
    else:
        export_queue(actor=actor, export_id=export.pk)


@router.get(
    "/{uuid:public_id}",
    response=ExportOut,
    auth=let_in(*READING),
    operation_id="export_get",
    summary=_("一次导出"),
    description=_("看文件是否已经生成。"),
)
def exports_one(request: HttpRequest, public_id: UUID) -> Export:
    """Return one export."""
    return export_get(actor_of(request), public_id)


@router.get(
    "/{uuid:public_id}/file",
    auth=let_in(*READING),
    operation_id="export_file",
    summary=_("下载导出文件"),
    description=_("只有导出人能下载，每次都有留痕；到期自动删除。"),
    openapi_extra=FILES,
)
def exports_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Send the file of one's own export."""
    return file_response(export_fetch(actor=actor_of(request), public_id=public_id))
