"""Undoing an import: what it made goes, what it changed is put back, what people worked on stays."""

import json

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.service import changes_of, record, service

from ..models import Import, ImportedRow, QuarantinedRow
from ..targets import Target, target_get
from .jobs import beat, job_enqueue, job_locked, machine_locked, tell

State = Import.State
Outcome = ImportedRow.Outcome
BATCH = 250


@service
def import_undo_start(*, actor: Actor, import_id: int) -> Import:
    """Undo an import in the background; a row whose record somebody has worked on since is left, and said."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.FAILED, State.HELD))
    changes = changes_of(job, state=State.UNDOING, failure="")
    job_enqueue(job=job)
    record("import.undo_start", job, changes)
    return job


@service
def import_undo_batch(*, actor: Actor, import_id: int) -> int:
    """Undo the next rows, the last ones first; returns how many were dealt with."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.UNDOING)
    batch = max(BATCH, target_get(job.target).batch)
    rows = list(job.rows.filter(outcome=Outcome.STANDS).order_by("-id")[:batch])
    if not rows:
        return 0
    kept = _undo(job, rows)
    for row in rows:
        row.reason = kept.get(row.pk, "")[:200]
        row.outcome = Outcome.KEPT if row.reason else Outcome.UNDONE
        row.is_current = row.is_current and row.outcome == Outcome.KEPT
    ImportedRow.objects.bulk_update(rows, ["reason", "outcome", "is_current"])
    _earlier_stand_again([row for row in rows if not row.is_new and row.outcome == Outcome.UNDONE])
    left = sum(1 for row in rows if row.outcome == Outcome.KEPT)
    counts = {
        **job.counts,
        "kept": job.counts.get("kept", 0) + left,
        "undone": job.counts.get("undone", 0) + len(rows) - left,
    }
    changes = changes_of(job, counts=counts)
    beat(job=job, done=counts["kept"] + counts["undone"])
    purpose = f"undone {len(rows) - left} kept {left}"
    touched: list[type[Model]] = [ImportedRow, *target_get(job.target).touched]
    record("import.undo", job, changes, touched=touched, purpose=purpose)
    return len(rows)


def _undo(job: Import, rows: list[ImportedRow]) -> dict[int, str]:
    """Return row id → why it was left."""
    target = target_get(job.target)
    kept = {row.pk: _("后来的导入又改过这一行，请先撤销那次导入。") for row in rows if not row.is_current}
    standing = [row for row in rows if row.is_current]
    made = [row for row in standing if row.is_new]
    before = {row.subject_id: json.loads(row.before_text) for row in standing if not row.is_new}
    left = (_unmade(target, made) if made else {}) | (target.restore(before=before) if before else {})
    return kept | {row.pk: left[row.subject_id] for row in standing if row.subject_id in left}


def _unmade(target: Target, rows: list[ImportedRow]) -> dict[int, str]:
    if target.unmake_noted is not None:
        notes = {row.subject_id: json.loads(row.before_text or "{}") for row in rows}
        return target.unmake_noted(notes=notes)
    assert target.unmake is not None
    return target.unmake(ids=[row.subject_id for row in rows])


def _earlier_stand_again(rows: list[ImportedRow]) -> None:
    """What an earlier file said of a record is the last word again."""
    if not rows:
        return
    undone = {row.key: row.pk for row in rows}
    earlier = ImportedRow.objects.filter(target=rows[0].target, key__in=list(undone))
    last: dict[str, int] = {}
    for pk, key in earlier.exclude(outcome=Outcome.UNDONE).order_by("pk").values_list("pk", "key"):
        if pk < undone[key]:
            last[key] = pk
    ImportedRow.objects.filter(pk__in=list(last.values())).update(is_current=True)


@service
def import_undo_finish(*, actor: Actor, import_id: int) -> Import:
    """Say that the import is undone; rows that waited for correction go with it."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.UNDOING)
    job.quarantine.all().delete()
    changes = changes_of(job, state=State.UNDONE, undone_at=clock.now())
    counts = {"undone": job.counts.get("undone", 0), "kept": job.counts.get("kept", 0)}
    tell(job=job, title="导入已撤销", body="撤销{undone}，保留{kept}。".format(**counts))
    record("import.undo", job, changes, touched=[QuarantinedRow])
    return job
