"""Before anything is imported: the upload, its map, words of the file, maps kept for the next one."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, NotFound
from linli.core.service import changes_of, record, service
from linli.foundation.places.selectors import division_by_code

from ..incoming import Incoming
from ..keeping import file_keep
from ..mapping import MapSpec, spec_checked, spec_read, suggest
from ..models import ColumnMap, Import
from ..permissions import areas_of, can_import, can_import_into, can_keep_map
from ..planning import places_find
from ..selectors import map_fitting, map_list
from ..targets import Kind, Target, target_get
from .jobs import job_enqueue, job_locked

State = Import.State
SETTABLE = (State.UPLOADED, State.CHECKED)
NAME = 60
LOOKED_AT, SHOWN = 300, 3


@service(idempotent=True)
def import_upload(*, actor: Actor, target: str, incoming: Incoming) -> Import:
    """Keep a file that is to be imported, with the map that fits or a suggestion; nothing is taken yet."""
    if not can_import(actor):
        raise NotAllowed(_("导入由街镇、居村委的管理员或运维人员办理。"))
    areas, table = areas_of(actor), incoming.table
    first = [row.cells for row in islice(table.rows(), LOOKED_AT)]
    kept = map_fitting(actor, target, table.headers)
    path, data_key = file_keep(incoming.content)
    job = Import.objects.create(
        target=target_get(target).code,
        area_path=areas[0] if len(areas) == 1 else _shared(areas),
        areas=list(areas),
        unit_id=actor.unit_id,
        created_by_id=actor.person_id,
        created_at=clock.now(),
        name=incoming.name,
        size=incoming.size,
        sha256=sha256(incoming.content).hexdigest(),
        path=path,
        data_key=data_key,
        encoding=table.encoding,
        headers=list(table.headers),
        notes=list(table.notes),
        dropped=list(incoming.dropped),
        total=table.total,
        first_text=json.dumps(first[:SHOWN], ensure_ascii=False),
        spec=kept.spec if kept else _suggested(target, table.headers, first),
    )
    record("import.upload", job)
    return job


def _suggested(target: str, headers: Sequence[str], first: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    samples = {header: [cells[at] for cells in first if at < len(cells)] for at, header in enumerate(headers)}
    return suggest(target_get(target), headers, samples).plain()


def _shared(areas: tuple[str, ...]) -> str:
    """Return the path that all areas have in common: whoever covers all of them covers it."""
    parts = [area.split("/") for area in areas]
    shared = []
    for step in zip(*parts, strict=False):
        if len(set(step)) > 1:
            break
        shared.append(step[0])
    return "".join(f"{code}/" for code in shared if code)


@service
def import_map_set(
    *, actor: Actor, import_id: int, spec: MapSpec, is_counted: bool = False, save_as: str = ""
) -> Import:
    """Say which column is which field, and let the worker look through the file.

    With ``save_as`` the map is kept under that name for the unit's next files. Raises ``InvalidInput``
    beside the fields; a place for the whole file must lie in the actor's areas.
    """
    job = job_locked(actor=actor, import_id=import_id, states=SETTABLE)
    target = target_get(job.target)
    checked = spec_checked(target, spec, job.headers)
    area = _area(actor, target, checked)
    _complete_checked(actor, target, checked)
    if save_as.strip():
        map_save(actor=actor, target=job.target, name=save_as, spec=checked)
    changes = changes_of(
        job,
        spec=checked.plain(),
        is_counted=is_counted,
        area_path=area or job.area_path,
        state=State.CHECKING,
        preview_text="",
        ending={},
        failure="",
    )
    job_enqueue(job=job)
    record("import.map", job, changes)
    return job


def _complete_checked(actor: Actor, target: Target, spec: MapSpec) -> None:
    """A file can be complete for a street or committee of the actor's own."""
    if not spec.complete:
        return
    words = ""
    if target.present is None or target.end is None:
        words = _("这类导入不能按“全量”处理。")
    elif (place := places_find([spec.complete], areas_of(actor))[spec.complete]) is None:
        words = _("请选择您服务范围内的街镇或居村委。")
    elif not can_import_into(actor, place):
        words = _("“%s”不是您服务范围内的街镇或居村委。") % place.name
    if words:
        raise InvalidInput(words, details={"complete": words})


def _area(actor: Actor, target: Target, spec: MapSpec) -> str:
    """Return the path of the place that stands for the whole file, if there is one."""
    for item in (item for item in target.fields if item.kind == Kind.PLACE and item.code in spec.fixed):
        code = spec.fixed[item.code]
        try:
            place = division_by_code(code)
        except NotFound as refusal:
            raise InvalidInput(refusal.message, details={f"fixed_{item.code}": refusal.message}) from refusal
        if not can_import_into(actor, place) or not places_find([code], areas_of(actor))[code]:
            words = _("“%s”不是您服务范围内的街镇或居村委。") % place.name
            raise InvalidInput(words, details={f"fixed_{item.code}": words})
        return "" if item.code in spec.columns else place.path
    return ""


@service
def import_values_set(*, actor: Actor, import_id: int, values: Mapping[str, Mapping[str, str]]) -> Import:
    """Say what words of the file mean, and look through it again; after a run, for the rows that wait."""
    job = job_locked(actor=actor, import_id=import_id, states=(State.CHECKED, State.DONE))
    spec = spec_checked(target_get(job.target), spec_read(job.spec).with_values(values), job.headers)
    changes = changes_of(job, spec=spec.plain())
    if job.state == State.CHECKED:
        changes |= changes_of(job, state=State.CHECKING, preview_text="")
        job_enqueue(job=job)
    record("import.values", job, changes)
    return job


@service
def import_discard(*, actor: Actor, import_id: int) -> Import:
    """Give up an import of which nothing has been taken; its file goes with the next clearing."""
    job = job_locked(actor=actor, import_id=import_id, states=(*SETTABLE, State.CHECKING, State.FAILED))
    if job.cursor:
        raise InvalidInput(_("已经导入了一部分，请继续导入，或撤销整次导入。"))
    record("import.discard", job, changes_of(job, state=State.DISCARDED, preview_text=""))
    return job


@service
def map_save(*, actor: Actor, target: str, name: str, spec: MapSpec) -> ColumnMap:
    """Keep a map under a name for the actor's unit, in place of the one with that name."""
    if not can_import(actor):
        raise NotAllowed()
    name = " ".join(name.split())
    if not name or len(name) > NAME:
        words = _("名称须有1到%d个字。") % NAME
        raise InvalidInput(words, details={"save_as": words})
    kept = map_list(actor, target).filter(name=name).first()
    fresh = {"spec": spec.plain(), "saved_at": clock.now(), "saved_by_id": actor.person_id}
    if kept is None:
        kept = ColumnMap.objects.create(target=target, unit_id=actor.unit_id, name=name, **fresh)
        record("import_map.save", kept)
    else:
        record("import_map.save", kept, changes_of(kept, **fresh))
    return kept


@service
def map_delete(*, actor: Actor, map_id: int) -> None:
    """Forget a map of the actor's unit."""
    kept = ColumnMap.objects.filter(pk=map_id).first()
    if kept is None or not can_keep_map(actor, kept):
        raise NotFound(_("没有找到这个对应关系。"))
    record("import_map.delete", kept)
    kept.delete()
