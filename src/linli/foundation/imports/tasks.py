"""What the worker does: look through, run or undo one import; start again what fell silent; forget."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _
from django_tasks import task

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Refusal
from linli.foundation.files import storage

from .mapping import header_words, spec_read
from .models import Import
from .planning import Preview, Seen, chunks, rows_plan
from .reading import Table, table_read
from .selectors import imports_silent
from .services import (
    import_batch,
    import_beat,
    import_checked,
    import_fail,
    import_finish,
    import_undo_batch,
    import_undo_finish,
    imports_forget,
    quarantine_replay,
)
from .services.jobs import Overtaken
from .targets import Scope, target_get

log = logging.getLogger("linli.imports")
MACHINE = system("import")
SILENT = timedelta(minutes=3)
BEAT_EVERY = 8


@task()
def import_work(import_id: int) -> None:
    """Go on with an import, from wherever it is, until its present step is done."""
    work_through(import_id)


def work_through(import_id: int) -> None:
    """Do the present step of an import: its preview, its run, its undoing. Safe to call again at any time."""
    job = Import.objects.get(pk=import_id)
    steps: dict[str, Callable[[Import], None]] = {
        Import.State.CHECKING: _check,
        Import.State.RUNNING: _run,
        Import.State.UNDOING: _undo,
    }
    try:
        if job.state in steps:
            steps[job.state](job)
    except Overtaken:
        return
    except Refusal as refusal:
        import_fail(actor=MACHINE, import_id=import_id, words=f"{refusal.message}{refusal.hint}")
    except Exception:
        log.exception("import %s stopped", job.public_id)
        words = _("处理时出了意外，已导入的内容仍在。可以继续，或撤销整次导入；再出错请联系运维人员。")
        import_fail(actor=MACHINE, import_id=import_id, words=words)


def _table(job: Import) -> Table:
    words = header_words(target_get(job.target))
    return table_read(storage.read(job.path), words=words, most_rows=settings.IMPORT_ROWS)


def _check(job: Import) -> None:
    target, spec, preview, seen = target_get(job.target), spec_read(job.spec), Preview(), Seen()
    scope = Scope(tuple(job.areas), job.created_by_id, job.unit_id, clock.now(), job.is_counted)
    plan = partial(rows_plan, target, spec, job.headers, scope, job_id=job.pk, seen=seen)
    for number, chunk in enumerate(chunks(_table(job).rows()), 1):
        preview.add(target, plan(chunk))
        if number % BEAT_EVERY == 0:
            import_beat(actor=MACHINE, import_id=job.pk, done=sum(preview.counts.values()))
    import_checked(actor=MACHINE, import_id=job.pk, spec=job.spec, preview=preview.plain())


def _run(job: Import) -> None:
    at = job.cursor
    if sum(job.counts.values()) < job.total:
        rows = (row for row in _table(job).rows() if row.number > job.cursor)
        for chunk in chunks(rows):
            import_batch(actor=MACHINE, import_id=job.pk, start=at, rows=chunk)
            at = chunk[-1].number
    while quarantine_replay(actor=MACHINE, import_id=job.pk):
        pass
    import_finish(actor=MACHINE, import_id=job.pk)


def _undo(job: Import) -> None:
    while import_undo_batch(actor=MACHINE, import_id=job.pk):
        pass
    import_undo_finish(actor=MACHINE, import_id=job.pk)


def resume_silent() -> int:
    """Go on with imports whose worker gave no sign of life for some minutes; returns how many."""
    silent = list(imports_silent(clock.now() - SILENT))
    for job in silent:
        work_through(job.pk)
    return len(silent)


def forget_old() -> int:
    """Remove uploaded files and quarantined rows whose time is over; returns how many files."""
    return imports_forget(actor=MACHINE)
