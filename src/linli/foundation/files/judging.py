"""What an upload is: its first bytes name a reader, the reader decides; a file's name decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from .media.frames import amr_read, mpeg_read
from .media.mp4 import mp4_read
from .media.ogg import ogg_read
from .media.source import Recording, Source, assembled
from .media.wave import wave_read
from .media.webm import webm_read
from .models import StoredFile
from .verdicts import NotAccepted
from .words import length_words

HEAD = 64
MIB = 1024 * 1024
MAX_BYTES = 20 * MIB  # of a photo, and of what is no recording
Reader = Callable[[Source], Recording]


class _File(Protocol):
    def seek(self, offset: int, /) -> Any: ...
    def read(self, size: int, /) -> bytes: ...


HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
MP4_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
STARTS: tuple[tuple[bytes, Reader], ...] = (
    (b"\x1a\x45\xdf\xa3", webm_read),
    (b"OggS", ogg_read),
    (b"#!AMR", amr_read),
    (b"ID3", mpeg_read),
)
PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")


def is_photo(head: bytes) -> bool:
    """Whether the first bytes are those of a picture that Linli can show."""
    return head.startswith(PHOTO_STARTS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def reader_of(head: bytes) -> Reader | None:
    """Return who reads a recording that begins like this, ``None`` where it is none."""
    if head[4:8] in MP4_FIRST:
        return None if is_heic(head) else mp4_read
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return wave_read
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in (0, 2):
        return mpeg_read
    return next((reader for start, reader in STARTS if head.startswith(start)), None)


def is_recording(file: _File) -> bool:
    """Whether an upload begins like a recording."""
    head = head_of(file)
    return reader_of(head) is not None and not is_photo(head)


def head_of(file: _File) -> bytes:
    """Return the first bytes of an upload."""
    file.seek(0)
    return file.read(HEAD)


def is_heic(head: bytes) -> bool:
    """Whether this is a picture in Apple's format, which no browser but Apple's shows."""
    return head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS


def most_bytes(file: _File) -> int:
    """Return how many bytes an upload that begins like this may have."""
    return settings.RECORDING_MB * MIB if is_recording(file) else MAX_BYTES


@dataclass(frozen=True, slots=True)
class Clean:
    """A recording that may be shown, and its clean copy in chunks."""

    recording: Recording
    chunks: Iterator[bytes]


def recording_judge(file: BinaryIO, size: int) -> Clean:
    """Return a recording's facts and clean copy; raises ``NotAccepted`` with the reason.

    The container's structure must hold together to its end, and say a length within the limits.
    """
    reader = reader_of(head_of(file))
    if reader is None:
        raise NotAccepted(_("这个文件不是照片、录音或录像，不能使用。"))
    found = reader(Source(file, size))
    _length_checked(found)
    return Clean(found, assembled(file, found.pieces))


def _length_checked(found: Recording) -> None:
    is_video = found.kind == StoredFile.Kind.VIDEO
    most = settings.VIDEO_SECONDS if is_video else settings.VOICE_SECONDS
    if found.milliseconds <= 0:
        raise NotAccepted(_("这段录音或录像是空的，没有内容。请重新录一段。"))
    if found.milliseconds > (most + 1) * 1000:  # people stop at the second, recorders a little later
        said = {"is": length_words(found.milliseconds), "most": length_words(most * 1000)}
        if is_video:
            raise NotAccepted(_("这段视频长%(is)s，最长只能%(most)s。请只拍要紧的部分，或改拍照片。") % said)
        raise NotAccepted(_("这段录音长%(is)s，最长只能%(most)s。请分成几段，或写成文字。") % said)
