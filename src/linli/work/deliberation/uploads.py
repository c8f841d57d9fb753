"""The photos of a form: kept before anything is judged, so that none is lost when it comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES, file_store


@dataclass
class PhotosTaken:
    """The usable photos of a form, those kept from before first, and what is wrong with the others."""

    photos: list[StoredFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def photos_take(request: HttpRequest) -> PhotosTaken:
    """Store the uploads of a form, at most six with those kept before; a form sent twice stores them once."""
    taken = PhotosTaken(_kept(request))
    uploads = request.FILES.getlist("photos")
    room = max(MAX_FILES - len(taken.photos), 0)
    key = request.POST.get("request_key", "")[:48]
    for position, upload in enumerate(uploads[:room]):
        try:
            stored = file_store(
                actor=actor_of(request), upload=upload, request_key=f"{key}-{position}" if key else ""
            )
        except InvalidInput as refusal:
            taken.problems.append(f"{refusal.message}{refusal.hint}")
            continue
        if stored.state == StoredFile.State.READY:
            taken.photos.append(stored)
        else:
            taken.problems.append(f"{stored.name[:24]}：{stored.refusal}")
    if len(uploads) > room:
        taken.problems.append(
            _("照片、录音、视频一共最多放%(most)d个，多出的没有添加。") % {"most": MAX_FILES}
        )
    return taken


def _kept(request: HttpRequest) -> list[StoredFile]:
    wanted = []
    for text in request.POST.getlist("kept"):
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    own = StoredFile.objects.filter(public_id__in=wanted, uploaded_by=actor_of(request).key)
    return list(own.filter(state=StoredFile.State.READY)[:MAX_FILES])
