"""What goes by itself: uploaded files and rows in quarantine after their time."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import NotAllowed
from linli.core.service import record, service
from linli.foundation.files import storage

from ..models import Import, PreviewPage, QuarantinedRow
from ..permissions import can_work_jobs

BATCH = 200


@service
def imports_forget(*, actor: Actor) -> int:
    """Remove files and quarantined rows whose time is over; returns how many imports lost their file."""
    if not can_work_jobs(actor):
        raise NotAllowed()
    now = clock.now()
    jobs = list(_over(now - timedelta(days=settings.IMPORT_KEEP_DAYS)))
    expired = QuarantinedRow.objects.filter(expires_at__lt=now)
    first = expired.select_related("of").first()
    if not jobs and first is None:
        return 0
    gone = expired.delete()[0]
    Import.objects.filter(pk__in=[job.pk for job in jobs]).update(
        path="", data_key="", file_gone_at=now, first_text="", preview_text=""
    )
    PreviewPage.objects.filter(of__in=[job.pk for job in jobs]).delete()
    subject = jobs[0] if jobs else first.of  # type: ignore[union-attr]
    purpose = f"{len(jobs)} files, {gone} rows in quarantine"
    record("import.forget", subject, touched=[Import, QuarantinedRow], purpose=purpose)
    transaction.on_commit(lambda: _remove({job.path for job in jobs}))
    return len(jobs)


def _over(before: object) -> list[Import]:
    settled = (Import.State.DONE, Import.State.UNDONE, Import.State.DISCARDED, Import.State.UPLOADED,
               Import.State.CHECKED, Import.State.FAILED)  # fmt: skip
    return list(Import.objects.filter(created_at__lt=before, state__in=settled).exclude(path="")[:BATCH])


def _remove(paths: set[str]) -> None:
    """Delete bytes that no other import holds."""
    for path in paths - set(Import.objects.filter(path__in=paths).values_list("path", flat=True)):
        storage.remove(path)
