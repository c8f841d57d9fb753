"""Every write of the room: taking a list away, the work on its file, getting it, forgetting it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Expired, InvalidInput, NotAllowed, NotFound, NotSignedIn
from linli.core.listing import Chosen, Listing, listing_get
from linli.core.service import record, service
from linli.foundation.accounts.models import FUNCTIONS
from linli.foundation.accounts.rules import RateLimit
from linli.foundation.accounts.services.rates import rate_check, visitor_rate_check
from linli.foundation.notices.services import notice_queue

from .models import Export, ExportFile
from .permissions import can_fetch_export, can_make_export, can_run_export
from .rules import MOST_IN_SHEET
from .selectors import expired_files, export_get, stuck_files

DAY = timedelta(days=1)
PER_BROWSER = (RateLimit("export.browser.day", 20, DAY),)
PER_NETWORK = (RateLimit("export.network.day", 400, DAY),)
STUCK = timedelta(hours=2)
SWEEP_BATCH = 500
NOBODY = "visitor:"  # who could not come back for the file


@service(idempotent=True)
def export_make(*, actor: Actor, listing: str, format: str, query: str = "", purpose: str = "") -> Export:
    """Take a list away as it stands under the list page's ``query``; its file is written afterwards.

    Raises ``NotFound`` where the list is empty, ``InvalidInput`` with ``details['purpose']`` where so
    many rows need one, ``TooMany`` after the day's number.
    """
    wanted = listing_get(listing)
    if not can_make_export(actor, wanted):
        raise NotAllowed() if actor.is_signed_in else NotSignedIn()
    chosen, purpose = wanted.choose(actor, QueryDict(query)), purpose.strip()
    rows = chosen.count()
    _check(actor, format, rows, purpose)
    _rate_check(actor)
    export = Export.objects.create(
        **_facts(actor, wanted, chosen), format=format, query=query, row_count=rows, purpose=purpose
    )
    ExportFile.objects.create(export=export, changed_at=export.made_at)
    record("export.make", export, purpose=purpose or _("导出%(rows)d行") % {"rows": rows})
    return export


def _check(actor: Actor, format: str, rows: int, purpose: str) -> None:
    if format not in Export.Format.values:
        raise InvalidInput(_("请选择 XLSX 或 CSV 格式。"), details={"format": _("请选择 XLSX 或 CSV 格式。")})
    if not rows:
        raise NotFound(_("没有可以导出的内容。"), hint=_("请先放宽筛选条件，看到列表里有内容再导出。"))
    if rows > settings.EXPORT_MOST_ROWS:
        numbers = {"rows": rows, "most": settings.EXPORT_MOST_ROWS}
        words = _("一次最多导出%(most)d行，现在有%(rows)d行。") % numbers
        raise InvalidInput(words, hint=_("请用筛选条件分几次导出。"))
    if format == Export.Format.XLSX and rows > MOST_IN_SHEET:
        raise InvalidInput(_("一张表格放不下这么多行。"), hint=_("请改用 CSV，或分几次导出。"))
    if rows > settings.EXPORT_INLINE_ROWS and actor.account_id is None:
        words = _("这里一次最多导出%(most)d行。") % {"most": settings.EXPORT_INLINE_ROWS}
        raise InvalidInput(words, hint=_("请用筛选条件分几次导出。"))
    if actor.is_staff and rows > settings.EXPORT_PURPOSE_ROWS and len(purpose) < 2:
        words = _("导出超过%(most)d行时请写明用途。") % {"most": settings.EXPORT_PURPOSE_ROWS}
        raise InvalidInput(words, details={"purpose": words})
    if len(purpose) > 120:
        words = _("用途请不超过120个字。")
        raise InvalidInput(words, details={"purpose": words})


def _rate_check(actor: Actor) -> None:
    message = _("今天导出的次数已经用完，请{wait}后再试。")
    hint = _("需要大量数据时，请联系本单位管理员或运维人员。")
    visitor_rate_check(
        actor=actor, per_browser=PER_BROWSER, per_network=PER_NETWORK, message=message, hint=hint
    )
    if actor.is_signed_in:
        limit = RateLimit("export.day", settings.EXPORTS_PER_DAY, DAY)
        rate_check(limits=[limit], key=actor.key, message=message, hint=hint)


def _facts(actor: Actor, listing: Listing, chosen: Chosen) -> dict[str, Any]:
    words = "；".join(f"{label}：{value}" for label, value in chosen.conditions)
    return {
        "listing": listing.code,
        "conditions": words,
        "made_at": clock.now(),
        "actor_key": actor.key,
        "actor_name": dict(FUNCTIONS).get(actor.function, actor.name)[:40],
        "person_id": actor.person_id,
        "account_id": actor.account_id,
        "role_id": actor.role_id,
        "unit_id": actor.unit_id,
        "areas": list(actor.areas),
        "area_path": min(actor.areas, default=""),
    }


@service
def export_queue(*, actor: Actor, export_id: int) -> Export:
    """Leave a long list to the worker."""
    from .tasks import export_write  # the job calls the services of this file

    export = _own(actor, export_id)
    transaction.on_commit(lambda: export_write.enqueue(str(export.public_id)))
    return export


def _own(actor: Actor, export_id: int) -> Export:
    export = Export.objects.filter(pk=export_id, actor_key=actor.key).first()
    if export is None:
        raise NotFound()
    return export


@service
def export_progress(*, actor: Actor, export_id: int, done: int) -> None:
    """Say how many rows are written."""
    if not can_run_export(actor):
        raise NotAllowed()
    state = ExportFile.State.RUNNING
    ExportFile.objects.filter(export_id=export_id).update(state=state, done=done, changed_at=clock.now())


@service
def export_settle(
    *,
    actor: Actor,
    export_id: int,
    path: str = "",
    rows: int = 0,
    size: int = 0,
    error: str = "",
    tells: bool,
) -> ExportFile:
    """Say how the work on an export ended: a file under ``path``, or ``error`` for the reader.

    ``tells`` puts it into the inbox of whoever waits for it.
    """
    if not can_run_export(actor):
        raise NotAllowed()
    file = ExportFile.objects.select_related("export").get(export_id=export_id)
    now = clock.now()
    file.state = ExportFile.State.FAILED if error else ExportFile.State.READY
    file.path, file.done, file.size, file.error = path, rows, size, error[:200]
    days = 0 if file.export.actor_key.startswith(NOBODY) else settings.EXPORT_DAYS
    file.changed_at, file.expires_at = now, now + timedelta(days=days)
    file.save()
    if tells and file.export.person_id:
        _tell(file.export, file)
    return file


def _tell(export: Export, file: ExportFile) -> None:
    words = {"title": export.title, "days": settings.EXPORT_DAYS, "rows": file.done}
    if file.error:
        title, body = _("导出没有完成：%(title)s") % words, file.error
    else:
        title = _("导出已完成：%(title)s") % words
        body = _("共%(rows)d行，请在%(days)d天内下载，到期自动删除。") % words
    url = reverse("exports:detail", args=[export.public_id])
    notice_queue(person_ids=[export.person_id or 0], kind="export.done", title=title, body=body, url=url)


@service
def export_fetch(*, actor: Actor, public_id: UUID) -> Export:
    """Get the file of one's own export once more; raises ``Expired`` when its time is over."""
    export = export_get(actor, public_id)
    if not can_fetch_export(actor, export.actor_key):
        raise NotAllowed(_("只有导出人本人可以下载。"), hint=_("需要时请从列表页面自己导出。"))
    if not export.file.is_downloadable:
        raise Expired(_("这个导出文件现在不能下载。"), hint=_("文件到期会自动删除；请回到列表重新导出。"))
    record("export.fetch", export, purpose=export.purpose)
    return export


@service
def exports_sweep(*, actor: Actor) -> int:
    """Delete the files whose time is over, and say of work that stands still that it failed.

    The record of the export stays. Returns how many files went.
    """
    if not can_run_export(actor):
        raise NotAllowed()
    stuck = _("生成被中断，请回到列表重新导出。")
    stuck_files(STUCK).update(state=ExportFile.State.FAILED, error=stuck, changed_at=clock.now())
    gone = list(expired_files().select_related("export")[:SWEEP_BATCH])
    paths = [file.path for file in gone if file.path]
    ExportFile.objects.filter(pk__in=[file.pk for file in gone]).update(
        state=ExportFile.State.REMOVED, path="", changed_at=clock.now()
    )
    if gone:
        record("export.sweep", gone[0].export, purpose=f"清理{len(gone)}个文件")
    transaction.on_commit(lambda: _delete(paths))
    return len(gone)


def _delete(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
