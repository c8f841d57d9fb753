"""Writing the file of an export, at once or by the worker, and deleting it when its time is over."""

import logging
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django_tasks import task

from linli.core.actor import Actor, system
from linli.core.clock import BEIJING
from linli.core.errors import Refusal
from linli.core.listing import Reach, listing_get
from linli.foundation.accounts.selectors import person_name

from .models import Export, ExportFile
from .selectors import export_actor, export_asked
from .services import export_progress, export_settle, exports_sweep
from .writing import WRITERS, Mark, every

log = logging.getLogger(__name__)
WRITER = system("exports")
PROGRESS_ROWS = 5_000


def mark_of(export: Export) -> Mark:
    """Return what the file says about itself."""
    is_open = listing_get(export.listing).reach == Reach.OPEN
    who = person_name(export.person_id) if export.person_id else export.actor_name
    facts = [
        (_("导出人"), who),
        (_("单位"), str(export.unit or "")),
        (_("时间"), f"{export.made_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"),
        (_("条件"), export.conditions or _("全部")),
        (_("用途"), export.purpose),
    ]
    if is_open:
        facts[:2] = [(_("来源"), _("邻里公开数据"))]
    closing = "" if is_open else _("仅限工作使用，请妥善保管，用完删除")
    return Mark(str(export.title), facts, closing, is_open)


def export_run(export: Export, actor: Actor | None = None, *, tells: bool = False) -> ExportFile:
    """Write an export's file, keep it, and settle the work; a failure is settled and raised.

    Without ``actor`` for whoever made it, as they may act now.
    """
    try:
        return _run(export, actor, tells=tells)
    except Exception as error:
        words = error.message if isinstance(error, Refusal) else _("生成时出了问题，请回到列表重新导出。")
        export_settle(actor=WRITER, export_id=export.pk, error=str(words), tells=tells)
        raise


def _run(export: Export, actor: Actor | None, *, tells: bool) -> ExportFile:
    listing, chosen = listing_get(export.listing), export_asked(export, actor or export_actor(export))
    tell = every(PROGRESS_ROWS, lambda done: export_progress(actor=WRITER, export_id=export.pk, done=done))
    with tempfile.TemporaryDirectory(prefix="linli-export-") as folder:
        path = Path(folder) / f"{export.public_id}.{export.format}"
        rows = WRITERS[export.format](path, listing.columns, chosen.chunks(), mark_of(export), tell)
        size = path.stat().st_size
        with path.open("rb") as file:
            kept = default_storage.save(f"exports/{export.made_at:%Y%m}/{path.name}", File(file))
    return export_settle(actor=WRITER, export_id=export.pk, path=kept, rows=rows, size=size, tells=tells)


@task()
def export_write(public_id: str) -> None:
    """Write the file of a long list; whoever waits for it is told, also when it fails."""
    export = Export.objects.select_related("account__person", "unit", "file").get(public_id=public_id)
    if not export.file.is_waiting:
        return  # the queue may bring the same job twice
    try:
        export_run(export, tells=True)
    except Exception as error:
        log.warning("export %s failed: %s", public_id, error)
        if not isinstance(error, Refusal):
            raise


def sweep() -> int:
    """Delete what is over."""
    return exports_sweep(actor=WRITER)
