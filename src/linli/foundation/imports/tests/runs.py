"""An import played through by the services, as the page and the worker would."""

from typing import Any

from linli.core.actor import Actor
from linli.foundation.imports.incoming import incoming_read
from linli.foundation.imports.mapping import MapSpec, suggest
from linli.foundation.imports.models import Import
from linli.foundation.imports.services import import_map_set, import_start, import_undo_start, import_upload
from linli.foundation.imports.targets import target_get
from linli.foundation.imports.tasks import work_through

from .files import upload


def uploaded(actor: Actor, content: bytes, name: str = "工单.csv", target: str = "matters") -> Import:
    incoming = incoming_read(upload(content, name), target_get(target))
    return import_upload(actor=actor, target=target, incoming=incoming)


def suggested(job: Import, **fixed: str) -> MapSpec:
    spec = suggest(target_get(job.target), job.headers, {})
    return MapSpec(columns=spec.columns, fixed={**spec.fixed, **fixed}, date_order="month")


def checked(actor: Actor, job: Import, spec: MapSpec, **more: Any) -> Import:
    import_map_set(actor=actor, import_id=job.pk, spec=spec, **more)
    work_through(job.pk)
    job.refresh_from_db()
    assert job.state in ("checked", "failed"), job.state
    return job


def run(actor: Actor, job: Import) -> Import:
    import_start(actor=actor, import_id=job.pk)
    work_through(job.pk)
    job.refresh_from_db()
    return job


def imported(
    actor: Actor, content: bytes, spec: MapSpec | None = None, name: str = "工单.csv", **fixed: str
) -> Import:
    job = uploaded(actor, content, name)
    checked(actor, job, spec or suggested(job, **fixed))
    return run(actor, job)


def undone(actor: Actor, job: Import) -> Import:
    import_undo_start(actor=actor, import_id=job.pk)
    work_through(job.pk)
    job.refresh_from_db()
    return job
