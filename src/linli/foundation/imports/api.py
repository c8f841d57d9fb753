"""Imports as JSON: a file in, how far it is, start and undo; the same services as the pages."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import File, Form, Router, Status, UploadedFile

from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.foundation.accounts.permissions import actor_of

from . import services
from .incoming import incoming_read
from .lookapi import router as looking
from .mapping import MapSpec, spec_read
from .models import Import
from .permissions import can_import
from .quarantine import SHAPES, quarantine_file
from .selectors import import_get, import_list, map_by_name
from .shapes import ImportOut, MapIn
from .targets import target_get

router = Router(tags=[gettext_noop("导入")])
router.add_router("", looking)
MOST = 100


def _job(request: HttpRequest, public_id: UUID) -> Import:
    return import_get(actor_of(request), public_id)


@router.get(
    "",
    url_name="imports",
    response=list[ImportOut],
    operation_id="import_list",
    summary=gettext_noop("导入列表"),
    description=gettext_noop("自己辖区内最近的导入，新的在前。由管理员和运维人员使用，不授权给其他系统。"),
)
def import_index(request: HttpRequest, limit: int = 20) -> Any:
    """Return the latest imports, at most a hundred."""
    actor = actor_of(request)
    if not can_import(actor):
        raise NotAllowed()
    return list(import_list(actor).select_related("progress")[: min(max(limit, 1), MOST)])


@router.post(
    "",
    url_name="import_create",
    response={201: ImportOut},
    operation_id="import_upload",
    summary=gettext_noop("上传要导入的文件"),
    description=gettext_noop(
        "multipart/form-data：file 是文件，map 是保存的对应关系的名称，"
        "spec 是对应关系（JSON）。给了对应关系就开始预览，什么都还没有导入。"
    ),
)
def import_create(
    request: HttpRequest,
    file: File[UploadedFile],
    target: Form[str] = "matters",
    map: Form[str] = "",
    spec: Form[str] = "",
) -> Any:
    """Keep a file; with ``map`` (a kept one's name) or ``spec`` (JSON) it is looked through at once."""
    actor = actor_of(request)
    if not can_import(actor):
        raise NotAllowed()
    chosen = _chosen(request, target, map, spec)
    job = services.import_upload(
        actor=actor,
        target=target,
        incoming=incoming_read(file, target_get(target)),
        request_key=request.headers.get("Idempotency-Key", ""),
    )
    if chosen is not None and job.state == Import.State.UPLOADED:
        job = services.import_map_set(actor=actor, import_id=job.pk, spec=chosen)
    return Status(201, job)


def _chosen(request: HttpRequest, target: str, name: str, spec: str) -> MapSpec | None:
    if name:
        return map_by_name(actor_of(request), target, name)
    if not spec:
        return None
    try:
        return spec_read(json.loads(spec))
    except json.JSONDecodeError as error:
        raise InvalidInput(_("对应关系不是JSON。"), details={"spec": str(error)}) from error


@router.get(
    "/{public_id}",
    url_name="import",
    response=ImportOut,
    operation_id="import_get",
    summary=gettext_noop("一次导入的进展"),
    description=gettext_noop("状态、进度、各种行数，以及预览发现的问题。"),
)
def import_read(request: HttpRequest, public_id: UUID) -> Any:
    """Return an import with its state, counts and what looking through it found."""
    return _job(request, public_id)


@router.post(
    "/{public_id}/map",
    url_name="import_map",
    response=ImportOut,
    operation_id="import_map_set",
    summary=gettext_noop("设置对应关系"),
    description=gettext_noop("哪一列是什么；之后由后台预览。"),
)
def import_map(request: HttpRequest, public_id: UUID, body: MapIn) -> Any:
    """Set the map; the file is then looked through by the worker."""
    job = _job(request, public_id)
    return services.import_map_set(
        actor=actor_of(request),
        import_id=job.pk,
        spec=spec_read(body.spec),
        is_counted=body.is_counted,
        save_as=body.save_as,
    )


@router.post(
    "/{public_id}/start",
    url_name="import_start",
    response=ImportOut,
    operation_id="import_start",
    summary=gettext_noop("开始导入"),
    description=gettext_noop("把预览过的导入进来；停下过的，从停下的地方继续。"),
)
def import_begin(request: HttpRequest, public_id: UUID) -> Any:
    """Start the run, or go on after it stopped."""
    return services.import_start(actor=actor_of(request), import_id=_job(request, public_id).pk)


@router.post(
    "/{public_id}/undo",
    url_name="import_undo",
    response=ImportOut,
    operation_id="import_undo",
    summary=gettext_noop("撤销整次导入"),
    description=gettext_noop("新增的删除，更新的恢复；之后有人办理过的保留。"),
)
def import_undo(request: HttpRequest, public_id: UUID) -> Any:
    """Undo it; what people have worked on since stays."""
    return services.import_undo_start(actor=actor_of(request), import_id=_job(request, public_id).pk)


@router.get(
    "/{public_id}/rows",
    url_name="import_rows",
    operation_id="import_rows",
    summary=gettext_noop("下载待改的行"),
    description=gettext_noop("CSV 或 XLSX，每行写明原因；下载会留痕。"),
)
def import_rows(request: HttpRequest, public_id: UUID, format: str = "csv") -> HttpResponse:
    """Return the quarantined rows with their reasons as CSV or XLSX; recorded as a look."""
    if format not in SHAPES:
        raise NotFound()
    actor, job = actor_of(request), _job(request, public_id)
    rows = services.quarantine_look(actor=actor, import_id=job.pk)
    return HttpResponse(quarantine_file(format, job, rows, actor), content_type=SHAPES[format][1])


@router.post(
    "/{public_id}/rows",
    url_name="import_correct",
    response=ImportOut,
    operation_id="import_rows_correct",
    summary=gettext_noop("上传改好的行"),
    description=gettext_noop(
        "multipart/form-data：file 是改好的文件，保留“行号”一列；重新导入到同一次导入。"
    ),
)
def import_rows_correct(
    request: HttpRequest,
    public_id: UUID,
    file: File[UploadedFile],
) -> Any:
    """Take corrected rows back into the same import and try them again."""
    actor, job = actor_of(request), _job(request, public_id)
    table = incoming_read(file, target_get(job.target)).table
    services.quarantine_correct(actor=actor, import_id=job.pk, table=table)
    return _job(request, public_id)
