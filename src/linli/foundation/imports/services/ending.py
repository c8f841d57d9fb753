"""What a complete file no longer names: noted, held where it is much, confirmed by another person, ended."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.core.service import changes_of, record, service

from ..models import Import, ImportedRow
from ..taking import Ledger, ledger_line, ledger_write, scope_of
from ..targets import Changed, target_get
from .jobs import beat, job_enqueue, job_locked, machine_locked, tell

State = Import.State


@service
def import_ending_noted(*, actor: Actor, import_id: int, found: Mapping[str, Any]) -> bool:
    """Keep what would end; returns whether it may end now, else the import is held until somebody decides.

    Held: a row waits of which not even the key can be read (it may mean any record), or a committee would
    lose more than the limit and nobody else has confirmed just this number.
    """
    job = machine_locked(actor=actor, import_id=import_id, state=State.RUNNING)
    confirmed = job.ending.get("confirmed")
    ending: dict[str, Any] = {**found, "confirmed": confirmed, "named": job.ending.get("named", [])}
    is_held = bool(found["ends"]) and (
        found["keyless"] > 0 or (found["is_much"] and confirmed != found["ends"])
    )
    changes = changes_of(job, ending=ending, state=State.HELD if is_held else State.RUNNING)
    if is_held:
        tell(job=job, title="导入待复核", body=f"文件里没有的有{found['ends']}条登记，注销前要复核。")
    record("import.ending", job, changes)
    return not is_held


@service
def import_ending_confirm(*, actor: Actor, import_id: int, ends: int) -> Import:
    """Confirm that so many records end; by another person than the one who brought the file.

    An import that a machine or the command line started is confirmed by repeating the number.
    """
    job = job_locked(actor=actor, import_id=import_id, states=(State.HELD,))
    if job.created_by_id is not None and actor.person_id in (None, job.created_by_id):
        raise NotAllowed(_("上传文件的人不能自己复核，请本辖区的另一位管理员来确认。"))
    if job.ending.get("keyless"):
        raise Conflict(_("还有看不出是谁的行待改，改好之前不能注销文件里没有的登记。"))
    if ends != job.ending.get("ends"):
        raise InvalidInput(
            _("数字和现在的不一样，请重新核对后再确认。"), details={"ends": str(job.ending.get("ends"))}
        )
    ending = {**job.ending, "confirmed": ends, "confirmed_by": actor.person_id}
    changes = changes_of(job, ending=ending, state=State.RUNNING)
    job_enqueue(job=job)
    record("import.ending_confirm", job, changes)
    return job


@service
def import_ending_decline(*, actor: Actor, import_id: int) -> Import:
    """End nothing: what the file no longer names stays as it is, and the import is done."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.HELD,))
    ending = {**job.ending, "is_settled": True, "is_declined": True}
    changes = changes_of(job, ending=ending, state=State.DONE, finished_at=clock.now())
    record("import.ending_decline", job, changes)
    return job


@service
def import_end_batch(*, actor: Actor, import_id: int, ids: Sequence[int]) -> int:
    """End the next records that the file no longer names; returns how many were ended."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.RUNNING)
    target = target_get(job.target)
    assert target.end is not None
    outcomes = target.end(scope=scope_of(job), ids=ids)
    ended = {
        subject: json.dumps(dict(outcome.before), ensure_ascii=False)
        for subject, outcome in zip(ids, outcomes, strict=True)
        if isinstance(outcome, Changed)
    }
    known = ImportedRow.objects.filter(target=job.target, subject_id__in=list(ended), is_current=True)
    lines: list[Ledger] = []
    for row in known:
        before = ended.pop(row.subject_id, "")
        if before:
            lines.append(ledger_line(job, 0, row.key, "", row.subject_id, is_new=False, before=before))
    for subject, before in ended.items():
        lines.append(ledger_line(job, 0, f"ended-{subject}", "", subject, is_new=False, before=before))
    ImportedRow.objects.filter(
        target=job.target, key__in=[str(line[3]) for line in lines], is_current=True
    ).update(is_current=False)
    ledger_write(lines)
    changes = changes_of(job, counts={**job.counts, "ended": job.counts.get("ended", 0) + len(lines)})
    beat(job=job, done=job.rows_done)
    record("import.end", job, changes, touched=[ImportedRow, *target.touched], purpose=f"结束{len(lines)}行")
    return len(lines)


@service
def import_ending_settled(*, actor: Actor, import_id: int) -> None:
    """Say that what had to end has ended."""
    job = machine_locked(actor=actor, import_id=import_id, state=State.RUNNING)
    record("import.ending", job, changes_of(job, ending={**job.ending, "is_settled": True}))
