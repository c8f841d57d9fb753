"""Stored before judged, nothing lost, nothing kept for ever."""

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.core import clock
from linli.core.actor import system, visitor
from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.audit.models import AuditRecord
from linli.foundation.files import storage
from linli.foundation.files.judging import MAX_BYTES
from linli.foundation.files.models import StoredFile
from linli.foundation.files.services import file_store, files_sweep
from linli.foundation.files.tasks import sweep_unused

from . import recordings as made
from .pictures import picture, upload

pytestmark = pytest.mark.django_db
ME = visitor("someone")


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def zip_bomb() -> bytes:
    """A Word file of a few kilobytes that would unpack to a hundred megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(100_000_000))
    return out.getvalue()


def kept(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_photo_is_kept_and_cleaned(own_folder: Path) -> None:
    content = picture()
    stored = file_store(actor=ME, upload=upload(content))
    assert (stored.state, stored.size, stored.uploaded_by) == (StoredFile.State.READY, len(content), ME.key)
    assert storage.read(stored.path) == content
    assert stored.path.startswith("original/") and storage.read(stored.clean_path) != content
    assert kept(own_folder) == 3
    assert AuditRecord.objects.get().verb == "file.store"
    assert oct((own_folder / "original").stat().st_mode)[-2:] == "00"


def test_what_is_no_photo_is_kept_but_not_shown(own_folder: Path) -> None:
    stored = file_store(actor=ME, upload=upload(b"%PDF-1.7 x", "扫描.jpg"))
    assert stored.state == StoredFile.State.REFUSED
    assert "PDF" in stored.refusal
    assert storage.read(stored.path) == b"%PDF-1.7 x"
    assert not stored.clean_path and kept(own_folder) == 1


@pytest.mark.parametrize(("size", "words"), [(0, "空的"), (MAX_BYTES + 1, "20 MB")])
def test_empty_and_huge_files_are_refused_and_leave_nothing(own_folder: Path, size: int, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        file_store(actor=ME, upload=upload(b"x" * size))
    assert not StoredFile.objects.exists() and not AuditRecord.objects.exists() and not kept(own_folder)


def test_a_size_that_lies_is_not_believed() -> None:
    liar = upload(b"x" * (MAX_BYTES + 5))
    liar.size = 10
    with pytest.raises(InvalidInput, match="20 MB"):
        file_store(actor=ME, upload=liar)


def test_a_photo_of_the_full_size_is_fine() -> None:
    content = picture() + b"\x00" * MAX_BYTES
    assert file_store(actor=ME, upload=upload(content[:MAX_BYTES])).state == StoredFile.State.READY


def test_the_same_request_stores_once() -> None:
    first = file_store(actor=ME, upload=upload(picture()), request_key="k-0")
    assert file_store(actor=ME, upload=upload(picture()), request_key="k-0") == first
    assert StoredFile.objects.count() == 1


def test_the_bytes_are_on_the_disk_before_the_row_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        file_store(actor=ME, upload=upload(picture()))
    assert flushed and not StoredFile.objects.exists()


def test_a_long_name_keeps_its_end() -> None:
    stored = file_store(actor=ME, upload=upload(picture(), "长" * 200 + ".jpg"))
    assert len(stored.name) == 160 and stored.name.endswith(".jpg")


# -- recordings -------------------------------------------------------------------
def test_a_voice_note_is_kept_and_emptied(own_folder: Path) -> None:
    content = made.mp4()
    stored = file_store(actor=ME, upload=upload(content, "语音.jpg"))
    assert (stored.state, stored.kind, stored.media_type) == ("ready", "voice", "audio/mp4")
    assert stored.milliseconds == 5000 and stored.length == "5秒"
    assert storage.read(stored.path) == content
    assert made.SECRET not in storage.read(stored.clean_path) and not stored.thumb_path
    assert kept(own_folder) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (made.mp4(seconds=600, handler=b"vide"), "视频长10分钟，最长只能1分钟"),
        (made.mp4()[:200], "不完整"),
        (made.box(b"ftyp", b"mp42" + bytes(4)) + b"\x3b\x9a\xca\x00moov", "不完整"),
        (zip_bomb(), "压缩包"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是照片、录音或视频"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
        (b"GIF89a" + b"<script>alert(1)</script>", "不是照片"),
    ],
)
def test_what_cannot_be_used_is_kept_and_told(own_folder: Path, content: bytes, words: str) -> None:
    stored = file_store(actor=ME, upload=upload(content, "好看.mp4"))
    assert stored.state == StoredFile.State.REFUSED and words in stored.refusal
    assert storage.read(stored.path) == content
    assert not stored.clean_path and kept(own_folder) == 1


@pytest.mark.parametrize("payload", [b"PK\x03\x04" + b"zip" * 99, b"<script>alert(1)</script>", b"%PDF-1.7"])
@pytest.mark.parametrize("kind", ["JPEG", "GIF", "PNG"])
def test_what_hides_behind_a_picture_does_not_leave(kind: str, payload: bytes) -> None:
    mode = "P" if kind == "GIF" else "RGB"
    stored = file_store(actor=ME, upload=upload(picture(kind=kind, mode=mode) + payload))
    assert stored.state == StoredFile.State.READY and stored.kind == "photo"
    assert payload not in storage.read(stored.clean_path) + storage.read(stored.thumb_path)


def test_a_recording_may_be_larger_than_a_photo(settings: Any) -> None:
    content = made.mp4(payload=b"x" * (MAX_BYTES + 1))
    assert file_store(actor=ME, upload=upload(content)).state == StoredFile.State.READY
    settings.RECORDING_MB = 21
    large = made.mp4(payload=b"x" * (22 * 1024 * 1024))
    with pytest.raises(InvalidInput, match="不能超过 21 MB"):
        file_store(actor=ME, upload=upload(large))
    assert StoredFile.objects.count() == 1


def test_a_large_upload_is_not_read_into_memory() -> None:
    stored = file_store(actor=ME, upload=Streamed(made.mp4(payload=b"x" * 3_000_000)))
    assert stored.state == StoredFile.State.READY


class Streamed(SimpleUploadedFile):
    """An upload that may only be read in pieces."""

    def __init__(self, content: bytes) -> None:
        super().__init__("a.mp4", content, "video/mp4")
        whole = self.file

        class Careful(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                assert size is not None and 0 <= size <= storage.CHUNK
                return super().read(size)

        self.file = Careful(whole.read())


def days_later(days: int) -> Any:
    return clock.clock_at(clock.now() + timedelta(days=days))


def test_what_nobody_used_goes_after_seven_days(
    own_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file_store(actor=ME, upload=upload(picture()))
    with days_later(6):
        assert sweep_unused() == 0
    with days_later(8), django_capture_on_commit_callbacks(execute=True):
        assert sweep_unused() == 1
    assert not StoredFile.objects.exists() and not kept(own_folder)
    assert AuditRecord.objects.filter(verb="file.sweep").count() == 1


def test_bytes_that_another_upload_shares_stay(
    own_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file_store(actor=ME, upload=upload(picture()))
    with days_later(5):
        file_store(actor=ME, upload=upload(picture()))
    with days_later(8), django_capture_on_commit_callbacks(execute=True):
        assert sweep_unused() == 1
    assert StoredFile.objects.count() == 1 and kept(own_folder) == 3


def test_what_a_record_uses_stays(own_folder: Path) -> None:
    relations = StoredFile._meta.related_objects
    if not relations:
        pytest.skip("no room uses photos")
    stored = file_store(actor=ME, upload=upload(picture()))
    relation = next((one for one in relations if one.many_to_many), None)
    assert relation is not None and relation.through is not None
    through, field = relation.through, relation.field
    row = through(**{field.m2m_reverse_name(): stored.pk, field.m2m_column_name(): 1})
    through._default_manager.bulk_create([row])
    with days_later(8):
        assert sweep_unused() == 0
    through._default_manager.all().delete()
    with days_later(8):
        assert sweep_unused() == 1


def test_only_the_machine_sweeps() -> None:
    with pytest.raises(NotAllowed):
        files_sweep(actor=ME)
    assert files_sweep(actor=system("test")) == 0
