"""Keeping uploads: first the bytes, then the judgement."""

from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput
from linli.core.service import record, service

from . import storage
from .models import StoredFile
from .photos import MAX_BYTES, MAX_PHOTOS, NotAPhoto, photo_judge

__all__ = ["MAX_BYTES", "MAX_PHOTOS", "file_store"]


@service(idempotent=True)
def file_store(*, actor: Actor, upload: UploadedFile) -> StoredFile:
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


def _content(upload: UploadedFile) -> bytes:
    if upload.size is not None and upload.size > MAX_BYTES:
        raise InvalidInput(_("照片太大了,单张不能超过 20 MB。"), hint=_("请压缩或换一张后再上传。"))
    content: bytes = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput(_("照片太大了,单张不能超过 20 MB。"), hint=_("请压缩或换一张后再上传。"))
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
