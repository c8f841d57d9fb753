"""What comes with a form (photos, voice, video): kept before anything is judged, so that none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.core.errors import InvalidInput, TooMany
from linli.foundation.accounts.permissions import actor_of
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import MAX_FILES

from .. import services
from .browser import owner_keys
from .selectors import uploads_of

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    Upload = UploadedFile[bytes]

KEPT = "kept"
# One field each, because telephones open the camera or the recorder by it; what a file is, it says itself.
FIELDS = ("photos", "voice", "video")


@dataclass
class PhotosTaken:
    """The usable files of a form, those kept from before first, and what is wrong with the others.

    ``refusal`` is set where no more were taken because too many had come.
    """

    photos: list[StoredFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    refusal: TooMany | None = None


def photos_take(request: HttpRequest) -> PhotosTaken:
    """Store the uploads of a form (at most six with those kept before) and say which cannot be used.

    Each upload has the form's key and its position as its own key: a form sent twice stores it once.
    """
    taken = PhotosTaken(uploads_of(owner_keys(request), request.POST.getlist(KEPT)))
    uploads = [upload for name in FIELDS for upload in request.FILES.getlist(name)]
    room = max(MAX_FILES - len(taken.photos), 0)
    for position, upload in enumerate(uploads[:room]):
        try:
            _take(request, upload, position, taken)
        except TooMany as refusal:
            taken.refusal = refusal
            taken.problems.append(refusal.message)
            break
    if len(uploads) > room:
        words = _("照片、录音、视频一共最多放%(most)d个，多出的没有添加。")
        taken.problems.append(words % {"most": MAX_FILES})
    return taken


def _take(request: HttpRequest, upload: Upload, position: int, taken: PhotosTaken) -> None:
    key = request.POST.get("request_key", "")
    try:
        stored = services.photo_keep(
            actor=actor_of(request), upload=upload, request_key=f"{key[:48]}-{position}" if key else ""
        )
    except InvalidInput as refusal:
        taken.problems.append(f"{_name(upload)}：{refusal.message}{refusal.hint}")
        return
    if stored.state == StoredFile.State.READY:
        taken.photos.append(stored)
    else:
        taken.problems.append(f"{_name(upload)}：{stored.refusal}")


def _name(upload: Upload) -> str:
    name = upload.name or _("文件")
    return name if len(name) <= 24 else f"{name[:10]}…{name[-10:]}"


def photos_of(photos: Sequence[StoredFile]) -> list[str]:
    """Return the ids that a form sent back carries for photos already stored."""
    return [str(photo.public_id) for photo in photos]
