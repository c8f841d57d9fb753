"""Where the bytes of uploads are: on disk under HOME/files, or in an S3-compatible bucket (``LINLI_FILES``).

A path is ``kind/xx/NAME``. NAME is the content's SHA-256, so the same content is kept once, unless the
caller names it. Whoever deletes cannot take away what an upload under way has just asked for again.
"""

from __future__ import annotations

import functools
import os
import secrets
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.conf import settings

from linli.core import clock

from .bucket import Bucket

FRESH_SECONDS = 3600
CHUNK = 256 * 1024


class Store(Protocol):
    """A place for bytes."""

    def write(self, kind: str, chunks: Iterable[bytes], name: str) -> str:
        """Keep bytes; return their path. On return they are safe, and fresh (see ``age``)."""

    def size(self, relative: str) -> int:
        """Return how many bytes stand under a path; raises ``FileNotFoundError``."""

    def stream(self, relative: str, start: int, length: int) -> Iterator[bytes]:
        """Yield a stretch of what stands under a path; raises ``FileNotFoundError``."""

    def age(self, relative: str) -> float | None:
        """Return the seconds since the bytes were last asked for, ``None`` where there are none."""

    def remove(self, relative: str) -> None:
        """Delete what stands under a path, if anything."""


def root() -> Path:
    """Return the folder of all uploads on disk."""
    return Path(settings.MEDIA_ROOT)


class Disk:
    """Files below ``root()``: written whole and flushed before their name exists."""

    def write(self, kind: str, chunks: Iterable[bytes], name: str) -> str:
        """Keep bytes in ``kind/xx/``."""
        for folder in (root(), root() / kind):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = root() / kind / f".{secrets.token_hex(8)}"
        try:
            digest = self._fill(fresh, chunks)
            relative = path_of(kind, name or digest)
            self._place(fresh, root() / relative)
        finally:
            fresh.unlink(missing_ok=True)
        return relative

    def _fill(self, fresh: Path, chunks: Iterable[bytes]) -> str:
        digest = sha256()
        with fresh.open("wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest()

    def _place(self, fresh: Path, path: Path) -> None:
        if path.exists():
            os.utime(path)
            return
        path.parent.mkdir(exist_ok=True, mode=0o700)
        fresh.replace(path)
        _flush_folder(path.parent)

    def size(self, relative: str) -> int:
        """Return the size of a file."""
        return (root() / relative).stat().st_size

    def stream(self, relative: str, start: int, length: int) -> Iterator[bytes]:
        """Yield a stretch of a file."""
        file = (root() / relative).open("rb")

        def chunks() -> Iterator[bytes]:
            with file:
                file.seek(start)
                left = length
                while left and (chunk := file.read(min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk

        return chunks()

    def age(self, relative: str) -> float | None:
        """Return the seconds since a file was written or asked for."""
        path = root() / relative
        return clock.now().timestamp() - path.stat().st_mtime if path.exists() else None

    def remove(self, relative: str) -> None:
        """Delete a file."""
        (root() / relative).unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(kind: str, name: str) -> str:
    """Return where something of this name stands."""
    return f"{kind}/{name[:2]}/{name}"


@functools.lru_cache(maxsize=4)
def _bucket(address: str) -> Bucket:
    return Bucket(address)


def store() -> Store:
    """Return the place that the setting names."""
    return _bucket(settings.FILES) if settings.FILES else Disk()


def write(kind: str, content: bytes | Iterable[bytes], name: str = "") -> str:
    """Keep bytes, whole or in chunks, in ``kind/xx/`` under their SHA-256 or ``name``; returns the path."""
    return store().write(kind, [content] if isinstance(content, bytes) else content, name)


def read(relative: str) -> bytes:
    """Return the bytes kept under a path that ``write`` gave out; for small files."""
    return b"".join(stream(relative))


def size(relative: str) -> int:
    """Return how many bytes stand under a path; raises ``FileNotFoundError``."""
    return store().size(relative)


def stream(relative: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Return chunks of what stands under a path, or of a stretch of it; raises ``FileNotFoundError``."""
    return store().stream(relative, start, size(relative) - start if length is None else length)


def remove(relative: str) -> None:
    """Delete a kept file, unless it was written or asked for again within the hour (an upload under way)."""
    age = store().age(relative)
    if age is not None and age > FRESH_SECONDS:
        store().remove(relative)


def remove_now(relative: str) -> None:
    """Delete a kept file at once; only for a file that its one row has named itself."""
    store().remove(relative)
