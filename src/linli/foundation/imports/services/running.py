"""Looking through and running an import: a person starts it, the machine works through it in batches."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..models import ROW_COUNTS, Import, ImportedRow, PreviewPage, QuarantinedRow
from ..permissions import can_work_jobs
from ..reading import RawRow
from ..taking import counted, rows_take, summary
from ..targets import target_get
from .jobs import Overtaken, beat, job_enqueue, job_locked, machine_locked, tell, turn_awaited

State = Import.State


@service
def import_pages_add(
    *,
    actor: Actor,
    import_id: int,
    spec: Mapping[str, Any],
    pages: Sequence[tuple[str, int, int, str]],
    done: int,
    is_first: bool,
) -> None:
    """Keep what looking through has seen so far: (outcome, place of the first line, lines, packed lines)."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.CHECKING)
    if job.spec != spec:
        raise Overtaken()
    if is_first:
        job.pages.all().delete()
    PreviewPage.objects.bulk_create(
        [
            PreviewPage(of=job, outcome=outcome, first=first, count=count, lines_text=text)
            for outcome, first, count, text in pages
        ]
    )
    beat(job=job, done=done)


@service
def import_checked(
    *,
    actor: Actor,
    import_id: int,
    spec: Mapping[str, Any],
    preview: Mapping[str, Any],
    ending: Mapping[str, Any] | None = None,
) -> Import:
    """Keep what looking through found, unless the map was set anew meanwhile (``Overtaken``)."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.CHECKING)
    if job.spec != spec:
        raise Overtaken()
    text = json.dumps(preview, ensure_ascii=False)
    changes = changes_of(job, preview_text=text, ending=dict(ending or {}), state=State.CHECKED)
    record("import.check", job, changes)
    return job


@service
def import_fail(*, actor: Actor, import_id: int, words: str) -> Import:
    """Stop an import with words that a clerk understands; what was taken stays and can be undone."""
    if not can_work_jobs(actor):
        raise NotAllowed()
    job = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
    tell(job=job, title="导入停下了", body=words)
    record("import.fail", job, changes_of(job, state=State.FAILED, failure=words[:300]))
    return job


@service
def import_start(*, actor: Actor, import_id: int) -> Import:
    """Take what was looked through; or go on after it stopped."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.CHECKED, State.FAILED))
    if not job.spec or (job.state == State.CHECKED and not _takes_anything(job)):
        raise Conflict(_("没有可以导入的行。"), hint=_("请先设置对应关系，或改正文件后重新上传。"))
    changes = changes_of(job, state=State.RUNNING, failure="", started_at=job.started_at or clock.now())
    job_enqueue(job=job)
    record("import.start", job, changes)
    return job


def _takes_anything(job: Import) -> bool:
    counts = job.preview.get("counts", {})
    return any(counts.get(name) for name in ROW_COUNTS) or bool(job.ending.get("ends"))


@service
def import_batch(*, actor: Actor, import_id: int, start: int, rows: Sequence[RawRow]) -> Import:
    """Take the next rows; ``start`` is the number of the last row taken before them.

    One transaction: a batch is in whole or not at all, and the import knows how far it is. Raises
    ``Overtaken`` when another worker took them.
    """
    turn_awaited(import_id=import_id)
    job = machine_locked(actor=actor, import_id=import_id, state=State.RUNNING)
    if job.cursor != start:
        raise Overtaken()
    plan = rows_take(job=job, raw=rows)
    changes = changes_of(job, cursor=rows[-1].number, counts=counted(job.counts, plan))
    beat(job=job, done=job.rows_done)
    record(
        "import.batch",
        job,
        changes,
        touched=[ImportedRow, QuarantinedRow, *target_get(job.target).touched],
        purpose=summary(plan),
    )
    return job


@service
def import_finish(*, actor: Actor, import_id: int) -> Import:
    """Say that every row has been taken or waits."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.RUNNING)
    changes = changes_of(job, state=State.DONE, finished_at=clock.now())
    tell(job=job, title="导入完成", body=_counts_words(job.counts))
    record("import.finish", job, changes)
    return job


def _counts_words(counts: Mapping[str, int]) -> str:
    words = "新增{new}，更新{changed}，没有变化{unchanged}，待改{quarantined}".format(**counts)
    asked, ended = counts.get("conflicts", 0), counts.get("ended", 0)
    return words + (f"，待定{asked}" if asked else "") + (f"，注销{ended}" if ended else "") + "。"


@service
def import_count_set(*, actor: Actor, import_id: int, is_counted: bool) -> Import:
    """Count what an import brought in the room's figures, or leave it out."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE,))
    target = target_get(job.target)
    if target.count is None:
        raise InvalidInput(_("这类导入不计入统计。"))
    changes = changes_of(job, is_counted=is_counted)
    if changes:
        standing = job.rows.filter(is_new=True).exclude(outcome=ImportedRow.Outcome.UNDONE)
        target.count(ids=list(standing.values_list("subject_id", flat=True)), is_counted=is_counted)
    record("import.count", job, changes, touched=target.touched)
    return job
