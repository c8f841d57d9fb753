"""What the worker does: look through, run or undo one import; start again what fell silent; forget."""

import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django_tasks import task

from linli.core import clock
from linli.core.actor import system
from linli.core.errors import Busy, Refusal

from .ending import ending_found, named_by
from .mapping import spec_read
from .models import Import
from .opening import table_of
from .planning import Contested, Seen, chunks, rows_plan, together_of
from .previewing import Preview, lines_packed
from .selectors import imports_silent
from .services import (
    import_batch,
    import_checked,
    import_end_batch,
    import_ending_noted,
    import_ending_settled,
    import_fail,
    import_finish,
    import_pages_add,
    import_undo_batch,
    import_undo_finish,
    imports_forget,
    quarantine_replay,
)
from .services.jobs import Overtaken
from .taking import scope_of
from .targets import target_get

log = logging.getLogger("linli.imports")
MACHINE = system("import")
SILENT = timedelta(minutes=3)
PAGE_LINES = 2_000
SELDOM = (200_000, 20, 20)
TIMES = 5  # to try again what others wrote at the same moment


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
            with cycles_sought_seldom():
                _again_while_busy(import_id, steps[job.state])
    except Overtaken:
        return
    except Refusal as refusal:
        import_fail(actor=MACHINE, import_id=import_id, words=f"{refusal.message}{refusal.hint}")
    except Exception:
        log.exception("import %s stopped", job.public_id)
        words = _("处理时出了意外，已导入的内容仍在。可以继续，或撤销整次导入；再出错请联系运维人员。")
        import_fail(actor=MACHINE, import_id=import_id, words=words)


@contextmanager
def cycles_sought_seldom() -> Iterator[None]:
    """Let Python look for reference cycles a few times a batch, and not among what is there already.

    A run makes millions of rows that live for a batch and refer to each other one way; looking through them
    and through the indexes kept beside took up to two fifths of a run's time.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _again_while_busy(import_id: int, step: Callable[[Import], None]) -> None:
    """Do a step; where others wrote the same at that moment, read anew and go on with what is left."""
    for left in reversed(range(TIMES)):
        try:
            step(Import.objects.get(pk=import_id))
            break
        except Busy:
            if not left:
                log.exception("import %s was too late %s times", import_id, TIMES)
                raise


def _check(job: Import) -> None:
    contested = _looked(job, {})
    if contested:  # the first of their rows was taken for good: once more, now that they are known
        _looked(job, contested, is_last=True)


def _looked(job: Import, contested: Contested, *, is_last: bool = False) -> Contested:
    """Look through the whole file; returns keys that it gives to rows which say different things."""
    target, spec, preview, seen = target_get(job.target), spec_read(job.spec), Preview(), Seen()
    plan = partial(
        rows_plan, target, spec, job.headers, scope_of(job), job_id=job.pk, seen=seen, contested=contested
    )
    pages, named = Pages(job.pk, job.spec), set[int]()
    table = table_of(job)
    for chunk in chunks(table.rows(), target.batch, together_of(target, spec, job.headers)):
        planned = plan(chunk)
        pages.add(preview.add(target, planned))
        named.update(planned.subjects.values())
    pages.flush()
    if seen.contested and not is_last:
        return seen.contested
    found = ending_found(job, named, preview.keyless) if spec.complete else None
    import_checked(
        actor=MACHINE,
        import_id=job.pk,
        spec=job.spec,
        preview={**preview.plain(), "contested": contested},
        ending=found.plain() if found else None,
    )
    return {}


class Pages:
    """Lines of the preview, kept until there are enough for a page of the table."""

    def __init__(self, import_id: int, spec: Mapping[str, Any]) -> None:
        self.import_id, self.spec = import_id, spec
        self.waiting: dict[str, list[dict[str, Any]]] = {}
        self.written: dict[str, int] = {}
        self.is_first = True

    def add(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        """Take lines by outcome."""
        for outcome, lines in rows.items():
            self.waiting.setdefault(outcome, []).extend(lines)
        if sum(map(len, self.waiting.values())) >= PAGE_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what waits; also the sign of life."""
        pages = []
        for outcome, lines in self.waiting.items():
            if lines:
                first = self.written.get(outcome, 0)
                pages.append((outcome, first, len(lines), lines_packed(lines)))
                self.written[outcome] = first + len(lines)
        import_pages_add(
            actor=MACHINE,
            import_id=self.import_id,
            spec=self.spec,
            pages=pages,
            done=sum(self.written.values()),
            is_first=self.is_first,
        )
        self.waiting, self.is_first = {}, False


def _run(job: Import) -> None:
    at, target, spec = job.cursor, target_get(job.target), spec_read(job.spec)
    if job.rows_done < job.total:
        rows = (row for row in table_of(job).rows() if row.number > job.cursor)
        for chunk in chunks(rows, target.batch, together_of(target, spec, job.headers)):
            import_batch(actor=MACHINE, import_id=job.pk, start=at, rows=chunk)
            at = chunk[-1].number
    while quarantine_replay(actor=MACHINE, import_id=job.pk):
        pass
    job.refresh_from_db()
    if spec.complete and not job.ending.get("is_settled") and not _ended(job):
        return
    import_finish(actor=MACHINE, import_id=job.pk)


def _ended(job: Import) -> bool:
    """End what a complete file no longer names; False where somebody has to decide first."""
    found = ending_found(job, named_by(job), job.quarantine.filter(is_keyless=True).count())
    if not import_ending_noted(actor=MACHINE, import_id=job.pk, found=found.plain()):
        return False
    batch = target_get(job.target).batch
    for start in range(0, len(found.ids), batch):
        import_end_batch(actor=MACHINE, import_id=job.pk, ids=found.ids[start : start + batch])
    import_ending_settled(actor=MACHINE, import_id=job.pk)
    return True


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
