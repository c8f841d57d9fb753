"""Taking a chunk of rows: what is new is made, what differs is changed, what cannot be taken waits."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, models

from linli.core import clock
from linli.core.errors import Busy
from linli.core.rows import rows_insert
from linli.core.service import require_service

from .mapping import spec_read
from .models import Import, ImportedRow, QuarantinedRow
from .planning import Plan, rows_plan
from .reading import RawRow
from .targets import Changed, Row, Scope, Target, target_get

LEDGER = (
    *("of", "number", "target", "key", "digest", "subject_id", "is_new", "is_current", "before_text"),
    *("outcome", "reason"),
)
Ledger = tuple[object, ...]


def scope_of(job: Import) -> Scope:
    """Return for whom an import's rows are taken."""
    return Scope(
        areas=tuple(job.areas),
        person_id=job.created_by_id,
        unit_id=job.unit_id,
        at=clock.now(),
        is_counted=job.is_counted,
    )


@require_service
def rows_take(*, job: Import, raw: Sequence[RawRow], is_again: bool = False) -> Plan:
    """Write what becomes of rows and return it; ``QuarantinedRow`` holds the rest.

    Rows that only lack a later row are tried once more at the end, unless this was it (``is_again``).
    Raises ``Busy`` where others wrote the same meanwhile: nothing is taken, and trying again reads anew.
    """
    target = target_get(job.target)
    contested = {} if is_again else job.preview.get("contested", {})
    spec, scope = spec_read(job.spec), scope_of(job)
    plan = rows_plan(target, spec, job.headers, scope, raw, job_id=job.pk, contested=contested)
    try:
        made = _made(job, target, plan)
        ledger_write([*made, *_changed(job, target, plan)])
    except IntegrityError as error:  # somebody registered meanwhile what these rows bring
        raise Busy from error
    _wait(job, plan, is_again)
    return plan


def _made(job: Import, target: Target, plan: Plan) -> list[Ledger]:
    ids = target.make(read=plan.read, rows=plan.new) if plan.new else []
    return [
        _ledger(job, row, subject, is_new=True, before=_note(target, plan.read, row))
        for row, subject in zip(plan.new, ids, strict=True)
    ]


def _note(target: Target, read: Any, row: Row) -> str:
    note = target.remember(read, row) if target.remember is not None else None
    return json.dumps(dict(note), ensure_ascii=False) if note else ""


def _ledger(job: Import, row: Row, subject: int, *, is_new: bool, before: str = "") -> Ledger:
    return ledger_line(job, row.number, row.key, row.digest, subject, is_new=is_new, before=before)


def ledger_line(
    job: Import, number: int, key: str, digest: str, subject: int, *, is_new: bool, before: str = ""
) -> Ledger:
    """Return one row of the ledger as plain values; ``before`` is JSON, encrypted here."""
    sealed = _before_field().get_db_prep_save(before, connection) if before else ""
    return (job.pk, number, job.target, key, digest, subject, is_new, True, sealed, "", "")


def _before_field() -> models.Field[Any, Any]:
    field = ImportedRow._meta.get_field("before_text")
    assert isinstance(field, models.Field)
    return field


def ledger_write(lines: Sequence[Ledger]) -> None:
    """Write rows of the ledger, by the short way: an import has as many as its file."""
    if lines:
        rows_insert(ImportedRow, LEDGER, lines)


def _changed(job: Import, target: Target, plan: Plan) -> list[Ledger]:
    """Change records; where the room leaves one as it is, its row waits with the reason."""
    outcomes = target.change(read=plan.read, pairs=plan.changed) if plan.changed else []
    done, left = [], []
    keys = []
    for (row, subject), outcome in zip(plan.changed, outcomes, strict=True):
        if isinstance(outcome, Changed):
            before = json.dumps(dict(outcome.before), ensure_ascii=False)
            done.append(_ledger(job, row, subject, is_new=False, before=before))
            keys.append(row.key)
        else:
            row.reasons.append(outcome)
            left.append(row)
    if keys:
        earlier = ImportedRow.objects.filter(target=job.target, key__in=keys, is_current=True)
        earlier.update(is_current=False)
    plan.changed = [(row, subject) for row, subject in plan.changed if not row.reasons]
    plan.quarantined += left
    return done


def _wait(job: Import, plan: Plan, is_again: bool) -> None:
    expires = clock.now() + timedelta(days=settings.IMPORT_KEEP_DAYS)
    waiting = [
        QuarantinedRow(
            of=job,
            number=row.number,
            cells_text=json.dumps(row.cells, ensure_ascii=False),
            reasons=row.reasons,
            is_corrected=row.waits_for_others and not is_again,
            is_keyless=not row.key,
            is_conflict=not row.reasons,
            clashes_text="" if row.reasons else clashes_text(row),
            decided=dict(row.decided),
            expires_at=expires,
        )
        for row in (*plan.quarantined, *plan.conflicts)
    ]
    if not waiting:
        return
    fresh = ["cells_text", "reasons", "is_corrected", "is_keyless", "is_conflict", "clashes_text", "decided"]
    QuarantinedRow.objects.bulk_create(
        waiting, update_conflicts=True, unique_fields=["of", "number"], update_fields=[*fresh, "expires_at"]
    )


def clashes_text(row: Row) -> str:
    """Return what disagrees in a row as the table keeps it."""
    return json.dumps([asdict(clash) for clash in row.clashes], ensure_ascii=False)


def summary(plan: Plan) -> str:
    """Return the counts of a chunk and the digest of its change list, for the record."""
    changed = [row for row, _known in plan.changed]
    lines = sorted(f"{row.key}:{row.digest}" for row in (*plan.new, *changed))
    digest = sha256("\n".join(lines).encode()).hexdigest()[:32]
    counts = (len(plan.new), len(changed), len(plan.unchanged), len(plan.quarantined))
    words = "new {} changed {} unchanged {} quarantined {}".format(*counts)
    asked = f" conflicts {len(plan.conflicts)}" if plan.conflicts else ""
    return f"{words}{asked} sha256 {digest}"


def counted(before: dict[str, int], plan: Plan) -> dict[str, int]:
    """Return an import's counts with a chunk added."""
    more = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": len(plan.unchanged),
        "quarantined": len(plan.quarantined),
        "conflicts": len(plan.conflicts),
    }
    if not plan.conflicts and not before.get("conflicts"):
        del more["conflicts"]
    return {**before, **{name: before.get(name, 0) + count for name, count in more.items()}}
