"""Keeping uploads: first the bytes, then the judgement; and making what the public may see."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor
from linli.core.errors import InvalidInput, NotAllowed, invalid
from linli.core.retention import period
from linli.core.service import record, require_service, service

from . import storage
from .judging import MAX_BYTES, MIB, head_of, is_recording, most_bytes, recording_judge
from .models import PublicCopy, StoredFile
from .permissions import can_sweep
from .photos import photo_judge
from .redaction import redact, redaction_read
from .selectors import unused_files
from .verdicts import NotAccepted

__all__ = [
    *("MAX_BYTES", "MAX_FILES", "file_store", "files_sweep"),
    *("public_copies_hide", "public_copies_make", "public_copies_remove", "public_copy_make"),
]
MAX_FILES = 6  # a form: photos, recordings and videos together
UNUSED_LIVES = period("unused_file")
SWEEP_BATCH = 500
PUBLIC = "public"


@service(idempotent=True)
def file_store(*, actor: Actor, upload: UploadedFile) -> StoredFile:  # type: ignore[type-arg]
    """Keep an upload's bytes, then judge them by content: a photo, a voice note, a short video.

    What is none of these comes back with state ``refused`` and the reason: the bytes are kept, nothing is
    lost. Empty or larger than its kind may be is not kept (``InvalidInput``).
    """
    if not head_of(upload):
        raise InvalidInput(_("这个文件是空的。"), hint=_("请重新选择照片、录音或视频。"))
    counted = _Counted(upload, most_bytes(upload))
    path = storage.write("original", counted)
    stored = StoredFile(
        uploaded_by=actor.key,
        uploaded_at=clock.now(),
        name=(upload.name or "")[-160:],
        size=counted.size,
        sha256=path.rpartition("/")[2],
        path=path,
    )
    _judge(stored, cast(BinaryIO, upload))
    stored.save()
    record("file.store", stored)
    return stored


class _Counted:
    """The chunks of an upload; a size that was said is not believed."""

    def __init__(self, upload: UploadedFile, most: int) -> None:  # type: ignore[type-arg]
        self.upload, self.most, self.size = upload, most, 0
        if (upload.size or 0) > most:
            raise self._too_large()

    def __iter__(self) -> Iterator[bytes]:
        self.upload.seek(0)
        while chunk := self.upload.read(storage.CHUNK):
            self.size += len(chunk)
            if self.size > self.most:
                raise self._too_large()
            yield chunk

    def _too_large(self) -> InvalidInput:
        if self.most == MAX_BYTES:
            return InvalidInput(_("照片太大了，单张不能超过 20 MB。"), hint=_("请压缩或换一张后再上传。"))
        return InvalidInput(
            _("录音或视频太大了，不能超过 %(most)d MB。") % {"most": self.most // MIB},
            hint=_("请拍短一些，或把相机的清晰度调低后再拍。"),
        )


def _judge(stored: StoredFile, file: BinaryIO) -> None:
    try:
        if is_recording(file):
            _recording(stored, file)
        else:
            _photo(stored, file)
    except NotAccepted as refusal:
        stored.state, stored.refusal = StoredFile.State.REFUSED, str(refusal)[:160]
        return
    stored.state = StoredFile.State.READY


def _photo(stored: StoredFile, file: BinaryIO) -> None:
    photo = photo_judge(file)
    stored.media_type, stored.width, stored.height = photo.media_type, photo.width, photo.height
    stored.clean_path = storage.write("clean", photo.clean)
    stored.thumb_path = storage.write("thumb", photo.thumb)


def _recording(stored: StoredFile, file: BinaryIO) -> None:
    clean = recording_judge(file, stored.size)
    found = clean.recording
    stored.kind, stored.media_type = found.kind, found.media_type
    stored.milliseconds, stored.width, stored.height = found.milliseconds, found.width, found.height
    stored.clean_path = storage.write("clean", clean.chunks)


# -- what the public sees -------------------------------------------------------
@require_service
def public_copy_make(*, photo: StoredFile, redaction: Mapping[str, Any]) -> PublicCopy:
    """Make a photo's public copy with these places blurred; raises ``NotAccepted`` (shape, no photo).

    The file has a name of its own: it is gone as soon as it is taken down. The caller names ``PublicCopy``
    as touched.
    """
    if not photo.is_photo or photo.state != StoredFile.State.READY:
        raise NotAccepted(_("只有照片可以公开，录音和视频不公开。"))
    asked = redaction_read(redaction)
    picture, thumb = redact(storage.read(photo.clean_path), asked)
    copy = PublicCopy(source=photo, redaction=asked.as_json(), made_at=clock.now())
    copy.path = storage.write(PUBLIC, picture, name=secrets.token_hex(16))
    copy.thumb_path = storage.write(PUBLIC, thumb, name=secrets.token_hex(16))
    copy.save(force_insert=True)
    return copy


@require_service
def public_copies_make(
    *, photos: Sequence[StoredFile], redactions: Mapping[str, Any], are_checked: bool
) -> list[PublicCopy]:
    """Make the public copies of chosen photos, each with what ``redactions`` names by its public id blurred.

    Raises ``InvalidInput`` where nobody has looked at them, or where one cannot be made.
    """
    if photos and not are_checked:
        raise invalid(checked=_("请先逐张检查照片，遮挡认得出人的地方，再勾选“已检查”。"))
    made = []
    for photo in photos:
        try:
            asked = redactions.get(str(photo.public_id)) or {}
            made.append(public_copy_make(photo=photo, redaction=asked))
        except NotAccepted as refusal:
            raise invalid(photos=str(refusal)) from refusal
    return made


@require_service
def public_copies_hide(*, copies: Iterable[PublicCopy]) -> None:
    """Take public copies down: their files go with the commit; what was blurred stays known."""
    for copy in copies:
        _files_remove([copy.path, copy.thumb_path])
        copy.path = copy.thumb_path = ""
        copy.save(update_fields=["path", "thumb_path"])


@require_service
def public_copies_remove(*, copies: Iterable[PublicCopy]) -> None:
    """Forget public copies that others have taken the place of, with their files."""
    taken = list(copies)
    for copy in taken:
        _files_remove([copy.path, copy.thumb_path])
    gone = PublicCopy.objects.filter(pk__in=[copy.pk for copy in taken])
    gone._raw_delete(gone.db)  # no cascade: what some room still shows stops it


def _files_remove(paths: list[str]) -> None:
    def gone() -> None:
        for path in filter(None, paths):
            storage.remove_now(path)

    transaction.on_commit(gone)


# -- what nobody used -------------------------------------------------------------
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
    record("file.sweep", unused[0], touched=[StoredFile], purpose=f"清理{len(unused)}个没有用到的文件")
    transaction.on_commit(lambda: _remove_bytes(unused))
    return len(unused)


def _remove_bytes(gone: list[StoredFile]) -> None:
    for column in ("path", "clean_path", "thumb_path"):
        paths = {getattr(stored, column) for stored in gone} - {""}
        kept = StoredFile.objects.filter(**{f"{column}__in": paths}).values_list(column, flat=True)
        for path in paths - set(kept):
            storage.remove(path)
