"""Taking a chunk of rows: what is new is made, what differs is changed, what cannot be taken waits."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256

from django.conf import settings

from linli.core import clock
from linli.core.service import require_service

from .mapping import spec_read
from .models import Import, ImportedRow, QuarantinedRow
from .planning import Plan, rows_plan
from .reading import RawRow
from .targets import Changed, Row, Scope, Target, target_get


def _scope(job: Import) -> Scope:
    return Scope(
        areas=tuple(job.areas),
        person_id=job.created_by_id,
        unit_id=job.unit_id,
        at=clock.now(),
        is_counted=job.is_counted,
    )


@require_service
def rows_take(*, job: Import, raw: Sequence[RawRow]) -> Plan:
    """Write what becomes of rows and return it; ``QuarantinedRow`` holds the rest."""
    target = target_get(job.target)
    plan = rows_plan(target, spec_read(job.spec), job.headers, _scope(job), raw, job_id=job.pk)
    ids = target.make(read=plan.read, rows=plan.new) if plan.new else []
    made = [_ledger(job, row, subject, is_new=True) for row, subject in zip(plan.new, ids, strict=True)]
    ImportedRow.objects.bulk_create([*made, *_changed(job, target, plan)])
    _quarantine(job, plan.quarantined)
    return plan


def _ledger(job: Import, row: Row, subject: int, *, is_new: bool, before: str = "") -> ImportedRow:
    return ImportedRow(
        of=job,
        number=row.number,
        target=job.target,
        key=row.key,
        digest=row.digest,
        subject_id=subject,
        is_new=is_new,
        before_text=before,
    )


def _changed(job: Import, target: Target, plan: Plan) -> list[ImportedRow]:
    """Change records; where the room leaves one as it is, its row waits with the reason."""
    outcomes = target.change(read=plan.read, pairs=plan.changed) if plan.changed else []
    done, left = [], []
    for (row, subject), outcome in zip(plan.changed, outcomes, strict=True):
        if isinstance(outcome, Changed):
            before = json.dumps(dict(outcome.before), ensure_ascii=False)
            done.append(_ledger(job, row, subject, is_new=False, before=before))
        else:
            row.reasons.append(outcome)
            left.append(row)
    keys = [row.key for row in done]
    ImportedRow.objects.filter(target=job.target, key__in=keys, is_current=True).update(is_current=False)
    plan.changed = [(row, subject) for row, subject in plan.changed if not row.reasons]
    plan.quarantined += left
    return done


def _quarantine(job: Import, rows: Iterable[Row]) -> None:
    expires = clock.now() + timedelta(days=settings.IMPORT_KEEP_DAYS)
    waiting = [
        QuarantinedRow(
            of=job,
            number=row.number,
            cells_text=json.dumps(row.cells, ensure_ascii=False),
            reasons=row.reasons,
            expires_at=expires,
        )
        for row in rows
    ]
    QuarantinedRow.objects.bulk_create(
        waiting,
        update_conflicts=True,
        unique_fields=["of", "number"],
        update_fields=["cells_text", "reasons", "is_corrected", "expires_at"],
    )


def summary(plan: Plan) -> str:
    """Return the counts of a chunk and the digest of its change list, for the record."""
    changed = [row for row, _known in plan.changed]
    lines = sorted(f"{row.key}:{row.digest}" for row in (*plan.new, *changed))
    digest = sha256("\n".join(lines).encode()).hexdigest()[:32]
    counts = (len(plan.new), len(changed), len(plan.unchanged), len(plan.quarantined))
    return "new {} changed {} unchanged {} quarantined {} sha256 {}".format(*counts, digest)


def counted(before: dict[str, int], plan: Plan) -> dict[str, int]:
    """Return an import's counts with a chunk added."""
    more = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": len(plan.unchanged),
        "quarantined": len(plan.quarantined),
    }
    return {**before, **{name: before.get(name, 0) + count for name, count in more.items()}}
