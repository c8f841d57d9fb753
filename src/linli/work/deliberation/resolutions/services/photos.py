"""Which photos of a task's progress residents see: copies that somebody has looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.errors import NotFound, invalid
from linli.core.service import require_service, service
from linli.foundation.files.models import PublicCopy, StoredFile
from linli.foundation.files.services import public_copies_hide, public_copies_make, public_copies_remove

from ..models import Progress, Resolution, Task
from ..permissions import can_run_resolution
from .acts import Act, act_begin


@service(idempotent=True)
def task_photos_publish(
    *,
    actor: Actor,
    resolution_id: int,
    task_id: int,
    photos: Sequence[StoredFile] = (),
    redactions: Mapping[str, Any] | None = None,
    are_photos_checked: bool = False,
) -> Resolution:
    """Show residents chosen photos of a task's progress; none takes down what is shown.

    The original is never shown: of each photo a copy is made in which the places that ``redactions`` names
    (by the photo's public id, see ``redaction_read``) cannot be made out, and a person says that nobody can
    be recognised. Choosing again replaces what was shown.
    """
    act = act_begin(actor=actor, resolution_id=resolution_id, move="show_photos", may=can_run_resolution)
    task = act.resolution.tasks.filter(pk=task_id).exclude(state=Task.State.DROPPED).first()
    if task is None:
        raise NotFound(_("没有找到这项任务。"))
    own = set(
        Progress.photos.through._default_manager.filter(progress__task=task).values_list(
            "storedfile", flat=True
        )
    )
    if any(photo.pk not in own for photo in photos):
        raise invalid(photos=_("所选的里面有不是这项任务的照片。"))
    copies = public_copies_make(photos=photos, redactions=redactions or {}, are_checked=are_photos_checked)
    before = list(task.public_photos.all())
    task.public_photos.set(copies)
    public_copies_remove(copies=before)
    act.touched |= {Task.public_photos.through, PublicCopy}
    act.facts["photos"] = len(copies)
    return act.finish("show_photos", note=task.text)


@require_service
def photos_hide(*, act: Act) -> None:
    """Take the public photos of all tasks down, with the resolution."""
    shown = PublicCopy.objects.filter(
        pk__in=Task.public_photos.through._default_manager.filter(task__resolution=act.resolution).values(
            "publiccopy"
        )
    )
    if copies := list(shown):
        public_copies_hide(copies=copies)
        act.touched.add(PublicCopy)
