"""Rows in quarantine: handed out with their reasons, taken back corrected, tried again."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.service import changes_of, record, require_service, service

from ..mapping import spec_read
from ..models import Import, ImportedRow, QuarantinedRow
from ..permissions import can_see_rows
from ..planning import Plan, together_of
from ..quarantine import LINE, cells_corrected
from ..reading import RawRow, Table
from ..taking import counted, rows_take, summary
from ..targets import target_get
from .jobs import beat, job_enqueue, job_locked, machine_locked, turn_awaited

State = Import.State
BATCH = 250


@service
def quarantine_look(*, actor: Actor, import_id: int) -> list[QuarantinedRow]:
    """Hand out the rows that wait, cells and reasons; a look at personal data, recorded as one."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.FAILED, State.HELD))
    if not can_see_rows(actor, job):
        raise NotAllowed(_("待改的行可能含个人信息，由上传的人或当地管理员下载。"))
    rows = list(job.quarantine.filter(is_conflict=False))
    record("import.look", job, looked_at=["cells"], purpose=f"改正待改的行：{len(rows)}行")
    return rows


@service
def quarantine_correct(*, actor: Actor, import_id: int, table: Table) -> int:
    """Take corrected rows back into the same import and try them again; returns how many were found.

    Rows are known by the number in the column 行号; other columns by their names. Raises ``InvalidInput``
    where no row is one that waits.
    """
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.HELD))
    if not can_see_rows(actor, job):
        raise NotAllowed()
    fresh = cells_corrected(table, job.headers)
    rows = list(job.quarantine.filter(number__in=list(fresh), is_conflict=False))
    if not rows:
        words = _("没有一行对得上待改的行：请保留“%s”这一列。") % LINE
        raise InvalidInput(words, details={"file": words})
    for row in rows:
        cells = json.loads(row.cells_text)
        cells[: len(job.headers)] = [
            cell if cell is not None else before
            for cell, before in zip(fresh[row.number], [*cells, *[""] * len(job.headers)], strict=False)
        ]
        row.cells_text, row.is_corrected = json.dumps(cells[: len(job.headers)], ensure_ascii=False), True
    QuarantinedRow.objects.bulk_update(rows, ["cells_text", "is_corrected"])
    go_on(job=job, verb="import.correct")
    return len(rows)


@service
def quarantine_retry(*, actor: Actor, import_id: int) -> int:
    """Try every row that waits again, as it is (after a word of the file was mapped); returns how many."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.DONE, State.HELD))
    count = job.quarantine.filter(is_conflict=False).update(is_corrected=True)
    if not count:
        raise InvalidInput(_("没有待改的行。"))
    go_on(job=job, verb="import.correct")
    return count


@require_service
def go_on(*, job: Import, verb: str) -> None:
    """Let the worker try again what waits and is ready."""
    changes = changes_of(job, state=State.RUNNING)
    job_enqueue(job=job)
    record(verb, job, changes, touched=[QuarantinedRow])


@service
def quarantine_replay(*, actor: Actor, import_id: int) -> int:
    """Take the next corrected rows; returns how many were tried. What still cannot be taken waits on."""
    turn_awaited(import_id=import_id)
    job = machine_locked(actor=actor, import_id=import_id, state=State.RUNNING)
    batch = max(BATCH, target_get(job.target).batch)
    waiting = list(job.quarantine.filter(is_corrected=True)[:batch])
    if not waiting:
        return 0
    waiting += _mates(job, waiting)
    raw = list(_raw(waiting))
    job.quarantine.filter(pk__in=[row.pk for row in waiting]).delete()
    plan = rows_take(job=job, raw=raw, is_again=True)
    asked = sum(1 for row in waiting if row.is_conflict)
    before = {**job.counts, "quarantined": job.counts.get("quarantined", 0) - len(waiting) + asked}
    if asked:
        before["conflicts"] = job.counts.get("conflicts", 0) - asked
    changes = changes_of(job, counts=counted(before, plan), ending=_naming(job, plan))
    beat(job=job, done=job.rows_done)
    touched: list[type[Model]] = [ImportedRow, QuarantinedRow, *target_get(job.target).touched]
    record("import.replay", job, changes, touched=touched, purpose=summary(plan))
    return len(waiting)


def _mates(job: Import, waiting: list[QuarantinedRow]) -> list[QuarantinedRow]:
    """Return the other rows that wait and say something only together with these."""
    target = target_get(job.target)
    together = together_of(target, spec_read(job.spec), job.headers)
    if target.gather is None or together is None:
        return []
    words = {text for line in _raw(waiting) if (text := together(line))}
    others = list(job.quarantine.exclude(pk__in=[row.pk for row in waiting]))
    lines = zip(others, _raw(others), strict=True)
    return [row for row, line in lines if together(line) in words]


def _naming(job: Import, plan: Plan) -> dict[str, Any]:
    """Note whom corrected rows of a complete file name: the file itself does not, and they must not end."""
    if not job.spec.get("complete"):
        return dict(job.ending)
    return {**job.ending, "named": sorted({*job.ending.get("named", ()), *plan.subjects.values()})}


def _raw(rows: list[QuarantinedRow]) -> Iterator[RawRow]:
    for row in rows:
        yield RawRow(row.number, tuple(json.loads(row.cells_text)), row.decided)
