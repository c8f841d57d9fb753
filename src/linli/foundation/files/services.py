"""Keeping uploads: first the bytes, then the judgement."""

from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed
from linli.core.retention import period
from linli.core.service import record, service

from . import storage
from .models import StoredFile
from .permissions import can_sweep
from .photos import MAX_BYTES, MAX_PHOTOS, NotAPhoto, photo_judge
from .selectors import unused_files

__all__ = ["MAX_BYTES", "MAX_PHOTOS", "file_store", "files_sweep"]
UNUSED_LIVES = period("unused_file")
SWEEP_BATCH = 500


@service(idempotent=True)
def file_store(*, actor: Actor, upload: UploadedFile) -> StoredFile:  # type: ignore[type-arg]
    """Keep an upload's bytes, then judge them by content.

    What cannot be shown as a photo comes back with state ``refused`` and the reason: the bytes are kept,
    nothing is lost. Empty or larger than ``MAX_BYTES`` is not kept (``InvalidInput``).
    """
    content = _content(upload)
    stored = StoredFile(
        uploaded_by=actor.key,
        uploaded_at=clock.now(),
        name=(upload.name or "")[-160:],
        size=len(content),
        sha256=sha256(content).hexdigest(),
        path=storage.write("original", content),
    )
    _judge(stored, content)
    stored.save()
    record("file.store", stored)
    return stored


def _content(upload: UploadedFile) -> bytes:  # type: ignore[type-arg]
    if upload.size is not None and upload.size > MAX_BYTES:
        raise InvalidInput(_("照片太大了，单张不能超过 20 MB。"), hint=_("请压缩或换一张后再上传。"))
    content: bytes = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput(_("照片太大了，单张不能超过 20 MB。"), hint=_("请压缩或换一张后再上传。"))
    if not content:
        raise InvalidInput(_("这个文件是空的。"), hint=_("请重新选择照片。"))
    return content


def _judge(stored: StoredFile, content: bytes) -> None:
    try:
        photo = photo_judge(content)
    except NotAPhoto as refusal:
        stored.state, stored.refusal = StoredFile.State.REFUSED, str(refusal)
        return
    stored.media_type, stored.width, stored.height = photo.media_type, photo.width, photo.height
    stored.clean_path = storage.write("clean", photo.clean)
    stored.thumb_path = storage.write("thumb", photo.thumb)
    stored.state = StoredFile.State.READY


@service
def files_sweep(*, actor: Actor) -> int:
    """Delete uploads that no record has used within ``UNUSED_LIVES``; returns how many.

    Bytes go after the commit, and only where no other upload has the same content.
    """
    if not can_sweep(actor):
        raise NotAllowed()
    unused = list(unused_files(clock.now() - UNUSED_LIVES)[:SWEEP_BATCH])
    if not unused:
        return 0
    gone = StoredFile.objects.filter(pk__in=[stored.pk for stored in unused])
    gone._raw_delete(gone.db)  # no cascade: a photo taken into use meanwhile stops the batch instead
    record("file.sweep", unused[0], touched=[StoredFile], purpose=f"{len(unused)} unused uploads")
    transaction.on_commit(lambda: _remove_bytes(unused))
    return len(unused)


def _remove_bytes(gone: list[StoredFile]) -> None:
    for column in ("path", "clean_path", "thumb_path"):
        paths = {getattr(stored, column) for stored in gone} - {""}
        kept = StoredFile.objects.filter(**{f"{column}__in": paths}).values_list(column, flat=True)
        for path in paths - set(kept):
            storage.remove(path)
