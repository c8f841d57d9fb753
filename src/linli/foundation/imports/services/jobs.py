"""What every step of an import begins and ends with."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import Conflict, NotAllowed, NotFound
from linli.core.service import require_service
from linli.foundation.notices.services import notice_queue

from ..models import Import, ImportProgress
from ..permissions import can_work_import, can_work_jobs


class Overtaken(Conflict):
    """Another worker has gone on with this import meanwhile."""

    code = "import.overtaken"


@require_service
def job_locked(*, actor: Actor, import_id: int, states: Iterable[str]) -> Import:
    """Return an import that the actor may work on, locked, in one of the states."""
    seen = Import.objects.visible_to(actor).select_for_update(of=("self",))
    job = seen.filter(pk=import_id).first()
    if job is None:
        raise NotFound(_("没有找到这次导入。"))
    if not can_work_import(actor, job):
        raise NotAllowed()
    if job.state not in states:
        raise Conflict(_("这次导入现在是“%s”，不能这样做。") % job.get_state_display())
    return job


@require_service
def machine_locked(*, actor: Actor, import_id: int, state: str) -> Import:
    """Return an import for the machine's next step; raises ``Overtaken`` when its state has moved on."""
    if not can_work_jobs(actor):
        raise NotAllowed()
    job = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
    if job.state != state:
        raise Overtaken()
    return job


@require_service
def turn_awaited(*, import_id: int) -> None:
    """Let imports of one kind take their batches in turn, so that each knows whom the others brought."""
    kind = Import.objects.filter(pk=import_id).values("target")
    running = Import.objects.select_for_update().filter(target__in=kind, state=Import.State.RUNNING)
    list(running.order_by("pk").values_list("pk"))


@require_service
def job_enqueue(*, job: Import) -> None:
    """Give the import to the worker, in the same transaction."""
    from ..tasks import import_work  # the job calls the services that put it into the queue

    beat(job=job, done=0)
    import_work.enqueue(job.pk)


@require_service
def tell(*, job: Import, title: str, body: str = "") -> None:
    """Tell whoever started it that the job has come to an end."""
    if job.created_by_id is not None:
        url = f"/desk/settings/imports/{job.public_id}/"
        notice_queue(person_ids=[job.created_by_id], kind="import.end", title=title, body=body, url=url)


@require_service
def beat(*, job: Import, done: int) -> None:
    """Note how far the job is and that it lives."""
    ImportProgress.objects.update_or_create(of=job, defaults={"done": done, "beat_at": clock.now()})
