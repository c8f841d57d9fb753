"""An import row by row as JSON: every row of the preview, what is in conflict and decided, what would end."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Query, Router

from linli.core.cursor import slice_of
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.clients.shapes import Nothing

from . import services
from .models import Import, QuarantinedRow
from .selectors import PreviewLines, clashes_shown, conflict_rows, import_get, import_rows_get
from .shapes import (
    ConflictOut,
    ConflictsAsked,
    ConflictsOut,
    DecideAllIn,
    DecisionsIn,
    EndingIn,
    ImportOut,
    NumbersIn,
    PreviewAsked,
    PreviewOut,
)

router = Router(tags=[gettext_noop("导入")])


@router.get(
    "/{public_id}/preview",
    url_name="import_preview",
    response=PreviewOut,
    operation_id="import_preview",
    summary=gettext_noop("逐行预览"),
    description=gettext_noop("每一行会变成什么，个人信息已遮盖；文件清理后这里也一起清理。"),
)
def import_preview(request: HttpRequest, public_id: UUID, asked: Query[PreviewAsked]) -> Any:
    """Return rows of the preview with one outcome."""
    job = import_rows_get(actor_of(request), public_id)
    lines = PreviewLines(job, asked.outcome)
    found = lines[asked.offset : asked.offset + asked.limit]
    return {"total": len(lines), "items": [_line(line) for line in found]}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    changes = [
        {"field": field, "before": before, "after": after} for field, before, after in line.get("d", ())
    ]
    return {
        "number": line["n"],
        "values": line.get("v", {}),
        "changes": changes,
        "clashes": line.get("c", []),
        "remarks": line.get("w", []),
    }


@router.get(
    "/{public_id}/conflicts",
    url_name="import_conflicts",
    response=ConflictsOut,
    operation_id="import_conflicts",
    summary=gettext_noop("有出入的行"),
    description=gettext_noop("登记的和来件的不一样、等人决定的行，按行号排列，个人信息已遮盖。"),
)
def import_conflicts(request: HttpRequest, public_id: UUID, asked: Query[ConflictsAsked]) -> Any:
    """Return rows that wait for a decision, masked."""
    job = import_rows_get(actor_of(request), public_id)
    found = slice_of(
        conflict_rows(job),
        by=["number"],
        cursor=asked.cursor,
        limit=asked.limit,
        asked={"import": str(job.public_id)},
    )
    return {"items": [_row(job, row) for row in found.rows], "next_cursor": found.next_cursor}


def _row(job: Import, row: QuarantinedRow, *, is_clear: bool = False) -> dict[str, Any]:
    clashes = [
        {**clash, "choices": [{"choice": choice, "label": label} for choice, label in clash["choices"]]}
        for clash in clashes_shown(job, row, is_clear=is_clear)
    ]
    return {"number": row.number, "clashes": clashes}


@router.post(
    "/{public_id}/conflicts/look",
    url_name="import_conflicts_look",
    response=list[ConflictOut],
    operation_id="import_conflicts_look",
    summary=gettext_noop("看有出入的行的原文"),
    description=gettext_noop("核对用，个人信息不遮盖；会留痕。"),
)
def import_conflicts_look(request: HttpRequest, public_id: UUID, body: NumbersIn) -> Any:
    """Return rows in conflict with both values in clear; recorded as a look."""
    actor = actor_of(request)
    job = import_rows_get(actor, public_id)
    rows = services.conflicts_look(actor=actor, import_id=job.pk, numbers=body.numbers)
    return [_row(job, row, is_clear=True) for row in rows]


@router.post(
    "/{public_id}/conflicts/decide",
    url_name="import_conflicts_decide",
    response=ImportOut,
    operation_id="import_conflicts_decide",
    summary=gettext_noop("逐行决定有出入的行"),
    description=gettext_noop("每一行的每一项都要有决定；有一项不对，全部不生效。之后由后台按决定导入。"),
)
def import_conflicts_decide(request: HttpRequest, public_id: UUID, body: DecisionsIn) -> Any:
    """Decide rows field by field; the worker then takes them that way."""
    actor = actor_of(request)
    job = import_rows_get(actor, public_id)
    choices = {row.number: row.choices for row in body.rows}
    services.conflicts_settle(actor=actor, import_id=job.pk, choices=choices)
    return import_get(actor, public_id)


@router.post(
    "/{public_id}/conflicts/decide-all",
    url_name="import_conflicts_decide_all",
    response=ImportOut,
    operation_id="import_conflicts_decide_all",
    summary=gettext_noop("一起决定有出入的行"),
    description=gettext_noop("全部保留现有或全部采用来件；不能这样决定的行留着。"),
)
def import_conflicts_decide_all(request: HttpRequest, public_id: UUID, body: DecideAllIn) -> Any:
    """Decide every row in conflict the same way, or all that are about one field only."""
    actor = actor_of(request)
    job = import_rows_get(actor, public_id)
    services.conflicts_settle_all(actor=actor, import_id=job.pk, choice=body.choice, field=body.field)
    return import_get(actor, public_id)


@router.post(
    "/{public_id}/ending/confirm",
    url_name="import_ending_confirm",
    response=ImportOut,
    operation_id="import_ending_confirm",
    summary=gettext_noop("确认注销文件里没有的登记"),
    description=gettext_noop("由上传的人以外的另一位管理员确认，数字须与现在的一致。"),
)
def import_ending_confirm(request: HttpRequest, public_id: UUID, body: EndingIn) -> Any:
    """Confirm that what a complete file no longer names ends."""
    actor = actor_of(request)
    job = import_get(actor, public_id)
    return services.import_ending_confirm(actor=actor, import_id=job.pk, ends=body.ends)


@router.post(
    "/{public_id}/ending/decline",
    url_name="import_ending_decline",
    response=ImportOut,
    operation_id="import_ending_decline",
    summary=gettext_noop("不注销文件里没有的登记"),
    description=gettext_noop("什么也不注销，这次导入到此完成。"),
)
def import_ending_decline(request: HttpRequest, public_id: UUID, body: Nothing | None = None) -> Any:
    """End nothing; the import is done."""
    actor = actor_of(request)
    return services.import_ending_decline(actor=actor, import_id=import_get(actor, public_id).pk)
